// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl/filesystem.h>

#include <string>

#include "plantwright/frame/write_csv.hpp"
#include "register.hpp"

namespace plantwright::bindings {

namespace py = pybind11;

void register_frame_write_csv(py::module_& module) {
    using namespace pybind11::literals;
    module.def(
        "write_csv",
        [](const std::filesystem::path& path, const Frame& frame, char delimiter) {
            write_csv(path, frame, {delimiter});
        },
        "path"_a, "frame"_a, "delimiter"_a, py::call_guard<py::gil_scoped_release>());
    module.def(
        "to_csv",
        [](const Frame& frame, char delimiter) {
            std::string text;
            {
                const py::gil_scoped_release no_gil;
                text = to_csv(frame, {delimiter});
            }
            return text;
        },
        "frame"_a, "delimiter"_a);
}

}  // namespace plantwright::bindings
