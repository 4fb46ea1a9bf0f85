// SPDX-License-Identifier: MIT
/// Rows that stand on both sides of a split, or on the wrong one.
#pragma once

#include "leak_names.hpp"

namespace plantwright::evaluate {

void check_times(const Frame& train, const Frame& test, const std::string& time, LeakReport& report);
void check_groups(const Frame& train, const Frame& test, const std::string& group, LeakReport& report);
void check_identical_rows(const Frame& train, const Frame& test, const LeakColumns& columns, LeakReport& report);

}  // namespace plantwright::evaluate
