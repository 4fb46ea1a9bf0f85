// SPDX-License-Identifier: MIT
#include "monitor/series.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright::monitor {
namespace {

constexpr Index kMostPeriods = 100'000;
constexpr std::int64_t kFarthest_ns = 4'575'000'000'000'000'000;  // from 1970: no sum or difference overflows
constexpr Index kRunOfClock = 3;  // late rows that run on from each other are no longer a late telegram

[[noreturn]] void refuse(const std::string& what) { throw InvalidArgument("data_quality: " + what); }

std::int64_t duration(const char* name, const std::string& text) {
    try {
        return WindowLength::of_time(text).nanoseconds;
    } catch (const InvalidArgument& error) {
        refuse(std::string(name) + ": " + error.what());
    }
}

RowPlaces places_of(const Frame& table, const std::string& by) {
    RowPlaces places;
    const std::size_t n = static_cast<std::size_t>(table.rows());
    places.period.assign(n, -1);
    places.group.assign(n, 0);
    if (by.empty()) {
        places.group_names = {""};
        return places;
    }
    const Column& column = table.column(by);
    if (column.kind() != ColumnKind::category) refuse("by must name a category column, got '" + by + "'");
    places.group_names = column.levels();
    places.group_names.push_back("");  // rows without a group are one of their own
    const auto codes = column.codes();
    const std::int32_t none = static_cast<std::int32_t>(column.levels().size());
    for (Index i = 0; i < codes.size(); ++i) {
        places.group[static_cast<std::size_t>(i)] = codes[i] == kMissingCode ? none : codes[i];
    }
    return places;
}

std::string time_column(const Frame& table, const std::string& asked) {
    if (asked.empty()) return table.schema().name_of(Role::time).value_or("");
    if (table.column(asked).kind() != ColumnKind::time) refuse("time must name a time column, got '" + asked + "'");
    return asked;
}

/// One group's rows with stamps, by stamp and then by arrival.
using Stamped = std::vector<std::pair<std::int64_t, Index>>;

std::vector<Stamped> by_group(VectorView<const std::int64_t> stamps, const RowPlaces& places) {
    std::vector<Stamped> groups(places.group_names.size());
    for (Index i = 0; i < stamps.size(); ++i) {
        if (stamps[i] == kMissingTime) continue;
        if (std::abs(stamps[i]) > kFarthest_ns) {
            refuse("stamps must lie between the years 1825 and 2115, got one that does not at row " +
                   std::to_string(i));
        }
        groups[static_cast<std::size_t>(places.group[static_cast<std::size_t>(i)])].emplace_back(stamps[i], i);
    }
    for (Stamped& rows : groups) {
        if (!std::is_sorted(rows.begin(), rows.end())) std::sort(rows.begin(), rows.end());
    }
    return groups;
}

/// Calls `visit(before, after)` for each step between successive distinct stamps.
template <class Visit>
void for_each_step(const Stamped& rows, Visit visit) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].first != rows[i - 1].first) visit(rows[i - 1].first, rows[i].first);
    }
}

std::int64_t median_step(const std::vector<Stamped>& groups) {
    std::vector<std::int64_t> steps;
    for (const Stamped& rows : groups) {
        for_each_step(rows, [&](std::int64_t before, std::int64_t after) { steps.push_back(after - before); });
    }
    if (steps.empty()) return 0;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

/// Gaps, and the share of steps that are more than a tenth off the interval.
void judge_steps(const std::vector<Stamped>& groups, const RowPlaces& places, double max_gap_ns, Timeliness& found) {
    const double interval = static_cast<double>(found.interval_ns);
    Index steps = 0, irregular = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        for_each_step(groups[g], [&](std::int64_t before, std::int64_t after) {
            const double step = static_cast<double>(after - before);
            ++steps;
            irregular += std::abs(step - interval) > 0.1 * interval;
            if (step <= max_gap_ns) return;
            const Index missing = std::max<Index>(0, static_cast<Index>(std::floor(step / interval + 0.5)) - 1);
            found.gaps.push_back({places.group_names[g], before, after, missing});
        });
    }
    if (steps > 0) found.irregular_share = static_cast<double>(irregular) / static_cast<double>(steps);
}

/// The latest stamp of a group so far, and the late rows that run on from each other now.
struct Arrival {
    std::int64_t latest = kMissingTime, run_from = 0, run_to = 0, run_last = 0;
    Index run_length = 0, run_row = 0;

    bool is_late(std::int64_t stamp) const { return latest != kMissingTime && stamp < latest; }

    void keep_late(std::int64_t stamp, Index row) {
        if (run_length > 0 && stamp > run_last) {
            ++run_length;
        } else {
            run_length = 1;
            run_row = row;
            run_from = latest;
            run_to = stamp;
        }
        run_last = stamp;
    }
};

/// Late rows and clocks put back, in order of arrival; marks the late ones.
void judge_arrival(VectorView<const std::int64_t> stamps, const RowPlaces& places, Timeliness& found,
                   std::vector<char>& untimely) {
    std::vector<Arrival> arrivals(places.group_names.size());
    for (Index i = 0; i < stamps.size(); ++i) {
        const std::size_t row = static_cast<std::size_t>(i), group = static_cast<std::size_t>(places.group[row]);
        Arrival& at = arrivals[group];
        if (stamps[i] == kMissingTime) {
            ++found.rows_without_stamp;
            untimely[row] = 1;
        } else if (at.is_late(stamps[i])) {
            ++found.late_rows;
            untimely[row] = 1;
            at.keep_late(stamps[i], i);
            if (at.run_length == kRunOfClock) {
                found.clock_jumps.push_back({places.group_names[group], at.run_row, at.run_from, at.run_to});
            }
        } else {
            at.latest = stamps[i];
            at.run_length = 0;
        }
    }
}

/// Marks rows whose stamp their group has seen before.
void judge_duplicates(const std::vector<Stamped>& groups, Timeliness& found, std::vector<char>& untimely) {
    for (const Stamped& rows : groups) {
        for (std::size_t i = 1; i < rows.size(); ++i) {
            if (rows[i].first != rows[i - 1].first) continue;
            ++found.duplicate_stamps;
            untimely[static_cast<std::size_t>(rows[i].second)] = 1;
        }
    }
}

/// Begins of all periods from the first stamp's to the last one's, on the column's own clock, and the end of the last.
std::vector<std::int64_t> period_edges(std::int64_t first, std::int64_t last, std::int64_t every,
                                       const TimeZone& zone) {
    const auto utc_seconds = [](std::int64_t ns) {
        return ns / kNanosecondsPerSecond - (ns % kNanosecondsPerSecond < 0 ? 1 : 0);
    };
    const std::int64_t local = first + zone.offset_at(utc_seconds(first)) * kNanosecondsPerSecond;
    std::int64_t begin = local - (local % every + every) % every;
    if ((last - first) / every >= kMostPeriods) {
        refuse("period must cut the table into at most " + std::to_string(kMostPeriods) + " parts, got " +
               std::to_string((last - first) / every + 1));
    }
    std::vector<std::int64_t> edges;
    do {
        const std::int64_t whole = utc_seconds(begin);
        edges.push_back(zone.utc_from_local(whole) * kNanosecondsPerSecond + (begin - whole * kNanosecondsPerSecond));
        begin += every;
    } while (edges.back() <= last);
    return edges;
}

/// How many of first, first + interval, ..., up to `last`, lie before `t`.
Index expected_before(std::int64_t t, std::int64_t first, std::int64_t last, std::int64_t interval) {
    if (t <= first) return 0;
    if (interval == 0) return 1;
    const std::int64_t within = std::min(t - 1, last) - first;
    return within / interval + 1;
}

void expect_rows(const std::vector<Stamped>& groups, const std::vector<std::int64_t>& edges, SeriesQuality& found) {
    found.period_begins_ns.assign(edges.begin(), edges.end() - 1);
    found.expected_by_period.assign(found.period_begins_ns.size(), 0);
    for (const Stamped& rows : groups) {
        if (rows.empty()) continue;
        const std::int64_t first = rows.front().first, last = rows.back().first;
        const auto begin = std::upper_bound(edges.begin(), edges.end(), first) - 1;
        for (std::size_t p = static_cast<std::size_t>(begin - edges.begin()); edges[p] <= last; ++p) {
            const auto before = [&](std::int64_t t) {
                return expected_before(t, first, last, found.timeliness.interval_ns);
            };
            found.expected_by_period[p] += before(edges[p + 1]) - before(edges[p]);
        }
    }
    found.expected_rows = std::accumulate(found.expected_by_period.begin(), found.expected_by_period.end(), Index{0});
}

void place_rows(VectorView<const std::int64_t> stamps, const std::vector<std::int64_t>& edges, RowPlaces& places) {
    for (Index i = 0; i < stamps.size(); ++i) {
        if (stamps[i] == kMissingTime) continue;
        const auto next = std::upper_bound(edges.begin(), edges.end(), stamps[i]);
        places.period[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(next - edges.begin()) - 1;
    }
}

void find_ends(const std::vector<Stamped>& groups, Timeliness& found) {
    for (const Stamped& rows : groups) {
        if (rows.empty()) continue;
        const bool first_group = found.first_ns == kMissingTime;
        found.first_ns = first_group ? rows.front().first : std::min(found.first_ns, rows.front().first);
        found.last_ns = first_group ? rows.back().first : std::max(found.last_ns, rows.back().first);
    }
}

/// In ns; 0: not given.
struct Durations {
    std::int64_t every, interval, max_gap;
};

Durations durations_of(const DataQualityOptions& options) {
    return {duration("period", options.period), options.interval ? duration("interval", *options.interval) : 0,
            options.max_gap ? duration("max_gap", *options.max_gap) : 0};
}

Timeliness judge_time(VectorView<const std::int64_t> stamps, const std::vector<Stamped>& groups,
                      const RowPlaces& places, const Durations& given) {
    Timeliness found{.has_time = true};
    found.interval_ns = given.interval > 0 ? given.interval : median_step(groups);
    std::vector<char> untimely(static_cast<std::size_t>(stamps.size()), 0);
    judge_arrival(stamps, places, found, untimely);
    judge_duplicates(groups, found, untimely);
    const double interval = static_cast<double>(found.interval_ns);
    judge_steps(groups, places, given.max_gap > 0 ? static_cast<double>(given.max_gap) : 1.5 * interval, found);
    const auto timely = std::count(untimely.begin(), untimely.end(), 0);
    if (!untimely.empty()) found.share = static_cast<double>(timely) / static_cast<double>(untimely.size());
    find_ends(groups, found);
    return found;
}

}  // namespace

SeriesQuality series_quality(const Frame& table, const DataQualityOptions& options) {
    const Durations given = durations_of(options);
    SeriesQuality found;
    found.places = places_of(table, options.by);
    found.expected_rows = table.rows();
    const std::string time = time_column(table, options.time);
    if (time.empty()) return found;
    const auto stamps = table.column(time).times();
    const std::vector<Stamped> groups = by_group(stamps, found.places);
    found.timeliness = judge_time(stamps, groups, found.places, given);
    const Timeliness& timeliness = found.timeliness;
    if (timeliness.first_ns == kMissingTime) return found;  // no stamp at all: every row is expected
    const TimeZone zone = TimeZone::find(table.schema().at(time).time_zone);
    const std::vector<std::int64_t> edges = period_edges(timeliness.first_ns, timeliness.last_ns, given.every, zone);
    place_rows(stamps, edges, found.places);
    expect_rows(groups, edges, found);
    return found;
}

}  // namespace plantwright::monitor
