// SPDX-License-Identifier: MIT
/// What scalers share.
#pragma once

#include <functional>
#include <limits>
#include <utility>

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

/// Least and largest; NaN of no values.
inline std::pair<double, double> extremes(const Buffer<double>& values) {
    if (values.empty()) return {kNaN, kNaN};
    constexpr Index kLanes = 8;
    double low[kLanes], high[kLanes];
    for (Index j = 0; j < kLanes; ++j) low[j] = high[j] = values[0];
    Index i = 0;
    for (; i + kLanes <= values.size(); i += kLanes) {
        for (Index j = 0; j < kLanes; ++j) {
            low[j] = values[i + j] < low[j] ? values[i + j] : low[j];
            high[j] = values[i + j] > high[j] ? values[i + j] : high[j];
        }
    }
    for (; i < values.size(); ++i) {
        low[0] = values[i] < low[0] ? values[i] : low[0];
        high[0] = values[i] > high[0] ? values[i] : high[0];
    }
    for (Index j = 1; j < kLanes; ++j) {
        low[0] = low[j] < low[0] ? low[j] : low[0];
        high[0] = high[j] > high[0] ? high[j] : high[0];
    }
    return {low[0], high[0]};
}

}  // namespace plantwright
