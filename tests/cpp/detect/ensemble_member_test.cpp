// SPDX-License-Identifier: MIT
#include "plantwright/detect/ensemble_member.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/streaming_detector.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

constexpr Index kSensors = 4, kShifted = 2;

struct Case {
    std::string name;
    MemberOptions options;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> cases() {
    return {{"MewmaChart", MewmaOptions{.smoothing = 0.3}},
            {"DynamicPca", DynamicPcaOptions{}},
            {"Mahalanobis", MahalanobisOptions{}},
            {"IsolationForest", IsolationForestOptions{.n_estimators = 30}},
            {"RangeRules", RangeRulesOptions{}},
            {"HalfSpaceTrees", HalfSpaceTreesOptions{.n_trees = 10, .depth = 8, .window = 50}},
            {"WindowKMeans", WindowKMeansOptions{.window = 5}},
            {"LSTMAutoencoder",
             LSTMAutoencoderOptions{
                 .window = 6, .encoder = {6}, .bottleneck = 3, .decoder = {6}, .max_epochs = 4, .pca_twin = false}},
            {"RollingIsolation", RollingIsolationOptions{.window = 8, .n_estimators = 50}}};
}

class EveryMember : public ::testing::TestWithParam<Case> {
protected:
    EnsembleMember member_ = EnsembleMember::fit(plant_rows(600, kSensors), GetParam().options);
};

INSTANTIATE_TEST_SUITE_P(, EveryMember, ::testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });

/// Sensor kShifted far up from row 100 on; some readings are missing.
Matrix shifted_rows() {
    Matrix rows = plant_rows(160, kSensors, 3);
    for (Index i = 100; i < 160; ++i) rows(i, kShifted) += 60;
    for (Index i = 7; i < 160; i += 5) rows(i, i % kSensors) = kNaN;
    return rows;
}

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Saved in a stream's file, and back.
MemberState reloaded(const EnsembleMember& member, const MemberState& state) {
    EnsembleStreamState stream;
    stream.members = {state};
    auto again = io::from_bytes<EnsembleStreamState>(io::to_bytes(stream));
    member.restore(again.members.front());
    return again.members.front();
}

TEST_P(EveryMember, GoesOnWithTheSameBitsFromAnyStateThatWasSaved) {
    const Matrix rows = shifted_rows();
    MemberState whole = member_.start(), cut = member_.start();
    for (Index i = 0; i < rows.rows(); ++i) {
        const double expected = member_.update(whole, rows.row(i));
        if (i % 13 == 4 || i == 1) cut = reloaded(member_, cut);
        ASSERT_TRUE(same(member_.update(cut, rows.row(i)), expected)) << i;
        ASSERT_EQ(std::isnan(expected), i < member_.warm_up_rows()) << i;
        const Vector shares = member_.contributions(whole), again = member_.contributions(reloaded(member_, cut));
        for (Index j = 0; j < kSensors; ++j) ASSERT_TRUE(same(again[j], shares[j])) << i;
    }
}

TEST_P(EveryMember, BlamesTheSensorThatIsShiftedAndNeverLessThanNothing) {
    const Matrix rows = shifted_rows();
    MemberState state = member_.start();
    Index named = 0, there = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
        if (std::isnan(member_.update(state, rows.row(i)))) continue;
        const Vector shares = member_.contributions(state);
        for (const double share : shares) ASSERT_GE(share, 0) << i;
        if (i < 110 || i >= 125 || std::isnan(rows(i, kShifted))) continue;
        ++there;
        named += std::max_element(shares.begin(), shares.end()) - shares.begin() == kShifted ? 1 : 0;
    }
    EXPECT_GE(named, there * 8 / 10) << "of " << there;
}

TEST_P(EveryMember, ScoresRowsThatAreShiftedWorse) {
    const Matrix rows = shifted_rows();
    MemberState state = member_.start();
    std::vector<double> normal, shifted;
    for (Index i = 0; i < 120; ++i) {
        const double statistic = member_.update(state, rows.row(i));
        if (i >= 20 && i < 100) normal.push_back(statistic);
        if (i >= 104 && !std::isnan(rows(i, kShifted))) shifted.push_back(statistic);
    }
    std::sort(normal.begin(), normal.end());
    std::sort(shifted.begin(), shifted.end());
    EXPECT_GT(shifted[shifted.size() / 2], normal[normal.size() * 3 / 4]);  // isolation forests see one of four sensors
}

TEST_P(EveryMember, ComesBackFromAFileWithTheSameBits) {
    const EnsembleDetector detector =
        EnsembleDetector::fit(plant_rows(600, kSensors), {.members = {GetParam().options}, .false_alarm_rate = 0.05});
    const auto bytes = detector.to_bytes();
    EXPECT_EQ(EnsembleDetector::from_bytes(bytes).to_bytes(), bytes);
    const Matrix rows = shifted_rows();
    const Vector expected = detector.severity(rows), got = EnsembleDetector::from_bytes(bytes).severity(rows);
    for (Index i = 0; i < rows.rows(); ++i) ASSERT_TRUE(same(got[i], expected[i])) << i;
}

TEST_P(EveryMember, TakesNoStateOfAnotherMemberOrOfOtherSensors) {
    const auto other_plant = EnsembleMember::fit(plant_rows(300, kSensors + 1), GetParam().options);
    EnsembleStreamState stream;
    stream.members = {other_plant.start()};
    other_plant.update(stream.members.front(), plant_rows(1, kSensors + 1).row(0));
    auto loaded = io::from_bytes<EnsembleStreamState>(io::to_bytes(stream));
    EXPECT_THROW(member_.restore(loaded.members.front()), CorruptModel);
    for (const Case& other : cases()) {
        if (other.name == GetParam().name) continue;
        MemberState state = EnsembleMember::fit(plant_rows(300, kSensors), other.options).start();
        EXPECT_THROW(member_.restore(state), CorruptModel) << other.name;
    }
}

TEST_P(EveryMember, EveryFlippedByteOfAStateIsAnErrorOfOursOrAValidState) {
    const Matrix rows = shifted_rows();
    EnsembleStreamState stream;
    stream.members = {member_.start()};
    for (Index i = 0; i < 40; ++i) member_.update(stream.members.front(), rows.row(i));
    const auto bytes = io::to_bytes(stream);
    for (std::size_t i = 0; i < bytes.size(); i += 1 + bytes.size() / 3000) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            auto loaded = io::from_bytes<EnsembleStreamState>(bad);
            member_.restore(loaded.members.at(0));
            member_.update(loaded.members[0], rows.row(0));
        } catch (const Error&) {
        }
    }
}

/// The state as `spoil` leaves it, past a file's checksums, is refused.
template <class State, class Options, class Spoil>
void expect_refused(const Options& options, const Spoil& spoil) {
    const EnsembleMember member = EnsembleMember::fit(plant_rows(300, kSensors), options);
    MemberState state = member.start();
    const Matrix rows = shifted_rows();
    for (Index i = 0; i < 30; ++i) member.update(state, rows.row(i));
    EnsembleStreamState stream;
    stream.members = {state};
    auto loaded = io::from_bytes<EnsembleStreamState>(io::to_bytes(stream));
    spoil(std::get<State>(loaded.members.front()));
    EXPECT_THROW(member.restore(loaded.members.front()), CorruptModel);
}

TEST(EnsembleMember, RefusesStatesThatRulesCannotHave) {
    const auto refused = [](const auto& spoil) { expect_refused<RangeRules::State>(RangeRulesOptions{}, spoil); };
    refused([](auto& s) { s.last = Vector(3, 0.0); });
    refused([](auto& s) { s.last[0] = HUGE_VAL; });
    refused([](auto& s) { s.since[1] = -1; });
    refused([](auto& s) { s.standstill[1] = kNaN; });
    refused([](auto& s) { s.level[2] = HUGE_VAL; });
    refused([](auto& s) { s.rule[0] = static_cast<Rule>(9); });
    refused([](auto& s) { s.rule.pop_back(); });
}

TEST(EnsembleMember, RefusesStatesThatTreesCannotHave) {
    const auto refused = [](const auto& spoil) {
        expect_refused<HalfSpaceTrees::State>(HalfSpaceTreesOptions{.n_trees = 3, .depth = 4, .window = 20}, spoil);
    };
    refused([](auto& s) { s.reading[1] = 1e9; });
    refused([](auto& s) { s.reading = Vector(1, 0.0); });
    refused([](auto& s) { s.loaded.place[5] = s.loaded.place[4]; });
    refused([](auto& s) { s.loaded.place[s.loaded.place.size() - 1] = 1'000'000; });
    refused([](auto& s) { s.loaded.latest = {}; });
    refused([](auto& s) { s.loaded.reference[0] = 21; });  // more than there are rows
    refused([](auto& s) { s.loaded.latest[1] = 60000; });  // more than came by its parent
    refused([](auto& s) { s.reference_rows = 0; });
    refused([](auto& s) { s.latest_rows = 21; });
    refused([](auto& s) { s.statistic = -1; });
}

TEST(EnsembleMember, RefusesStatesThatWindowsCannotHave) {
    const auto refused = [](const auto& spoil) {
        expect_refused<WindowKMeans::State>(WindowKMeansOptions{.window = 5}, spoil);
    };
    refused([](auto& s) { s.window(2, 2) = kNaN; });
    refused([](auto& s) { s.window = Matrix(4, kSensors, 0.0); });
    refused([](auto& s) { s.squares[0] = -1; });
    refused([](auto& s) { s.distance = HUGE_VAL; });
    refused([](auto& s) { std::fill(s.squares.begin(), s.squares.end(), 0.0); });
    refused([](auto& s) { s.rows_seen = -5; });
}

TEST(EnsembleMember, SavesOfHalfSpaceTreesWhatTheTwoWindowsPassedAlone) {
    const EnsembleMember member = EnsembleMember::fit(plant_rows(600, kSensors), HalfSpaceTreesOptions{});
    EnsembleStreamState stream;
    stream.members = {member.start()};
    const Matrix rows = plant_rows(700, kSensors, 5);
    for (Index i = 0; i < 700; ++i) member.update(stream.members.front(), rows.row(i));
    EXPECT_LT(io::to_bytes(stream).size(), 1'000'000u);  // of 13 MB
}

EnsembleOptions with_rules() {
    return {.members = {MewmaOptions{}, DynamicPcaOptions{}, IsolationForestOptions{.n_estimators = 30},
                        RangeRulesOptions{}},
            .false_alarm_rate = 0.01};
}

TEST(EnsembleOfRules, FindsASensorThatIsStuckAndSaysWhichRuleItBreaks) {
    const auto detector = EnsembleDetector::fit(plant_rows(4000, kSensors), with_rules());
    Matrix rows = plant_rows(300, kSensors, 9);
    for (Index i = 200; i < 300; ++i) rows(i, 1) = rows(199, 1);
    StreamingDetector stream = detector.stream();
    for (Index i = 0; i < 215; ++i) stream.update(rows.row(i));
    Index alarms = 0;
    for (Index i = 215; i < 300; ++i) {
        const Verdict& verdict = stream.update(rows.row(i));
        const auto stuck = std::find_if(verdict.broken.begin(), verdict.broken.end(),
                                        [](const BrokenRule& b) { return b.sensor == 1; });
        ASSERT_NE(stuck, verdict.broken.end());
        EXPECT_EQ(stuck->rule, Rule::standstill);
        alarms += verdict.alarm() ? 1 : 0;
    }
    EXPECT_GT(alarms, 80);
    EXPECT_EQ(stream.verdict().blame.front().sensor, 1);
}

TEST(EnsembleOfRules, TakesLimitsFromTheSchemaOfItsTable) {
    Frame frame = testing::frame_of(plant_rows(2000, 2), {"steam_t", "load"});
    ColumnSpec known = frame.schema().at("load");
    known.highest = 203.5;
    frame = frame.with(known, frame.column("load"));
    const auto detector = EnsembleDetector::fit(frame, with_rules());
    const auto& rules = std::get<RangeRules>(detector.members().back().detector());
    EXPECT_EQ(rules.highest()[1], 203.5);
    EXPECT_GT(rules.highest()[0], 103);  // learned
}

}  // namespace
}  // namespace plantwright
