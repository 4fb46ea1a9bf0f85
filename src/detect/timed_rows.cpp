// SPDX-License-Identifier: MIT
#include "detect/timed_rows.hpp"

#include <algorithm>
#include <cmath>

#include "detect/checks.hpp"
#include "plantwright/frame/frame.hpp"

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

TimedRows timed_rows(ConstMatrixView rows, std::span<const std::int64_t> times, std::int64_t period,
                     std::int64_t longest) {
    require(times.empty() || std::ssize(times) == rows.rows(), "EnsembleDetector", "times", times.size(), "one a row");
    TimedRows timed;
    std::int64_t last = kMissingTime;
    for (Index i = 0; i < rows.rows(); ++i) {
        const std::int64_t time = times.empty() ? i * period : times[static_cast<std::size_t>(i)];
        const bool readable = has_reading(rows, i), in_order = time > last;  // kMissingTime is the least
        timed.n_refused += in_order ? 0 : 1;
        timed.n_empty += in_order && !readable ? 1 : 0;
        if (!in_order) continue;
        last = time;
        if (!readable) continue;
        if (!timed.times.empty() && is_gap(timed.times.back(), time, longest)) {
            timed.runs.push_back(std::ssize(timed.times));
        }
        timed.places.push_back(i);
        timed.times.push_back(time);
    }
    timed.rows = picked(rows, timed.places);
    return timed;
}

TimedRows normal_rows(const TimedRows& all, const std::vector<RowLabel>& labels, std::int64_t longest) {
    TimedRows normal{.n_refused = all.n_refused, .n_empty = all.n_empty};
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] != RowLabel::normal) continue;
        const bool cut = !normal.places.empty() && normal.places.back() + 1 != static_cast<Index>(i);
        if (cut || (!normal.times.empty() && is_gap(normal.times.back(), all.times[i], longest))) {
            normal.runs.push_back(std::ssize(normal.times));
        }
        normal.places.push_back(static_cast<Index>(i));
        normal.times.push_back(all.times[i]);
    }
    normal.rows = picked(all.rows, normal.places);
    return normal;
}

}  // namespace plantwright::detect
