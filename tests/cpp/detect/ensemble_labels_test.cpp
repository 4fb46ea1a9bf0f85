// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/detect/streaming_detector.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

const IsolationForestOptions kNoise = {.n_estimators = 1, .max_samples = RowCount(4), .random_state = 1};

EnsembleOptions options_of(Combination kind = Combination::mean) {
    EnsembleOptions options;
    options.members = {MahalanobisOptions{}, DynamicPcaOptions{.lags = 1}, kNoise};
    options.false_alarm_rate = 0.02;
    options.combination.kind = kind;
    return options;
}

struct Labelled {
    Matrix rows;
    std::vector<RowLabel> labels;
};

/// Every 200 rows ten of which sensor 2 is off by some three of its deviations.
Labelled labelled_rows(Index n = 3000, std::uint64_t seed = 1, double off = 14) {
    Labelled made{plant_rows(n, 4, seed), std::vector<RowLabel>(static_cast<std::size_t>(n), RowLabel::normal)};
    for (Index i = 100; i < n; ++i) {
        if (i % 200 >= 10) continue;
        made.rows(i, 2) += off;
        made.labels[static_cast<std::size_t>(i)] = RowLabel::anomalous;
    }
    return made;
}

TEST(LabelledRows, ThatAreNotNormalTrainNothing) {
    Labelled a = labelled_rows();
    a.labels[1500] = a.labels[1501] = RowLabel::unknown;
    Labelled b = a;
    for (Index i = 0; i < b.rows.rows(); ++i) {
        if (b.labels[static_cast<std::size_t>(i)] == RowLabel::normal) continue;
        for (Index j = 0; j < 4; ++j) b.rows(i, j) = 1e4;
    }
    const auto fitted = EnsembleDetector::fit(a.rows, options_of(), {}, a.labels);
    EXPECT_EQ(fitted.id(), EnsembleDetector::fit(b.rows, options_of(), {}, b.labels).id());
    EXPECT_NE(fitted.id(), EnsembleDetector::fit(a.rows, options_of()).id());
}

TEST(LabelledRows, AreCutOutAsAGapInTimeIs) {
    const Index n = 2000, begin = 700, end = 730;
    const Matrix rows = plant_rows(n, 4);
    std::vector<RowLabel> labels(static_cast<std::size_t>(n), RowLabel::normal);
    std::fill(labels.begin() + begin, labels.begin() + end, RowLabel::anomalous);
    Matrix rest(n - (end - begin), 4);
    std::vector<std::int64_t> times;
    for (Index i = 0; i < n; ++i) {
        if (i >= begin && i < end) continue;
        for (Index j = 0; j < 4; ++j) rest(std::ssize(times), j) = rows(i, j);
        times.push_back(i * 1'000'000'000);
    }
    EXPECT_EQ(EnsembleDetector::fit(rows, options_of(), {}, labels).id(),
              EnsembleDetector::fit(rest, options_of(), times).id());
}

TEST(LearnedEnsemble, WeighsWhatTellsAndNotWhatIsNoise) {
    const Labelled training = labelled_rows();
    const auto detector = EnsembleDetector::fit(training.rows, options_of(Combination::learned), {}, training.labels);
    const std::vector<double>& weights = detector.options().combination.weights;
    ASSERT_EQ(weights.size(), 3u);
    EXPECT_NEAR(weights[0] + weights[1] + weights[2], 1, 1e-12);
    EXPECT_GT(weights[0] + weights[1], 0.95);
    EXPECT_LT(weights[2], 0.05);
}

TEST(LearnedEnsemble, KeepsTheRateOfFalseAlarmsThatWasAskedOnLaterNormalRows) {
    const Labelled training = labelled_rows(6000);
    const auto detector = EnsembleDetector::fit(training.rows, options_of(Combination::learned), {}, training.labels);
    const auto signs = detector.predict(plant_rows(20'000, 4, 11));
    const auto alarms = static_cast<double>(std::count(signs.begin(), signs.end(), -1));
    EXPECT_GT(alarms / 400, 0.6);
    EXPECT_LT(alarms / 400, 1.6);
}

TEST(LearnedEnsemble, GivesNoBlameAndNoFirstOutToAMemberOfWeightZero) {
    SeverityCombination combination{.kind = Combination::learned, .clip = 6, .weights = {0.75, 0.25, 0}};
    EXPECT_DOUBLE_EQ(combination(std::vector<double>{2, 4, 6}), 2.5);
    EXPECT_DOUBLE_EQ(combination(std::vector<double>{kNaN, 40, 6}), 6);
    EXPECT_TRUE(std::isnan(combination(std::vector<double>{kNaN, kNaN, 6})));
    const Labelled training = labelled_rows();
    EnsembleOptions options = options_of(Combination::learned);
    options.members = {MahalanobisOptions{}, kNoise};
    const auto detector = EnsembleDetector::fit(training.rows, options, {}, training.labels);
    const auto& weights = detector.options().combination.weights;
    ASSERT_EQ(weights[1], 0) << weights[0];
    ASSERT_EQ(std::count_if(detector.notes().begin(), detector.notes().end(),
                            [](const auto& note) { return note.starts_with("IsolationForest has weight 0: "); }),
              1);
    StreamingDetector stream = detector.stream();
    for (Index i = 0; i < 205; ++i) stream.update(training.rows.row(i));
    ASSERT_TRUE(stream.verdict().alarm());
    EXPECT_EQ(stream.verdict().first_out_member, 0);
    EXPECT_EQ(stream.verdict().severity, detector.tail().severity(stream.verdict().member_severity[0]));
}

TEST(LearnedEnsemble, ComesBackWithItsWeights) {
    const Labelled training = labelled_rows();
    const auto detector = EnsembleDetector::fit(training.rows, options_of(Combination::learned), {}, training.labels);
    const auto again = EnsembleDetector::from_bytes(detector.to_bytes());
    EXPECT_EQ(again.options().combination, detector.options().combination);
    EXPECT_EQ(again.severity(training.rows)[2999], detector.severity(training.rows)[2999]);
}

TEST(LearnedEnsemble, NamesWhatItsLabelsLack) {
    const Labelled training = labelled_rows(1000);
    const auto message = [&](std::vector<RowLabel> labels, Combination kind = Combination::learned) {
        return message_of<InvalidArgument>([&] { EnsembleDetector::fit(training.rows, options_of(kind), {}, labels); });
    };
    EXPECT_NE(message({}).find("need labels, of normal (0) and anomalous (1) rows with a reading, got none"),
              std::string::npos)
        << message({});
    EXPECT_NE(message(std::vector<RowLabel>(1000, RowLabel::normal)).find("got 1000 and 0"), std::string::npos);
    EXPECT_NE(message(std::vector<RowLabel>(1000, RowLabel::anomalous)).find("got 0 and 1000"), std::string::npos);
    EXPECT_NE(message(std::vector<RowLabel>(7, RowLabel::normal)).find("labels must be one a row, got 7"),
              std::string::npos);
    EXPECT_NE(message(std::vector<RowLabel>(1000, static_cast<RowLabel>(5))).find("label must be -1 unknown, 0 normal"),
              std::string::npos);
    EXPECT_NE(
        message(std::vector<RowLabel>(1000, RowLabel::unknown), Combination::mean).find("labelled normal (0), got 0"),
        std::string::npos);
    std::vector<RowLabel> at_begin(1000, RowLabel::normal);
    at_begin[0] = RowLabel::anomalous;
    EXPECT_NE(message(at_begin).find("an anomalous row that every member scores"), std::string::npos);
    EnsembleOptions given = options_of(Combination::learned);
    given.combination.weights = {1, 1, 1};
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  EnsembleDetector::fit(training.rows, given, {}, training.labels);
              }).find("weights must be absent where they are learned"),
              std::string::npos);
}

TEST(LearnedEnsemble, RaisesWhereNoMemberTellsTheClassesApart) {
    Matrix rows = plant_rows(2000, 4);
    std::vector<RowLabel> labels(2000, RowLabel::normal);
    for (Index i = 100; i < 2000; ++i) {
        if (i % 100 >= 10) continue;
        for (Index j = 0; j < 4; ++j) rows(i, j) = 100 * static_cast<double>(j + 1);  // more normal than normal rows
        labels[static_cast<std::size_t>(i)] = RowLabel::anomalous;
    }
    EnsembleOptions options = options_of(Combination::learned);
    options.members = {MahalanobisOptions{}};
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  EnsembleDetector::fit(rows, options, {}, labels);
              }).find("no member's severity is higher on anomalous rows"),
              std::string::npos);
}

TEST(LabelledRows, StandInAColumnOfATableToo) {
    const Labelled training = labelled_rows(1000);
    Matrix with_label(1000, 5);
    for (Index i = 0; i < 1000; ++i) {
        for (Index j = 0; j < 4; ++j) with_label(i, j) = training.rows(i, j);
        with_label(i, 4) = static_cast<double>(training.labels[static_cast<std::size_t>(i)]);
    }
    with_label(500, 4) = kNaN;
    const Frame frame = testing::frame_of(with_label, {"a", "b", "c", "d", "fault"});
    std::vector<RowLabel> labels = row_labels(frame, "fault");
    EXPECT_EQ(labels[500], RowLabel::unknown);
    const auto detector = EnsembleDetector::fit(frame, options_of(Combination::learned), "fault");
    EXPECT_EQ(detector.names(), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(detector.id(),
              EnsembleDetector::fit(frame.without("fault"), options_of(Combination::learned), labels).id());
    with_label(3, 4) = 2;
    EXPECT_THROW(row_labels(testing::frame_of(with_label, {"a", "b", "c", "d", "fault"}), "fault"), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
