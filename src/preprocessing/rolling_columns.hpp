// SPDX-License-Identifier: MIT
/// Rolling statistics of whole columns, to the bits of RollingSeries.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "preprocessing/rolling_series.hpp"

namespace plantwright {

/// A table's rows as the windows hold them, for all columns.
struct HeldRows {
    std::span<const std::int64_t> stamps;    ///< empty: the step has no time
    std::vector<Buffer<std::int32_t>> held;  ///< of windows by time, how many rows each holds; else empty
    std::int64_t longest = 1;                ///< window

    HeldRows(const RollingPlan& plan, std::span<const std::int64_t> stamps, Index n_rows);
};

/// Whether the windows are not so long that the levels leave the cache, and no slope is by time.
bool suits_columns(const RollingPlan& plan, const HeldRows& rows);

/// Memory for a column that will be written once, front to back.
Buffer<double> fresh_column(Index n_rows);

/// `out`: windows by quantities, each of the length of x.
void roll_column(const std::shared_ptr<const RollingPlan>& plan, const HeldRows& rows, std::span<const double> x,
                 std::span<Buffer<double>> out);

}  // namespace plantwright
