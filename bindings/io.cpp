// SPDX-License-Identifier: MIT
#include <pybind11/stl/filesystem.h>

#include "plantwright/io/model_file.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using Path = std::filesystem::path;

py::bytes read_whole_file(const Path& path) {
    Buffer<std::byte> bytes;
    {
        const py::gil_scoped_release unlocked;
        bytes = io::read_file(path);
    }
    return to_python(bytes);
}

void write_atomically(const Path& path, const py::bytes& bytes) {
    const auto view = bytes_of(bytes);
    const py::gil_scoped_release unlocked;
    io::write_atomically(path, view);
}

py::bytes with_header_members(const py::bytes& bytes, const std::string& extra) {
    const auto result = io::with_header_members(bytes_of(bytes), io::Json::parse(extra));
    return to_python(result);
}

}  // namespace

void register_io(py::module_& module) {
    using namespace pybind11::literals;
    const auto release = py::call_guard<py::gil_scoped_release>();
    module.def("read_header", [](const Path& path) { return io::read_header(path).dump(); }, "path"_a, release);
    module.def(
        "read_header_of_bytes", [](const py::bytes& bytes) { return io::read_header(bytes_of(bytes)).dump(); },
        "bytes"_a);
    module.def("with_header_members", &with_header_members, "bytes"_a, "extra"_a);
    module.def("read_file", &read_whole_file, "path"_a);
    module.def("write_atomically", &write_atomically, "path"_a, "bytes"_a);
}

}  // namespace plantwright::bindings
