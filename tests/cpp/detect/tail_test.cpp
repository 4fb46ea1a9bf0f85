// SPDX-License-Identifier: MIT
#include "plantwright/detect/tail.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using Doubles = std::vector<double>;

Doubles exponentials(std::size_t n, std::uint64_t seed = 1) {
    RandomStream stream(seed, 0, Purpose::noise);
    Doubles scores;
    for (std::size_t i = 0; i < n; ++i) scores.push_back(-elementary::log(1 - stream.uniform()));
    return scores;
}

/// Generalised Pareto from zero: the whole distribution is its own tail.
Doubles paretos(std::size_t n, double shape, std::uint64_t seed = 1) {
    Doubles scores = exponentials(n, seed);
    for (double& score : scores) score = (elementary::exp(shape * score) - 1) / shape;
    return scores;
}

TEST(Tail, GivesTheProbabilitiesOfAKnownDistributionInsideAndBeyondWhatWasSeen) {
    const Tail tail = Tail::fit(exponentials(20'000));
    for (const double s : {0.1, 1.0, 2.0, 3.0, 5.0}) EXPECT_NEAR(tail.p_value(s) / std::exp(-s), 1, 0.15) << s;
    EXPECT_NEAR(tail.severity(12), 12 / std::log(10), 1.3);  // six in a million: none was seen; three deviations
    EXPECT_NEAR(tail.shape(), 0, 3 / std::sqrt(2000));
}

TEST(Tail, FindsTheShapeOfHeavyAndOfShortTails) {
    for (const double shape : {-0.2, 0.2, 0.4}) {
        double mean = 0;
        for (std::uint64_t seed = 1; seed <= 10; ++seed) mean += Tail::fit(paretos(10'000, shape, seed)).shape() / 10;
        const double deviation = (1 + shape) / std::sqrt(10 * 1000);  // of ten estimates from 1,000 exceedances
        EXPECT_NEAR(mean, shape, 3 * deviation);
    }
}

TEST(Tail, KeepsTheShapeWithinItsBounds) {
    EXPECT_NEAR(Tail::fit(paretos(5000, 0.85), {.highest_shape = 0.3}).shape(), 0.3, 1e-4);
    EXPECT_NEAR(Tail::fit(paretos(5000, -0.45), {.lowest_shape = -0.1}).shape(), -0.1, 1e-4);
    EXPECT_EQ(Tail::fit(paretos(5000, 0.4), {.lowest_shape = 0, .highest_shape = 0}).shape(), 0);
}

TEST(Tail, IsExponentialWhereExceedancesAreFew) {
    const Tail tail = Tail::fit(paretos(100, 0.4));
    EXPECT_EQ(tail.n_exceedances(), 10);
    EXPECT_EQ(tail.shape(), 0);
}

TEST(Tail, HasPValuesThatFallAndThresholdsThatUndoThem) {
    const Tail tail = Tail::fit(paretos(3000, 0.2));
    double last = 1;
    for (double s = -1; s < 40; s += 0.01) {
        const double p = tail.p_value(s);
        ASSERT_LE(p, last + 1e-15) << s;
        ASSERT_GT(p, 0);
        last = p;
    }
    for (const double p : {0.9, 0.5, 0.11, 0.09, 1e-2, 1e-4, 1e-9}) {
        EXPECT_NEAR(tail.p_value(tail.threshold(p)) / p, 1, 1e-9) << p;
    }
    EXPECT_EQ(tail.p_value(-1e300), 1);
    EXPECT_EQ(tail.severity(-1e300), 0);
}

TEST(Tail, EndsAtAFiniteSeverityBeyondTheEndOfAShortTail) {
    const Tail tail = Tail::fit(paretos(5000, -0.25));
    ASSERT_LT(tail.shape(), 0);
    EXPECT_NEAR(tail.severity(1e300), 300, 1e-9);
    EXPECT_NEAR(Tail::fit(paretos(5000, 0.3)).severity(std::numeric_limits<double>::infinity()), 300, 1e-9);
    EXPECT_TRUE(std::isnan(tail.severity(kNaN)));
    EXPECT_TRUE(std::isnan(tail.p_value(kNaN)));
}

TEST(Tail, MeasuresTheLengthOfClustersOfAProcessWhoseIsKnown) {
    // The moving maximum of m independent values: each great one is seen m times, the extremal index is 1 / m.
    const Doubles independent = exponentials(60'000);
    EXPECT_NEAR(Tail::fit(independent).cluster_length(), 1, 0.02);
    for (const std::size_t m : {3u, 8u}) {
        Doubles scores;
        for (std::size_t i = m; i < independent.size(); ++i) {
            scores.push_back(*std::max_element(independent.begin() + static_cast<std::ptrdiff_t>(i - m),
                                               independent.begin() + static_cast<std::ptrdiff_t>(i)));
        }
        EXPECT_NEAR(Tail::fit(scores).cluster_length(), static_cast<double>(m), 0.05 * static_cast<double>(m));
    }
}

TEST(Tail, JoinsExceedancesThatTheMergeGapParts) {
    Doubles scores = exponentials(2000);
    for (std::size_t i = 0; i + 2 < scores.size(); i += 100) scores[i] = scores[i + 2] = 50 + static_cast<double>(i);
    EXPECT_NEAR(Tail::fit(scores).cluster_length(), 1, 0.1);
    EXPECT_NEAR(Tail::fit(scores, {.merge_gap = 1}).cluster_length(), 2, 0.3);
}

TEST(Tail, HoldsWhatItPromisesOnLaterRowsOfTheSameProcess) {
    // Averages of squares, as a chart's: correlated over some ten rows.
    const auto process = [](std::uint64_t seed) {
        RandomStream stream(seed, 0, Purpose::noise);
        Doubles scores;
        double z = 0;
        for (int i = 0; i < 200'000; ++i) {
            z += 0.2 * (stream.normal() - z);
            scores.push_back(z * z);
        }
        return scores;
    };
    const Tail tail = Tail::fit(process(1));
    const Doubles later = process(2);
    const auto exceeding = [&](double threshold) {
        return static_cast<double>(std::count_if(later.begin(), later.end(), [&](double s) { return s >= threshold; }));
    };
    for (const double p : {1e-2, 1e-3}) EXPECT_NEAR(exceeding(tail.threshold(p)) / 200'000 / p, 1, 0.3) << p;

    constexpr double kRowsPerDay = 1440;  // 139 days
    const double threshold = tail.threshold_for_alarms(1, kRowsPerDay);
    double alarms = 0;
    for (std::size_t i = 1; i < later.size(); ++i) alarms += later[i] >= threshold && later[i - 1] < threshold ? 1 : 0;
    EXPECT_NEAR(alarms / (200'000 / kRowsPerDay), 1, 0.35);
}

TEST(Tail, LeavesOutRowsWithoutAScore) {
    Doubles scores = exponentials(500), holes;
    for (const double s : scores) holes.push_back(s), holes.push_back(kNaN);
    const Tail with = Tail::fit(holes), without = Tail::fit(scores);
    EXPECT_EQ(with.n_scores(), 500);
    EXPECT_EQ(with.p_value(3), without.p_value(3));
}

TEST(Tail, TakesScoresWithTies) {
    Doubles scores;
    for (int i = 0; i < 1000; ++i) scores.push_back(i % 10);
    const Tail tail = Tail::fit(scores);
    EXPECT_NEAR(tail.p_value(5), 0.5, 0.02);
    EXPECT_GT(tail.severity(20), 3);
    Doubles capped(1000, 9.0);
    for (std::size_t i = 0; i < 100; ++i) capped[i] = static_cast<double>(i % 9);
    EXPECT_NEAR(Tail::fit(capped).p_value(9), 0.9, 0.02);  // the highest score is the commonest
}

TEST(Tail, SaysOfWhatNoneOfItsRowsReachedOneInAsManyRowsAndOne) {
    const Tail silent = Tail::fit(Doubles(999, 0.0));  // a rule that never fired
    EXPECT_EQ(silent.p_value(0), 1);
    EXPECT_EQ(silent.severity(0), 0);
    EXPECT_DOUBLE_EQ(silent.p_value(1), 1e-3);
    EXPECT_DOUBLE_EQ(silent.p_value(1000), 1e-3);
    EXPECT_GT(silent.threshold(0.01), 0);  // 0 is reached by every row
    EXPECT_LT(silent.threshold(0.01), 1e-9);
    EXPECT_EQ(Tail::from_bytes(silent.to_bytes()), silent);

    Doubles resting = exponentials(999);
    const double highest = *std::max_element(resting.begin(), resting.end());
    for (std::size_t i = 0; i < 300; ++i) resting[3 * i] = highest;  // upon its limit, again and again
    const Tail tail = Tail::fit(resting);
    EXPECT_NEAR(tail.p_value(highest), 0.3, 0.01);
    EXPECT_NEAR(tail.p_value(std::nextafter(highest, 1e9)), 1e-3, 1e-6);
    EXPECT_LT(tail.p_value(3 * highest), 3e-4);
}

TEST(Tail, HoldsWhatItPromisesWhereMostScoresAreTheLeast) {
    const auto scores = [](std::uint64_t seed, double silent_share) {
        RandomStream stream(seed, 0, Purpose::noise);
        Doubles values;
        for (int i = 0; i < 100'000; ++i) {
            const bool silent = stream.uniform() < silent_share;
            const double level = 1 - std::log(1 - stream.uniform());
            values.push_back(silent ? 0 : level);
        }
        return values;
    };
    for (const double silent_share : {0.5, 0.9, 0.97, 0.995}) {
        const Tail tail = Tail::fit(scores(1, silent_share));
        const Doubles later = scores(2, silent_share);
        EXPECT_EQ(tail.severity(0), 0) << silent_share;
        EXPECT_NEAR(tail.p_value(1) / (1 - silent_share), 1, 0.1) << silent_share;
        for (const double p : {0.2, 1e-2, 1e-3}) {
            const double from = tail.threshold(p);
            const auto reach = std::count_if(later.begin(), later.end(), [&](double s) { return s >= from; });
            const double expected = std::min(p, 1 - silent_share);
            EXPECT_NEAR(static_cast<double>(reach) / 100'000 / expected, 1, 0.35) << silent_share << " " << p;
        }
    }
}

TEST(Tail, NamesWhatItCannotBeFittedOn) {
    const auto message = [](const Doubles& scores, const TailOptions& options = {}) {
        return message_of<InvalidArgument>([&] { Tail::fit(scores, options); });
    };
    EXPECT_EQ(message(exponentials(19)), "Tail: scores must be at least 20, got 19");
    Doubles infinite = exponentials(50);
    infinite[7] = std::numeric_limits<double>::infinity();
    EXPECT_NE(message(infinite).find("infinity at row 7"), std::string::npos);
    EXPECT_NE(message(exponentials(50), {.tail_share = 0}).find("tail_share must be in (0, 0.5], got 0"),
              std::string::npos);
    const Tail tail = Tail::fit(exponentials(50));
    EXPECT_THROW(tail.threshold(0), InvalidArgument);
    EXPECT_THROW(tail.threshold(1), InvalidArgument);
    EXPECT_THROW(tail.threshold_for_alarms(0, 100), InvalidArgument);
    EXPECT_THROW(tail.threshold_for_alarms(200, 100), InvalidArgument);
}

TEST(SavedTail, ComesBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const Tail tail = Tail::fit(paretos(100, 0.2));
    const auto bytes = tail.to_bytes();
    EXPECT_EQ(Tail::from_bytes(bytes), tail);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            const Tail loaded = Tail::from_bytes(bad);
            for (const double s : {-1.0, 0.5, 3.0, 1e9}) loaded.severity(s);
        } catch (const Error&) {
        }
        EXPECT_THROW(Tail::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
