// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>

#include "plantwright/monitor/data_quality.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using namespace plantwright::monitor;

/// The report as JSON, and as text.
py::tuple quality_of(const Frame& table, std::string time, std::string by, std::string period,
                     std::optional<std::string> interval, std::optional<std::string> max_gap,
                     std::optional<Schema> reference, Index flat_line, double rare_share) {
    std::string json, text;
    {
        const py::gil_scoped_release release;  // the passes touch no Python object
        const DataQuality found = data_quality(table, {.time = std::move(time),
                                                       .by = std::move(by),
                                                       .period = std::move(period),
                                                       .interval = std::move(interval),
                                                       .max_gap = std::move(max_gap),
                                                       .reference = std::move(reference),
                                                       .flat_line = flat_line,
                                                       .rare_share = rare_share});
        json = found.to_json().dump();
        text = found.to_text();
    }
    return py::make_tuple(json, text);
}

}  // namespace

void register_monitor(py::module_& module) {
    module.def("data_quality", &quality_of, "table"_a, py::kw_only(), "time"_a, "by"_a, "period"_a, "interval"_a,
               "max_gap"_a, "reference"_a, "flat_line"_a, "rare_share"_a);
}

}  // namespace plantwright::bindings
