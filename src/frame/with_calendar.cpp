// SPDX-License-Identifier: MIT
#include <array>
#include <utility>

#include "frame/calendar_columns.hpp"
#include "frame/floor_divide.hpp"
#include "frame/names.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"

namespace plantwright {
namespace detail {
namespace {

/// Seconds that the local clock shows.
struct LocalTime {
    std::int64_t seconds;

    std::int64_t day() const { return floor_divide(seconds, kSecondsPerDay); }
    std::int64_t second_of_day() const { return seconds - day() * kSecondsPerDay; }
    CivilDate date() const { return civil_from_days(day()); }
};

using Function = std::int64_t (*)(LocalTime);

std::int64_t hour(LocalTime time) { return time.second_of_day() / 3600; }
std::int64_t minute_of_day(LocalTime time) { return time.second_of_day() / 60; }
std::int64_t weekday(LocalTime time) {
    return time.day() + 3 - 7 * floor_divide(time.day() + 3, 7);
}  // day 0: Thursday
std::int64_t day_of_year(LocalTime time) { return time.day() - days_from_civil({time.date().year, 1, 1}) + 1; }
std::int64_t month(LocalTime time) { return time.date().month; }
std::int64_t year(LocalTime time) { return time.date().year; }

constexpr std::array<std::pair<std::string_view, Function>, 6> kFunctions{{{"hour", hour},
                                                                           {"minute_of_day", minute_of_day},
                                                                           {"weekday", weekday},
                                                                           {"day_of_year", day_of_year},
                                                                           {"month", month},
                                                                           {"year", year}}};

Function function_named(std::string_view name) {
    std::string allowed;
    for (const auto& [word, function] : kFunctions) {
        if (word == name) return function;
        allowed.append(allowed.empty() ? "" : ", ").append(word);
    }
    throw InvalidArgument("with_calendar: functions must be among " + allowed + ", got " + in_quotes(name));
}

}  // namespace

Column calendar_column(const Column& time, std::string_view zone_name, std::string_view function_name) {
    const Function function = function_named(function_name);
    const TimeZone zone = TimeZone::find(zone_name);
    const auto times = time.times();
    auto values = Buffer<double>::uninitialized(times.size());
    TimeZone::Segment segment = zone.segment_at(0);
    for (Index i = 0; i < times.size(); ++i) {
        if (times[i] == kMissingTime) {
            values[i] = kNaN;
            continue;
        }
        const std::int64_t seconds = floor_divide(times[i], kNanosecondsPerSecond);
        if (!segment.contains(seconds)) segment = zone.segment_at(seconds);
        values[i] = static_cast<double>(function({seconds + segment.offset}));
    }
    return Column::numbers(std::move(values));
}

}  // namespace detail

namespace {

void require_free_or_same(const Frame& frame, const ColumnSpec& spec) {
    const auto i = frame.schema().find(spec.name);
    if (!i || frame.schema()[*i].derivation == spec.derivation) return;
    throw InvalidArgument("with_calendar: the table already has another column named " + detail::in_quotes(spec.name));
}

ColumnSpec calendar_spec(const std::string& source, const std::string& function) {
    ColumnSpec spec;
    spec.name = source + "_" + function;
    spec.derivation = Derivation{source, function};
    return spec;
}

}  // namespace

Frame with_calendar(const Frame& frame, std::string_view time_column, std::span<const std::string> functions) {
    const Column& time = frame.column(time_column);
    if (time.kind() != ColumnKind::time) {
        throw InvalidArgument("with_calendar: column " + detail::in_quotes(time_column) + " must be a time, it is a " +
                              std::string(to_string(time.kind())));
    }
    Frame result = frame;
    for (const auto& function : functions) {
        Column column = detail::calendar_column(time, frame.schema().at(time_column).time_zone, function);
        ColumnSpec spec = calendar_spec(std::string(time_column), function);
        require_free_or_same(frame, spec);
        result = result.with(std::move(spec), std::move(column));
    }
    return result;
}

}  // namespace plantwright
