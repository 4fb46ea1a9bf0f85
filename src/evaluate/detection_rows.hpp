// SPDX-License-Identifier: MIT
/// The rows that a detection is judged on, in two coordinates: of the table as given, where time is, and packed, where
/// every row has a label and a score.
#pragma once

#include <string>
#include <vector>

#include "plantwright/evaluate/detection_report.hpp"

namespace plantwright::evaluate {

using Flags = std::vector<std::int32_t>;

struct DetectionRows {
    Index n_given = 0;
    std::vector<Index> rows;    ///< given row of each packed row
    std::vector<Event> events;  ///< in given rows; each has a packed row
    std::vector<Event> packed;  ///< the same events in packed rows
    Index n_events_left_out = 0;
    Index n_normal = 0;          ///< packed rows outside events
    std::vector<double> scores;  ///< packed; empty where absent
    VectorView<const std::int64_t> times;
    double interval_s = kNaN;  ///< median step

    Index n_packed() const { return static_cast<Index>(rows.size()); }
    bool has_times() const { return !times.empty(); }
    double rows_per_day() const;                          ///< infinite without time stamps
    double delay(const Event& event, Index alarm) const;  ///< seconds, or rows without time stamps
    Flags spread(const Flags& packed_flags) const;        ///< over the given rows, 0 on those left out
};

/// Checks lengths, labels, scores, times; throws InvalidArgument where no packed row or every one lies in an event.
DetectionRows detection_rows(const DetectionResult& result);

/// The model's alarms on the packed rows: given, or scores at or above the threshold; empty where neither is there.
Flags model_alarms(const DetectionResult& result, const DetectionRows& rows);

/// One detector, the model or a baseline, on the packed rows.
struct Candidate {
    std::string name, description;
    std::vector<double> scores;  ///< empty: none
    Flags alarms;                ///< empty: none
};

Candidate always_alarm(Index n_rows);
Candidate random_alarms(Index n_rows, Index n_alarms, std::uint64_t seed);
Candidate range_rule(const SensorRanges& ranges, const DetectionRows& rows);

/// What alarms did to events and to normal rows.
struct EventScores {
    double recall, median_delay, false_alarms;  ///< delay in s or rows; false alarms per day or per 1,000 normal rows
    std::vector<Index> first_alarms;            ///< given rows
};
EventScores event_scores(const DetectionRows& rows, const Flags& packed_alarms, Index merge_gap);

}  // namespace plantwright::evaluate
