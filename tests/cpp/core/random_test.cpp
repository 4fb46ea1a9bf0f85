// SPDX-License-Identifier: MIT
#include "plantwright/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

// Seeds are fixed, so a test that passes always passes; the bounds are those of a fair generator at about four sigma.
constexpr int kDraws = 200'000;

RandomStream stream_of(std::uint64_t seed, std::uint64_t index = 0) { return {seed, index, Purpose::noise}; }

/// (chi-square - degrees) / sqrt(2 degrees): standard normal, nearly, for a fair generator.
double chi_square_sigmas(const std::vector<int>& counts) {
    double total = 0, chi_square = 0;
    for (const int count : counts) total += count;
    const double expected = total / static_cast<double>(counts.size());
    for (const int count : counts) chi_square += (count - expected) * (count - expected) / expected;
    const auto degrees = static_cast<double>(counts.size() - 1);
    return (chi_square - degrees) / std::sqrt(2 * degrees);
}

double correlation(RandomStream a, RandomStream b) {
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12;
    return sum / kDraws;
}

TEST(RandomStream, TheSameSeedIndexAndPurposeGiveTheSameNumbers) {
    RandomStream a(7, 3, Purpose::bootstrap), b(7, 3, Purpose::bootstrap);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(RandomStream, AnotherSeedIndexOrPurposeGivesOtherNumbers) {
    const std::uint64_t first = RandomStream(7, 3, Purpose::bootstrap).next();
    EXPECT_NE(RandomStream(8, 3, Purpose::bootstrap).next(), first);
    EXPECT_NE(RandomStream(7, 4, Purpose::bootstrap).next(), first);
    EXPECT_NE(RandomStream(7, 3, Purpose::features).next(), first);
    EXPECT_NE(RandomStream(3, 7, Purpose::bootstrap).next(), first);
}

TEST(RandomStream, TheNumbersNeverChange) {
    RandomStream stream(2024, 5, Purpose::simulation);
    EXPECT_EQ(stream.next(), 13154058458393860935ull);
    EXPECT_EQ(stream.below(1000), 246u);
    EXPECT_EQ(stream.uniform(), 0x1.b517f296f1bcep-1);
    EXPECT_EQ(stream.normal(), 0x1.b1ab8b29087b4p-12);
    EXPECT_EQ(stream.normal(), 0x1.c7662fac096b3p-1);
    EXPECT_EQ(stream.uniform(-3, 5), 0x1.c1d95389430ep+0);
    std::array<int, 8> order = {0, 1, 2, 3, 4, 5, 6, 7};
    stream.shuffle(std::span<int>(order));
    EXPECT_EQ(order, (std::array<int, 8>{5, 3, 7, 4, 6, 2, 0, 1}));
}

TEST(RandomStream, BoundedIntegersAreUniform) {
    for (const std::uint64_t bound : {2u, 3u, 10u, 97u, 1000u}) {
        RandomStream stream = stream_of(11, bound);
        std::vector<int> counts(bound);
        for (int i = 0; i < kDraws; ++i) {
            const std::uint64_t value = stream.below(bound);
            ASSERT_LT(value, bound);
            ++counts[value];
        }
        EXPECT_LT(std::fabs(chi_square_sigmas(counts)), 4) << bound;
    }
}

TEST(RandomStream, BoundedIntegersAreUniformUpToBoundsWhereARemainderWouldBeBiased) {
    const std::uint64_t bound = 3ull << 62;  // next() % bound would draw the lowest third twice as often
    RandomStream stream = stream_of(12);
    std::vector<int> thirds(3);
    for (int i = 0; i < kDraws; ++i) ++thirds[stream.below(bound) >> 62];
    EXPECT_LT(std::fabs(chi_square_sigmas(thirds)), 4);
}

TEST(RandomStream, ABoundOfOneOrZeroGivesZero) {
    RandomStream stream = stream_of(1);
    EXPECT_EQ(stream.below(1), 0u);
    EXPECT_EQ(stream.below(0), 0u);
}

TEST(RandomStream, UniformsHaveTheirMeanVarianceAndRange) {
    RandomStream stream = stream_of(13);
    double sum = 0, squares = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double u = stream.uniform();
        ASSERT_TRUE(u >= 0 && u < 1);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 4 / std::sqrt(12.0 * kDraws));
    EXPECT_NEAR(squares / kDraws, 1.0 / 12, 4 / std::sqrt(180.0 * kDraws));
}

TEST(RandomStream, EveryBitIsFair) {
    RandomStream stream = stream_of(14);
    std::array<int, 64> ones{};
    for (int i = 0; i < kDraws; ++i) {
        const std::uint64_t value = stream.next();
        for (unsigned bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>(value >> bit & 1);
    }
    for (const int count : ones) EXPECT_NEAR(count, kDraws / 2.0, 4.5 * std::sqrt(kDraws / 4.0));
}

TEST(RandomStream, NormalsHaveTheirFirstFourMoments) {
    RandomStream stream = stream_of(15);
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, within_one = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = stream.normal();
        m1 += x, m2 += x * x, m3 += x * x * x, m4 += x * x * x * x;
        within_one += std::fabs(x) < 1 ? 1 : 0;
    }
    const double root = std::sqrt(static_cast<double>(kDraws));
    EXPECT_NEAR(m1 / kDraws, 0, 4 / root);
    EXPECT_NEAR(m2 / kDraws, 1, 4 * std::sqrt(2.0) / root);
    EXPECT_NEAR(m3 / kDraws, 0, 4 * std::sqrt(15.0) / root);
    EXPECT_NEAR(m4 / kDraws, 3, 4 * std::sqrt(96.0) / root);
    EXPECT_NEAR(within_one / kDraws, 0.682689, 4 * 0.466 / root);
}

TEST(RandomStream, SuccessiveNormalsAreNotCorrelated) {
    RandomStream stream = stream_of(16);
    double previous = stream.normal(), sum = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = stream.normal();
        sum += x * previous;
        previous = x;
    }
    EXPECT_NEAR(sum / kDraws, 0, 4 / std::sqrt(static_cast<double>(kDraws)));
}

TEST(RandomStream, NeighbouringSeedsIndicesAndPurposesAreNotCorrelated) {
    const double bound = 4.5 / std::sqrt(static_cast<double>(kDraws));
    for (std::uint64_t k = 0; k < 5; ++k) {
        EXPECT_LT(std::fabs(correlation(stream_of(k), stream_of(k + 1))), bound) << k;
        EXPECT_LT(std::fabs(correlation(stream_of(0, k), stream_of(0, k + 1))), bound) << k;
        EXPECT_LT(std::fabs(correlation({k, 0, Purpose::bootstrap}, {k, 0, Purpose::features})), bound) << k;
        EXPECT_LT(std::fabs(correlation(stream_of(k, k + 1), stream_of(k + 1, k))), bound) << k;
    }
}

TEST(RandomStream, TheFirstNumbersOfManyStreamsAreUniformAndDistinct) {
    std::set<std::uint64_t> seen;
    std::vector<int> counts(100);
    for (std::uint64_t index = 0; index < 50'000; ++index) {
        RandomStream stream = stream_of(42, index);
        const std::uint64_t value = stream.next();
        seen.insert(value);
        ++counts[value % 100];
    }
    EXPECT_EQ(seen.size(), 50'000u);
    EXPECT_LT(std::fabs(chi_square_sigmas(counts)), 4);
}

TEST(RandomStream, EachPermutationIsEquallyLikely) {
    RandomStream stream = stream_of(17);
    std::map<std::array<int, 4>, int> seen;
    for (int i = 0; i < kDraws; ++i) {
        std::array<int, 4> order = {0, 1, 2, 3};
        stream.shuffle(std::span<int>(order));
        ++seen[order];
    }
    ASSERT_EQ(seen.size(), 24u);
    std::vector<int> counts;
    for (const auto& [order, count] : seen) counts.push_back(count);
    EXPECT_LT(std::fabs(chi_square_sigmas(counts)), 4);
}

TEST(RandomStream, ShufflesNothingAndOne) {
    RandomStream stream = stream_of(1), untouched = stream_of(1);
    std::vector<int> none, one = {5};
    stream.shuffle(std::span<int>(none));
    stream.shuffle(std::span<int>(one));
    EXPECT_EQ(one[0], 5);
    EXPECT_EQ(stream.next(), untouched.next());
}

TEST(BootstrapCounts, SumToTheNumberOfDraws) {
    RandomStream stream(1, 0, Purpose::bootstrap);
    const auto counts = bootstrap_counts(stream, 100, 250);
    std::uint32_t total = 0;
    for (const auto count : counts) total += count;
    EXPECT_EQ(total, 250u);
}

TEST(BootstrapCounts, LeaveOutOneInERows) {
    RandomStream stream(2, 0, Purpose::bootstrap);
    const auto counts = bootstrap_counts(stream, 100'000, 100'000);
    const auto out_of_bag = std::count(counts.begin(), counts.end(), 0u);
    EXPECT_NEAR(static_cast<double>(out_of_bag) / 1e5, std::exp(-1.0), 0.005);
}

TEST(BootstrapCounts, RefuseToDrawFromNothing) {
    RandomStream stream(3, 0, Purpose::bootstrap);
    EXPECT_THROW(bootstrap_counts(stream, 0, 1), InvalidArgument);
    EXPECT_THROW(bootstrap_counts(stream, -1, 1), InvalidArgument);
    EXPECT_THROW(bootstrap_counts(stream, 1, -1), InvalidArgument);
    EXPECT_EQ(bootstrap_counts(stream, 0, 0).size(), 0);
}

}  // namespace
}  // namespace plantwright
