// SPDX-License-Identifier: MIT
/// Rows that stream in from Python: numbers, texts of levels, nanoseconds, None where missing.
#pragma once

#include <pybind11/pybind11.h>

#include <algorithm>
#include <span>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/preprocessing/cell.hpp"

namespace plantwright::bindings {

namespace py = pybind11;

inline Cell cell_of(const ColumnSpec& spec, const py::handle& value) {
    if (value.is_none()) return Cell::missing(spec.kind);
    switch (spec.kind) {
        case ColumnKind::time: return Cell::of_time(value.cast<std::int64_t>());
        case ColumnKind::category: {
            const auto text = value.cast<std::string>();
            const auto at = std::find(spec.levels.begin(), spec.levels.end(), text);
            return Cell::of_code(at == spec.levels.end() ? kUnknownCode
                                                         : static_cast<std::int32_t>(at - spec.levels.begin()));
        }
        case ColumnKind::number: break;
    }
    return Cell::of_number(value.cast<double>());
}

/// Throws InvalidArgument on another number of values, and on one of another type, naming the column.
inline void read_row(const py::sequence& row, const Schema& schema, std::span<Cell> cells) {
    if (std::ssize(cells) != static_cast<Index>(py::len(row))) {
        throw InvalidArgument("stream: a row must have " + std::to_string(cells.size()) + " values, got " +
                              std::to_string(py::len(row)));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const ColumnSpec& spec = schema[static_cast<Index>(i)];
        const py::object value = row[i];
        try {
            cells[i] = cell_of(spec, value);
        } catch (const py::cast_error&) {
            throw InvalidArgument("stream: column '" + spec.name + "' must be of kind " +
                                  std::string(to_string(spec.kind)) + ", got " + std::string(py::str(py::repr(value))));
        }
    }
}

}  // namespace plantwright::bindings
