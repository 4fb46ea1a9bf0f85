// SPDX-License-Identifier: MIT
/// Hours of a factory's calendar: date parts, shifts and plant holidays.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/core/buffer.hpp"

namespace plantwright::simulate {

enum class Shift : std::int32_t { off, early, late, night, weekend };
inline const std::vector<std::string> kShiftNames = {"off", "early", "late", "night", "weekend"};

struct SiteHour {
    std::int64_t time_ns;  ///< since 1970-01-01 on the plant's clock
    int hour;
    int weekday;      ///< Monday = 0
    int day_of_year;  ///< from 0
    bool holiday;
    Shift shift;
};

std::vector<SiteHour> site_calendar(std::chrono::sys_days start, Index days);

}  // namespace plantwright::simulate
