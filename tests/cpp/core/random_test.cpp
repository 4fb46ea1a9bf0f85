// SPDX-License-Identifier: MIT
#include "plantwright/core/random.hpp"

#include <gtest/gtest.h>

namespace plantwright {
namespace {

TEST(RandomStream, TheSameSeedIndexAndPurposeGiveTheSameNumbers) {
    RandomStream a(7, 3, Purpose::bootstrap), b(7, 3, Purpose::bootstrap), other(7, 4, Purpose::bootstrap);
    EXPECT_EQ(a.next(), b.next());
    EXPECT_NE(a.next(), other.next());
}

TEST(BootstrapCounts, SumToTheNumberOfDraws) {
    RandomStream stream(1, 0, Purpose::bootstrap);
    const auto counts = bootstrap_counts(stream, 100, 250);
    std::uint32_t total = 0;
    for (auto c : counts) total += c;
    EXPECT_EQ(total, 250u);
}

}  // namespace
}  // namespace plantwright
