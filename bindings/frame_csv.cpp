// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/frame/csv.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

namespace py = pybind11;
using namespace pybind11::literals;

CsvResult read_path(const std::string& path, const CsvOptions& options, const Schema* schema) {
    return schema != nullptr ? read_csv_with_report(path, *schema, options) : read_csv_with_report(path, options);
}

/// The bytes object is immutable and held by the caller, so that its memory may be read without the GIL.
CsvResult parse_bytes(const py::bytes& bytes, const CsvOptions& options, const Schema* schema) {
    const std::string_view text(bytes);
    const py::gil_scoped_release no_gil;
    return schema != nullptr ? parse_csv(text, *schema, options) : parse_csv(text, options);
}

}  // namespace

void register_frame_csv(py::module_& module) {
    py::enum_<BadRows>(module, "BadRows").value("error", BadRows::error).value("skip", BadRows::skip);
    py::class_<CsvOptions>(module, "CsvOptions")
        .def(py::init<>())
        .def_readwrite("time", &CsvOptions::time)
        .def_readwrite("time_zone", &CsvOptions::time_zone)
        .def_readwrite("delimiter", &CsvOptions::delimiter)
        .def_readwrite("decimal", &CsvOptions::decimal)
        .def_readwrite("missing", &CsvOptions::missing)
        .def_readwrite("categories", &CsvOptions::categories)
        .def_readwrite("bad_rows", &CsvOptions::bad_rows);
    py::class_<CsvResult>(module, "CsvResult")
        .def_readonly("frame", &CsvResult::frame)
        .def_readonly("skipped_rows", &CsvResult::skipped_rows)
        .def_readonly("warnings", &CsvResult::warnings);
    module.def("read_csv", &read_path, "path"_a, "options"_a, "schema"_a.none(true),
               py::call_guard<py::gil_scoped_release>());
    module.def("parse_csv", &parse_bytes, "text"_a, "options"_a, "schema"_a.none(true));
}

}  // namespace plantwright::bindings
