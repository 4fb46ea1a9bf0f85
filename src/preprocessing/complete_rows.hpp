// SPDX-License-Identifier: MIT
/// The rows of a table in which no number is missing.
#pragma once

#include <cmath>
#include <string_view>
#include <vector>

#include "preprocessing/training_target.hpp"

namespace plantwright {

/// `(n_complete, n_columns)`. Throws InvalidArgument on an infinity, naming the column.
inline Matrix complete_rows(std::string_view who, const Frame& frame, const std::vector<ColumnSpec>& columns) {
    const auto numbers = number_columns(who, frame, columns);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < static_cast<std::size_t>(frame.rows()); ++i) {
        bool complete = true;
        for (const auto& column : numbers) complete = complete && !std::isnan(column[i]);
        if (complete) rows.push_back(i);
    }
    Matrix result(std::ssize(rows), std::ssize(columns));
    for (Index i = 0; i < result.rows(); ++i) {
        for (Index j = 0; j < result.cols(); ++j)
            result(i, j) = numbers[static_cast<std::size_t>(j)][rows[static_cast<std::size_t>(i)]];
    }
    return result;
}

}  // namespace plantwright
