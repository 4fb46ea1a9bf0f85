// SPDX-License-Identifier: MIT
#include "detection_rows.hpp"

#include <algorithm>
#include <cmath>

#include "checks.hpp"
#include "detection_checks.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

constexpr const char* kWho = "detection_report";
constexpr double kSecond = 1e9, kSecondsPerDay = 86'400;

void require_labels_or_unknown(ConstLabelView labels) {
    for (Index i = 0; i < labels.size(); ++i) {
        if (labels[i] >= -1 && labels[i] <= 1) continue;
        throw InvalidArgument(std::string(kWho) + ": labels must be 0, 1 or -1 for unknown, got " +
                              std::to_string(labels[i]) + " at row " + std::to_string(i));
    }
}

void require_ordered(VectorView<const std::int64_t> times) {
    for (Index i = 1; i < times.size(); ++i) {
        if (times[i] >= times[i - 1]) continue;
        throw InvalidArgument(std::string(kWho) + ": times must be in order, got an earlier one at row " +
                              std::to_string(i));
    }
}

void require_result(const DetectionResult& result) {
    const Index n = result.labels.size();
    require_labels_or_unknown(result.labels);
    if (result.scores.empty() && result.alarms.empty()) {
        throw InvalidArgument(std::string(kWho) + ": scores or alarms must be given, got neither");
    }
    if (!result.scores.empty()) require_length(kWho, "scores", result.scores.size(), n);
    if (!result.alarms.empty()) require_length(kWho, "alarms", result.alarms.size(), n);
    if (!result.times.empty()) require_length(kWho, "times", result.times.size(), n);
    for (Index i = 0; i < result.scores.size(); ++i) {
        if (!std::isinf(result.scores[i])) continue;
        throw InvalidArgument(std::string(kWho) + ": scores must be finite, or NaN where a row was not scored, got " +
                              "infinity at row " + std::to_string(i));
    }
    if (result.threshold && std::isnan(*result.threshold)) {
        throw InvalidArgument(std::string(kWho) + ": threshold must be a number, got NaN");
    }
    require_flags(kWho, "alarms", result.alarms);
    require_ordered(result.times);
}

double median_step_s(VectorView<const std::int64_t> times) {
    std::vector<double> steps;
    for (Index i = 1; i < times.size(); ++i) {
        if (times[i] > times[i - 1]) steps.push_back(static_cast<double>(times[i] - times[i - 1]) / kSecond);
    }
    if (steps.empty()) return kNaN;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

/// Runs of labelled rows, in given and in packed rows; those without a packed row are counted alone.
void add_events(DetectionRows& rows, ConstLabelView labels) {
    Flags in_event(static_cast<std::size_t>(labels.size()));
    for (std::size_t i = 0; i < in_event.size(); ++i) in_event[i] = labels[static_cast<Index>(i)] == 1 ? 1 : 0;
    const auto place = [&](Index row) {
        return std::lower_bound(rows.rows.begin(), rows.rows.end(), row) - rows.rows.begin();
    };
    for (const Event& event : events_of(in_event)) {
        const Event packed{place(event.begin), place(event.end)};
        if (packed.rows() == 0) {
            ++rows.n_events_left_out;
            continue;
        }
        rows.events.push_back(event);
        rows.packed.push_back(packed);
    }
}

}  // namespace

double DetectionRows::rows_per_day() const {
    return has_times() ? kSecondsPerDay / interval_s : std::numeric_limits<double>::infinity();
}

double DetectionRows::delay(const Event& event, Index alarm) const {
    if (!has_times()) return static_cast<double>(alarm - event.begin);
    return static_cast<double>(times[alarm] - times[event.begin]) / kSecond;
}

Flags DetectionRows::spread(const Flags& packed_flags) const {
    Flags flags(static_cast<std::size_t>(n_given), 0);
    for (std::size_t k = 0; k < rows.size(); ++k) flags[static_cast<std::size_t>(rows[k])] = packed_flags[k];
    return flags;
}

DetectionRows detection_rows(const DetectionResult& result) {
    require_result(result);
    DetectionRows rows;
    rows.n_given = result.labels.size();
    for (Index i = 0; i < rows.n_given; ++i) {
        if (result.labels[i] < 0 || (!result.scores.empty() && std::isnan(result.scores[i]))) continue;
        rows.rows.push_back(i);
        if (!result.scores.empty()) rows.scores.push_back(result.scores[i]);
    }
    if (rows.rows.empty()) throw InvalidArgument(std::string(kWho) + ": no row has both a label and a score");
    add_events(rows, result.labels);
    require_both_kinds(kWho, rows.packed, rows.n_packed());
    rows.n_normal = rows.n_packed();
    for (const Event& event : rows.packed) rows.n_normal -= event.rows();
    rows.interval_s = median_step_s(result.times);
    if (!std::isnan(rows.interval_s)) rows.times = result.times;  // stamps that never move tell nothing
    return rows;
}

Flags model_alarms(const DetectionResult& result, const DetectionRows& rows) {
    Flags alarms;
    if (!result.alarms.empty()) {
        for (const Index row : rows.rows) alarms.push_back(result.alarms[row]);
    } else if (result.threshold) {
        for (const double score : rows.scores) alarms.push_back(score >= *result.threshold ? 1 : 0);
    }
    return alarms;
}

EventScores event_scores(const DetectionRows& rows, const Flags& packed_alarms, Index merge_gap) {
    const Flags alarms = rows.spread(packed_alarms);
    EventScores scores{0, kNaN, 0, first_alarms(rows.events, alarms)};
    std::vector<double> delays;
    for (std::size_t k = 0; k < rows.events.size(); ++k) {
        if (scores.first_alarms[k] >= 0) delays.push_back(rows.delay(rows.events[k], scores.first_alarms[k]));
    }
    scores.recall = static_cast<double>(delays.size()) / static_cast<double>(rows.events.size());
    std::sort(delays.begin(), delays.end());
    const std::size_t n = delays.size();
    if (n > 0) scores.median_delay = (delays[(n - 1) / 2] + delays[n / 2]) / 2;
    const auto n_false = static_cast<double>(false_alarms(rows.events, alarms, merge_gap, rows.rows_per_day()));
    const auto n_normal = static_cast<double>(rows.n_normal);
    scores.false_alarms = n_false / n_normal * (rows.has_times() ? rows.rows_per_day() : 1000);
    return scores;
}

}  // namespace plantwright::evaluate
