// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "plantwright/frame/frame.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Names = std::vector<std::string>;

std::optional<std::pair<std::string, std::string>> derivation_of(const ColumnSpec& spec) {
    if (!spec.derivation) return std::nullopt;
    return std::pair(spec.derivation->source, spec.derivation->function);
}

void set_derivation(ColumnSpec& spec, const std::optional<std::pair<std::string, std::string>>& derivation) {
    spec.derivation.reset();
    if (derivation) spec.derivation = Derivation{derivation->first, derivation->second};
}

void register_specs(py::module_& module) {
    py::class_<ColumnSpec>(module, "ColumnSpec")
        .def(py::init<>())
        .def_readwrite("name", &ColumnSpec::name)
        .def_property(
            "kind", [](const ColumnSpec& spec) { return to_string(spec.kind); },
            [](ColumnSpec& spec, const std::string& kind) { spec.kind = column_kind_from(kind); })
        .def_property(
            "role", [](const ColumnSpec& spec) { return to_string(spec.role); },
            [](ColumnSpec& spec, const std::string& role) { spec.role = role_from(role); })
        .def_readwrite("unit", &ColumnSpec::unit)
        .def_readwrite("description", &ColumnSpec::description)
        .def_readwrite("source", &ColumnSpec::source)
        .def_readwrite("lowest", &ColumnSpec::lowest)
        .def_readwrite("highest", &ColumnSpec::highest)
        .def_readwrite("known_at_prediction", &ColumnSpec::known_at_prediction)
        .def_readwrite("time_zone", &ColumnSpec::time_zone)
        .def_readwrite("levels", &ColumnSpec::levels)
        .def_property("derivation", &derivation_of, &set_derivation)
        .def("is_input", &ColumnSpec::is_input);
    py::class_<TimeRule>(module, "TimeRule")
        .def(py::init<>())
        .def_readwrite("columns", &TimeRule::columns)
        .def_readwrite("name", &TimeRule::name)
        .def_readwrite("day_first", &TimeRule::day_first)
        .def_readwrite("midnight_ends_day", &TimeRule::midnight_ends_day);
}

void register_schema(py::module_& module) {
    py::class_<Schema>(module, "Schema")
        .def(py::init<std::vector<ColumnSpec>, TimeRule>(), "columns"_a, "time_rule"_a = TimeRule{})
        .def_property_readonly("columns", &Schema::columns)
        .def_property_readonly("time_rule", &Schema::time_rule)
        .def("at", &Schema::at, "name"_a)
        .def("names", &Schema::names)
        .def("input_names", &Schema::input_names)
        .def(
            "name_of", [](const Schema& schema, const std::string& role) { return schema.name_of(role_from(role)); },
            "role"_a)
        .def("with_column", &Schema::with, "column"_a)
        .def("to_json", [](const Schema& schema) { return schema.to_json().dump(2); })
        .def_static(
            "from_json", [](const std::string& text) { return Schema::from_json(io::Json::parse(text)); }, "text"_a)
        .def("__len__", &Schema::size)
        .def("__eq__", [](const Schema& a, const Schema& b) { return a == b; }, py::is_operator());
}

template <class T>
Column borrowed(VectorView<const T> values, const py::array& array) {
    return Column::numbers(values, owner_of(array));
}

/// Looked at, not copied; the array lives as long as the column.
Column numbers_from(const py::array& array) {
    if (const auto values = try_vector_view<float>(array)) return borrowed(*values, array);
    return borrowed(vector_view<double>(array, "values"), array);
}

template <class T>
Buffer<T> copied(VectorView<const T> values) {
    auto buffer = Buffer<T>::uninitialized(values.size());
    for (Index i = 0; i < values.size(); ++i) buffer[i] = values[i];
    return buffer;
}

Column categories_from(VectorView<const std::int32_t> codes, Names levels) {
    return Column::categories(copied(codes), std::move(levels));
}

Column times_from(VectorView<const std::int64_t> nanoseconds) { return Column::times(copied(nanoseconds)); }

py::array values_of(const py::object& self) {
    const auto& column = self.cast<const Column&>();
    switch (column.kind()) {
        case ColumnKind::category: return to_numpy(column.codes(), self);
        case ColumnKind::time: return to_numpy(column.times(), self);
        case ColumnKind::number: break;
    }
    if (column.is_float32()) return to_numpy(column.float32(), self);
    return to_numpy(column.float64(), self);
}

void register_column(py::module_& module) {
    py::class_<Column>(module, "Column")
        .def_static("numbers", &numbers_from, "values"_a)
        .def_static("categories", &categories_from, "codes"_a, "levels"_a)
        .def_static("times", &times_from, "nanoseconds_utc"_a)
        .def_property_readonly("kind", [](const Column& column) { return to_string(column.kind()); })
        .def_property_readonly("levels", &Column::levels)
        .def_property_readonly("n_missing", &Column::n_missing)
        .def("values", [](const py::object& self) { return values_of(self); })
        .def("__len__", &Column::size);
}

/// The table as one column-major array that shares its memory; None unless its columns stand there one after the other.
py::object shared_matrix(const py::object& self) {
    const auto& frame = self.cast<const Frame&>();
    const Index n_rows = frame.rows(), n_columns = frame.cols();
    const double* first = nullptr;
    for (Index j = 0; j < n_columns; ++j) {
        const Column& column = frame.column(j);
        if (column.kind() != ColumnKind::number || column.is_float32()) return py::none();
        const VectorView<const double> values = column.float64();
        if (j == 0) first = values.data();
        if (!values.contiguous() || values.data() != first + j * n_rows) return py::none();
    }
    if (n_rows == 0 || n_columns == 0) return py::none();
    constexpr auto kSize = static_cast<py::ssize_t>(sizeof(double));
    return py::array_t<double>({n_rows, n_columns}, {kSize, kSize * n_rows}, first, self);
}

Frame taken(const Frame& frame, VectorView<const std::int64_t> rows) {
    const Buffer<Index> indices = copied(rows);
    return frame.take(std::span<const Index>(indices.data(), static_cast<std::size_t>(indices.size())));
}

void register_frame_class(py::module_& module) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    py::class_<Frame>(module, "Frame")
        .def(py::init<Schema, std::vector<Column>>(), "schema"_a, "columns"_a)
        .def_property_readonly("schema", &Frame::schema)
        .def_property_readonly("rows", &Frame::rows)
        .def_property_readonly("cols", &Frame::cols)
        .def("column", py::overload_cast<std::string_view>(&Frame::column, py::const_), "name"_a)
        .def(
            "select", [](const Frame& frame, const Names& names) { return frame.select(names); }, "names"_a)
        .def("shared_matrix", &shared_matrix)
        .def("with_column", &Frame::with, "spec"_a, "column"_a)
        .def("with_schema", &Frame::with_schema, "schema"_a)
        .def("without", &Frame::without, "name"_a)
        .def("rows_between", &Frame::rows_between, "begin"_a, "end"_a)
        .def("take", &taken, "rows"_a, no_gil)
        .def(
            "with_calendar",
            [](const Frame& f, const std::string& column, const Names& functions) {
                return with_calendar(f, column, functions);
            },
            "time_column"_a, "functions"_a, no_gil)
        .def(
            "conform", [](const Frame& frame, const Schema& schema) { return conform(frame, schema); }, "schema"_a,
            no_gil)
        .def("merged_by_float32", &merged_by_float32, no_gil);
}

}  // namespace

void register_frame_arrow(py::module_& module);

void register_frame(py::module_& module) {
    register_specs(module);
    register_schema(module);
    register_column(module);
    register_frame_class(module);
    register_frame_arrow(module);
}

}  // namespace plantwright::bindings
