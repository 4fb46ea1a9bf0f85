// SPDX-License-Identifier: MIT
/// `resample`: one row an interval of time and group: daily means of hourly readings, with a rule of completeness.
///
/// Intervals of whole days begin at the plant's midnight (of the time column's zone), shorter ones at multiples since
/// that; each is [begin, begin + every). An interval stands in the result where it has a row, under its begin, in order
/// of time, then of the group's levels. A value is missing where its interval has fewer present readings than
/// `min_count`. Rows without a stamp or a group are left out. Numbers get each of the statistics, categories their most
/// frequent level (the first of equals), whatever the statistics. Columns written: `TEMP__mean_1d`, `wd__mode_1d`;
/// units and roles go on, but for counts. O(n log n), one thread.
///
/// It changes rows, so it is no step of a pipeline: it makes the table that a model is fitted on, and must be applied
/// to what it is to predict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plantwright/frame/frame.hpp"
#include "plantwright/preprocessing/step_columns.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

struct ResampleOptions {
    WindowLength every = "1d";                       ///< by time
    std::vector<std::string> statistics = {"mean"};  ///< any of mean, sum, min, max, std, median, count, first, last
    Index min_count = 1;                             ///< present readings an interval must have
    std::optional<std::string> time{};               ///< absent: the first column of role time
    std::optional<std::string> by{};                 ///< a category: each level's rows on their own
    StepColumns columns{};                           ///< absent: all numbers and categories but ignored and group ones
};

/// Throws InvalidArgument on an option out of range and where there is no time column; SchemaMismatch on an unknown
/// name.
PLANTWRIGHT_API Frame resample(const Frame& frame, const ResampleOptions& options = {});

}  // namespace plantwright
