// SPDX-License-Identifier: MIT
#include "plantwright/detect/alarm_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/severity_combination.hpp"

namespace plantwright {
namespace {

/// One letter a row: normal, pending, alarm, clearing.
std::string phases(const AlarmRules& rules, const std::vector<double>& severities) {
    AlarmRules::State state;
    std::string seen;
    for (std::size_t i = 0; i < severities.size(); ++i) {
        rules.update(state, severities[i], static_cast<std::int64_t>(i));
        seen += "npac"[static_cast<std::size_t>(state.phase)];
    }
    return seen;
}

TEST(AlarmRules, WithoutDelaysAlarmExactlyTheRowsAtTheLevel) {
    EXPECT_EQ(phases({2, 2, 0, 0}, {0, 1.99, 2, 5, 1.9, 2, 0}), "nnaanan");
}

TEST(AlarmRules, AnOnDelayWaitsForSoManyFurtherRowsInARow) {
    EXPECT_EQ(phases({2, 2, 2, 0}, {3, 3, 1, 3, 3, 3, 3, 1}), "ppnppaan");
}

TEST(AlarmRules, AnOffDelayHoldsTheAlarmUntilItHasBeenQuietForSoManyFurtherRows) {
    EXPECT_EQ(phases({2, 2, 0, 2}, {3, 1, 1, 3, 1, 1, 1, 1}), "accaccnn");
}

TEST(AlarmRules, TheDeadBandKeepsAnAlarmThatHoversBelowTheLevel) {
    EXPECT_EQ(phases({2, 1, 0, 0}, {1.5, 2, 1.5, 1, 1.9, 0.9, 1.5}), "naaaann");
    EXPECT_EQ(phases({2, 1, 0, 1}, {2, 0.5, 1.5, 0.5, 0.5}), "acacn");
}

TEST(AlarmRules, ARowWithoutASeverityChangesNothingAndIsNotCounted) {
    EXPECT_EQ(phases({2, 2, 2, 1}, {3, kNaN, 3, kNaN, 3, kNaN, 1, kNaN, 1}), "ppppaaccn");
}

TEST(AlarmRules, AnEventBeginsWithItsFirstRowAtTheLevelWhateverTheDelay) {
    const AlarmRules rules{2, 1, 2, 2};
    AlarmRules::State state;
    const std::vector<double> severities = {0, 0, 3, 3, 3, 0, 1.5, 0};
    for (std::size_t i = 0; i < severities.size(); ++i) rules.update(state, severities[i], static_cast<Index>(10 * i));
    EXPECT_EQ(state.phase, AlarmPhase::clearing);
    EXPECT_EQ(state.since, 20);
    for (int i = 0; i < 2; ++i) rules.update(state, 0, 100 + i);
    EXPECT_EQ(state.phase, AlarmPhase::normal);
    EXPECT_EQ(state.since, 101);
}

TEST(AlarmRules, AGapDropsWhatWasPendingAndKeepsAnAlarm) {
    const AlarmRules rules{2, 2, 1, 3};
    AlarmRules::State pending, clearing;
    rules.update(pending, 3, 1);
    rules.note_gap(pending, 9);
    EXPECT_EQ(pending.phase, AlarmPhase::normal);
    EXPECT_EQ(pending.since, 9);
    for (const double severity : {3.0, 3.0, 0.0, 0.0}) rules.update(clearing, severity, 1);
    rules.note_gap(clearing, 9);
    EXPECT_EQ(clearing.phase, AlarmPhase::alarm);
    EXPECT_EQ(clearing.since, 1);
}

TEST(AlarmRules, NameWhatIsOutOfRange) {
    const auto message = [](const AlarmRules& rules) {
        return testing::message_of<InvalidArgument>([&] { rules.require_valid("X"); });
    };
    EXPECT_EQ(message({0, 1, 0, 0}), "X: raise_level must be a number above 0, got 0");
    EXPECT_EQ(message({2, 3, 0, 0}), "X: clear_level must be in (0, raise_level], got 3");
    EXPECT_EQ(message({2, 2, -1, 0}), "X: on_delay must be >= 0, got -1");
}

TEST(SeverityCombination, TheMeanIsOfClippedSeveritiesOfThoseThatHaveOne) {
    const SeverityCombination mean{.clip = 4};
    EXPECT_EQ(mean(std::vector{1.0, 100.0, 1.0}), 2);
    EXPECT_EQ(mean(std::vector{1.0, kNaN, 3.0}), 2);
    EXPECT_TRUE(std::isnan(mean(std::vector{kNaN, kNaN})));
}

TEST(SeverityCombination, AVoteIsTheLevelThatEnoughMembersReach) {
    const std::vector<double> severities = {5, 1, 3, 2};
    for (const Index k : {1, 2, 3, 4}) {
        const SeverityCombination vote{.kind = Combination::vote, .n_votes = k};
        EXPECT_EQ(vote(severities), (std::vector<double>{5, 3, 2, 1}[static_cast<std::size_t>(k - 1)]));
    }
    const SeverityCombination majority{.kind = Combination::vote};
    EXPECT_EQ(majority(severities), 2);                          // three of four
    EXPECT_EQ(majority(std::vector{5.0, 1.0, 3.0}), 3);          // two of three
    EXPECT_EQ(majority(std::vector{5.0, kNaN, kNaN, kNaN}), 5);  // the only one that has a score
}

TEST(SeverityCombination, WeightsOfSixAndFourLetTheFirstDecideAloneAndTheSecondNever) {
    SeverityCombination weighted{.kind = Combination::weighted, .weights = {0.6, 0.4}};
    EXPECT_EQ(weighted(std::vector{5.0, 1.0}), 5);
    EXPECT_EQ(weighted(std::vector{1.0, 5.0}), 1);
    weighted.majority = 0.7;  // both
    EXPECT_EQ(weighted(std::vector{5.0, 1.0}), 1);
    weighted.majority = 0.3;  // either
    EXPECT_EQ(weighted(std::vector{1.0, 5.0}), 5);
}

}  // namespace
}  // namespace plantwright
