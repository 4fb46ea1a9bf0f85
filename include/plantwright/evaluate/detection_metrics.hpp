// SPDX-License-Identifier: MIT
/// How well alarms and severities tell labelled events from normal rows: by rows, by events, by ranges, and in time.
///
/// An *event* is a run of rows `[begin, end)` in which something was wrong; a *score* is a severity, higher = worse; an
/// *alarm* is 0 or 1 a row. With TP, FP, FN, TN counted by rows:
///
///     FAR = FP / (FP + TN),   MAR = FN / (FN + TP)                        false and missed alarm rate
///     VUS = mean over l = 0 .. L of the area under the range curve of buffer l
///           label_l(i) = min(1, sum over events of sqrt(1 - distance(i, event) / l)), distance <= l / 2
///           TPR = TP_l / P_l * share of (buffered) events hit,   FPR = FP_l / (n - P_l),   precision = TP_l / alarms
///           P_l = (sum of label_0 + sum of label_l) / 2        (Paparrizos et al., PVLDB 15(11), 2022)
///     NAB = 100 (S - S_null) / (S_perfect - S_null),   S = sum of weighted sigma(position), sigma(y) = 2 / (1 + e^5y)
///     - 1
///           (Lavin & Ahmad, ICMLA 2015)
///     range recall    = mean over events of alpha [hit] + (1 - alpha) cardinality * overlap       (Tatbul et al.,
///     range precision = mean over alarm ranges of cardinality * overlap                            NeurIPS 2018)
///
/// VUS takes every distinct score as a threshold, where the authors' code takes 250, and buffers both sides of an event
/// alike; recall is summed as in average precision. NAB's windows are the labelled events themselves and its probation
/// is not applied: leave warm-up rows out instead. Range precision is always flat, as its authors advise.
///
/// O(n) each, VUS O(n log n + n L). Pure functions, same bits everywhere. Each throws InvalidArgument on unequal
/// lengths, codes other than 0 and 1, scores that are not finite, and events that are empty, outside the rows, out of
/// order or overlapping.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"

namespace plantwright::evaluate {

/// Rows `[begin, end)`.
struct Event {
    Index begin = 0, end = 0;
    Index rows() const { return end - begin; }
    bool operator==(const Event&) const = default;
};
using Events = std::span<const Event>;

/// Runs of ones, in order; runs with at most `merge_gap` zeros between them are one.
PLANTWRIGHT_API std::vector<Event> events_of(ConstLabelView flags, Index merge_gap = 0);

/// 1 inside an event, 0 outside, `(n_rows,)`.
PLANTWRIGHT_API Buffer<std::int32_t> labels_of(Events events, Index n_rows);

struct RowRates {
    double false_alarm_rate, missed_alarm_rate, precision, f1;  ///< precision and F1 are 0 where no row is in alarm
};
/// NaN for a rate without rows to take it from.
PLANTWRIGHT_API RowRates row_rates(Events events, ConstLabelView alarms);

/// The first row in alarm of each event, -1 where it was missed, `(n_events,)`.
PLANTWRIGHT_API std::vector<Index> first_alarms(Events events, ConstLabelView alarms);

/// Alarm ranges (`events_of(alarms, merge_gap)`) that touch no event. An alarm that stands is counted once more for
/// each full day of rows that it stands outside events, so that never clearing it does not look quiet.
PLANTWRIGHT_API Index false_alarms(Events events, ConstLabelView alarms, Index merge_gap = 0,
                                   double rows_per_day = std::numeric_limits<double>::infinity());

/// F1 by rows after every event with one alarm is counted as wholly found. It flatters: alarms thrown at random reach
/// high values wherever events are long (Kim et al., AAAI 2022). Here for comparison with papers that used it.
PLANTWRIGHT_API double point_adjusted_f1(Events events, ConstLabelView alarms);

struct RangeAreas {
    double roc, pr;
};
/// Areas under the range curves of one buffer; needs an event and a row outside.
PLANTWRIGHT_API RangeAreas range_areas(Events events, ConstVectorView scores, Index buffer);

/// Volumes under the surface: means of `range_areas` over buffers 0 .. max_buffer.
PLANTWRIGHT_API RangeAreas volumes_under_surface(Events events, ConstVectorView scores, Index max_buffer);

enum class NabProfile { standard, reward_low_fp, reward_low_fn };

/// 100 for every event found at its first row and nothing else, 0 for no alarm at all; negative is worse than silence.
PLANTWRIGHT_API double nab_score(Events events, ConstLabelView alarms, NabProfile profile = NabProfile::standard);

enum class RangeBias { flat, front };             ///< front: early rows of an event count more
enum class RangeCardinality { one, reciprocal };  ///< factor of x fragments: 1, or 1 / x

struct RangeOptions {
    double alpha = 0;  ///< weight of being found at all in recall, in [0, 1]
    RangeBias bias = RangeBias::flat;
    RangeCardinality cardinality = RangeCardinality::reciprocal;
};
/// Precision is 0 without alarm ranges, recall 0 without events. `alarms` are ranges as of `events_of`.
PLANTWRIGHT_API PrecisionRecall range_precision_recall(Events events, Events alarms, const RangeOptions& options = {});

}  // namespace plantwright::evaluate
