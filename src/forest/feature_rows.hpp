// SPDX-License-Identifier: MIT
/// Any input a forest takes, seen as float32 by rows or by columns: strided arrays of either width, or a frame's
/// columns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/forest/forest_model.hpp"

namespace plantwright {

/// One column of a frame: numbers, or category codes with the rank of each level (-1 gives NaN).
struct FeatureColumn {
    VectorView<const double> float64;
    VectorView<const float> float32;
    VectorView<const std::int32_t> codes;
    const float* level_ranks = nullptr;
};

class FeatureRows {
public:
    FeatureRows(ConstMatrixView X) : source_(X), rows_(X.rows()), cols_(X.cols()) {}
    FeatureRows(ConstMatrixViewF X) : source_(X), rows_(X.rows()), cols_(X.cols()) {}
    FeatureRows(std::vector<FeatureColumn> columns, Index rows)
        : source_(std::move(columns)), rows_(rows),
          cols_(static_cast<Index>(std::get<std::vector<FeatureColumn>>(source_).size())) {}

    Index rows() const { return rows_; }
    Index cols() const { return cols_; }

    float at(Index row, Index col) const;
    void read_column(Index col, float* out /* (rows,) */) const { read_column(col, 0, rows_, out); }
    void read_column(Index col, Index begin, Index end, float* out /* (end - begin,) */) const;
    /// The values of some rows of a column, `(rows.size(),)`.
    void read_column_at(Index col, std::span<const std::uint32_t> rows, float* out) const;
    void read_rows(Index begin, Index end, float* out /* (end - begin, cols), row-major */) const;

    /// Rows [begin, ...) where they lie in memory as float32, one row after the other; null where they do not.
    const float* dense_rows(Index begin) const;
    const double* dense_rows64(Index begin) const;  ///< the same as float64

private:
    std::variant<ConstMatrixView, ConstMatrixViewF, std::vector<FeatureColumn>> source_;
    Index rows_;
    Index cols_;
};

/// Throws InvalidArgument naming the first column that holds an infinite value (or one too large for float32).
void require_no_infinity(const char* who, const FeatureRows& rows, const std::vector<std::string>& names);

/// The frame's inputs in the encoder's order. `frame` must conform to the encoder's schema and outlive the result.
FeatureRows encode(const FeatureEncoder& encoder, const Frame& frame);

}  // namespace plantwright
