// SPDX-License-Identifier: MIT
/// The rows that unknown features are taken from.
#pragma once

#include <vector>

#include "explain/key_columns.hpp"
#include "forest/feature_rows.hpp"

namespace plantwright {

/// Rows as keys; each KeyColumns of a plan has its own.
class Background {
public:
    Background(const FeatureRows& rows, const std::vector<KeyColumns>& columns);

    Index rows() const { return rows_; }
    /// A column of the set `columns`, `(rows,)`.
    const std::int32_t* column(std::size_t columns, Index column) const {
        return by_column_[columns].data() + column * rows_;
    }
    /// A row's keys in the order of the set's columns.
    const std::int32_t* row(std::size_t columns, Index row) const {
        return by_row_[columns].data() + row * (by_row_[columns].size() / rows_);
    }

private:
    Index rows_;
    std::vector<Buffer<std::int32_t>> by_column_, by_row_;  // by set of columns
};

}  // namespace plantwright
