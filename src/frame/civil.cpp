// SPDX-License-Identifier: MIT
#include "plantwright/frame/calendar.hpp"

#include "frame/floor_divide.hpp"

namespace plantwright {
namespace {

using detail::floor_divide;

constexpr std::int64_t kDaysOf400Years = 146'097;
constexpr std::int64_t kEpochFromMarchOfYear0 = 719'468;  // days from 0000-03-01 to 1970-01-01

/// Days before 1 March of a year, counted from 0000-03-01.
std::int64_t days_before(std::int64_t year) {
    return 365 * year + floor_divide(year, 4) - floor_divide(year, 100) + floor_divide(year, 400);
}

/// Days before a month, counted from March = 0: 31, 30, 31, 30, 31 days repeat, which is 153 days in five months.
int days_before_month(int month_from_march) { return (153 * month_from_march + 2) / 5; }

bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

}  // namespace

std::int64_t days_from_civil(const CivilDate& date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const int month = (date.month + 9) % 12;
    return days_before(year) + days_before_month(month) + date.day - 1 - kEpochFromMarchOfYear0;
}

CivilDate civil_from_days(std::int64_t days) {
    const std::int64_t since_march = days + kEpochFromMarchOfYear0;
    const std::int64_t era = floor_divide(since_march, kDaysOf400Years);
    const std::int64_t day_of_era = since_march - era * kDaysOf400Years;  // [0, 146096]
    // The estimate is right or one too large: 365.2425 days a year, taken from the end of the day.
    std::int64_t year = (400 * day_of_era + 399) / kDaysOf400Years;
    if (days_before(year) > day_of_era) --year;
    if (days_before(year + 1) <= day_of_era) ++year;
    const int day_of_year = static_cast<int>(day_of_era - days_before(year));  // from 1 March
    const int month = (5 * day_of_year + 2) / 153;
    const int day = day_of_year - days_before_month(month) + 1;
    return {400 * era + year + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day};
}

bool is_valid_date(const CivilDate& date) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.month < 1 || date.month > 12 || date.day < 1) return false;
    return date.day <= kDays[date.month - 1] + (date.month == 2 && is_leap(date.year) ? 1 : 0);
}

}  // namespace plantwright
