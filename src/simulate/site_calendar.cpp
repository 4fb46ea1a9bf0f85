// SPDX-License-Identifier: MIT
#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kNanosecondsPerHour = 3'600'000'000'000;

int weekday_of(sys_days day) { return static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1; }

/// New Year, 1 May, Christmas, and the fortnight from the first Monday of August when the plant closes.
bool is_holiday(sys_days day) {
    const year_month_day date(day);
    const unsigned month = static_cast<unsigned>(date.month()), number = static_cast<unsigned>(date.day());
    if ((month == 1 || month == 5) && number == 1) return true;
    if (month == 12 && (number >= 24 && number <= 26)) return true;
    const int days_from_monday = static_cast<int>(number) - weekday_of(day);  // the date of this week's Monday
    return month == 8 && days_from_monday >= 1 && days_from_monday <= 14;
}

/// Three shifts from Sunday 22:00 to Saturday 06:00, and one on Saturday morning.
Shift shift_at(int weekday, int hour, bool holiday) {
    if (holiday) return Shift::off;
    if (weekday == 6) return hour >= 22 ? Shift::night : Shift::off;
    if (hour < 6) return Shift::night;
    if (weekday == 5) return hour < 14 ? Shift::weekend : Shift::off;
    if (hour >= 22) return Shift::night;
    return hour < 14 ? Shift::early : Shift::late;
}

}  // namespace

std::vector<SiteHour> site_calendar(sys_days start, Index days) {
    std::vector<SiteHour> hours;
    hours.reserve(static_cast<std::size_t>(days) * 24);
    for (Index d = 0; d < days; ++d) {
        const sys_days day = start + std::chrono::days(d);
        const sys_days new_year = year_month_day(day).year() / 1 / 1;
        const bool holiday = is_holiday(day);
        for (int hour = 0; hour < 24; ++hour) {
            const std::int64_t hours_since_1970 = static_cast<std::int64_t>(day.time_since_epoch().count()) * 24 + hour;
            hours.push_back({hours_since_1970 * kNanosecondsPerHour, hour, weekday_of(day),
                             static_cast<int>((day - new_year).count()), holiday,
                             shift_at(weekday_of(day), hour, holiday)});
        }
    }
    return hours;
}

}  // namespace plantwright::simulate
