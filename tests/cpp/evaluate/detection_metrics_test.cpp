// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/detection_metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::evaluate {
namespace {

using Codes = std::vector<std::int32_t>;
using Doubles = std::vector<double>;
using Ranges = std::vector<Event>;

TEST(Events, AreTheRunsOfOnesAndRunsThatAreNearAreOne) {
    const Codes flags{1, 0, 1, 1, 0, 0, 1};
    EXPECT_EQ(events_of(flags), (Ranges{{0, 1}, {2, 4}, {6, 7}}));
    EXPECT_EQ(events_of(flags, 1), (Ranges{{0, 4}, {6, 7}}));
    EXPECT_EQ(events_of(flags, 2), (Ranges{{0, 7}}));
    EXPECT_TRUE(events_of(Codes{}).empty());
    const auto labels = labels_of(events_of(flags), 7);
    EXPECT_TRUE(std::equal(flags.begin(), flags.end(), labels.begin()));
}

TEST(Events, ThatAreEmptyOutsideOrOutOfOrderAreRefused) {
    EXPECT_THROW(labels_of(Ranges{{2, 2}}, 5), InvalidArgument);
    EXPECT_THROW(labels_of(Ranges{{3, 6}}, 5), InvalidArgument);
    EXPECT_THROW(labels_of(Ranges{{-1, 2}}, 5), InvalidArgument);
    EXPECT_THROW(labels_of(Ranges{{3, 4}, {0, 1}}, 5), InvalidArgument);
    EXPECT_THROW(labels_of(Ranges{{0, 3}, {2, 4}}, 5), InvalidArgument);
    EXPECT_NO_THROW(labels_of(Ranges{{0, 3}, {3, 4}}, 5));
}

TEST(RowRates, AreTheShareOfNormalRowsInAlarmAndOfEventRowsWithout) {
    const RowRates rates = row_rates(Ranges{{4, 8}}, Codes{1, 0, 0, 0, 1, 1, 1, 0});
    EXPECT_DOUBLE_EQ(rates.false_alarm_rate, 0.25);
    EXPECT_DOUBLE_EQ(rates.missed_alarm_rate, 0.25);
    EXPECT_DOUBLE_EQ(rates.precision, 0.75);
    EXPECT_DOUBLE_EQ(rates.f1, 0.75);
}

TEST(FirstAlarms, AreTheFirstRowsInsideTheEventsAndMinusOneForAMiss) {
    const Codes alarms{1, 0, 1, 1, 0, 0, 0, 1};
    EXPECT_EQ(first_alarms(Ranges{{1, 4}, {4, 6}, {7, 8}}, alarms), (std::vector<Index>{2, -1, 7}));
}

TEST(FalseAlarms, AreAlarmsThatTouchNoEvent) {
    const Codes alarms{1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1};
    EXPECT_EQ(false_alarms(Ranges{{4, 5}}, alarms), 3);
    EXPECT_EQ(false_alarms(Ranges{{4, 5}}, alarms, 1), 1);  // the first joins the one that touches the event
    EXPECT_EQ(false_alarms(Ranges{}, alarms, 10), 1);
}

TEST(FalseAlarms, ThatNeverEndCountOnceMoreForEachFullDay) {
    const Codes alarms(100, 1);
    EXPECT_EQ(false_alarms(Ranges{{50, 60}}, alarms), 0);
    EXPECT_EQ(false_alarms(Ranges{{50, 60}}, alarms, 0, 24), 3);  // 90 rows outside
    EXPECT_EQ(false_alarms(Ranges{}, alarms, 0, 24), 5);
}

TEST(PointAdjustedF1, TakesOneAlarmForAWholeEvent) {
    const Ranges events{{1, 5}, {6, 8}};
    EXPECT_DOUBLE_EQ(point_adjusted_f1(events, Codes{0, 0, 0, 1, 0, 0, 0, 0, 0, 0}), 2 * 4 / (4.0 + 6));
    EXPECT_DOUBLE_EQ(point_adjusted_f1(events, Codes{1, 0, 0, 1, 0, 0, 1, 0, 0, 0}), 2 * 6 / (7.0 + 6));
    EXPECT_EQ(point_adjusted_f1(events, Codes(10, 0)), 0);
}

/// The definition, threshold by threshold, with labels and hits made anew for each.
RangeAreas slow_range_areas(const Ranges& events, const Doubles& scores, Index buffer) {
    const auto n = static_cast<Index>(scores.size());
    Doubles label(scores.size(), 0), plain(scores.size(), 0);
    for (Index i = 0; i < n; ++i) {
        for (const Event& e : events) {
            const Index distance = i < e.begin ? e.begin - i : i >= e.end ? i - (e.end - 1) : 0;
            const auto at = static_cast<std::size_t>(i);
            if (distance == 0) plain[at] = label[at] = 1;
            if (distance > 0 && 2 * distance <= buffer) label[at] += std::sqrt(1 - double(distance) / double(buffer));
        }
        label[static_cast<std::size_t>(i)] = std::min(1.0, label[static_cast<std::size_t>(i)]);
    }
    Codes wide;
    for (const double value : label) wide.push_back(value > 0 ? 1 : 0);
    const Ranges segments = events_of(wide);
    double p = 0;
    for (std::size_t i = 0; i < label.size(); ++i) p += (label[i] + plain[i]) / 2;

    RangeAreas areas{0, 0};
    double last_tpr = 0, last_fpr = 0;
    const std::set<double, std::greater<>> thresholds(scores.begin(), scores.end());
    for (const double threshold : thresholds) {
        double tp = 0, alarms = 0, hits = 0;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            if (scores[i] >= threshold) tp += label[i], ++alarms;
        }
        for (const Event& s : segments) {
            hits +=
                std::any_of(scores.begin() + s.begin, scores.begin() + s.end, [&](double v) { return v >= threshold; })
                    ? 1
                    : 0;
        }
        const double tpr = std::min(1.0, tp / p) * hits / double(segments.size());
        const double fpr = (alarms - tp) / (double(n) - p);
        areas.roc += (fpr - last_fpr) * (tpr + last_tpr) / 2;
        areas.pr += (tpr - last_tpr) * tp / alarms;
        last_tpr = tpr, last_fpr = fpr;
    }
    areas.roc += (1 - last_fpr) * (1 + last_tpr) / 2;
    return areas;
}

struct Problem {
    Ranges events;
    Doubles scores;
};

Problem random_problem(std::uint64_t seed) {
    RandomStream stream(seed, 0, Purpose::noise);
    Codes labels(60);
    Doubles scores(60);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = i > 0 && stream.uniform() < 0.85 ? labels[i - 1] : static_cast<std::int32_t>(stream.below(2));
        scores[i] = static_cast<double>(stream.below(12)) + labels[i];  // with ties
    }
    labels[0] = 0, labels[1] = 1;
    return {events_of(labels), scores};
}

TEST(RangeAreas, AgreeWithTheDefinitionThresholdByThreshold) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Problem problem = random_problem(seed);
        for (const Index buffer : {0, 1, 2, 3, 8, 30}) {
            const RangeAreas fast = range_areas(problem.events, problem.scores, buffer);
            const RangeAreas slow = slow_range_areas(problem.events, problem.scores, buffer);
            ASSERT_NEAR(fast.roc, slow.roc, 1e-12) << seed << " " << buffer;
            ASSERT_NEAR(fast.pr, slow.pr, 1e-12) << seed << " " << buffer;
        }
    }
}

TEST(VolumesUnderSurface, AreTheMeanOverBuffersFromZero) {
    const Problem problem = random_problem(7);
    double roc = 0, pr = 0;
    for (Index l = 0; l <= 9; ++l) {
        roc += slow_range_areas(problem.events, problem.scores, l).roc / 10;
        pr += slow_range_areas(problem.events, problem.scores, l).pr / 10;
    }
    const RangeAreas volumes = volumes_under_surface(problem.events, problem.scores, 9);
    EXPECT_NEAR(volumes.roc, roc, 1e-12);
    EXPECT_NEAR(volumes.pr, pr, 1e-12);
}

TEST(VolumesUnderSurface, OfOneEventWithoutBufferAreThePlainAreas) {
    const Doubles scores{0.1, 0.9, 0.3, 0.8, 0.7, 0.2};
    const Codes labels{0, 0, 0, 1, 1, 0};
    const RangeAreas areas = volumes_under_surface(events_of(labels), scores, 0);
    EXPECT_NEAR(areas.roc, roc_auc_score(labels, scores), 1e-15);
    EXPECT_NEAR(areas.pr, average_precision_score(labels, scores), 1e-15);
}

TEST(VolumesUnderSurface, ForgiveASeverityThatRisesARowEarly) {
    const Ranges events{{10, 20}};
    Doubles early(40, 0.0), far(40, 0.0);
    for (std::size_t i = 9; i < 20; ++i) early[i] = 1;
    for (std::size_t i = 10; i < 20; ++i) far[i] = 1;
    far[35] = 1;
    EXPECT_NEAR(volumes_under_surface(events, early, 0).pr, volumes_under_surface(events, far, 0).pr, 1e-15);
    EXPECT_GT(volumes_under_surface(events, early, 10).pr, volumes_under_surface(events, far, 10).pr);
}

TEST(VolumesUnderSurface, RefuseScoresThatAreNotFiniteAndRowsOfOneKind) {
    EXPECT_THROW(volumes_under_surface(Ranges{{0, 1}}, Doubles{1, kNaN}, 2), InvalidArgument);
    EXPECT_THROW(volumes_under_surface(Ranges{{0, 2}}, Doubles{1, 2}, 2), InvalidArgument);
    EXPECT_THROW(volumes_under_surface(Ranges{}, Doubles{1, 2}, 2), InvalidArgument);
    EXPECT_THROW(volumes_under_surface(Ranges{{0, 1}}, Doubles{1, 2}, -1), InvalidArgument);
}

double sigma(double y) { return 2 / (1 + std::exp(5 * y)) - 1; }

TEST(NabScore, OfAnAlarmAtEachFirstRowIsAHundredAndOfSilenceZero) {
    const Ranges events{{3, 7}, {10, 12}};
    Codes perfect(20, 0);
    perfect[3] = perfect[10] = 1;
    for (const NabProfile profile : {NabProfile::standard, NabProfile::reward_low_fp, NabProfile::reward_low_fn}) {
        EXPECT_NEAR(nab_score(events, perfect, profile), 100, 1e-12);
        EXPECT_EQ(nab_score(events, Codes(20, 0), profile), 0);
    }
}

TEST(NabScore, AgreesWithThePublishedWeightsOnAHandCountedCase) {
    // Window of rows 4..7: alarm at its third row, false alarms one before any window and one 2 rows past its last.
    const Ranges events{{4, 8}};
    Codes alarms(12, 0);
    alarms[1] = alarms[6] = alarms[7] = alarms[9] = 1;
    const double hit = sigma(-2.0 / 4) / sigma(-1), false_alarms = -1 + sigma(2.0 / 3);
    EXPECT_NEAR(nab_score(events, alarms), 100 * (hit + 0.11 * false_alarms + 1) / 2, 1e-12);
    EXPECT_NEAR(nab_score(events, alarms, NabProfile::reward_low_fp), 100 * (hit + 0.22 * false_alarms + 1) / 2, 1e-12);
    EXPECT_NEAR(nab_score(events, alarms, NabProfile::reward_low_fn), 100 * (hit + 0.11 * false_alarms + 2) / 3, 1e-12);
}

TEST(NabScore, TakesAnAlarmFarBeyondAWindowAsWhollyFalse) {
    const Ranges events{{0, 3}};
    Codes alarms(20, 0);
    alarms[0] = 1;
    alarms[19] = 1;
    EXPECT_NEAR(nab_score(events, alarms), 100 * (1 - 0.11 + 1) / 2, 1e-12);
}

TEST(RangePrecisionRecall, AgreesWithHandCountedOverlaps) {
    const Ranges events{{0, 10}, {20, 24}};
    const Ranges alarms{{2, 4}, {6, 8}, {12, 14}, {22, 26}};
    const RangeOptions whole{.cardinality = RangeCardinality::one};
    const PrecisionRecall flat = range_precision_recall(events, alarms, whole);
    EXPECT_DOUBLE_EQ(flat.recall, (0.4 + 0.5) / 2);
    EXPECT_DOUBLE_EQ(flat.precision, (1 + 1 + 0 + 0.5) / 4);
    const PrecisionRecall split = range_precision_recall(events, alarms);
    EXPECT_DOUBLE_EQ(split.recall, (0.4 / 2 + 0.5) / 2);  // the first event is covered in two pieces
    EXPECT_DOUBLE_EQ(split.precision, flat.precision);
    const PrecisionRecall found = range_precision_recall(events, alarms, {.alpha = 1});
    EXPECT_DOUBLE_EQ(found.recall, 1);
    const PrecisionRecall half = range_precision_recall(events, alarms, {.alpha = 0.5});
    EXPECT_DOUBLE_EQ(half.recall, (0.5 + 0.5 * 0.2 + 0.5 + 0.5 * 0.5) / 2);
}

TEST(RangePrecisionRecall, WithFrontBiasCountsEarlyRowsMore) {
    // Weights of four rows from the front: 4, 3, 2, 1.
    const Ranges events{{0, 4}};
    const RangeOptions front{.bias = RangeBias::front};
    EXPECT_DOUBLE_EQ(range_precision_recall(events, Ranges{{0, 2}}, front).recall, 0.7);
    EXPECT_DOUBLE_EQ(range_precision_recall(events, Ranges{{2, 4}}, front).recall, 0.3);
    EXPECT_DOUBLE_EQ(range_precision_recall(events, Ranges{{2, 6}}, front).precision, 0.5);  // always flat
}

TEST(RangePrecisionRecall, OfSingleRowsIsThePlainPrecisionAndRecall) {
    const Ranges events{{0, 1}, {2, 3}, {4, 5}};
    const Ranges alarms{{2, 3}, {4, 5}, {6, 7}, {8, 9}};
    const PrecisionRecall ranges = range_precision_recall(events, alarms);
    EXPECT_DOUBLE_EQ(ranges.precision, 0.5);
    EXPECT_DOUBLE_EQ(ranges.recall, 2.0 / 3);
}

TEST(RangePrecisionRecall, IsZeroWithoutAlarmsAndRefusesAnAlphaOutsideTheUnitInterval) {
    EXPECT_EQ(range_precision_recall(Ranges{{0, 4}}, Ranges{}).f1, 0);
    EXPECT_THROW(range_precision_recall(Ranges{{0, 4}}, Ranges{}, {.alpha = 1.5}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright::evaluate
