// SPDX-License-Identifier: MIT
/// `DetectionReport`: a detector's alarms and severities beside those of trivial detectors, all on the same rows.
///
///     always_alarm   every row in alarm, every score equal
///     random         uniform scores, as many rows in alarm as the model has
///     range_rule     how far the worst sensor stands outside its range, in widths of it; alarm outside
///
/// Rows without a label, or without a score, are left out for all and counted; they are never in alarm. Delays count
/// from an event's first labelled row, rates from the normal rows that were scored. Alarms are events after runs with
/// at most `merge_gap` rows between them are joined. Time is `median step` a row; without time stamps, rates are per
/// 1,000 normal rows and delays in rows.
///
/// O(n log n + n (L + thresholds)). Pure functions; a DetectionReport is a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/evaluate/detection_metrics.hpp"
#include "plantwright/evaluate/report.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::evaluate {

/// What became of one labelled event.
struct EventOutcome {
    Event rows;                        ///< of the table as given
    Index first_alarm = -1;            ///< row; -1: missed
    double delay_s = kNaN;             ///< NaN: missed, or no time stamps
    double peak = kNaN;                ///< highest score inside
    std::string begin_time, end_time;  ///< of the first and the last row; empty without time stamps
};

/// What one threshold would have cost and found.
struct TradeOffPoint {
    double threshold = kNaN;
    double false_alarm_rate = kNaN;  ///< share of normal rows
    double false_alarms = kNaN;      ///< per day, or per 1,000 normal rows
    double event_recall = kNaN;
    double median_delay = kNaN;  ///< s, or rows; NaN where nothing is found
};

struct DetectionReport {
    std::vector<std::string> predictors;    ///< "model", then the baselines
    std::vector<std::string> descriptions;  ///< of each predictor
    std::vector<Score> scores;              ///< the first one decides `beats_baselines`
    std::vector<EventOutcome> events;
    std::vector<TradeOffPoint> trade_off;  ///< by falling threshold; empty without scores
    Index n_rows = 0;                      ///< that every score is computed on
    Index n_left_out = 0;                  ///< rows without label or score
    Index n_events_left_out = 0;           ///< events that lie wholly in them
    double interval_s = kNaN;              ///< median step; NaN without time stamps
    double normal_days = kNaN;             ///< normal rows times the interval
    double threshold = kNaN;               ///< that made the alarms; NaN where they were given
    std::string first_time, last_time;
    std::string split;  ///< the caller's words
    std::vector<std::string> notes;

    PLANTWRIGHT_API const Score* find(std::string_view metric) const;  ///< null where absent
    PLANTWRIGHT_API bool beats_baselines() const;
    /// For the operator: "2.1 false alarms a week, median delay 4 min, missed 1 of 18".
    PLANTWRIGHT_API std::string sentence() const;
    PLANTWRIGHT_API std::string to_text() const;
    PLANTWRIGHT_API io::Json to_json() const;  ///< NaN as null
    PLANTWRIGHT_API static DetectionReport from_json(const io::Json& json);
};

/// What was seen; scores or alarms may be absent, not both.
struct DetectionResult {
    ConstLabelView labels;                      ///< 1 in an event, 0 outside, -1 unknown
    ConstVectorView scores = {};                ///< severity, higher = worse; NaN: not scored
    ConstLabelView alarms = {};                 ///< 0 or 1
    std::optional<double> threshold = {};       ///< alarm where score >= threshold, where `alarms` are absent
    VectorView<const std::int64_t> times = {};  ///< nanoseconds, in order
    std::string split = {};
};

/// For the range rule, columns = sensors. Ranges are `lowest` and `highest` (NaN: no limit), else those of `train`.
struct SensorRanges {
    ConstMatrixView values = {};  ///< of the tested rows; empty: no range rule
    ConstMatrixView train = {};
    ConstVectorView lowest = {}, highest = {};
};

struct DetectionOptions {
    Index merge_gap = 0;                   ///< rows between alarms that are still one
    std::optional<Index> max_buffer = {};  ///< L of VUS in rows; absent: the median event, at most 100
    RangeOptions range = {};               ///< of range precision and recall
    bool point_adjusted = false;           ///< adds that F1, and a note why it flatters
    Index n_thresholds = 40;               ///< of the trade-off, spaced by the logarithm of rows in alarm
    std::uint64_t seed = 0;                ///< of the random baseline
};

/// Throws InvalidArgument as the metrics do, and where no row or every row is in an event: alarms then have nothing
/// to find, or nothing to disturb.
PLANTWRIGHT_API DetectionReport detection_report(const DetectionResult& result, const SensorRanges& ranges = {},
                                                 const DetectionOptions& options = {});

/// Thresholds from the highest score down, with what each would have cost and found on the same rows.
PLANTWRIGHT_API std::vector<TradeOffPoint> threshold_trade_off(const DetectionResult& result,
                                                               const DetectionOptions& options = {});

}  // namespace plantwright::evaluate
