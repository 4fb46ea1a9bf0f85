// SPDX-License-Identifier: MIT
/// Training rows as a stream would take them: in order of time, each with a reading, each with a stamp, in runs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/detect/ensemble_detector.hpp"

namespace plantwright::detect {

/// Whether `time` comes too long after `last` for one run; right for any two stamps.
inline bool is_gap(std::int64_t last, std::int64_t time, std::int64_t longest) {
    return time > last &&
           static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(last) > static_cast<std::uint64_t>(longest);
}

struct TimedRows {
    Matrix rows = {};
    std::vector<std::int64_t> times = {};
    std::vector<Index> places = {};  ///< of each row in the table that it was taken from
    std::vector<Index> runs = {};    ///< RunBegins: after gaps in time, and where rows were cut out
    Index n_refused = 0;             ///< late, doubled, untimed
    Index n_empty = 0;               ///< without any reading
};

/// The median step of increasing stamps, in nanoseconds; nothing where there are fewer than two.
std::optional<std::int64_t> median_step(std::span<const std::int64_t> times);

/// Where `times` is empty row i is stamped `i * period`; a step longer than `longest` ends a run. Throws
/// InvalidArgument on infinities, and on another number of stamps than rows.
TimedRows timed_rows(ConstMatrixView rows, std::span<const std::int64_t> times, std::int64_t period,
                     std::int64_t longest);

/// Those labelled normal; what follows rows that were cut out begins a run. `labels`: one a row of `all`.
TimedRows normal_rows(const TimedRows& all, const std::vector<RowLabel>& labels, std::int64_t longest);

}  // namespace plantwright::detect
