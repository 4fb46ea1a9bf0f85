// SPDX-License-Identifier: MIT
#include "plantwright/detect/range_rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::frame_of;
using testing::message_of;
using testing::plant_rows;

constexpr double kOff = std::numeric_limits<double>::infinity();

/// Sensors that go 0, 1, 2, 3, 0, ... and 0, 0, 0, 10, 10, 10, 0, ...
Matrix known_rows(Index n_rows) {
    Matrix rows(n_rows, 2);
    for (Index i = 0; i < n_rows; ++i) {
        rows(i, 0) = static_cast<double>(i % 4);
        rows(i, 1) = i / 3 % 2 == 0 ? 0 : 10;
    }
    return rows;
}

TEST(RangeRules, LearnsWhatTheTextbookQuantilesStepsAndStandstillsOfTrainingSay) {
    const auto fitted = RangeRules::fit(known_rows(240), {.range_quantile = 0,
                                                          .range_margin = 2,
                                                          .step_quantile = 1,
                                                          .step_factor = 1.5,
                                                          .standstill_factor = 4,
                                                          .shortest_standstill = 3});
    const Vector& deviation = fitted.sensors().deviation();
    EXPECT_DOUBLE_EQ(fitted.lowest()[0], -2 * deviation[0]);
    EXPECT_DOUBLE_EQ(fitted.highest()[1], 10 + 2 * deviation[1]);
    EXPECT_EQ(fitted.largest_step(), (Vector{4.5, 15}));     // 3 -> 0, and 10
    EXPECT_EQ(fitted.longest_standstill(), (Vector{3, 8}));  // none, so the shortest; two readings like the one before
}

TEST(RangeRules, LevelsAreTheFormulasByHandAndAReadingUponItsLimitIsSound) {
    const auto rules = RangeRules::fit(
        known_rows(60), {.standstill_factor = kOff, .lowest = {0, -10}, .highest = {4, 30}, .largest_step = {100, 25}});
    auto state = rules.start();
    EXPECT_DOUBLE_EQ(rules.update(state, std::vector<double>{1, 10}), 0.5);
    EXPECT_LT(rules.update(state, std::vector<double>{4, 10}), 1);  // upon its limit
    EXPECT_EQ(rules.rule(state), Rule::none);
    EXPECT_DOUBLE_EQ(rules.update(state, std::vector<double>{8, 10}), 3);  // |16 - 4| / 4
    EXPECT_EQ(rules.rule(state), Rule::range);
    EXPECT_DOUBLE_EQ(rules.update(state, std::vector<double>{2, -10}), 1 - 0x1p-53);
    EXPECT_DOUBLE_EQ(rules.update(state, std::vector<double>{2, 25}), 35.0 / 25);
    EXPECT_EQ(rules.rule(state), Rule::step);
}

TEST(RangeRules, FindAStuckSensorOnceItStandsLongerThanItEverDidTimesTheFactor) {
    Matrix rows = plant_rows(400, 3);
    const auto rules = RangeRules::fit(plant_rows(400, 3), {.standstill_factor = 3, .shortest_standstill = 10});
    for (Index i = 201; i < 400; ++i) rows(i, 1) = rows(200, 1);
    const auto broken = rules.rules(rows);
    const Matrix shares = rules.contributions(rows);
    const Vector level = rules.statistic(rows);
    for (Index i = 0; i <= 210; ++i) ASSERT_NE(broken[static_cast<std::size_t>(i)], Rule::standstill) << i;
    for (Index i = 211; i < 400; ++i) {
        ASSERT_EQ(broken[static_cast<std::size_t>(i)], Rule::standstill) << i;
        ASSERT_DOUBLE_EQ(level[i], static_cast<double>(i - 200) / 10);
        ASSERT_DOUBLE_EQ(shares(i, 1), level[i]);
    }
}

TEST(RangeRules, AMissingReadingBreaksNoRuleAndAStepAcrossAGapCountsARow) {
    const auto rules = RangeRules::fit(
        known_rows(60), {.standstill_factor = kOff, .lowest = {-50, -50}, .highest = {50, 50}, .largest_step = {2, 9}});
    auto state = rules.start();
    rules.update(state, std::vector<double>{0, 0});
    EXPECT_TRUE(std::isnan(rules.update(state, std::vector<double>{kNaN, kOff})));
    EXPECT_TRUE(std::isnan(rules.contributions(state)[0]));
    EXPECT_EQ(rules.rule(state), Rule::none);
    EXPECT_EQ(rules.update(state, std::vector<double>{kNaN, 0}), 0);
    EXPECT_DOUBLE_EQ(rules.update(state, std::vector<double>{9, kNaN}), 1.5);  // 9 in three rows, 2 a row allowed
    EXPECT_EQ(rules.contributions(state), (Vector{1.5, 0}));
}

TEST(RangeRules, BlameIsSharedByLevelAmongTheSensorsThatBreakARule) {
    const auto rules =
        RangeRules::fit(plant_rows(50, 3),
                        {.step_factor = kOff, .standstill_factor = kOff, .lowest = {-1, -1, -1}, .highest = {1, 1, 1}});
    auto state = rules.start();
    EXPECT_EQ(rules.update(state, std::vector<double>{4, 0.5, -2}), 4);
    const Vector shares = rules.contributions(state);
    EXPECT_DOUBLE_EQ(shares[0], 4 * 4.0 / 6);
    EXPECT_EQ(shares[1], 0);
    EXPECT_DOUBLE_EQ(shares[2], 4 * 2.0 / 6);
    rules.update(state, std::vector<double>{0.5, 0.25, 0});
    EXPECT_DOUBLE_EQ(rules.contributions(state)[0], 0.5 * 0.5 / 0.75);
    rules.update(state, std::vector<double>{0, 0, 0});
    EXPECT_EQ(rules.contributions(state), (Vector{0, 0, 0}));
}

TEST(RangeRules, TakeTheSchemasLimitsWhereNoneAreGiven) {
    const Frame plain = frame_of(plant_rows(100, 2), {"a", "b"});
    const Frame frame = plain.with_schema(plain.schema().with({.name = "a", .lowest = -7, .highest = 700}));
    const auto rules = RangeRules::fit(frame, {.lowest = {kNaN, 1}, .highest = {800, kNaN}});
    EXPECT_EQ(rules.lowest(), (Vector{-7, 1}));
    EXPECT_EQ(rules.highest()[0], 800);
    EXPECT_EQ(rules.highest()[1], RangeRules::fit(plain).highest()[1]);
    EXPECT_EQ(RangeRules::fit(plant_rows(100, 2), RangeRules::with_schema(frame, {})).lowest()[0], -7);
}

TEST(RangeRules, ASensorThatNeverMovedMayMoveByItsUnitAndMayRestOn) {
    Matrix rows = plant_rows(40, 2);
    for (Index i = 0; i < 40; ++i) rows(i, 0) = 5;
    const auto rules = RangeRules::fit(rows);
    auto state = rules.start();
    for (Index i = 0; i < 1000; ++i) rules.update(state, std::vector<double>{5, kNaN});
    EXPECT_EQ(rules.rule(state), Rule::none);
    rules.update(state, std::vector<double>{6, kNaN});
    EXPECT_EQ(rules.rule(state), Rule::none);
    rules.update(state, std::vector<double>{6.5, kNaN});
    EXPECT_EQ(rules.rule(state), Rule::range);
}

TEST(RangeRules, HugeReadingsGiveFiniteLevels) {
    const auto rules = RangeRules::fit(plant_rows(40, 2));
    auto state = rules.start();
    rules.update(state, std::vector<double>{-1.7e308, 1});
    EXPECT_EQ(rules.update(state, std::vector<double>{1.7e308, 1}), 1e6);
    for (const double share : rules.contributions(state)) EXPECT_TRUE(std::isfinite(share));
}

TEST(RangeRules, NameWhatIsOutOfRange) {
    const Matrix rows = plant_rows(20, 2);
    const auto message = [&](const RangeRulesOptions& options) {
        return message_of<InvalidArgument>([&] { RangeRules::fit(rows, options); });
    };
    EXPECT_EQ(message({.range_quantile = 0.5}), "RangeRules: range_quantile must be in [0, 0.5), got 0.5");
    EXPECT_EQ(message({.shortest_standstill = 0}), "RangeRules: shortest_standstill must be >= 1, got 0");
    EXPECT_EQ(message({.highest = {1}}), "RangeRules: highest must have one number for each of 2 sensors, got 1");
    EXPECT_EQ(message({.largest_step = {1, 0}}),
              "RangeRules: largest_step must be finite and > 0, or NaN: learned, got 0");
    EXPECT_EQ(message({.lowest = {kNaN, 5}, .highest = {kNaN, 5}, .largest_step = {1, 1}}),
              "RangeRules: sensor 1 must have lowest < highest and a largest_step > 0, got [5, 5] and 1");
}

TEST(SavedRangeRules, ComeBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const Matrix rows = plant_rows(40, 2);
    const auto fitted = RangeRules::fit(rows, {.standstill_factor = kOff, .lowest = {kNaN, 150}});
    const auto bytes = fitted.to_bytes();
    EXPECT_EQ(RangeRules::from_bytes(bytes).to_bytes(), bytes);
    EXPECT_EQ(RangeRules::from_bytes(bytes).statistic(rows), fitted.statistic(rows));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            RangeRules::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
        EXPECT_THROW(RangeRules::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
