// SPDX-License-Identifier: MIT
/// What the imputers that look at whole rows of numbers share.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "plantwright/preprocessing/step.hpp"
#include "preprocessing/missing.hpp"

namespace plantwright {

/// Columns whose gaps are to be told: those that have any, if that is asked for.
inline Buffer<std::int64_t> columns_with_gaps(const Frame& frame, std::span<const ColumnSpec> columns, bool asked) {
    std::vector<std::int64_t> found;
    for (std::size_t k = 0; asked && k < columns.size(); ++k) {
        if (frame.column(columns[k].name).n_missing() > 0) found.push_back(static_cast<std::int64_t>(k));
    }
    return Buffer<std::int64_t>(std::span<const std::int64_t>(found));
}

/// The columns in place, each computed from all of them, then the flags.
inline std::vector<Step::Written> imputed_writes(std::span<const ColumnSpec> columns,
                                                 const Buffer<std::int64_t>& indicated) {
    std::vector<std::string> names;
    for (const ColumnSpec& spec : columns) names.push_back(spec.name);
    std::vector<Step::Written> writes;
    for (const ColumnSpec& spec : columns) writes.push_back({spec, names});
    for (const std::int64_t k : indicated) writes.push_back(missing_flag_of(columns[static_cast<std::size_t>(k)]));
    return writes;
}

/// Of a loaded step: numbers alone, and flags of its columns.
inline bool are_imputed_writes(const Step& step, const Buffer<std::int64_t>& indicated) {
    const Index n = std::ssize(step.reads());
    bool ok = std::ssize(step.writes()) == n + indicated.size();
    for (const ColumnSpec& spec : step.reads()) ok = ok && spec.kind == ColumnKind::number;
    for (const Step::Written& written : step.writes()) ok = ok && written.spec.kind == ColumnKind::number;
    for (const std::int64_t k : indicated) ok = ok && k >= 0 && k < n;
    return ok;
}

inline void tell_gaps(std::span<const Cell> read, const Buffer<std::int64_t>& indicated, std::span<Cell> written) {
    for (Index f = 0; f < indicated.size(); ++f) {
        const double x = read[static_cast<std::size_t>(indicated[f])].number;
        written[static_cast<std::size_t>(f)] = Cell::of_number(std::isnan(x) ? 1 : 0);
    }
}

/// Number columns to be filled, and the rows in which they have gaps.
class ImputedColumns {
public:
    ImputedColumns(std::span<const StepInput> inputs, Index n_rows) : n_rows_(n_rows) {
        for (const StepInput& input : inputs) {
            columns_.push_back(fresh_buffer<double>(n_rows));
            input.read(0, n_rows, columns_.back().data());
        }
    }
    std::vector<Index> rows_with_gaps() const {
        std::vector<std::uint8_t> has_gap(static_cast<std::size_t>(n_rows_), 0);
        for (const Buffer<double>& column : columns_) {
            for (Index i = 0; i < n_rows_; ++i) has_gap[static_cast<std::size_t>(i)] |= std::isnan(column[i]);
        }
        std::vector<Index> rows;
        for (Index i = 0; i < n_rows_; ++i) {
            if (has_gap[static_cast<std::size_t>(i)]) rows.push_back(i);
        }
        return rows;
    }
    void get(Index row, double* values) const {
        for (std::size_t k = 0; k < columns_.size(); ++k) values[k] = columns_[k][row];
    }
    void set(Index row, const double* values) {
        for (std::size_t k = 0; k < columns_.size(); ++k) columns_[k][row] = values[k];
    }
    /// And the flags, of the inputs as they came.
    std::vector<Column> finish(std::span<const StepInput> inputs, const Buffer<std::int64_t>& indicated) {
        std::vector<Column> columns;
        for (Buffer<double>& values : columns_) columns.push_back(Column::numbers(std::move(values)));
        for (const std::int64_t k : indicated)
            columns.push_back(missing_flags(inputs[static_cast<std::size_t>(k)], n_rows_));
        return columns;
    }

private:
    Index n_rows_;
    std::vector<Buffer<double>> columns_;
};

}  // namespace plantwright
