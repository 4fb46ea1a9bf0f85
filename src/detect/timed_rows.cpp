// SPDX-License-Identifier: MIT
#include "detect/timed_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detect/checks.hpp"

namespace plantwright::detect {
namespace {

bool has_reading(ConstMatrixView rows, Index i) {
    bool some = false;
    for (Index j = 0; j < rows.cols(); ++j) {
        if (std::isinf(rows(i, j))) {
            throw InvalidArgument("EnsembleDetector: training rows must be finite or NaN, got infinity in row " +
                                  std::to_string(i) + ", sensor " + std::to_string(j));
        }
        some = some || !std::isnan(rows(i, j));
    }
    return some;
}

Matrix picked(ConstMatrixView rows, const std::vector<Index>& kept) {
    Matrix table(std::ssize(kept), rows.cols());
    for (Index i = 0; i < table.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) table(i, j) = rows(kept[static_cast<std::size_t>(i)], j);
    }
    return table;
}

}  // namespace

std::optional<std::int64_t> median_step(std::span<const std::int64_t> times) {
    std::vector<std::int64_t> steps;
    for (std::size_t i = 1; i < times.size(); ++i) {
        std::int64_t step = 0;
        const bool known = times[i] != kMissingTime && times[i - 1] != kMissingTime;
        if (known && !__builtin_sub_overflow(times[i], times[i - 1], &step) && step > 0) steps.push_back(step);
    }
    if (steps.empty()) return std::nullopt;
    const auto middle = steps.begin() + std::ssize(steps) / 2;
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

std::vector<Index> runs_of(std::span<const std::int64_t> times, std::int64_t longest_step) {
    std::vector<Index> begins;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const bool follows = times[i] > times[i - 1] && !is_gap(times[i - 1], times[i], longest_step);
        if (!follows) begins.push_back(static_cast<Index>(i));
    }
    return begins;
}

TimedRows timed_rows(ConstMatrixView rows, std::span<const std::int64_t> times, std::int64_t period) {
    require(times.empty() || std::ssize(times) == rows.rows(), "EnsembleDetector", "times", times.size(), "one a row");
    TimedRows timed;
    std::vector<Index> kept;
    std::int64_t last = kMissingTime;
    for (Index i = 0; i < rows.rows(); ++i) {
        const std::int64_t time = times.empty() ? i * period : times[static_cast<std::size_t>(i)];
        const bool readable = has_reading(rows, i), in_order = time > last;  // kMissingTime is the least
        timed.n_refused += in_order ? 0 : 1;
        timed.n_empty += in_order && !readable ? 1 : 0;
        if (!in_order) continue;
        last = time;
        if (!readable) continue;
        kept.push_back(i);
        timed.times.push_back(time);
    }
    timed.rows = picked(rows, kept);
    return timed;
}

Clock clock_of(const Frame& frame) {
    const auto name = frame.schema().name_of(Role::time);
    if (!name || frame.column(*name).kind() != ColumnKind::time) return {};
    const auto stamps = frame.column(*name).times();
    const std::vector<std::int64_t> times(stamps.data(), stamps.data() + stamps.size());
    const auto period = median_step(times);
    if (!period) return {};
    constexpr std::int64_t kMostPeriods = 10;
    const bool fits = *period <= std::numeric_limits<std::int64_t>::max() / kMostPeriods;
    return {static_cast<double>(*period) / 1e9, runs_of(times, fits ? kMostPeriods * *period : *period)};
}

}  // namespace plantwright::detect
