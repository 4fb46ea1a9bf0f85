// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/simulate/reactor.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

const ReactorEpisodeOptions kStill{.n = 16, .hours = 24, .seed = 9, .wander = 0, .noise = 0};

std::string level(const Frame& frame, const std::string& name, Index row) {
    return frame.column(name).levels()[static_cast<std::size_t>(frame.column(name).codes()[row])];
}

/// Episodes of the base case without wandering or noise, and their causes: what is left is the cause's doing.
struct StillEpisodes {
    Reactor reactor{{.tolerance = 1e-4, .modes = {{"standard", {}}}}};
    Frame frame = reactor.episodes(kStill), causes = reactor.causes(kStill);
    Index minutes = kStill.hours * 60;

    double at(Index episode, Index minute, const std::string& name) const {
        return column(frame, name)[episode * minutes + minute];
    }
    Index start(Index episode) const {
        const std::int64_t begin = frame.column("time").times()[episode * minutes];
        return (causes.column("start").times()[episode] - begin) / 60'000'000'000;
    }
    /// Calls `look(episode)` for each with that cause; at least one, or the test proves nothing.
    void each(const std::string& cause, const std::function<void(Index)>& look) const {
        int seen = 0;
        for (Index e = 0; e < causes.rows(); ++e) {
            if (level(causes, "cause", e) != cause) continue;
            look(e);
            ++seen;
        }
        EXPECT_GT(seen, 0) << cause;
    }
};

const StillEpisodes& still() {
    static const StillEpisodes episodes;
    return episodes;
}

TEST(ReactorEpisodes, AtRestNothingMoves) {
    const ReactorOutcome out = still().reactor.solve(ReactorConditions{});
    still().each("none", [&](Index e) {
        for (const Index minute : {0, 700, 1439}) {
            EXPECT_NEAR(still().at(e, minute, "T_max_K"), out.T_max_K, 1e-6);
            EXPECT_NEAR(still().at(e, minute, "coolant_inlet_K"), 325, 1e-6);
            EXPECT_NEAR(still().at(e, minute, "cooler_valve"), 0.5, 1e-6);
            EXPECT_EQ(still().at(e, minute, "runaway"), 0);
            EXPECT_TRUE(std::isnan(still().at(e, minute, "minutes_to_runaway")));
        }
    });
}

TEST(ReactorEpisodes, UntilItsCauseBeginsAnEpisodeIsAtRest) {
    for (Index e = 0; e < kStill.n; ++e) {
        if (level(still().causes, "cause", e) == "none") continue;
        const Index start = still().start(e);
        ASSERT_GT(start, 200);
        EXPECT_NEAR(still().at(e, start - 1, "true_T_max_K"), still().at(e, 0, "true_T_max_K"), 1e-6);
        EXPECT_EQ(level(still().frame, "cause", e * still().minutes + start - 1), "none");
        EXPECT_EQ(level(still().frame, "cause", e * still().minutes + start), level(still().causes, "cause", e));
    }
}

TEST(ReactorEpisodes, EachCauseMovesWhatItIsSaidToMoveAtItsSpeed) {
    const auto moved = [](const char* cause, const char* name, auto factor) {
        still().each(cause, [&](Index e) {
            const double severity = column(still().causes, "severity")[e];
            const Index later = still().start(e) + 120;
            const double expected = still().at(e, 0, name) * factor(severity, 2.0);
            EXPECT_NEAR(still().at(e, later, name), expected, 1e-9 * expected) << cause << " " << name;
        });
    };
    moved("heat_transfer_fouling", "true_heat_transfer", [](double s, double h) { return std::exp(-0.10 * s * h); });
    moved("coolant_flow_loss", "true_coolant_mol_min", [](double s, double h) { return std::exp(-0.08 * s * h); });
    moved("cooler_fouling", "true_cooler", [](double s, double h) { return std::exp(-0.25 * s * h); });
    moved("pressure_drift", "true_pressure_atm", [](double s, double h) { return 1 + 0.025 * s * h; });
    for (const char* name : {"true_feed_A_mol_min", "true_feed_B_mol_min", "true_pressure_atm"}) {
        moved("feed_step", name, [](double s, double h) { return 1 + 0.35 * s * (1 - std::exp(-4 * h)); });
    }
}

TEST(ReactorEpisodes, TheControllerHidesAFoulingCoolerUntilItsValveIsOpen) {
    still().each("cooler_fouling", [](Index e) {
        Index open = still().start(e);
        while (still().at(e, open, "cooler_valve") < 1) ASSERT_LT(++open, still().minutes - 1);
        EXPECT_GT(open, still().start(e) + 60);
        EXPECT_LT(still().at(e, open - 10, "true_coolant_inlet_K"), 335);
        EXPECT_GT(still().at(e, still().minutes - 1, "true_coolant_inlet_K"), 360);
    });
}

TEST(ReactorEpisodes, ARunawayBuildsUpForAWhileAfterItsCauseAndTheLabelsCountDownToIt) {
    int runaways = 0;
    for (Index e = 0; e < kStill.n; ++e) {
        Index first = 0;
        while (first < still().minutes && still().at(e, first, "true_T_max_K") <= 750) ++first;
        const bool none = first == still().minutes;
        EXPECT_EQ(none, still().causes.column("runaway").times()[e] == kMissingTime);
        if (none) continue;
        ++runaways;
        EXPECT_GT(first, still().start(e) + 5);
        EXPECT_EQ(still().at(e, first - 3, "minutes_to_runaway"), 3);
        EXPECT_EQ(still().at(e, first, "minutes_to_runaway"), 0);
        EXPECT_EQ(still().at(e, first, "runaway"), 1);
        EXPECT_EQ(still().at(e, first - 1, "runaway"), 0);
        EXPECT_LT(still().at(e, first - 20, "true_T_max_K"), 750);
    }
    EXPECT_GT(runaways, 8);
}

TEST(ReactorEpisodes, AMinuteIsTheSteadyStateOfItsConditionsAndTheHotSpotsThermometerLags) {
    still().each("feed_step", [](Index e) {
        const Index row = e * still().minutes + still().start(e) + 6;
        const auto truth = [&](const char* name) { return column(still().frame, std::string("true_") + name)[row]; };
        const ReactorOutcome out = still().reactor.solve({.feed_A_mol_min = truth("feed_A_mol_min"),
                                                          .feed_B_mol_min = truth("feed_B_mol_min"),
                                                          .pressure_atm = truth("pressure_atm"),
                                                          .inlet_K = truth("inlet_K"),
                                                          .coolant_mol_min = truth("coolant_mol_min"),
                                                          .coolant_inlet_K = truth("coolant_inlet_K"),
                                                          .heat_transfer = truth("heat_transfer")});
        EXPECT_EQ(truth("T_max_K"), out.T_max_K);
        EXPECT_LT(column(still().frame, "T_max_K")[row], out.T_max_K - 1);
    });
}

TEST(ReactorEpisodes, WithNoiseAndWanderAnEpisodeWithoutCauseDoesNotRunAway) {
    const Reactor reactor({.tolerance = 1e-4});
    const ReactorEpisodeOptions options{.n = 12, .hours = 12, .seed = 5};
    const Frame frame = reactor.episodes(options), causes = reactor.causes(options);
    for (Index e = 0; e < causes.rows(); ++e) {
        if (level(causes, "cause", e) == "none") {
            EXPECT_EQ(causes.column("runaway").times()[e], kMissingTime);
        }
    }
    EXPECT_NE(column(frame, "pressure_atm")[5], column(frame, "true_pressure_atm")[5]);
    EXPECT_NE(column(frame, "true_pressure_atm")[5], column(frame, "true_pressure_atm")[6]);
}

TEST(ReactorEpisodes, TheFirstEpisodesAreTheSameHoweverManyFollowAndForAnyNumberOfThreads) {
    const Reactor reactor;
    const Frame two = reactor.episodes({.n = 2, .hours = 3, .seed = 11}),
                five = Reactor({.n_jobs = 3}).episodes({.n = 5, .hours = 3, .seed = 11});
    EXPECT_EQ(fingerprint(two), fingerprint(five.rows_between(0, two.rows())));
    EXPECT_NE(fingerprint(two), fingerprint(reactor.episodes({.n = 2, .hours = 3, .seed = 12})));
}

TEST(ReactorEpisodes, GivesTheBitsItGaveWhenThisTestWasWritten) {
    EXPECT_EQ(fingerprint(Reactor().episodes({.n = 4, .hours = 4, .seed = 7})), 9054081236246116101u);
}

TEST(ReactorEpisodes, RefusesOptionsOutOfRange) {
    const Reactor reactor;
    EXPECT_THROW(reactor.episodes({.n = 0}), InvalidArgument);
    EXPECT_THROW(reactor.episodes({.hours = 1001}), InvalidArgument);
    EXPECT_THROW(reactor.episodes({.n = 10'000, .hours = 100}), InvalidArgument);
    EXPECT_THROW(reactor.causes({.start = "2023-02-30"}), InvalidArgument);
    EXPECT_THROW(reactor.episodes({.noise = -1}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
