// SPDX-License-Identifier: MIT
/// Where a frame's rows stop following each other: gaps of time, and changes of group.
#pragma once

#include <cstdint>
#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright::neural {

/// Whether a row with stamp `time` follows one with stamp `last`: later, and by no more than `longest_step`.
bool follows_in_time(std::int64_t last, std::int64_t time, std::int64_t longest_step);

/// `max_gap` times the median of the positive steps of time within groups; SensorInput::kNoLimit where there is none.
std::int64_t longest_step_of(const Frame& frame, double max_gap);

/// First rows of the runs, ascending from 0, and the number of rows as the last.
std::vector<Index> run_starts_of(const Frame& frame, std::int64_t longest_step);

}  // namespace plantwright::neural
