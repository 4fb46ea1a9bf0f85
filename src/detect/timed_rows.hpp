// SPDX-License-Identifier: MIT
/// Training rows as a stream would take them: in order of time, each with a reading, each with a stamp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright::detect {

/// Whether `time` comes too long after `last` for one run; right for any two stamps.
inline bool is_gap(std::int64_t last, std::int64_t time, std::int64_t longest) {
    return time > last &&
           static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(last) > static_cast<std::uint64_t>(longest);
}

struct TimedRows {
    Matrix rows;
    std::vector<std::int64_t> times;
    Index n_refused = 0;  ///< late, doubled, untimed
    Index n_empty = 0;    ///< without any reading
};

/// The median step of increasing stamps, in nanoseconds; nothing where there are fewer than two.
std::optional<std::int64_t> median_step(std::span<const std::int64_t> times);

/// Begins of runs: rows that do not come after the one before, or too long after it.
std::vector<Index> runs_of(std::span<const std::int64_t> times, std::int64_t longest_step);

/// Where `times` is empty row i is stamped `i * period`. Throws InvalidArgument on infinities, and on another number of
/// stamps than rows.
TimedRows timed_rows(ConstMatrixView rows, std::span<const std::int64_t> times, std::int64_t period);

/// What a table's time column says; nothing where it has none.
struct Clock {
    std::optional<double> period_s;
    std::vector<Index> runs;  ///< begins; steps longer than ten periods part them
};
Clock clock_of(const Frame& frame);

}  // namespace plantwright::detect
