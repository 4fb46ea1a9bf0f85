// SPDX-License-Identifier: MIT
/// What scalers share.
#pragma once

#include <functional>
#include <limits>

#include "plantwright/core/threads.hpp"
#include "plantwright/preprocessing/number_map.hpp"
#include "preprocessing/fitting.hpp"

namespace plantwright {

/// What is divided by: 1 for a range within rounding of zero, as scikit-learn has it.
inline double nonzero_scale(double range) { return range < 10 * std::numeric_limits<double>::epsilon() ? 1.0 : range; }

/// Calls `f(k, values)` with the present numbers of each column, in parallel.
inline void for_each_column(std::string_view who, const Frame& frame, std::span<const ColumnSpec> columns,
                            std::optional<int> n_jobs, const std::function<void(Index, Buffer<double>&)>& f) {
    require_rows(who, frame);
    const int jobs = resolve_n_jobs(n_jobs);
    std::vector<Buffer<double>> values = present_numbers(who, frame, columns, jobs);
    parallel_for(std::ssize(columns), jobs, [&](Index k, int) { f(k, values[static_cast<std::size_t>(k)]); });
}

}  // namespace plantwright
