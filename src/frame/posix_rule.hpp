// SPDX-License-Identifier: MIT
/// The POSIX TZ rule at the end of a TZif file: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX.1-2017, section 8.3; RFC
/// 9636, 3.3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plantwright::detail {

/// One of the two changes of a year.
struct YearlyChange {
    enum class Form { julian_without_leap_day, day_of_year, month_week_day };
    Form form = Form::month_week_day;
    int month = 1;             ///< 1 to 12
    int week = 1;              ///< 1 to 5; 5 = the last
    int day = 0;               ///< weekday 0 to 6 from Sunday; or the day of the year, from 1 (julian) or 0
    std::int64_t time = 7200;  ///< local seconds after midnight of that day; may be negative or beyond a day

    std::int64_t local_seconds(std::int64_t year) const;
};

struct PosixRule {
    std::int64_t standard_offset = 0;  ///< seconds east of UTC
    bool has_summer_time = false;
    std::int64_t summer_offset = 0;
    YearlyChange to_summer;
    YearlyChange to_standard;
};

/// Nothing where the text is not a rule.
std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace plantwright::detail
