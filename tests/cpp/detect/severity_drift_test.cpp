// SPDX-License-Identifier: MIT
#include "plantwright/detect/severity_drift.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/streaming_detector.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

constexpr DriftOptions kWeek = {.half_life_days = 7, .max_rise = 0.05, .max_shift = 1};
constexpr double kRows = 1440;  // a day

double exponential(RandomStream& stream) { return -std::log10(1 - stream.uniform()); }  // severities of normal rows

/// A day's allowance at once (of which the first row's part is spilt), then max_rise a day, then max_shift.
TEST(SeverityDrift, RisesOnAFaultBelowTheAlarmLevelByItsCapToTheNumber) {
    const SeverityDrift drift({.half_life_days = 0.1, .max_rise = 0.05, .max_shift = 0.4}, 2, kRows);
    const double spilt = 1 / kRows;
    auto state = drift.start();
    for (int i = 0; i < 3 * 1440; ++i) drift.update(state, 1.9, 1);
    EXPECT_NEAR(state.shift, 0.05 * (3 + 1 - spilt), 1e-12);
    for (int i = 0; i < 3 * 1440; ++i) drift.update(state, 1.9, 0.5);  // twice as often: no faster
    EXPECT_NEAR(state.shift, 0.05 * (4.5 + 1 - spilt), 1e-12);
    for (int i = 0; i < 10; ++i) drift.update(state, 1.9, 1000);  // a step counts as a period at most
    EXPECT_NEAR(state.shift, 0.05 * (4.5 + 1 - spilt + 10 / kRows), 1e-12);
    for (int i = 0; i < 30 * 1440; ++i) drift.update(state, 1.9, 1);
    EXPECT_EQ(state.shift, 0.4);
}

TEST(SeverityDrift, NeverRisesFasterWhateverComes) {
    const SeverityDrift drift({.half_life_days = 0.1, .max_rise = 0.05, .max_shift = 1}, 2, kRows);
    RandomStream stream(1, 0, Purpose::noise);
    auto state = drift.start();
    double least = 0;  // of shift(s) - rise a row * s over what was
    for (int i = 1; i <= 50'000; ++i) {
        const bool fault = i / 700 % 3 == 1;
        drift.update(state, fault ? 1.7 : exponential(stream), 1);
        const double line = state.shift - 0.05 / kRows * i;
        ASSERT_LE(line - least, 0.05 + 1e-9) << i;
        least = std::min(least, line);
        ASSERT_TRUE(drift.is_state(state));
    }
}

/// Rows at or above the raise level are not accepted: the follower must not mistake what is left for quieter rows.
TEST(SeverityDrift, SettlesAtTheDriftOfWhatIsAcceptedForEachRaiseLevel) {
    for (const double raise_level : {0.8, 1.3, 2.0, 4.0}) {
        const SeverityDrift drift({.half_life_days = 2, .max_rise = 0.5, .max_shift = 1}, raise_level, kRows);
        RandomStream stream(3, 0, Purpose::noise);
        auto state = drift.start();
        double sum = 0;
        for (int i = 0; i < 200'000; ++i) {
            const double told = std::max(0.0, exponential(stream) + 0.4 - state.shift);
            if (told < raise_level) drift.update(state, told, 1);
            if (i >= 100'000) sum += state.shift / 100'000;
        }
        EXPECT_NEAR(sum, 0.4, 0.03) << raise_level;
    }
}

TEST(SeverityDrift, HalvesASmallErrorInAHalfLife) {
    const SeverityDrift drift({.half_life_days = 100, .max_rise = 10, .max_shift = 1}, 3, kRows);
    RandomStream stream(5, 0, Purpose::noise);
    SeverityDrift::State state{.shift = 0.1, .room = 1};
    for (int i = 0; i < 144'000; ++i) {
        const double told = std::max(0.0, exponential(stream) - state.shift);
        if (told < 3) drift.update(state, told, 1);
    }
    EXPECT_NEAR(state.shift, 0.05, 0.01);
}

TEST(SeverityDrift, NamesOptionsThatAreOutOfRange) {
    const auto message = [](DriftOptions options, double rows = kRows) {
        return message_of<InvalidArgument>([&] { SeverityDrift(options, 2, rows); });
    };
    EXPECT_EQ(message(kWeek), "nothing was thrown");
    EXPECT_NE(message(kWeek, 10).find("half-life of drift must be at least 100 rows"), std::string::npos);
    EXPECT_NE(message({.half_life_days = kNaN}).find("half-life of drift"), std::string::npos);
    EXPECT_NE(message({.half_life_days = 7, .max_rise = 0}).find("max_rise must be in (0, 10] a day, got 0"),
              std::string::npos);
    EXPECT_NE(message({.half_life_days = 7, .max_shift = 11}).find("max_shift must be in (0, 10]"), std::string::npos);
}

EnsembleOptions options_of(DriftOptions drift) {
    EnsembleOptions options;
    options.members = {MahalanobisOptions{}, DynamicPcaOptions{.lags = 1}};
    options.false_alarm_rate = 0.01;
    options.period_s = 60;
    options.drift = drift;
    return options;
}

constexpr DriftOptions kDay = {.half_life_days = 1, .max_rise = 0.2, .max_shift = 1};
constexpr Index kTraining = 10'000;

const EnsembleDetector& following() {
    static const EnsembleDetector detector = EnsembleDetector::fit(plant_rows(kTraining, 4), options_of(kDay));
    return detector;
}

const EnsembleDetector& fixed() {
    static const EnsembleDetector detector = EnsembleDetector::fit(plant_rows(kTraining, 4), options_of({}));
    return detector;
}

/// A sensor that ages: sensor 1 moves off by a deviation of its noise, over five days.
Matrix drifting_rows(Index n) {
    Matrix rows = plant_rows(n, 4, 21);
    for (Index i = 0; i < n; ++i) rows(i, 1) += 2 * std::min(1.0, static_cast<double>(i) / 7200);
    return rows;
}

double alarm_share(const EnsembleDetector& detector, const Matrix& rows, Index from) {
    const auto signs = detector.predict(rows);
    const auto alarms = std::count(signs.begin() + from, signs.end(), -1);
    return static_cast<double>(alarms) / static_cast<double>(rows.rows() - from);
}

TEST(FollowedDrift, BringsTheRateOfDriftedNormalRowsBackToWhatWasAsked) {
    const Matrix rows = drifting_rows(28'800);  // twenty days
    EXPECT_GT(alarm_share(fixed(), rows, 14'400), 0.02);
    EXPECT_LT(alarm_share(following(), rows, 14'400), 0.018);
    EXPECT_GT(alarm_share(following(), rows, 14'400), 0.005);
}

TEST(FollowedDrift, LeavesRowsLikeThoseFittedNearTheRateThatWasAsked) {
    const double share = alarm_share(following(), plant_rows(28'800, 4, 11), 0);
    EXPECT_GT(share, 0.005);
    EXPECT_LT(share, 0.015);
}

TEST(FollowedDrift, LearnsNothingOfAStepThatRaisesAnAlarm) {
    Matrix rows = plant_rows(14'400, 4, 7);
    for (Index i = 1440; i < rows.rows(); ++i) rows(i, 2) += 60;
    StreamingDetector stream = following().stream();
    for (Index i = 0; i < 1440; ++i) stream.update(rows.row(i));
    const double before = stream.state().drift.shift;
    for (Index i = 1440; i < rows.rows(); ++i) {
        stream.update(rows.row(i));
        ASSERT_TRUE(stream.verdict().alarm());
    }
    EXPECT_EQ(stream.state().drift.shift, before);
}

TEST(FollowedDrift, LearnsNothingWhileShelved) {
    const Matrix rows = drifting_rows(20'000);
    StreamingDetector stream = following().stream();
    stream.shelve(std::numeric_limits<std::int64_t>::max());
    for (Index i = 0; i < rows.rows(); ++i) stream.update(rows.row(i));
    EXPECT_EQ(stream.state().drift.shift, 0);
}

TEST(FollowedDrift, TellsSeverityAndPValueThatBelongTogetherAndLessByTheShift) {
    const Matrix rows = drifting_rows(12'000);
    StreamingDetector shifted = following().stream(), plain = fixed().stream();
    for (Index i = 0; i < rows.rows(); ++i) {
        const double shift = shifted.state().drift.shift;
        const Verdict& told = shifted.update(rows.row(i));
        const double severity = plain.update(rows.row(i)).severity;
        if (std::isnan(severity)) continue;
        ASSERT_EQ(told.severity, std::max(0.0, severity - shift));
        ASSERT_NEAR(told.severity, -std::log10(told.p_value), 1e-12);
    }
    EXPECT_GT(shifted.state().drift.shift, 0.1);
}

TEST(FollowedDrift, GoesOnWithTheSameBitsFromASavedStateAndAsABatch) {
    const Matrix rows = drifting_rows(12'000);
    const auto detector = std::make_shared<const EnsembleDetector>(following());
    const Vector batch = detector->severity(rows);
    StreamingDetector stream(detector);
    for (Index i = 0; i < rows.rows(); ++i) {
        if (i % 1000 == 500) stream = StreamingDetector::from_bytes(stream.to_bytes(), detector);
        const double severity = stream.update(rows.row(i)).severity;
        ASSERT_TRUE(severity == batch[i] || std::isnan(batch[i])) << i;
    }
    const auto again = EnsembleDetector::from_bytes(detector->to_bytes());
    EXPECT_EQ(again.options().drift.half_life_days, 1);
    EXPECT_EQ(again.severity(rows)[11'999], batch[11'999]);
}

TEST(FollowedDrift, StaysThroughARestartAndIsNotTakenFromAStateThatCannotBe) {
    const Matrix rows = drifting_rows(12'000);
    StreamingDetector stream = following().stream();
    for (Index i = 0; i < rows.rows(); ++i) stream.update(rows.row(i));
    const double shift = stream.state().drift.shift;
    stream.restart();
    EXPECT_EQ(stream.state().drift.shift, shift);
    for (const SeverityDrift::State bad : {SeverityDrift::State{-0.1, 0}, {2, 0}, {kNaN, 0}, {0.5, 1}}) {
        EnsembleStreamState state = stream.state();
        state.drift = bad;
        EXPECT_THROW(state.restore(following()), CorruptModel);
    }
    EnsembleStreamState state = fixed().stream().state();
    state.drift.shift = 0.5;
    EXPECT_THROW(state.restore(fixed()), CorruptModel);
}

TEST(FollowedDrift, NeedsTheTimeBetweenRows) {
    EnsembleOptions options = options_of(kDay);
    options.period_s.reset();
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  EnsembleDetector::fit(plant_rows(1000, 4), options);
              }).find("the half-life of drift needs the time between rows"),
              std::string::npos);
    options.period_s = 86'400;
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  EnsembleDetector::fit(plant_rows(1000, 4), options);
              }).find("half-life of drift must be at least 100 rows, at most 1e12, got 1"),
              std::string::npos);
}

}  // namespace
}  // namespace plantwright
