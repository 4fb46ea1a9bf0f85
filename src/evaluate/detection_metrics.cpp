// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/detection_metrics.hpp"

#include <algorithm>
#include <cmath>

#include "detection_checks.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

void require_alarms(const char* who, Events events, ConstLabelView alarms) {
    require_events(who, events, alarms.size());
    require_flags(who, "alarms", alarms);
}

Index count(ConstLabelView flags, const Event& rows) {
    Index sum = 0;
    for (Index i = rows.begin; i < rows.end; ++i) sum += flags[i];
    return sum;
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : kNaN; }

struct RowCounts {
    double hits = 0, alarms = 0, positives = 0;
};

double f1(const RowCounts& n) { return n.hits > 0 ? 2 * n.hits / (n.alarms + n.positives) : 0; }

RowCounts row_counts(Events events, ConstLabelView alarms) {
    RowCounts n;
    for (const Event& event : events) {
        n.hits += static_cast<double>(count(alarms, event));
        n.positives += static_cast<double>(event.rows());
    }
    n.alarms = static_cast<double>(count(alarms, {0, alarms.size()}));
    return n;
}

}  // namespace

std::vector<Event> events_of(ConstLabelView flags, Index merge_gap) {
    require_flags("events_of", "flags", flags);
    if (merge_gap < 0) throw InvalidArgument("events_of: merge_gap must be >= 0, got " + std::to_string(merge_gap));
    std::vector<Event> events;
    for (Index i = 0; i < flags.size(); ++i) {
        if (flags[i] == 0) continue;
        if (!events.empty() && i - events.back().end <= merge_gap) {
            events.back().end = i + 1;
        } else {
            events.push_back({i, i + 1});
        }
    }
    return events;
}

Buffer<std::int32_t> labels_of(Events events, Index n_rows) {
    require_events("labels_of", events, n_rows);
    Buffer<std::int32_t> labels(n_rows, 0);
    for (const Event& event : events) std::fill(labels.data() + event.begin, labels.data() + event.end, 1);
    return labels;
}

RowRates row_rates(Events events, ConstLabelView alarms) {
    require_alarms("row_rates", events, alarms);
    const RowCounts n = row_counts(events, alarms);
    const auto negatives = static_cast<double>(alarms.size()) - n.positives;
    return {.false_alarm_rate = ratio(n.alarms - n.hits, negatives),
            .missed_alarm_rate = ratio(n.positives - n.hits, n.positives),
            .precision = n.alarms > 0 ? n.hits / n.alarms : 0,
            .f1 = f1(n)};
}

std::vector<Index> first_alarms(Events events, ConstLabelView alarms) {
    require_alarms("first_alarms", events, alarms);
    std::vector<Index> first;
    for (const Event& event : events) {
        Index i = event.begin;
        while (i < event.end && alarms[i] == 0) ++i;
        first.push_back(i < event.end ? i : -1);
    }
    return first;
}

Index false_alarms(Events events, ConstLabelView alarms, Index merge_gap, double rows_per_day) {
    require_alarms("false_alarms", events, alarms);
    if (!(rows_per_day > 0)) {
        throw InvalidArgument("false_alarms: rows_per_day must be > 0, got " + std::to_string(rows_per_day));
    }
    Index n = 0;
    std::size_t next = 0;  // the first event that ends after the alarm begins
    for (const Event& alarm : events_of(alarms, merge_gap)) {
        while (next < events.size() && events[next].end <= alarm.begin) ++next;
        Index inside = 0;
        for (std::size_t k = next; k < events.size() && events[k].begin < alarm.end; ++k) {
            inside += std::min(alarm.end, events[k].end) - std::max(alarm.begin, events[k].begin);
        }
        const auto outside = static_cast<double>(alarm.rows() - inside);
        n += (inside == 0 ? 1 : 0) + static_cast<Index>(outside / rows_per_day);
    }
    return n;
}

double point_adjusted_f1(Events events, ConstLabelView alarms) {
    require_alarms("point_adjusted_f1", events, alarms);
    RowCounts n = row_counts(events, alarms);
    for (const Event& event : events) {
        const Index found = count(alarms, event);
        if (found == 0) continue;
        n.hits += static_cast<double>(event.rows() - found);
        n.alarms += static_cast<double>(event.rows() - found);
    }
    return f1(n);
}

}  // namespace plantwright::evaluate
