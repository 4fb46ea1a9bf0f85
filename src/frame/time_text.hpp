// SPDX-License-Identifier: MIT
/// One time stamp's text to its parts. What the parts mean (day or month first, zone) is decided over a whole column.
///
/// Dates: yyyy-mm-dd (ISO 8601), yyyy/mm/dd, yyyy.mm.dd, yyyymmdd, and dd/mm/yyyy, dd.mm.yyyy, dd-mm-yyyy, one or two
/// digits each, in either order of day and month. Then, after 'T' or blanks: hh[:mm[:ss[.fraction]]], AM or PM, and Z
/// or +hh[[:]mm]. 24:00 is the end of the day. Digits beyond nanoseconds are cut. Years 1678 to 2261, which 64-bit
/// nanoseconds hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plantwright {

inline constexpr std::int64_t kSecond_ns = 1'000'000'000;
inline constexpr std::int64_t kMinute_ns = 60 * kSecond_ns;
inline constexpr std::int64_t kHour_ns = 60 * kMinute_ns;
inline constexpr std::int64_t kDay_ns = 24 * kHour_ns;

/// How a date is written; `iso` alone is recognised without being asked for.
enum class DateForm : std::uint8_t { missing, iso, year_first, year_last };

struct TimeText {
    std::int64_t time_of_day_ns = 0;  ///< up to 24 h
    std::int32_t offset_s = 0;        ///< east of UTC
    std::int16_t year = 0;
    std::uint8_t first = 0;   ///< month where the year comes first; else day or month
    std::uint8_t second = 0;  ///< day where the year comes first; else month or day
    DateForm form = DateForm::missing;
    bool has_offset = false;
};

/// Nothing where the text is no stamp. Blanks around it are not taken off.
std::optional<TimeText> parse_time_text(std::string_view text);

/// Whether the date exists under that order; stamps with the year first do not ask.
bool is_date(const TimeText& text, bool day_first);

/// Nanoseconds since 1970 on the clock that the text was written by. The date must exist.
std::int64_t local_time_ns(const TimeText& text, bool day_first);

/// The same from numbers; nothing where there is no such moment. `time_of_day_ns` is at most a day.
std::optional<std::int64_t> local_time_ns(int year, int month, int day, std::int64_t time_of_day_ns);

}  // namespace plantwright
