// SPDX-License-Identifier: MIT
/// Model files as Python bytes, and pickling of a bound class through them.
#pragma once

#include <pybind11/pybind11.h>

#include <span>
#include <string>

#include "arrays.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright::bindings {

namespace py = pybind11;

/// Valid as long as the Python object.
inline std::span<const std::byte> bytes_of(const py::bytes& bytes) {
    const std::string_view text = bytes;
    return std::as_bytes(std::span(text));
}

inline py::bytes to_python(std::span<const std::byte> bytes) {
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

template <io::Saveable T>
py::bytes model_to_bytes(const T& model, const std::string& extra) {
    std::vector<std::byte> bytes;
    {
        const py::gil_scoped_release unlocked;  // models are immutable; a large one takes a while
        bytes = io::to_bytes(model, io::Json::parse(extra));
    }
    return to_python(bytes);
}

template <io::Saveable T>
T model_from_bytes(const py::bytes& bytes) {
    const auto view = bytes_of(bytes);
    auto owner = owner_of(bytes);  // large arrays of the model stay in the bytes, which never change
    const py::gil_scoped_release unlocked;
    return io::from_bytes<T>(view, std::move(owner));
}

/// Gives a bound class `to_bytes(extra)`, `from_bytes(bytes)`, and pickling (hence copy, joblib, cloudpickle) by them;
/// `extra` is a JSON object that joins the header.
template <io::Saveable T, class... Options>
void def_saveable(py::class_<T, Options...>& bound) {
    using namespace pybind11::literals;
    bound.def("to_bytes", &model_to_bytes<T>, "extra"_a = "{}");
    bound.def_static("from_bytes", &model_from_bytes<T>, "bytes"_a);
    bound.def(py::pickle([](const T& model) { return model_to_bytes(model, "{}"); }, &model_from_bytes<T>));
}

}  // namespace plantwright::bindings
