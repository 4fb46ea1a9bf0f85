// SPDX-License-Identifier: MIT
#include "simulate/start_day.hpp"

#include <charconv>
#include <optional>

#include "plantwright/core/error.hpp"

namespace plantwright::simulate {
namespace {

using std::chrono::year_month_day;

std::optional<int> date_part(const std::string& start, std::size_t begin, std::size_t length) {
    int value = 0;
    const char* end = start.data() + begin + length;
    const auto [stop, error] = std::from_chars(start.data() + begin, end, value);
    if (error != std::errc() || stop != end || value < 0) return std::nullopt;
    return value;
}

std::optional<year_month_day> parse_date(const std::string& start) {
    if (start.size() != 10 || start[4] != '-' || start[7] != '-') return std::nullopt;
    const auto year = date_part(start, 0, 4), month = date_part(start, 5, 2), day = date_part(start, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    return year_month_day{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                          std::chrono::day(static_cast<unsigned>(*day))};
}

}  // namespace

std::chrono::sys_days start_day(const std::string& who, const std::string& start) {
    const auto date = parse_date(start);
    if (!date || !date->ok() || date->year() < std::chrono::year(1970) || date->year() > std::chrono::year(2200)) {
        throw InvalidArgument(who + ": start must be a date like 2023-01-01 between 1970 and 2200, got '" + start +
                              "'");
    }
    return *date;
}

}  // namespace plantwright::simulate
