// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/splitters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

using Rows = std::vector<Index>;
using Codes = std::vector<std::int32_t>;
using Stamps = std::vector<std::int64_t>;

/// What holds for every k-fold: each row is tested once, no row stands on both sides.
void expect_each_row_tested_once(const std::vector<Split>& splits, Index n_rows) {
    std::multiset<Index> tested;
    for (const Split& split : splits) {
        EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
        Rows both;
        std::set_intersection(split.train.begin(), split.train.end(), split.test.begin(), split.test.end(),
                              std::back_inserter(both));
        EXPECT_TRUE(both.empty());
        tested.insert(split.test.begin(), split.test.end());
    }
    EXPECT_EQ(static_cast<Index>(tested.size()), n_rows);
    EXPECT_EQ(static_cast<Index>(std::set<Index>(tested.begin(), tested.end()).size()), n_rows);
}

TEST(TimeSplit, InRowOrderTrainsOnThePastAndTestsOnTheNextBlock) {
    const auto splits = time_split(7, {.n_splits = 3, .gap = 1});
    ASSERT_EQ(splits.size(), 3u);
    EXPECT_EQ(splits[0].train, (Rows{0, 1, 2}));
    EXPECT_EQ(splits[0].test, (Rows{4}));
    EXPECT_EQ(splits[2].train, (Rows{0, 1, 2, 3, 4}));
    EXPECT_EQ(splits[2].test, (Rows{6}));
}

TEST(TimeSplit, SortsRowsByTheirStampsAndNeverPartsEqualOnes) {
    const Stamps times{50, 10, 10, 20, 20, 20, 30, 30, 40, 40};
    const auto splits = time_split(VectorView<const std::int64_t>(times), {.n_splits = 2, .test_size = 3});
    for (const Split& split : splits) {
        std::int64_t last_train = 0, first_test = 1000;
        for (const Index row : split.train) last_train = std::max(last_train, times[static_cast<std::size_t>(row)]);
        for (const Index row : split.test) first_test = std::min(first_test, times[static_cast<std::size_t>(row)]);
        EXPECT_LT(last_train, first_test);
    }
    EXPECT_EQ(splits[0].test, (Rows{3, 4, 5, 6, 7}));  // the block would have begun at the last of three stamps of 20
    EXPECT_EQ(splits[1].test, (Rows{0, 8, 9}));
}

TEST(TimeSplit, AGapOfADurationLeavesOutTheRowsInsideIt) {
    const Stamps times{0, 10, 20, 30, 40, 50};
    const auto split =
        train_test_split_by_time(VectorView<const std::int64_t>(times), {.test_fraction = 0.3, .gap_ns = 20});
    EXPECT_EQ(split.test, (Rows{4, 5}));
    EXPECT_EQ(split.train, (Rows{0, 1, 2}));
}

TEST(TimeSplit, StampsAtTheEndsOfTheRangeDoNotOverflow) {
    const Stamps times{std::numeric_limits<std::int64_t>::min() + 1, std::numeric_limits<std::int64_t>::max()};
    const auto split =
        train_test_split_by_time(VectorView<const std::int64_t>(times), {.test_fraction = 0.5, .gap_ns = 5});
    EXPECT_EQ(split.train, (Rows{0}));
}

TEST(TimeSplit, RefusesWhatLeavesNothingToTrainOn) {
    EXPECT_THROW(time_split(5, {.n_splits = 5}), InvalidArgument);
    EXPECT_THROW(time_split(10, {.n_splits = 2, .gap = 9}), InvalidArgument);
    EXPECT_THROW(time_split(10, {.n_splits = 2, .gap_ns = 9}), InvalidArgument);
    EXPECT_THROW(train_test_split_by_time(1), InvalidArgument);
    EXPECT_THROW(train_test_split_by_time(10, {.test_fraction = 1.0}), InvalidArgument);
    const Stamps equal(10, 5), missing{1, std::numeric_limits<std::int64_t>::min(), 3};
    EXPECT_THROW(train_test_split_by_time(VectorView<const std::int64_t>(equal)), InvalidArgument);
    EXPECT_THROW(train_test_split_by_time(VectorView<const std::int64_t>(missing)), InvalidArgument);
}

TEST(KFold, CutsContiguousFoldsUnlessAskedToShuffle) {
    const auto plain = k_fold(10, {.n_splits = 3});
    EXPECT_EQ(plain[0].test, (Rows{0, 1, 2, 3}));
    expect_each_row_tested_once(plain, 10);
    const auto shuffled = k_fold(100, {.n_splits = 4, .shuffle = true, .seed = 3});
    expect_each_row_tested_once(shuffled, 100);
    EXPECT_EQ(shuffled[1].test, k_fold(100, {.n_splits = 4, .shuffle = true, .seed = 3})[1].test);
    EXPECT_NE(shuffled[1].test, k_fold(100, {.n_splits = 4, .shuffle = true, .seed = 4})[1].test);
    EXPECT_THROW(k_fold(3, {.n_splits = 4}), InvalidArgument);
}

TEST(StratifiedKFold, GivesEveryFoldEachClassInProportionToWithinOneRow) {
    Codes classes;
    for (int i = 0; i < 103; ++i) classes.push_back(i % 10 == 0 ? 1 : i % 7 == 0 ? 2 : 0);
    for (const bool shuffle : {false, true}) {
        const auto splits = stratified_k_fold(classes, {.n_splits = 5, .shuffle = shuffle, .seed = 1});
        expect_each_row_tested_once(splits, 103);
        for (std::int32_t k = 0; k < 3; ++k) {
            const auto total = std::count(classes.begin(), classes.end(), k);
            for (const Split& split : splits) {
                const auto n = std::count_if(split.test.begin(), split.test.end(),
                                             [&](Index row) { return classes[static_cast<std::size_t>(row)] == k; });
                EXPECT_LE(std::abs(static_cast<double>(n) - static_cast<double>(total) / 5), 1.0);
            }
        }
    }
}

TEST(GroupSplit, KeepsGroupsWholeAndFoldsBalanced) {
    Codes groups;
    for (int i = 0; i < 200; ++i) groups.push_back((i * i) % 17);
    const auto splits = group_split(groups, 4);
    expect_each_row_tested_once(splits, 200);
    for (const Split& split : splits) {
        std::set<std::int32_t> test, train;
        for (const Index row : split.test) test.insert(groups[static_cast<std::size_t>(row)]);
        for (const Index row : split.train) train.insert(groups[static_cast<std::size_t>(row)]);
        for (const auto group : test) EXPECT_EQ(train.count(group), 0u);
        EXPECT_NEAR(static_cast<double>(split.test.size()), 50, 25);
    }
    EXPECT_THROW(group_split(Codes{0, 0, 1}, 3), InvalidArgument);
}

TEST(BlockedKFold, LeavesOutTheGapOnBothSidesOfTheBlock) {
    const auto splits = blocked_k_fold(12, 3, 2);
    expect_each_row_tested_once(splits, 12);
    EXPECT_EQ(splits[1].test, (Rows{4, 5, 6, 7}));
    EXPECT_EQ(splits[1].train, (Rows{0, 1, 10, 11}));
    EXPECT_THROW(blocked_k_fold(12, 3, 8), InvalidArgument);
    EXPECT_THROW(blocked_k_fold(12, 3, -1), InvalidArgument);
}

}  // namespace
}  // namespace plantwright::evaluate
