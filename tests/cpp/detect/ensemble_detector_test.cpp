// SPDX-License-Identifier: MIT
#include "plantwright/detect/ensemble_detector.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numeric>
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
using Stamps = std::vector<std::int64_t>;

constexpr std::int64_t kMinute = 60'000'000'000;

EnsembleOptions options_of(std::vector<MemberOptions> members = {MewmaOptions{.smoothing = 0.3},
                                                                 DynamicPcaOptions{.lags = 1},
                                                                 IsolationForestOptions{.n_estimators = 20}}) {
    EnsembleOptions options;
    options.members = std::move(members);
    options.false_alarm_rate = 0.01;
    return options;
}

const EnsembleDetector& fitted() {
    static const EnsembleDetector detector = EnsembleDetector::fit(plant_rows(3000, 4), options_of());
    return detector;
}

Stamps minutes(Index n) {
    Stamps times(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < times.size(); ++i) times[i] = static_cast<std::int64_t>(i) * kMinute;
    return times;
}

Matrix faulty_rows() {
    Matrix rows = plant_rows(400, 4, 7);
    for (Index i = 200; i < 300; ++i) rows(i, 2) += 60;  // some 13 deviations
    for (Index i = 0; i < 400; i += 13) rows(i, i % 4) = kNaN;
    return rows;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

TEST(EnsembleDetector, GivesTheBatchsBitsRowByRow) {
    const Matrix rows = faulty_rows();
    const VerdictTable batch = fitted().verdicts(rows, {}, true);
    StreamingDetector stream = fitted().stream();
    for (Index i = 0; i < rows.rows(); ++i) {
        const Verdict& verdict = stream.update(rows.row(i));
        ASSERT_TRUE(same(verdict.severity, batch.severity[i])) << i;
        ASSERT_TRUE(same(verdict.p_value, batch.p_value[i]));
        ASSERT_EQ(static_cast<std::uint8_t>(verdict.state), batch.state[i]);
        ASSERT_EQ(verdict.quality, batch.quality[i]);
        for (const Blamed& blamed : verdict.blame) ASSERT_EQ(blamed.share, batch.blame(i, blamed.sensor));
    }
}

TEST(EnsembleDetector, FindsAFaultBlamesItsSensorAndSaysHowFarItIsOff) {
    const Matrix rows = faulty_rows();
    StreamingDetector stream = fitted().stream();
    for (Index i = 0; i < 205; ++i) stream.update(rows.row(i));
    const Verdict& verdict = stream.verdict();
    EXPECT_EQ(verdict.state, AlarmState::alarm);
    ASSERT_FALSE(verdict.blame.empty());
    EXPECT_EQ(verdict.blame[0].sensor, 2);
    EXPECT_NEAR(verdict.blame[0].deviation, 60, 15);  // three deviations of what the others leave unexplained
    double sum = 0;
    for (const Blamed& blamed : verdict.blame) sum += blamed.share;
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_EQ(verdict.first_out_sensor, 2);
    EXPECT_GE(verdict.first_out_member, 0);
    ASSERT_TRUE(verdict.event.has_value());
    EXPECT_EQ(verdict.since, verdict.event->start);
    EXPECT_GE(verdict.since, 200 * fitted().period_ns());
}

TEST(EnsembleDetector, SaysWarmingUpUntilTheSlowestMemberIsWarm) {
    EXPECT_EQ(fitted().warm_up_rows(), 7);  // 2 / 0.3
    const VerdictTable table = fitted().verdicts(plant_rows(20, 4, 3));
    for (Index i = 0; i < 20; ++i) {
        EXPECT_EQ(std::isnan(table.severity[i]), i < 7) << i;
        EXPECT_EQ(table.state[i] == static_cast<std::uint8_t>(AlarmState::warming_up), i < 7);
    }
}

TEST(EnsembleDetector, KeepsTheRateOfFalseAlarmsThatWasAskedOnLaterRows) {
    const Matrix later = plant_rows(20'000, 4, 11);
    for (const Combination kind : {Combination::mean, Combination::vote, Combination::weighted}) {
        EnsembleOptions options = options_of();
        options.combination = {.kind = kind, .weights = {0.4, 0.3, 0.3}};
        const auto detector = EnsembleDetector::fit(plant_rows(10'000, 4), options);
        const auto signs = detector.predict(later);
        const auto alarms = static_cast<double>(std::count(signs.begin(), signs.end(), -1));
        EXPECT_GT(alarms / 200, 0.6);
        EXPECT_LT(alarms / 200, 1.6);
    }
}

TEST(EnsembleDetector, KeepsTheAlarmsADayThatWereAskedWithDelaysAndDeadBand) {
    EnsembleOptions options = options_of();
    options.false_alarm_rate.reset();
    options.alarms_per_day = 4;
    options.on_delay = 1;
    options.off_delay = 2;
    options.clear_share = 0.7;
    const auto detector = EnsembleDetector::fit(plant_rows(14'400, 4), options, minutes(14'400));  // ten days
    EXPECT_EQ(detector.period_ns(), kMinute);
    EXPECT_LE(detector.promised_rate(), 4);
    const auto signs = detector.predict(plant_rows(28'800, 4, 5), minutes(28'800));
    double events = 0;
    for (Index i = 1; i < signs.size(); ++i) events += signs[i] == -1 && signs[i - 1] == 1 ? 1 : 0;
    EXPECT_GT(events / 80, 0.5);
    EXPECT_LT(events / 80, 2);
}

TEST(EnsembleDetector, TellsOfAMemberThatFailsAndGoesOnWithTheOthers) {
    Matrix rows = plant_rows(2000, 3);
    for (Index i = 0; i < rows.rows(); ++i) rows(i, 2) = 2 * rows(i, 0);  // no covariance without shrinkage
    const auto detector =
        EnsembleDetector::fit(rows, options_of({MewmaOptions{.shrinkage = 0}, MewmaOptions{}, MewmaOptions{}}));
    EXPECT_EQ(detector.member_names(), (std::vector<std::string>{"MewmaChart 2", "MewmaChart 3"}));
    ASSERT_EQ(detector.left_out().size(), 1u);
    EXPECT_EQ(detector.left_out()[0].first, "MewmaChart");
    EXPECT_NE(detector.notes()[0].find("MewmaChart is left out: "), std::string::npos);
    const auto message =
        message_of<InvalidArgument>([&] { EnsembleDetector::fit(rows, options_of({MewmaOptions{.shrinkage = 0}})); });
    EXPECT_NE(message.find("no member could be fitted: MewmaChart: "), std::string::npos) << message;
}

TEST(EnsembleDetector, WarnsWhereTheRowsHoldFewerThanThirtyIndependentBlocks) {
    const auto few = EnsembleDetector::fit(plant_rows(200, 3), options_of({MewmaOptions{}}));
    ASSERT_FALSE(few.notes().empty());
    EXPECT_NE(few.notes()[0].find("independent blocks"), std::string::npos) << few.notes()[0];
    EXPECT_GT(few.promised_rate(), 0.01);
    EnsembleOptions often = options_of({MahalanobisOptions{}});
    often.false_alarm_rate = 0.05;
    const auto many = EnsembleDetector::fit(plant_rows(3000, 3), often);
    EXPECT_TRUE(many.notes().empty()) << many.notes()[0];
    EXPECT_LE(many.promised_rate(), 0.05);
    often.false_alarm_rate = 0.0005;  // of 3,000 rows: one or two
    const auto rare = EnsembleDetector::fit(plant_rows(3000, 3), often);
    ASSERT_EQ(rare.notes().size(), 1u);
    EXPECT_NE(rare.notes()[0].find("extrapolated by the tail; what they bear out is"), std::string::npos);
    EXPECT_GT(rare.rules().raise_level, 3);
}

TEST(EnsembleDetector, AlarmsOnWhatIsNewToSensorsThatNeverMoved) {
    const EnsembleOptions options = options_of({MahalanobisOptions{}});
    const auto detector = EnsembleDetector::fit(Matrix(500, 2, 7.0), options);
    EXPECT_DOUBLE_EQ(detector.promised_rate(), 20.0 / 500);
    EXPECT_FALSE(detector.notes().empty());
    Matrix rows(3, 2, 7.0);
    rows(1, 0) = 9;
    const auto signs = detector.predict(rows);
    EXPECT_EQ(std::vector<std::int32_t>(signs.begin(), signs.end()), (std::vector<std::int32_t>{1, -1, 1}));
}

TEST(EnsembleDetector, RefusesLateDoubledAndUntimedRowsWithAFlagAndAsIfTheyHadNotCome) {
    const Matrix rows = plant_rows(60, 4, 3);
    StreamingDetector with = fitted().stream(), without = fitted().stream();
    for (Index i = 0; i < 60; ++i) {
        const std::int64_t time = 1000 + i;
        const double severity = without.update(rows.row(i), time).severity;
        EXPECT_TRUE(same(with.update(rows.row(i), time).severity, severity));
        EXPECT_TRUE(with.update(rows.row(i), time).has(Quality::duplicate));
        EXPECT_TRUE(with.update(rows.row(i), time - 5).has(Quality::late) || i == 0);
        EXPECT_TRUE(with.update(rows.row(i), kMissingTime).has(Quality::untimed));
        EXPECT_TRUE(std::isnan(with.verdict().severity));
    }
}

TEST(EnsembleDetector, RefusesAStampFarAheadUnlessTheNextRowConfirmsIt) {
    const Matrix rows = plant_rows(60, 4, 3);
    const std::int64_t year = 365 * std::int64_t{86'400'000'000'000}, second = 1'000'000'000;
    StreamingDetector with = fitted().stream(), without = fitted().stream();
    for (Index i = 0; i < 40; ++i) {
        const double severity = without.update(rows.row(i), i * second).severity;
        EXPECT_TRUE(same(with.update(rows.row(i), i * second).severity, severity));
        EXPECT_TRUE(with.update(rows.row(i), i * second + (i % 2 == 0 ? 1 : 2) * year).has(Quality::future));
        EXPECT_EQ(with.verdict().state, without.verdict().state);
        EXPECT_EQ(to_strings(with.verdict().quality), std::vector<std::string_view>{"future"});
    }
    with = StreamingDetector::from_bytes(with.to_bytes(), std::make_shared<const EnsembleDetector>(fitted()));
    EXPECT_TRUE(with.update(rows.row(40), 3 * year).has(Quality::future));  // from far ahead of what was doubted
    EXPECT_TRUE(with.update(rows.row(41), 3 * year).has(Quality::future));
    const Verdict& verdict = with.update(rows.row(42), 3 * year + second);
    EXPECT_FALSE(verdict.has(Quality::future));
    EXPECT_TRUE(verdict.has(Quality::gap));
    EXPECT_EQ(verdict.state, AlarmState::warming_up);
    EXPECT_TRUE(with.update(rows.row(43), 41 * second).has(Quality::late));
}

TEST(EnsembleDetector, TakesDelaysInSeconds) {
    EnsembleOptions options = options_of({MahalanobisOptions{}});
    options.period_s = 60;
    options.on_delay_s = 300;
    options.off_delay_s = 61;
    const auto detector = EnsembleDetector::fit(plant_rows(2000, 4), options);
    EXPECT_EQ(detector.rules().on_delay, 5);
    EXPECT_EQ(detector.rules().off_delay, 2);
    EXPECT_EQ(detector.options().on_delay, 5);
    const auto message = [&](const auto& spoil) {
        EnsembleOptions bad = options;
        spoil(bad);
        return message_of<InvalidArgument>([&] { EnsembleDetector::fit(plant_rows(2000, 4), bad); });
    };
    EXPECT_NE(message([](auto& o) { o.on_delay = 3; }).find("0 rows where it is given in seconds"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.off_delay_s = -1; }).find("off_delay must be at least 0 seconds, got -1"),
              std::string::npos);
    EXPECT_NE(message([](auto& o) { o.on_delay_s = 1e12; }).find("at most 1000000 rows"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.period_s.reset(); }).find("a delay in seconds needs the time"),
              std::string::npos);
}

TEST(EnsembleDetector, BeginsAnewAfterAGapButKeepsAnAlarmThatStands) {
    const Matrix rows = faulty_rows();
    StreamingDetector stream = fitted().stream();
    for (Index i = 0; i < 240; ++i) stream.update(rows.row(i), i * 1'000'000'000);
    ASSERT_EQ(stream.verdict().state, AlarmState::alarm);
    const auto event = stream.verdict().event;
    const Verdict& verdict = stream.update(rows.row(240), std::int64_t{260} * 1'000'000'000);
    EXPECT_TRUE(verdict.has(Quality::gap));
    EXPECT_TRUE(std::isnan(verdict.severity));
    EXPECT_EQ(verdict.state, AlarmState::alarm);
    EXPECT_EQ(verdict.event, event);
    for (Index i = 310; i < 399; ++i) stream.update(rows.row(i), i * 1'000'000'000);
    EXPECT_EQ(stream.verdict().state, AlarmState::normal);
    EXPECT_FALSE(stream.verdict().event.has_value());
}

TEST(EnsembleDetector, GivesNoSeverityToARowWithoutAnyReading) {
    StreamingDetector stream = fitted().stream();
    const Matrix rows = plant_rows(30, 4, 3);
    for (Index i = 0; i < 30; ++i) stream.update(rows.row(i));
    const Verdict& verdict = stream.update(std::vector<double>(4, kNaN));
    EXPECT_TRUE(verdict.has(Quality::no_reading));
    EXPECT_EQ(verdict.n_missing, 4);
    EXPECT_TRUE(std::isnan(verdict.severity));
    EXPECT_EQ(verdict.state, AlarmState::normal);
    EXPECT_TRUE(stream.update(std::vector<double>{kNaN, 200, HUGE_VAL, 400}).has(Quality::missing_readings));
    EXPECT_EQ(stream.verdict().n_missing, 2);
    EXPECT_FALSE(std::isnan(stream.verdict().severity));
}

TEST(EnsembleDetector, AShelvedStreamGoesOnAndSpeaksAgainWhenItsTimeIsOver) {
    const Matrix rows = faulty_rows();
    StreamingDetector stream = fitted().stream();
    stream.shelve(220);
    for (Index i = 0; i < 230; ++i) {
        const Verdict& verdict = stream.update(rows.row(i), i);
        EXPECT_EQ(verdict.state == AlarmState::shelved, i < 220) << i;
        EXPECT_FALSE(verdict.alarm() && i < 220);
    }
    EXPECT_EQ(stream.verdict().state, AlarmState::alarm);
    EXPECT_LT(stream.verdict().since, 210);  // the event that began while shelved
}

TEST(SavedStream, GoesOnWithTheSameBitsFromAnyRowOn) {
    const Matrix rows = faulty_rows();
    const auto detector = std::make_shared<const EnsembleDetector>(fitted());
    StreamingDetector whole(detector, "unit 1"), cut(detector, "unit 1");
    for (Index i = 0; i < rows.rows(); ++i) {
        const Verdict expected = whole.update(rows.row(i));
        if (i % 9 == 4) cut = StreamingDetector::from_bytes(cut.to_bytes(), detector);
        const Verdict& verdict = cut.update(rows.row(i));
        ASSERT_TRUE(same(verdict.severity, expected.severity)) << i;
        ASSERT_EQ(verdict.state, expected.state);
        ASSERT_EQ(verdict.event, expected.event);
        ASSERT_EQ(verdict.since, expected.since);
        ASSERT_EQ(verdict.first_out_sensor, expected.first_out_sensor);
        ASSERT_EQ(verdict.blame.size(), expected.blame.size());
        for (std::size_t k = 0; k < verdict.blame.size(); ++k)
            ASSERT_EQ(verdict.blame[k].share, expected.blame[k].share);
    }
}

TEST(SavedStream, NamesEventsByDetectorSourceAndStart) {
    const auto detector = std::make_shared<const EnsembleDetector>(fitted());
    const auto event = [&](const char* source) {
        StreamingDetector stream(detector, source);
        const Matrix rows = faulty_rows();
        for (Index i = 0; i < 230; ++i) stream.update(rows.row(i));
        return stream.verdict().event.value().text();
    };
    EXPECT_EQ(event("unit 1"), event("unit 1"));
    EXPECT_NE(event("unit 1"), event("unit 2"));
    EXPECT_EQ(event("").substr(17), std::to_string(fitted().stream().state().started + 200'000'000'000));
}

TEST(SavedStream, RefusesTheStateOfAnotherDetector) {
    const auto other = std::make_shared<const EnsembleDetector>(
        EnsembleDetector::fit(plant_rows(1000, 4, 2), options_of({MewmaOptions{}})));
    const auto bytes = fitted().stream().to_bytes();
    EXPECT_NE(
        message_of<InvalidArgument>([&] { StreamingDetector::from_bytes(bytes, other); }).find("another detector"),
        std::string::npos);
}

TEST(SavedStream, EveryFlippedByteIsAnErrorOfOursOrAValidState) {
    const auto detector = std::make_shared<const EnsembleDetector>(
        EnsembleDetector::fit(plant_rows(400, 2), options_of({MewmaOptions{}, DynamicPcaOptions{}, MahalanobisOptions{},
                                                              IsolationForestOptions{.n_estimators = 3}})));
    StreamingDetector stream(detector);
    const Matrix rows = plant_rows(40, 2, 3);
    for (Index i = 0; i < 40; ++i) stream.update(rows.row(i));
    const auto bytes = stream.to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            StreamingDetector::from_bytes(bad, detector).update(rows.row(0));
        } catch (const Error&) {
        }
    }
}

/// The archive's checksums stop a flipped byte; these values pass them.
TEST(SavedStream, RefusesStatesThatNoStreamCanHave) {
    const auto refuses = [](const auto& spoil) {
        StreamingDetector stream = fitted().stream();
        EnsembleStreamState state = stream.state();
        spoil(state);
        EXPECT_THROW(
            {
                const auto bytes = io::to_bytes(state);
                StreamingDetector::from_bytes(bytes, std::make_shared<const EnsembleDetector>(fitted()));
            },
            CorruptModel);
    };
    refuses([](auto& s) { s.members.pop_back(); });
    refuses([](auto& s) { std::swap(s.members[0], s.members[1]); });
    refuses([](auto& s) { std::get<MewmaChart::State>(s.members[0]).z = Vector(3, 0.0); });
    refuses([](auto& s) { std::get<MewmaChart::State>(s.members[0]).z[1] = kNaN; });
    refuses([](auto& s) { std::get<DynamicPca::State>(s.members[1]).rows_seen = -1; });
    refuses([](auto& s) { std::get<DynamicPca::State>(s.members[1]).window = Vector(5, 0.0); });
    refuses([](auto& s) { std::get<IsolationRows::State>(s.members[2]).row = Vector(99, 0.0); });
    refuses([](auto& s) { s.alarm.phase = static_cast<AlarmPhase>(9); });
    refuses([](auto& s) { s.first_out_sensor = 4; });
    refuses([](auto& s) { s.lead_member = 3, s.lead_sensor = 0; });
    refuses([](auto& s) { s.rows_since_start = 1'000'000; });
}

TEST(SavedEnsembleDetector, ComesBackBitForBitAndWithItsId) {
    const auto bytes = fitted().to_bytes();
    const auto again = EnsembleDetector::from_bytes(bytes);
    EXPECT_EQ(again.to_bytes(), bytes);
    EXPECT_EQ(again.id(), fitted().id());
    EXPECT_EQ(again.options().false_alarm_rate, 0.01);
    const Matrix rows = faulty_rows();
    const Vector expected = fitted().severity(rows), got = again.severity(rows);
    for (Index i = 0; i < rows.rows(); ++i) ASSERT_TRUE(same(got[i], expected[i]));
    EXPECT_EQ(EnsembleDetector::fit(plant_rows(3000, 4), options_of()).id(), fitted().id());
}

TEST(SavedEnsembleDetector, ComesBackWithTheOptionsThatFitItAgainToTheBit) {
    EnsembleOptions options = options_of(
        {MewmaOptions{.smoothing = 0.3}, DynamicPcaOptions{.lags = 2, .n_components = 3}, MahalanobisOptions{},
         IsolationForestOptions{.n_estimators = 7,
                                .max_samples = RowCount(0.1),
                                .max_features = MaxFeatures::count(3),
                                .bootstrap = true,
                                .random_state = 5},
         RangeRulesOptions{.step_factor = 4, .lowest = Vector(4, 1.0)}, HalfSpaceTreesOptions{.depth = 5},
         WindowKMeansOptions{.window = 3, .n_clusters = 2}, MewmaOptions{.shrinkage = 2}});
    options.on_delay = 2;
    const Matrix rows = plant_rows(1000, 4);
    const auto detector = EnsembleDetector::fit(rows, options);
    EXPECT_EQ(detector.left_out().size(), 1u);
    const auto again = EnsembleDetector::from_bytes(detector.to_bytes());
    ASSERT_EQ(again.options().members.size(), 8u);
    EXPECT_EQ(EnsembleDetector::fit(rows, again.options()).to_bytes(), detector.to_bytes());
}

TEST(SavedEnsembleDetector, EveryFlippedByteIsAnErrorOfOursOrAValidDetector) {
    const auto detector = EnsembleDetector::fit(
        plant_rows(200, 2),
        options_of({MewmaOptions{}, IsolationForestOptions{.n_estimators = 1, .max_samples = RowCount(8)}}));
    const auto bytes = detector.to_bytes();
    const Matrix rows = plant_rows(5, 2);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            EnsembleDetector::from_bytes(bad).severity(rows);
        } catch (const Error&) {
        }
    }
}

TEST(EnsembleDetector, ReadsSensorsAndTimeOfATableByName) {
    const Matrix rows = plant_rows(2000, 2);
    Buffer<std::int64_t> times(2000);
    for (Index i = 0; i < 2000; ++i) times[i] = i * kMinute;
    const Frame frame =
        testing::frame_of(rows, {"steam_t", "load"})
            .with({.name = "time", .kind = ColumnKind::time, .role = Role::time}, Column::times(std::move(times)));
    EnsembleOptions options = options_of();
    options.false_alarm_rate.reset();
    options.alarms_per_day = 20;
    const auto detector = EnsembleDetector::fit(frame, options);
    EXPECT_EQ(detector.names(), (std::vector<std::string>{"steam_t", "load"}));
    EXPECT_EQ(detector.time_name(), "time");
    EXPECT_EQ(detector.period_ns(), kMinute);
    EXPECT_EQ(detector.severity(frame)[1999], EnsembleDetector::fit(rows, options, minutes(2000)).severity(rows)[1999]);
}

TEST(EnsembleDetector, LeavesOutTrainingRowsThatAStreamWouldRefuse) {
    Matrix rows = plant_rows(3000, 4);
    Stamps times = minutes(3000);
    times[500] = times[499];
    for (Index j = 0; j < 4; ++j) rows(700, j) = kNaN;
    const auto detector = EnsembleDetector::fit(rows, options_of(), times);
    ASSERT_EQ(detector.notes().size(), 2u);
    EXPECT_EQ(detector.notes()[0], "1 training rows are late, doubled or without a stamp and were left out");
    EXPECT_EQ(detector.notes()[1], "1 training rows have no reading and were left out");
}

TEST(EnsembleDetector, NamesOptionsThatAreOutOfRange) {
    const Matrix rows = plant_rows(300, 2);
    const auto message = [&](const auto& spoil) {
        EnsembleOptions options = options_of({MewmaOptions{}});
        spoil(options);
        return message_of<InvalidArgument>([&] { EnsembleDetector::fit(rows, options); });
    };
    EXPECT_NE(message([](auto& o) { o.alarms_per_day = 1; }).find("exactly one of"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.false_alarm_rate.reset(); }).find("got 0"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.false_alarm_rate = 0.5; }).find("false_alarm_rate must be in (0, 0.25]"),
              std::string::npos);
    EXPECT_NE(message([](auto& o) { o.false_alarm_rate.reset(), o.alarms_per_day = 1; }).find("period_s"),
              std::string::npos);
    EXPECT_NE(message([](auto& o) { o.members.clear(); }).find("members must be 1 to 32"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.n_folds = 1; }).find("n_folds must be in [2, 100], got 1"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.clear_share = 0; }).find("clear_share"), std::string::npos);
    EXPECT_NE(message([](auto& o) { o.combination.kind = Combination::weighted; }).find("weights must be one a member"),
              std::string::npos);
    EXPECT_NE(message([](auto& o) { o.combination.n_votes = 2; }).find("n_votes"), std::string::npos);
    EXPECT_NE(message([](auto& o) {
                  o.false_alarm_rate.reset(), o.alarms_per_day = 1e6, o.period_s = 60;
              }).find("ask for less"),
              std::string::npos);
    EXPECT_THROW(EnsembleDetector::fit(plant_rows(50, 2), options_of()), InvalidArgument);
    EXPECT_THROW(fitted().severity(plant_rows(5, 3)), InvalidArgument);
    EXPECT_THROW(StreamingDetector(std::make_shared<const EnsembleDetector>()), NotFitted);
}

}  // namespace
}  // namespace plantwright
