// SPDX-License-Identifier: MIT
/// Frames from and to the Arrow PyCapsule protocol, and texts from Python objects.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plantwright/frame/arrow.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

namespace py = pybind11;
using namespace pybind11::literals;

template <class Struct>
Struct& inside(const py::capsule& capsule, const char* name) {
    void* pointer = PyCapsule_GetPointer(capsule.ptr(), name);
    if (pointer == nullptr) throw py::error_already_set();
    return *static_cast<Struct*>(pointer);
}

ArrowArrayStream& stream_in(const py::capsule& capsule) {
    return inside<ArrowArrayStream>(capsule, "arrow_array_stream");
}
ArrowSchema& schema_in(const py::capsule& capsule) { return inside<ArrowSchema>(capsule, "arrow_schema"); }
ArrowArray& array_in(const py::capsule& capsule) { return inside<ArrowArray>(capsule, "arrow_array"); }

using SpecAndColumn = std::pair<ColumnSpec, Column>;

// The GIL stays held: a producer's stream may be written in Python, and a release callback may want it.
Frame table_of_stream(const py::capsule& stream) { return frame_from_arrow(stream_in(stream)); }
Frame table_of_array(const py::capsule& schema, const py::capsule& array) {
    return frame_from_arrow(schema_in(schema), array_in(array));
}
SpecAndColumn column_of_stream(const py::capsule& stream, const std::string& name) {
    auto [spec, column] = column_from_arrow(stream_in(stream), name);
    return {std::move(spec), std::move(column)};
}
SpecAndColumn column_of_array(const py::capsule& schema, const py::capsule& array, const std::string& name) {
    auto [spec, column] = column_from_arrow(schema_in(schema), array_in(array), name);
    return {std::move(spec), std::move(column)};
}

void free_stream(PyObject* capsule) {
    auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
    if (stream->release != nullptr) stream->release(stream);
    delete stream;
}

py::capsule stream_of(const Frame& frame) {
    auto stream = std::make_unique<ArrowArrayStream>();
    frame_to_arrow(frame, *stream);
    py::capsule capsule(stream.get(), "arrow_array_stream", &free_stream);
    (void)stream.release();
    return capsule;
}

/// Whatever is no text is missing.
std::optional<std::string_view> text_in(PyObject* item) {
    if (PyUnicode_Check(item) == 0) return std::nullopt;
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(item, &size);
    if (text == nullptr) throw py::error_already_set();
    return std::string_view(text, static_cast<std::size_t>(size));
}

Column categories_of_texts(const py::list& items) {
    std::vector<std::optional<std::string_view>> texts;
    texts.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        texts.push_back(text_in(PyList_GET_ITEM(items.ptr(), static_cast<Py_ssize_t>(i))));
    }
    return Column::categories(texts);
}

}  // namespace

void register_frame_arrow(py::module_& module) {
    module.def("frame_from_arrow_stream", &table_of_stream, "stream"_a);
    module.def("frame_from_arrow_array", &table_of_array, "schema"_a, "array"_a);
    module.def("column_from_arrow_stream", &column_of_stream, "stream"_a, "name"_a);
    module.def("column_from_arrow_array", &column_of_array, "schema"_a, "array"_a, "name"_a);
    module.def("frame_to_arrow_stream", &stream_of, "frame"_a);
    module.def("categories_from_texts", &categories_of_texts, "texts"_a);
}

}  // namespace plantwright::bindings
