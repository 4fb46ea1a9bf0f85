// SPDX-License-Identifier: MIT
#include "frame/csv_time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

#include "frame/floor_divide.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

using detail::floor_divide;
using Stamps = Buffer<std::int64_t>;

std::int64_t day_of(std::int64_t ns) { return floor_divide(ns, kDay_ns); }
bool is_midnight(std::int64_t ns) { return day_of(ns) * kDay_ns == ns; }
std::string counted(Index n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

Stamps local_stamps(const std::vector<TimeText>& texts, bool day_first) {
    auto stamps = Stamps::uninitialized(static_cast<Index>(texts.size()));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const bool missing = texts[i].form == DateForm::missing;
        stamps[static_cast<Index>(i)] = missing ? kMissingTime : local_time_ns(texts[i], day_first);
    }
    return stamps;
}

/// The first row whose date does not exist under that order.
std::optional<Index> first_impossible(const std::vector<TimeText>& texts, bool day_first) {
    const auto bad = std::find_if(texts.begin(), texts.end(), [day_first](const TimeText& text) {
        return text.form != DateForm::missing && !is_date(text, day_first);
    });
    if (bad == texts.end()) return std::nullopt;
    return static_cast<Index>(bad - texts.begin());
}

/// Steps between stamps that are not missing.
struct Steps {
    Index back = 0;
    Index repeated = 0;
    Index irregular = 0;  ///< other than the most frequent step
};

Steps steps_of(VectorView<const std::int64_t> stamps) {
    Steps steps;
    std::unordered_map<std::int64_t, Index> frequency;
    Index total = 0, most = 0;
    std::int64_t before = kMissingTime;
    for (Index i = 0; i < stamps.size(); ++i) {
        if (stamps[i] == kMissingTime) continue;
        if (before != kMissingTime) {
            const std::int64_t step = stamps[i] - before;
            steps.back += step < 0 ? 1 : 0;
            steps.repeated += step == 0 ? 1 : 0;
            most = std::max(most, ++frequency[step]);
            ++total;
        }
        before = stamps[i];
    }
    steps.irregular = total - most;
    return steps;
}

/// Both orders give dates throughout.
bool likelier_day_first(const std::vector<TimeText>& texts, std::vector<std::string>& warnings) {
    const auto by_day = local_stamps(texts, true), by_month = local_stamps(texts, false);
    if (by_day == by_month) return true;
    const Steps day = steps_of(by_day), month = steps_of(by_month);
    const bool day_first = day.back != month.back ? day.back < month.back : day.irregular <= month.irregular;
    const bool tie = day.back == month.back && day.irregular == month.irregular;
    const std::string reading = day_first ? "day/month/year" : "month/day/year";
    warnings.push_back("dates may be day/month or month/day; read as " + reading +
                       (tie ? ", for want of a reason" : ", under which the stamps run more regularly"));
    return day_first;
}

bool find_day_first(const std::vector<TimeText>& texts, const TimeHints& hints, const RowFailure& fail,
                    std::vector<std::string>& warnings) {
    const auto is_year_last = [](const TimeText& text) { return text.form == DateForm::year_last; };
    if (std::none_of(texts.begin(), texts.end(), is_year_last)) return false;
    if (hints.day_first) {
        const auto bad = first_impossible(texts, *hints.day_first);
        if (bad) fail(*bad, std::string("no date when the ") + (*hints.day_first ? "day" : "month") + " comes first");
        return *hints.day_first;
    }
    const auto no_day_first = first_impossible(texts, true), no_month_first = first_impossible(texts, false);
    if (no_day_first && no_month_first) {
        fail(std::max(*no_day_first, *no_month_first), "day and month stand in another order than in rows above");
    }
    if (no_day_first) return false;
    return no_month_first || likelier_day_first(texts, warnings);
}

/// +1: this 00:00 ends its day; -1: it begins it; 0: it does not tell.
int midnight_vote(std::int64_t before, std::int64_t at, std::int64_t after) {
    if (before == kMissingTime || !is_midnight(at)) return 0;
    const std::int64_t day = day_of(at);
    const bool ended_before = day_of(before) == day && before > at;
    if (ended_before && (after == kMissingTime || day_of(after) == day + 1)) return 1;
    return before < at && after != kMissingTime && day_of(after) == day && after > at ? -1 : 0;
}

void end_days_at_midnight(Stamps& stamps) {
    for (std::int64_t& ns : stamps) ns += ns != kMissingTime && is_midnight(ns) ? kDay_ns : 0;
}

bool apply_midnight_rule(Stamps& stamps, const TimeHints& hints, std::vector<std::string>& warnings) {
    if (!hints.midnight_ends_day.value_or(midnight_ends_day(stamps))) return false;
    end_days_at_midnight(stamps);
    if (!hints.midnight_ends_day) {
        warnings.push_back(
            "00:00 stands under the date of the day that it ends (each follows the last stamp of that date); "
            "it was moved to the next day");
    }
    return true;
}

/// The later of two instants at which a clock that is put back shows the same; the first where there is one alone.
std::int64_t later_instant(const TimeZone& zone, std::int64_t local_s, std::int64_t first) {
    const auto segment = zone.segment_at(first);
    if (segment.end == std::numeric_limits<std::int64_t>::max()) return first;
    const std::int64_t second = local_s - zone.segment_at(segment.end).offset;
    return second >= segment.end && second > first ? second : first;
}

void to_utc(Stamps& stamps, const std::string& zone_name) {
    const TimeZone zone = TimeZone::find(zone_name);
    std::int64_t before = kMissingTime;
    bool second_pass = false;  // of the hour that the clock shows twice
    for (std::int64_t& ns : stamps) {
        if (ns == kMissingTime) continue;
        const std::int64_t local_s = floor_divide(ns, kNanosecondsPerSecond);
        const std::int64_t first = zone.utc_from_local(local_s), second = later_instant(zone, local_s, first);
        second_pass = first != second && (second_pass || (before != kMissingTime && ns < before));
        before = ns;
        ns += ((second_pass ? second : first) - local_s) * kNanosecondsPerSecond;
    }
}

/// "+08:00"; "UTC" for none.
std::string offset_name(std::int32_t offset_s) {
    if (offset_s == 0) return "UTC";
    const auto two = [](std::int32_t value) { return std::string(value < 10 ? "0" : "") + std::to_string(value); };
    const std::int32_t size = std::abs(offset_s);
    return std::string(offset_s < 0 ? "-" : "+") + two(size / 3600) + ":" + two(size / 60 % 60);
}

/// Whether the texts carry offsets: all do or none.
bool have_offsets(const std::vector<TimeText>& texts, const RowFailure& fail) {
    std::optional<bool> all;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].form == DateForm::missing) continue;
        if (!all) all = texts[i].has_offset;
        if (texts[i].has_offset != *all) {
            fail(static_cast<Index>(i),
                 *all ? "no offset from UTC, but rows above have one" : "an offset from UTC, but rows above have none");
        }
    }
    return all.value_or(false);
}

std::string zone_of_offsets(const std::vector<TimeText>& texts) {
    std::optional<std::int32_t> common;
    for (const TimeText& text : texts) {
        if (text.form == DateForm::missing) continue;
        if (common && *common != text.offset_s) return "UTC";
        common = text.offset_s;
    }
    return offset_name(common.value_or(0));
}

void warn_of_disorder(const Stamps& stamps, std::vector<std::string>& warnings) {
    const Steps steps = steps_of(stamps);
    if (steps.back > 0)
        warnings.push_back(counted(steps.back, "stamp") + " earlier than the one before; rows stay in their order");
    if (steps.repeated > 0) warnings.push_back(counted(steps.repeated, "stamp") + " equal to the one before");
}

TimeSeries finished(TimeSeries series, const TimeHints& hints, std::vector<std::string>& warnings) {
    series.midnight_ends_day = apply_midnight_rule(series.nanoseconds, hints, warnings);
    series.time_zone = hints.time_zone;
    if (!hints.time_zone.empty()) to_utc(series.nanoseconds, hints.time_zone);
    warn_of_disorder(series.nanoseconds, warnings);
    return series;
}

bool is_whole(double value, double low, double high) {
    return value >= low && value <= high && std::floor(value) == value;
}

std::int64_t stamp_from_parts(const std::vector<ConstVectorView>& parts, Index row, const RowFailure& fail) {
    const auto part = [&](std::size_t i) { return i < parts.size() ? parts[i][row] : 0.0; };
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (std::isnan(part(i))) return kMissingTime;
    }
    const bool whole = is_whole(part(0), 1, 9999) && is_whole(part(1), 1, 12) && is_whole(part(2), 1, 31) &&
                       is_whole(part(3), 0, 24) && is_whole(part(4), 0, 59) && part(5) >= 0 && part(5) < 60;
    const auto time_of_day = !whole ? 0
                                    : static_cast<std::int64_t>(part(3)) * kHour_ns +
                                          static_cast<std::int64_t>(part(4)) * kMinute_ns + std::llround(part(5) * 1e9);
    const auto stamp = whole && time_of_day <= kDay_ns
                           ? local_time_ns(static_cast<int>(part(0)), static_cast<int>(part(1)),
                                           static_cast<int>(part(2)), time_of_day)
                           : std::nullopt;
    if (!stamp) fail(row, "year, month, day, hour, ... make no moment between 1678 and 2261");
    return stamp.value_or(kMissingTime);
}

}  // namespace

bool midnight_ends_day(VectorView<const std::int64_t> local_ns) {
    Index ends = 0;
    for (Index i = 0; i < local_ns.size(); ++i) {
        const std::int64_t before = i > 0 ? local_ns[i - 1] : kMissingTime;
        const std::int64_t after = i + 1 < local_ns.size() ? local_ns[i + 1] : kMissingTime;
        const int vote = local_ns[i] == kMissingTime ? 0 : midnight_vote(before, local_ns[i], after);
        if (vote < 0) return false;
        ends += vote;
    }
    return ends > 0;
}

TimeSeries series_from_texts(const std::vector<TimeText>& texts, const TimeHints& hints, const RowFailure& fail,
                             std::vector<std::string>& warnings) {
    TimeSeries series;
    series.day_first = find_day_first(texts, hints, fail, warnings);
    series.nanoseconds = local_stamps(texts, series.day_first);
    if (!have_offsets(texts, fail)) return finished(std::move(series), hints, warnings);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::int64_t& ns = series.nanoseconds[static_cast<Index>(i)];
        if (ns != kMissingTime) ns -= texts[i].offset_s * kSecond_ns;
    }
    series.time_zone = hints.time_zone.empty() ? zone_of_offsets(texts) : hints.time_zone;
    warn_of_disorder(series.nanoseconds, warnings);
    return series;
}

TimeSeries series_from_parts(const std::vector<ConstVectorView>& parts, const TimeHints& hints, const RowFailure& fail,
                             std::vector<std::string>& warnings) {
    TimeSeries series;
    series.nanoseconds = Stamps::uninitialized(parts.front().size());
    for (Index row = 0; row < series.nanoseconds.size(); ++row)
        series.nanoseconds[row] = stamp_from_parts(parts, row, fail);
    return finished(std::move(series), hints, warnings);
}

}  // namespace plantwright
