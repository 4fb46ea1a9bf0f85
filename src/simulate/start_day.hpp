// SPDX-License-Identifier: MIT
/// The first day of a simulation, as a user writes it.
#pragma once

#include <chrono>
#include <string>

namespace plantwright::simulate {

/// Throws InvalidArgument, in the name of `who`, unless `start` is a date like 2023-01-01 between 1970 and 2200.
std::chrono::sys_days start_day(const std::string& who, const std::string& start);

}  // namespace plantwright::simulate
