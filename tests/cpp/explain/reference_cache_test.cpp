// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "explain/explain_testing.hpp"
#include "explain/reference_tables.hpp"

namespace plantwright {
namespace {

using namespace testing;

class ReferenceCacheTest : public ::testing::Test {
protected:
    /// Whether the tables had to be made.
    bool is_new(std::uint64_t seed) {
        const Rows reference = random_rows(5, 6, 0.2, seed);
        bool made = false;
        const auto tables = cache_.find_or_make(reference.view, [&] {
            made = true;
            return std::make_shared<const ReferenceTables>(trees_, plan_, Precision::fast, reference.view, 1);
        });
        const ReferenceTables expected(trees_, plan_, Precision::fast, reference.view, 1);
        EXPECT_EQ(tables->expected(), expected.expected());
        return made;
    }

    ExplainedTrees trees_ = explained_trees(forest_of({.splits = 20, .features = 6}));
    ForestPlan plan_{trees_, 1};
    ReferenceCache cache_;
};

TEST_F(ReferenceCacheTest, MakesTheTablesOfAReferenceOnce) {
    EXPECT_TRUE(is_new(1));
    EXPECT_FALSE(is_new(1));
    EXPECT_TRUE(is_new(2));
    EXPECT_FALSE(is_new(1));
}

TEST_F(ReferenceCacheTest, KeepsTheLastFewReferencesThatWereUsed) {
    for (const std::uint64_t seed : {1, 2, 3, 4}) EXPECT_TRUE(is_new(seed));
    EXPECT_FALSE(is_new(1));
    EXPECT_TRUE(is_new(5));
    EXPECT_EQ(cache_.size(), ReferenceCache::kMostKept);
    EXPECT_FALSE(is_new(1));
    EXPECT_TRUE(is_new(2));
}

}  // namespace
}  // namespace plantwright
