// SPDX-License-Identifier: MIT
#include "plantwright/simulate/reactor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

/// The oracle: the equations as they stand in the header, six of them, with libm, by the classical Runge-Kutta method
/// in small equal steps. It shares nothing with the product.
namespace oracle {

using Six = std::array<double, 6>;  // Fa, Fb, Fc, Fd, T, Ta

/// `Cto` is a parameter of its own, so that a test can hold it where it should not be held.
Six slope(const Six& y, const ReactorConditions& in, double Cto, double m) {
    const auto [Fa, Fb, Fc, Fd, T, Ta] = y;
    const double R = 1.987, To = in.inlet_K, Ft = Fa + Fb + Fc + Fd;
    const double k1 = 40 * std::exp(8000 / R * (1 / 300.0 - 1 / T)),
                 k2 = 40 * std::exp(14000 / R * (1 / 300.0 - 1 / T));
    const double Ca = Cto * (Fa / Ft) * (To / T), Cb = Cto * (Fb / Ft) * (To / T), Cc = Cto * (Fc / Ft) * (To / T);
    const double r1A = -k1 * Ca * Cb * Cb, r2C = -k2 * Ca * Ca * Cc * Cc * Cc;
    const double removed = in.heat_transfer * (T - Ta);
    const double dT = (2 * r1A * -10000 + 2.0 / 3 * r2C * -8000 - removed) / (10 * Fa + 12 * Fb + 14 * Fc + 16 * Fd);
    return {r1A + 2.0 / 3 * r2C, 2 * r1A, -r1A + r2C, -r2C, dT, removed / (18.02 * m)};
}

Six moved(Six y, const Six& slope, double h) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += h * slope[i];
    return y;
}

struct Result {
    Six outlet;
    double T_max;
};

Result solve(const ReactorConditions& in, double Cto, double m, int steps = 40'000) {
    const double h = 20.0 / steps;
    Result result{{in.feed_A_mol_min, in.feed_B_mol_min, 0, 0, in.inlet_K, in.coolant_inlet_K}, in.inlet_K};
    Six& y = result.outlet;
    for (int step = 0; step < steps; ++step) {
        const Six a = slope(y, in, Cto, m), b = slope(moved(y, a, h / 2), in, Cto, m),
                  c = slope(moved(y, b, h / 2), in, Cto, m), d = slope(moved(y, c, h), in, Cto, m);
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
        result.T_max = std::max(result.T_max, y[4]);
    }
    return result;
}

double Cto_of(const ReactorConditions& in) { return in.pressure_atm / (0.082 * in.inlet_K); }
Result solve(const ReactorConditions& in) { return solve(in, Cto_of(in), in.coolant_mol_min); }
double yield(const Result& result, const ReactorConditions& in) {
    return result.outlet[2] / (in.feed_A_mol_min - result.outlet[0]);
}

}  // namespace oracle

/// Conditions all over the range in which the plant may find itself, ignited or not.
ReactorConditions anywhere(RandomStream& stream) {
    return {.feed_A_mol_min = stream.uniform(2, 9),
            .feed_B_mol_min = stream.uniform(3, 18),
            .pressure_atm = stream.uniform(2.5, 8),
            .inlet_K = stream.uniform(270, 420),
            .coolant_mol_min = stream.uniform(2, 25),
            .coolant_inlet_K = stream.uniform(280, 400),
            .heat_transfer = stream.uniform(10, 120)};
}

std::string message_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.message();
    }
    return "nothing was thrown";
}

TEST(Reactor, TheBaseCaseHasTheHotSpotConversionAndYieldItIsKnownFor) {
    const ReactorOutcome out = Reactor().solve(ReactorConditions{});
    EXPECT_NEAR(out.T_max_K, 655.5, 1);
    EXPECT_NEAR(out.conversion_A, 0.990, 0.001);
    EXPECT_NEAR(out.yield_C, 0.815, 0.001);
}

TEST(Reactor, AgreesWithTheEquationsIntegratedPlainlyInSmallSteps) {
    RandomStream stream(1, 0, Purpose::simulation);
    const Reactor reactor;
    for (int i = 0; i < 25; ++i) {
        const ReactorConditions in = anywhere(stream);
        const oracle::Result expected = oracle::solve(in);
        const ReactorOutcome out = reactor.solve(in);
        EXPECT_NEAR(out.T_max_K, expected.T_max, 0.01) << "row " << i;
        EXPECT_NEAR(out.out_A_mol_min, expected.outlet[0], 1e-5) << "row " << i;
        EXPECT_NEAR(out.out_B_mol_min, expected.outlet[1], 1e-5) << "row " << i;
        EXPECT_NEAR(out.out_C_mol_min, expected.outlet[2], 1e-5) << "row " << i;
        EXPECT_NEAR(out.out_D_mol_min, expected.outlet[3], 1e-5) << "row " << i;
        EXPECT_NEAR(out.outlet_K, expected.outlet[4], 1e-3) << "row " << i;
        EXPECT_NEAR(out.coolant_outlet_K, expected.outlet[5], 1e-3) << "row " << i;
    }
}

TEST(Reactor, TheErrorFallsWithTheTolerance) {
    RandomStream stream(2, 0, Purpose::simulation);
    const Reactor exact({.tolerance = 1e-12});
    double coarse_error = 0, fine_error = 0;
    for (int i = 0; i < 20; ++i) {
        const ReactorConditions in = anywhere(stream);
        const double truth = exact.solve(in).outlet_K;
        coarse_error += std::fabs(Reactor({.tolerance = 1e-5}).solve(in).outlet_K - truth);
        fine_error += std::fabs(Reactor({.tolerance = 1e-8}).solve(in).outlet_K - truth);
    }
    EXPECT_LT(fine_error, 0.01 * coarse_error);
    EXPECT_LT(coarse_error / 20, 0.05);
}

TEST(Reactor, PressureAndInletConcentrationOfTheRowEnterItsEquations) {
    // Cto held at the base case's 0.2 mol/dm3, as a published data set of this reactor did: the answer is another.
    for (const double pressure : {4.5, 5.5}) {
        const ReactorConditions in{.pressure_atm = pressure};
        const double right = oracle::yield(oracle::solve(in), in),
                     stale = oracle::yield(oracle::solve(in, 4.92 / (0.082 * 300), 10), in);
        EXPECT_NEAR(Reactor().solve(in).yield_C, right, 1e-6);
        EXPECT_GT(std::fabs(right - stale), 0.01) << pressure;
    }
    const ReactorConditions warm{.inlet_K = 350};
    EXPECT_GT(std::fabs(Reactor().solve(warm).T_max_K - oracle::solve(warm, 0.2, 10).T_max), 10);
    EXPECT_NEAR(Reactor().solve(warm).T_max_K, oracle::solve(warm).T_max, 0.01);
}

TEST(Reactor, TheCoolantFlowOfTheRowEntersItsEquations) {
    for (const double flow : {5.0, 15.0}) {
        const ReactorConditions in{.coolant_mol_min = flow};
        const ReactorOutcome out = Reactor().solve(in);
        EXPECT_NEAR(out.T_max_K, oracle::solve(in).T_max, 0.01);
        EXPECT_GT(std::fabs(out.T_max_K - oracle::solve(in, oracle::Cto_of(in), 10).T_max), 20) << flow;
    }
}

TEST(Reactor, EveryConditionMovesTheHotSpot) {
    const Reactor reactor;
    const double base = reactor.solve(ReactorConditions{}).T_max_K;
    for (double ReactorConditions::*condition :
         {&ReactorConditions::feed_A_mol_min, &ReactorConditions::feed_B_mol_min, &ReactorConditions::pressure_atm,
          &ReactorConditions::inlet_K, &ReactorConditions::coolant_mol_min, &ReactorConditions::coolant_inlet_K,
          &ReactorConditions::heat_transfer}) {
        ReactorConditions in;
        in.*condition *= 1.1;
        EXPECT_GT(std::fabs(reactor.solve(in).T_max_K - base), 0.5);
    }
}

TEST(Reactor, NoAtomIsLost) {
    RandomStream stream(3, 0, Purpose::simulation);
    for (int i = 0; i < 20; ++i) {
        const ReactorConditions in = anywhere(stream);
        const ReactorOutcome out = Reactor().solve(in);
        // C is one A and two B, three D are two A and three C
        const double extent2 = out.out_D_mol_min, extent1 = out.out_C_mol_min + extent2;
        EXPECT_NEAR(out.out_A_mol_min, in.feed_A_mol_min - extent1 - 2.0 / 3 * extent2, 1e-12);
        EXPECT_NEAR(out.out_B_mol_min, in.feed_B_mol_min - 2 * extent1, 1e-12);
    }
}

TEST(Reactor, TheHeatOfReactionIsFoundInGasAndCoolant) {
    const ReactorConditions in;
    const Frame profile = Reactor().profile(in, 20'001);
    const ConstVectorView A = column(profile, "flow_A_mol_min"), B = column(profile, "flow_B_mol_min"),
                          C = column(profile, "flow_C_mol_min"), D = column(profile, "flow_D_mol_min"),
                          T = column(profile, "gas_K"), Ta = column(profile, "coolant_K");
    double warmed = 0;  // cal/min, by the trapezoidal rule
    for (Index i = 1; i < profile.rows(); ++i) {
        const auto capacity = [&](Index at) { return 10 * A[at] + 12 * B[at] + 14 * C[at] + 16 * D[at]; };
        warmed += (capacity(i) + capacity(i - 1)) / 2 * (T[i] - T[i - 1]);
    }
    const Index end = profile.rows() - 1;
    const double released = 20'000 * (C[end] + D[end]) + 16'000.0 / 3 * D[end];
    EXPECT_NEAR(warmed + 18.02 * in.coolant_mol_min * (Ta[end] - Ta[0]), released, 1e-5 * released);
}

TEST(Reactor, WithoutCoolingTheCoolantStaysAndTheGasKeepsItsHeat) {
    const ReactorOutcome out = Reactor().solve({.heat_transfer = 0});
    EXPECT_EQ(out.coolant_outlet_K, 325);
    EXPECT_GT(out.T_max_K, 850);
}

TEST(Reactor, NothingReactsWithoutBAndTheYieldIsUndefined) {
    const ReactorOutcome out = Reactor().solve({.feed_B_mol_min = 0});
    EXPECT_EQ(out.out_A_mol_min, 5);
    EXPECT_EQ(out.conversion_A, 0);
    EXPECT_TRUE(std::isnan(out.yield_C));
}

TEST(Reactor, StiffRowsAreSolvedToo) {
    for (const double pressure : {30.0, 100.0}) {
        const ReactorOutcome out = Reactor().solve({.pressure_atm = pressure, .inlet_K = 500, .heat_transfer = 5000});
        EXPECT_GT(out.conversion_A, 0.999);
        EXPECT_GE(out.out_A_mol_min, -1e-6);
        EXPECT_GT(out.T_max_K, 500);
        EXPECT_LT(out.T_max_K, 2000);
    }
}

TEST(Reactor, AProfileStartsAtTheInletEndsAtTheOutletAndShowsTheHotSpot) {
    const Reactor reactor;
    const Frame profile = reactor.profile({}, 2001);
    const ReactorOutcome out = reactor.solve(ReactorConditions{});
    EXPECT_EQ(column(profile, "gas_K")[0], 300);
    EXPECT_EQ(column(profile, "coolant_K")[0], 325);
    EXPECT_EQ(column(profile, "flow_B_mol_min")[0], 10);
    EXPECT_DOUBLE_EQ(column(profile, "volume_dm3")[2000], 20);
    EXPECT_EQ(column(profile, "gas_K")[2000], out.outlet_K);
    EXPECT_EQ(column(profile, "flow_C_mol_min")[2000], out.out_C_mol_min);
    double highest = 0, where = 0;
    for (Index i = 0; i < 2001; ++i) {
        if (column(profile, "gas_K")[i] <= highest) continue;
        highest = column(profile, "gas_K")[i];
        where = column(profile, "volume_dm3")[i];
    }
    EXPECT_NEAR(highest, out.T_max_K, 1e-3);
    EXPECT_NEAR(where, out.hot_spot_dm3, 0.02);
}

TEST(Reactor, AProfileBetweenTheStepsAgreesWithTheSmallSteps) {
    const Frame profile = Reactor().profile({}, 5);  // at 0, 5, 10, 15, 20 dm3
    for (const Index quarter : {1, 2, 3}) {
        const Reactor shorter({.volume_dm3 = 5.0 * static_cast<double>(quarter)});
        EXPECT_NEAR(column(profile, "gas_K")[quarter], shorter.solve(ReactorConditions{}).outlet_K, 1e-3);
    }
}

TEST(Reactor, ATableIsSolvedRowByRowToTheSameBitsForAnyNumberOfThreads) {
    const Frame history = Reactor().steady_states({.n = 300});
    const Frame one = Reactor().solve(history), many = Reactor({.n_jobs = 3}).solve(history);
    EXPECT_EQ(fingerprint(one), fingerprint(many));
    const ReactorConditions row{.feed_A_mol_min = column(history, "feed_A_mol_min")[77],
                                .feed_B_mol_min = column(history, "feed_B_mol_min")[77],
                                .pressure_atm = column(history, "pressure_atm")[77],
                                .inlet_K = column(history, "inlet_K")[77],
                                .coolant_mol_min = column(history, "coolant_mol_min")[77],
                                .coolant_inlet_K = column(history, "coolant_inlet_K")[77]};
    EXPECT_EQ(column(one, "yield_C")[77], Reactor().solve(row).yield_C);
}

TEST(Reactor, RefusesOptionsAndConditionsOutOfRangeAndSaysWhatIsAllowed) {
    EXPECT_EQ(message_of([] { Reactor({.volume_dm3 = 0}); }), "Reactor: volume_dm3 must be in (0, 1000], got 0");
    EXPECT_EQ(message_of([] { Reactor({.tolerance = 0.1}); }), "Reactor: tolerance must be in [1e-12, 0.001], got 0.1");
    EXPECT_EQ(message_of([] { Reactor({.modes = {}}); }), "Reactor: modes must be at least one, got none");
    EXPECT_EQ(message_of([] { Reactor({.modes = {{"a", {}}, {"a", {}}}}); }),
              "Reactor: modes must be named, each name once, got 'a'");
    EXPECT_EQ(message_of([] { Reactor({.modes = {{"cold", {.inlet_K = 0}}}}); }),
              "Reactor: mode 'cold': inlet_K must be in [200, 1500], got 0");
    EXPECT_EQ(message_of([] { Reactor().solve({.feed_A_mol_min = 0}); }),
              "Reactor.solve: feed_A_mol_min must be in (0, 10000], got 0");
    EXPECT_EQ(message_of([] { Reactor().solve({.pressure_atm = kNaN}); }),
              "Reactor.solve: pressure_atm must be in (0, 100], got nan");
    EXPECT_THROW(Reactor({.n_jobs = 0}), InvalidArgument);
    EXPECT_THROW(Reactor().profile({}, 1), InvalidArgument);
    EXPECT_THROW(Reactor().solve(Frame()), SchemaMismatch);
}

}  // namespace
}  // namespace plantwright
