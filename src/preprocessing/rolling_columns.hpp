// SPDX-License-Identifier: MIT
/// Rolling statistics of whole columns, to the bits of RollingSeries.
#pragma once

#include <memory>
#include <span>

#include "preprocessing/rolling_series.hpp"

namespace plantwright {

/// Whether the windows are by count, and not so long that the levels leave the cache.
bool suits_columns(const RollingPlan& plan);

/// Memory for a column that will be written once, front to back.
Buffer<double> fresh_column(Index n_rows);

/// `out`: windows by quantities, each of the length of x.
void roll_column(const std::shared_ptr<const RollingPlan>& plan, std::span<const double> x,
                 std::span<Buffer<double>> out);

}  // namespace plantwright
