// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/simulate/reactor.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

const std::vector<std::string> kConditionNames = {"feed_A_mol_min", "feed_B_mol_min",  "pressure_atm",
                                                  "inlet_K",        "coolant_mol_min", "coolant_inlet_K"};
const std::vector<std::string> kOutcomeNames = {"yield_C",  "conversion_A",  "T_max_K",
                                                "outlet_K", "out_A_mol_min", "coolant_outlet_K"};

std::vector<Index> rows_of_mode(const Frame& frame, const std::string& mode) {
    const Column& modes = frame.column("mode");
    std::vector<Index> rows;
    for (Index i = 0; i < frame.rows(); ++i) {
        if (modes.levels()[static_cast<std::size_t>(modes.codes()[i])] == mode) rows.push_back(i);
    }
    return rows;
}

/// Correlation of a column's deviations from its mean with those `lag` rows later, within campaigns.
double autocorrelation(const Frame& frame, const std::string& name, Index lag) {
    const ConstVectorView values = column(frame, name), campaign = column(frame, "campaign");
    double mean = 0, products = 0, squares = 0, pairs = 0;
    for (Index i = 0; i < values.size(); ++i) mean += values[i] / static_cast<double>(values.size());
    for (Index i = 0; i < values.size(); ++i) squares += (values[i] - mean) * (values[i] - mean);
    for (Index i = lag; i < values.size(); ++i) {
        if (campaign[i] != campaign[i - lag]) continue;
        products += (values[i] - mean) * (values[i - lag] - mean);
        ++pairs;
    }
    return products / pairs / (squares / static_cast<double>(values.size()));
}

TEST(ReactorHistory, HasOneRowAnHourAndEveryModeInTurn) {
    const Frame frame = Reactor().steady_states({.n = 2000, .seed = 1});
    ASSERT_EQ(frame.rows(), 2000);
    const auto times = frame.column("time").times();
    EXPECT_EQ(times[0], 1672531200000000000);  // 2023-01-01 00:00
    EXPECT_EQ(times[1999] - times[0], 1999 * 3'600'000'000'000);
    for (const ReactorMode& mode : reactor_modes()) EXPECT_GT(rows_of_mode(frame, mode.name).size(), 200u) << mode.name;
    const ConstVectorView campaign = column(frame, "campaign"), hour = column(frame, "campaign_hour");
    for (Index i = 1; i < 2000; ++i) {
        ASSERT_EQ(hour[i], campaign[i] == campaign[i - 1] ? hour[i - 1] + 1 : 0);
    }
}

TEST(ReactorHistory, MeasurementsAreInputsAndTargetsTruthAndLabelsAreNeither) {
    const Frame frame = Reactor().steady_states({.n = 10});
    const std::vector<std::string> inputs = frame.schema().input_names();
    EXPECT_EQ(inputs, (std::vector<std::string>{"mode", "campaign_hour", "feed_A_mol_min", "feed_B_mol_min",
                                                "pressure_atm", "inlet_K", "coolant_mol_min", "coolant_inlet_K"}));
    EXPECT_EQ(frame.schema().at("yield_C").role, Role::target);
    EXPECT_EQ(frame.schema().at("campaign").role, Role::group);
    EXPECT_EQ(frame.schema().at("true_yield_C").role, Role::ignored);
    EXPECT_EQ(frame.schema().at("T_max_K").unit, "K");
}

TEST(ReactorHistory, TheTruthOfAnHourIsTheSteadyStateOfItsTrueConditions) {
    const Reactor reactor;
    const Frame frame = reactor.steady_states({.n = 500, .seed = 4});
    for (const Index row : {0, 123, 499}) {
        const auto truth = [&](const char* name) { return column(frame, std::string("true_") + name)[row]; };
        const ReactorOutcome out = reactor.solve({.feed_A_mol_min = truth("feed_A_mol_min"),
                                                  .feed_B_mol_min = truth("feed_B_mol_min"),
                                                  .pressure_atm = truth("pressure_atm"),
                                                  .inlet_K = truth("inlet_K"),
                                                  .coolant_mol_min = truth("coolant_mol_min"),
                                                  .coolant_inlet_K = truth("coolant_inlet_K"),
                                                  .heat_transfer = truth("heat_transfer")});
        EXPECT_EQ(truth("yield_C"), out.yield_C);
        EXPECT_EQ(truth("T_max_K"), out.T_max_K);
        EXPECT_EQ(truth("out_D_mol_min"), out.out_D_mol_min);
    }
}

TEST(ReactorHistory, WithoutNoiseTheMeasurementsAreTheTruth) {
    const Frame frame = Reactor().steady_states({.n = 200, .noise = 0});
    for (const auto* names : {&kConditionNames, &kOutcomeNames}) {
        for (const std::string& name : *names) {
            EXPECT_EQ(frame.column(name).to_float64(), frame.column("true_" + name).to_float64()) << name;
        }
    }
}

TEST(ReactorHistory, NoiseChangesWhatIsMeasuredAndNothingElse) {
    const Frame quiet = Reactor().steady_states({.n = 400, .noise = 0}), usual = Reactor().steady_states({.n = 400}),
                loud = Reactor().steady_states({.n = 400, .noise = 3});
    for (Index j = 0; j < usual.cols(); ++j) {
        const ColumnSpec& spec = usual.schema()[j];
        if (spec.role != Role::ignored || spec.kind != ColumnKind::number) continue;
        EXPECT_EQ(quiet.column(j).to_float64(), loud.column(j).to_float64()) << spec.name;
    }
    for (const std::string& name : kConditionNames) {
        double usual_error = 0, loud_error = 0;
        for (Index i = 0; i < 400; ++i) {
            usual_error += std::fabs(column(usual, name)[i] - column(usual, "true_" + name)[i]);
            loud_error += std::fabs(column(loud, name)[i] - column(loud, "true_" + name)[i]);
        }
        EXPECT_NEAR(loud_error, 3 * usual_error, 1e-6 * loud_error) << name;
    }
}

TEST(ReactorHistory, AtRestEveryHourIsTheSteadyStateOfItsModesSetPoints) {
    const Reactor reactor;
    const Frame frame = reactor.steady_states({.n = 800, .upsets_per_campaign = 0, .wander = 0, .noise = 0});
    for (const ReactorMode& mode : reactor.options().modes) {
        const double expected = reactor.solve(mode.set_points).yield_C;
        for (const Index row : rows_of_mode(frame, mode.name)) ASSERT_EQ(column(frame, "yield_C")[row], expected);
    }
    for (const double off_spec : frame.column("off_spec").to_float64()) ASSERT_EQ(off_spec, 0);
}

TEST(ReactorHistory, ConditionsRememberTheHourBeforeAndForgetTheWeekBefore) {
    const Reactor reactor({.tolerance = 1e-3, .modes = {{"only", {}}}});  // conditions alone count
    const Frame frame = reactor.steady_states({.n = 6000, .upsets_per_campaign = 0});
    for (const std::string& name : kConditionNames) {
        const double next = autocorrelation(frame, "true_" + name, 1), measured = autocorrelation(frame, name, 1);
        EXPECT_GT(next, 0.75) << name;
        EXPECT_LT(measured, next) << name;  // noise has no memory
        EXPECT_LT(autocorrelation(frame, "true_" + name, 70), next - 0.4) << name;
    }
}

TEST(ReactorHistory, AModesHoursAreTheSameWhicheverOtherModesThereAre) {
    const Frame all = Reactor().steady_states({.n = 1500, .seed = 9});
    const Reactor alone({.modes = {reactor_modes()[2]}});
    const Frame one = alone.steady_states({.n = 1500, .seed = 9});
    const std::vector<Index> rows = rows_of_mode(all, "mild");
    ASSERT_GT(rows.size(), 250u);
    for (const char* name : {"pressure_atm", "true_coolant_mol_min", "yield_C", "T_max_K"}) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            ASSERT_EQ(column(all, name)[rows[i]], column(one, name)[static_cast<Index>(i)]) << name << " " << i;
        }
    }
}

TEST(ReactorHistory, TheStreamsOfTwoModesAreIndependent) {
    const ReactorConditions same;
    const Reactor twins({.tolerance = 1e-3, .modes = {{"first", same}, {"second", same}}});  // conditions alone count
    const Frame frame = twins.steady_states({.n = 12'000, .upsets_per_campaign = 0});
    const std::vector<Index> first = rows_of_mode(frame, "first"), second = rows_of_mode(frame, "second");
    const std::size_t n = std::min(first.size(), second.size());
    ASSERT_GT(n, 4000u);
    const ConstVectorView pressure = column(frame, "true_pressure_atm");
    double products = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double a = pressure[first[i]] - 4.92, b = pressure[second[i]] - 4.92;
        products += a * b;
        squares += (a * a + b * b) / 2;
    }
    EXPECT_LT(std::fabs(products / squares), 0.4);  // some 50 campaigns a mode, each with an offset of its own
}

TEST(ReactorHistory, TheTableOfUpsetsAgreesWithTheLabelsOfTheRows) {
    const Reactor reactor;
    const ReactorHistoryOptions options{.n = 3000, .seed = 2};
    ReactorHistoryOptions calm = options;
    calm.upsets_per_campaign = 0;
    const Frame frame = reactor.steady_states(options), without = reactor.steady_states(calm),
                upsets = reactor.upsets(options);
    ASSERT_GT(upsets.rows(), 20);
    const auto times = frame.column("time").times(), start = upsets.column("start").times(),
               end = upsets.column("end").times();
    std::vector<int> upset_of(3000, 0);
    for (Index u = 0; u < upsets.rows(); ++u) {
        const int condition = upsets.column("condition").codes()[u];
        const std::string name = "true_" + kConditionNames[static_cast<std::size_t>(condition)];
        for (Index i = 0; i < 3000; ++i) {
            if (times[i] < start[u] || times[i] >= end[u]) continue;
            upset_of[static_cast<std::size_t>(i)] = condition + 1;
            ASSERT_NEAR(column(frame, name)[i] - column(without, name)[i], column(upsets, "shift")[u], 1e-9);
        }
    }
    for (Index i = 0; i < 3000; ++i) {
        ASSERT_EQ(frame.column("upset").codes()[i], upset_of[static_cast<std::size_t>(i)]) << i;
    }
}

TEST(ReactorHistory, OffSpecAndRunawayFollowFromTheTruth) {
    const Reactor reactor({.runaway_K = 680});
    const Frame frame = reactor.steady_states({.n = 3000, .seed = 2});
    double off_spec = 0, runaways = 0;
    for (Index i = 0; i < 3000; ++i) {
        ASSERT_EQ(column(frame, "off_spec")[i], column(frame, "true_yield_C")[i] < column(frame, "yield_target")[i]);
        ASSERT_EQ(column(frame, "runaway")[i], column(frame, "true_T_max_K")[i] > 680);
        off_spec += column(frame, "off_spec")[i];
        runaways += column(frame, "runaway")[i];
    }
    EXPECT_GT(off_spec, 60);
    EXPECT_LT(off_spec, 900);
    EXPECT_GT(runaways, 60);
}

TEST(ReactorHistory, TheSameOptionsGiveTheSameBitsForAnyNumberOfThreadsAndAnotherSeedOthers) {
    const ReactorHistoryOptions options{.n = 700, .seed = 7};
    const std::uint64_t expected = fingerprint(Reactor().steady_states(options));
    EXPECT_EQ(fingerprint(Reactor({.n_jobs = 4}).steady_states(options)), expected);
    EXPECT_NE(fingerprint(Reactor().steady_states({.n = 700, .seed = 8})), expected);
}

TEST(ReactorHistory, GivesTheBitsItGaveWhenThisTestWasWritten) {
    // The promise across machines and compilers. A change of the physics changes the number, on purpose: say so in
    // CHANGELOG.
    EXPECT_EQ(fingerprint(Reactor().steady_states({.n = 700, .seed = 7})), 13645981347517931279u);
}

TEST(ReactorHistory, RefusesOptionsOutOfRange) {
    const Reactor reactor;
    EXPECT_THROW(reactor.steady_states({.n = 0}), InvalidArgument);
    EXPECT_THROW(reactor.steady_states({.upsets_per_campaign = -1}), InvalidArgument);
    EXPECT_THROW(reactor.steady_states({.wander = kNaN}), InvalidArgument);
    EXPECT_THROW(reactor.steady_states({.noise = 11}), InvalidArgument);
    try {
        reactor.upsets({.start = "soon"});
        FAIL();
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(),
                     "Reactor.steady_states: start must be a date like 2023-01-01 between 1970 and 2200, got 'soon'");
    }
}

TEST(ReactorHistory, TheWidestOptionsKeepEveryConditionPhysical) {
    const Frame frame = Reactor().steady_states({.n = 500, .upsets_per_campaign = 20, .wander = 10, .noise = 10});
    for (const std::string& name : kConditionNames) {
        for (const double value : frame.column("true_" + name).to_float64()) ASSERT_GT(value, 0) << name;
        for (const double value : frame.column(name).to_float64()) ASSERT_GE(value, 0) << name;
    }
    for (const double conversion : frame.column("conversion_A").to_float64()) ASSERT_LE(conversion, 1);
}

}  // namespace
}  // namespace plantwright
