// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/detection_report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

using Codes = std::vector<std::int32_t>;
using Doubles = std::vector<double>;
using Stamps = std::vector<std::int64_t>;

Stamps minutes(std::size_t n) {
    Stamps times;
    for (std::size_t i = 0; i < n; ++i) times.push_back(static_cast<std::int64_t>(i) * 60'000'000'000);
    return times;
}

/// Two days by the minute; three events of an hour, the second of them missed, the others found after 4 and 6 minutes.
struct TwoDays {
    Codes labels = Codes(2880, 0), alarms = Codes(2880, 0);
    Stamps times = minutes(2880);

    TwoDays() {
        for (const std::size_t begin : {600u, 1200u, 2000u}) {
            for (std::size_t i = begin; i < begin + 60; ++i) labels[i] = 1;
        }
        for (std::size_t i = 604; i < 640; ++i) alarms[i] = 1;
        for (std::size_t i = 2006; i < 2100; ++i) alarms[i] = 1;  // outlasts its event: no false alarm
        for (const std::size_t i : {100u, 101u, 103u, 1900u}) alarms[i] = 1;
    }
};

TEST(DetectionReport, SaysToTheOperatorWhatWasFalseLateAndMissed) {
    const TwoDays days;
    const DetectionReport report =
        detection_report({.labels = days.labels, .alarms = days.alarms, .times = days.times}, {}, {.merge_gap = 5});
    EXPECT_EQ(report.sentence(), "1.1 false alarms a day, median delay 5 min, missed 1 of 3");
    EXPECT_DOUBLE_EQ(report.normal_days, 2700.0 / 1440);
    EXPECT_DOUBLE_EQ(report.find("false alarms a day")->values[0], 2 / (2700.0 / 1440));
    EXPECT_EQ(report.events[1].first_alarm, -1);
    EXPECT_DOUBLE_EQ(report.events[2].delay_s, 360);
    EXPECT_EQ(report.events[0].begin_time, "1970-01-01 10:00");
}

TEST(DetectionReport, TellsWhereAlarmsStandMuchOfTheTime) {
    const TwoDays days;
    const Codes always(2880, 1);
    const auto report = detection_report({.labels = days.labels, .alarms = always, .times = days.times});
    EXPECT_EQ(report.sentence(),
              "3.7 false alarms a week, median delay 0 s, missed 0 of 3, in alarm 100 % of the normal time");
    EXPECT_EQ(report.find("F1")->values[0], report.find("F1")->values[1]);
    EXPECT_FALSE(report.beats_baselines());
}

TEST(DetectionReport, OfAPerfectDetectorHasEveryMetricAtItsBest) {
    const TwoDays days;
    const Doubles scores(days.labels.begin(), days.labels.end());
    const auto report =
        detection_report({.labels = days.labels, .scores = scores, .threshold = 0.5, .times = days.times});
    for (const char* name :
         {"AUC-PR", "AUC-ROC", "F1", "precision", "event recall", "range precision", "range recall"}) {
        EXPECT_DOUBLE_EQ(report.find(name)->values[0], 1) << name;
    }
    for (const char* name : {"false alarm rate", "missed alarm rate", "median delay [s]", "false alarms a day"}) {
        EXPECT_EQ(report.find(name)->values[0], 0) << name;
    }
    EXPECT_DOUBLE_EQ(report.find("NAB standard")->values[0], 100);
    EXPECT_TRUE(report.beats_baselines());
    EXPECT_EQ(report.sentence(), "no false alarm in 45 h, median delay 0 s, missed 0 of 3");
}

TEST(DetectionReport, OfADetectorThatNeverAlarmsMissesEverything) {
    const TwoDays days;
    const auto report = detection_report({.labels = days.labels, .alarms = Codes(2880, 0), .times = days.times});
    EXPECT_EQ(report.sentence(), "no false alarm in 45 h, missed 3 of 3");
    EXPECT_TRUE(std::isnan(report.find("median delay [s]")->values[0]));
    EXPECT_EQ(report.find("NAB standard")->values[0], 0);
    EXPECT_EQ(report.find("F1")->values[0], 0);
}

TEST(DetectionReport, LeavesOutRowsWithoutLabelOrScoreAndCountsThem) {
    const Codes labels{1, 1, 0, 0, 1, 1, 1, 0, -1, 0};
    const Doubles scores{kNaN, kNaN, 0, 0, kNaN, 2, 2, 0, 9, 0};
    const auto report = detection_report({.labels = labels, .scores = scores, .threshold = 1.0});
    EXPECT_EQ(report.n_rows, 6);
    EXPECT_EQ(report.n_left_out, 4);
    EXPECT_EQ(report.n_events_left_out, 1);
    ASSERT_EQ(report.events.size(), 1u);
    EXPECT_EQ(report.find("median delay [rows]")->values[0], 1);  // from the event's first row, scored or not
    EXPECT_EQ(report.find("false alarm rate")->values[0], 0);     // the row without a label counts for nothing
    EXPECT_EQ(report.find("AUC-ROC")->values[0], 1);
}

TEST(DetectionReport, PutsTheModelBesideARangeRuleLearnedInTraining) {
    const Codes labels{0, 0, 0, 1, 1, 0};
    const Doubles scores{1, 2, 1, 3, 0, 1};
    Matrix values(6, 2, 5.0), train(3, 2, 5.0);
    train(0, 0) = 0, train(1, 0) = 10;
    values(3, 0) = 11, values(4, 0) = -30, values(5, 1) = kNaN;
    const auto report =
        detection_report({.labels = labels, .scores = scores, .threshold = 2.0}, {.values = values, .train = train});
    ASSERT_EQ(report.predictors.back(), "range_rule");
    EXPECT_EQ(report.find("event recall")->values.back(), 1);
    EXPECT_EQ(report.find("AUC-ROC")->values.back(), 1);
    EXPECT_EQ(report.find("false alarm rate")->values.back(), 0);
    EXPECT_FALSE(report.beats_baselines());
    EXPECT_THROW(detection_report({.labels = labels, .scores = scores}, {.values = values}), InvalidArgument);
}

TEST(DetectionReport, GivesTheRandomDetectorAsManyAlarmsAndTheSameSeedTheSameOnes) {
    const TwoDays days;
    const DetectionResult result{.labels = days.labels, .alarms = days.alarms, .times = days.times};
    const auto once = detection_report(result), again = detection_report(result);
    const auto other = detection_report(result, {}, {.seed = 1});
    EXPECT_EQ(once.find("range F1")->values[2], again.find("range F1")->values[2]);
    EXPECT_NE(once.find("range F1")->values[2], other.find("range F1")->values[2]);
    const auto alarms_of = [](const DetectionReport& report, std::size_t predictor) {
        return report.find("false alarm rate")->values[predictor] * 2700 +
               (1 - report.find("missed alarm rate")->values[predictor]) * 180;
    };
    EXPECT_NEAR(alarms_of(once, 0), alarms_of(once, 2), 1e-9);
}

TEST(DetectionReport, TradesThresholdsFromNoneToAllRowsInAlarm) {
    const TwoDays days;
    Doubles scores;
    for (std::size_t i = 0; i < days.labels.size(); ++i) {
        scores.push_back(days.labels[i] + static_cast<double>(i % 977) / 977);
    }
    const DetectionResult result{.labels = days.labels, .scores = scores, .times = days.times};
    const auto points = threshold_trade_off(result, {.n_thresholds = 25});
    ASSERT_GE(points.size(), 10u);
    EXPECT_DOUBLE_EQ(points.back().false_alarm_rate, 1);
    EXPECT_DOUBLE_EQ(points.back().event_recall, 1);
    for (std::size_t k = 1; k < points.size(); ++k) {
        EXPECT_LT(points[k].threshold, points[k - 1].threshold);
        EXPECT_GE(points[k].event_recall, points[k - 1].event_recall);
        EXPECT_GE(points[k].false_alarm_rate, points[k - 1].false_alarm_rate);
    }
    const auto report = detection_report(
        {.labels = days.labels, .scores = scores, .threshold = points[5].threshold, .times = days.times});
    EXPECT_EQ(report.find("event recall")->values[0], points[5].event_recall);
    EXPECT_EQ(report.find("false alarms a day")->values[0], points[5].false_alarms);
}

TEST(DetectionReport, ReadsBackFromItsJson) {
    const TwoDays days;
    const auto report = detection_report({.labels = days.labels, .alarms = days.alarms, .times = days.times});
    const auto back = DetectionReport::from_json(io::Json::parse(report.to_json().dump()));
    EXPECT_EQ(back.to_json().dump(), report.to_json().dump());
    EXPECT_EQ(back.to_text(), report.to_text());
}

std::string message_of(const DetectionResult& result) {
    try {
        detection_report(result);
    } catch (const InvalidArgument& error) {
        return error.what();
    }
    return "";
}

TEST(DetectionReport, NamesWhatIsWrongWithItsInput) {
    const Codes labels{0, 1, 0}, none{0, 0, 0}, all{1, 1, 1};
    const Doubles scores{0, 1, 2}, infinite{0, 1, INFINITY};
    EXPECT_NE(message_of({.labels = labels}).find("scores or alarms"), std::string::npos);
    EXPECT_NE(message_of({.labels = labels, .scores = Doubles{1, 2}}).find("scores must have 3 rows, got 2"),
              std::string::npos);
    EXPECT_NE(message_of({.labels = none, .scores = scores}).find("0 inside of 3"), std::string::npos);
    EXPECT_NE(message_of({.labels = all, .scores = scores}).find("3 inside of 3"), std::string::npos);
    EXPECT_NE(message_of({.labels = labels, .scores = infinite}).find("infinity at row 2"), std::string::npos);
    EXPECT_NE(message_of({.labels = labels, .scores = Doubles(3, kNaN)}).find("no row"), std::string::npos);
    EXPECT_NE(message_of({.labels = labels, .alarms = Codes{0, 2, 0}}).find("got 2 at row 1"), std::string::npos);
    EXPECT_NE(message_of({.labels = labels, .scores = scores, .times = Stamps{1, 3, 2}}).find("row 2"),
              std::string::npos);
}

}  // namespace
}  // namespace plantwright::evaluate
