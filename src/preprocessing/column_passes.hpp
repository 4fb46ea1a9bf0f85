// SPDX-License-Identifier: MIT
/// Figures of number columns, read block by block: tables that lie row by row are read once a pass, and nothing is
/// copied. Missing values do not count. Each throws InvalidArgument on a frame without rows and on an infinity.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "plantwright/frame/frame.hpp"
#include "preprocessing/moments.hpp"

namespace plantwright {

/// Least and largest; NaN of no values.
std::vector<std::pair<double, double>> column_extremes(std::string_view who, const Frame& frame,
                                                       std::span<const ColumnSpec> columns, std::optional<int> n_jobs);

/// Mean and variance, and the number of values present.
struct ColumnMoments : Moments {
    double n = 0;
};

std::vector<ColumnMoments> column_moments(std::string_view who, const Frame& frame, std::span<const ColumnSpec> columns,
                                          std::optional<int> n_jobs);

}  // namespace plantwright
