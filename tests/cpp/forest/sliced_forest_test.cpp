// SPDX-License-Identifier: MIT
/// Forests without a walk, against the slow way through their trees.
#include "forest/sliced_forest.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "forest/predictor.hpp"
#include "forest_testing.hpp"
#include "naive_isolation.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "random_trees.hpp"

namespace plantwright {
namespace {

using testing::random_rows;
using testing::random_trees;
using testing::RandomTrees;
using testing::slow_mean;

/// Gives the leaves of random trees what isolation trees have: depth + c(rows), as float32.
Forest with_path_lengths(Forest forest) {
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const TreeView tree = forest.tree(t);
        std::vector<int> depth(static_cast<std::size_t>(tree.n_nodes()));
        for (std::size_t k = 0; k < depth.size(); ++k) {  // parents come first
            if (tree.children_left[k] == kNoChild) {
                const double length = depth[k] + testing::naive_path_length(tree.n_node_samples[k]);
                forest.value[forest.tree_offsets[t] + static_cast<Index>(k)] =
                    static_cast<double>(static_cast<float>(length));
            } else {
                depth[static_cast<std::size_t>(tree.children_left[k])] = depth[k] + 1;
                depth[static_cast<std::size_t>(tree.children_right[k])] = depth[k] + 1;
            }
        }
    }
    return forest;
}

Vector sums_of(const SlicedForest& sliced, const FeatureRows& rows) {
    Vector sum(rows.rows());
    SlicedForest::Scratch scratch(sliced);
    sliced.add(rows, 0, rows.rows(), scratch, sum.data());
    return sum;
}

struct Case {
    const char* name;
    RandomTrees trees;
    double missing = 0.1;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class AnySlicedForest : public ::testing::TestWithParam<Case> {};

TEST_P(AnySlicedForest, GivesTheOraclesBitsInBatchesOfAnySize) {
    const Forest forest = with_path_lengths(random_trees(GetParam().trees));
    const auto sliced = SlicedForest::make(CompactForest(forest));
    ASSERT_TRUE(sliced);
    const Index cols = forest.n_features;
    for (const Index rows : {1, 2, 63, 128, 129, 300}) {
        const std::vector<float> x = random_rows(GetParam().trees, rows, GetParam().missing);
        const std::vector<double> wide(x.begin(), x.end());
        const Vector sum = sums_of(*sliced, ConstMatrixViewF(x.data(), rows, cols));
        EXPECT_EQ(sums_of(*sliced, ConstMatrixView(wide.data(), rows, cols)), sum);
        for (Index i = 0; i < rows; ++i)
            ASSERT_EQ(sum[i] / static_cast<double>(forest.n_trees()), slow_mean(forest, x.data() + i * cols)[0]);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Slices, AnySlicedForest,
    ::testing::Values(Case{"few features", {.trees = 23}}, Case{"one feature", {.features = 1}},
                      Case{"one tree", {.trees = 1}}, Case{"one leaf a tree", {.splits = 0}},
                      Case{"one split a tree", {.trees = 9, .splits = 1}},
                      Case{"no missing values", {.trees = 10, .features = 20}, 0.0},
                      Case{"missing values always right", {.features = 40, .missing_left = 0}},
                      Case{"missing values always left", {.features = 40, .missing_left = 1}},
                      Case{"more trees than a byte counts", {.trees = 533, .splits = 5, .features = 30}},
                      Case{"more features than fit one word", {.splits = 300, .features = 300}},
                      Case{"chains", {.splits = 90, .features = 12, .chain = true}},
                      Case{"the longest chains", {.trees = 3, .splits = 255, .features = 3, .chain = true}}));

TEST(SlicedForest, TakesNodesOfTwoWords) {
    const RandomTrees trees{.trees = 2, .splits = 20, .features = 600'000};
    const Forest forest = with_path_lengths(random_trees(trees));
    const CompactForest compact(forest);
    ASSERT_TRUE(compact.wide());
    const std::vector<float> x = random_rows(trees, 3, 0.1);
    const Vector sum = sums_of(*SlicedForest::make(compact), ConstMatrixViewF(x.data(), 3, trees.features));
    for (Index i = 0; i < 3; ++i) EXPECT_EQ(sum[i] / 2, slow_mean(forest, x.data() + i * trees.features)[0]);
}

/// Numbers without order or end, a tenth of them missing.
Matrix any_table(Index rows, Index cols, std::uint64_t seed = 5) {
    RandomStream random(seed, 0, Purpose::noise);
    Matrix X(rows, cols);
    for (double& x : std::span(X.data(), static_cast<std::size_t>(rows * cols)))
        x = random.below(10) == 0 ? std::nan("") : random.normal();
    return X;
}

TEST(SlicedForest, TakesMoreThresholdsOfAFeatureThanABytesHolds) {
    for (const Index cols : {1, 2, 7}) {
        const Matrix X = any_table(1500, cols);
        const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 60});
        const auto sliced = SlicedForest::make(forest.model().compact());
        ASSERT_TRUE(sliced);
        EXPECT_GT(forest.n_nodes() / 2 / cols, 2 * kSlicedThresholds);
        const Predictor predictor(forest.model().compact());
        const Matrix mean = predictor.mean_value(X.view(), {}, WalkDriver::rows);
        const Vector sum = sums_of(*sliced, X.view());
        for (Index i = 0; i < X.rows(); ++i) ASSERT_EQ(sum[i] / 60, mean(i, 0));
    }
}

TEST(SlicedForest, SendsValuesAtAThresholdLeftAndTheNextOnesRight) {
    const Matrix X = any_table(600, 2);
    const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 20});
    const Forest trees = forest.forest();
    std::vector<double> values;
    for (Index k = 0; k < trees.n_nodes(); ++k) {
        if (trees.feature[k] == kLeafFeature) continue;
        const float t = trees.threshold[k], next = std::nextafterf(t, testing::kInfinity);
        for (const double x : {static_cast<double>(t), static_cast<double>(next), (3.0 * t + next) / 4}) {
            values.push_back(x);  // the last is no float32, and rounds to the threshold
            values.push_back(x);
        }
    }
    const auto rows = static_cast<Index>(values.size() / 2);
    const std::vector<float> narrow(values.begin(), values.end());
    const Vector sum = sums_of(*SlicedForest::make(CompactForest(trees)), ConstMatrixView(values.data(), rows, 2));
    for (Index i = 0; i < rows; ++i) ASSERT_EQ(sum[i] / 20, slow_mean(trees, narrow.data() + 2 * i)[0]);
}

TEST(SlicedForest, ReadsTablesHoweverTheyLieInMemory) {
    const Matrix X = any_table(333, 5);
    const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 30});
    const auto sliced = SlicedForest::make(forest.model().compact());
    const Vector sum = sums_of(*sliced, X.view());
    std::vector<double> columns(static_cast<std::size_t>(X.rows() * X.cols()));
    std::vector<FeatureColumn> of_frame(5);
    for (Index j = 0; j < 5; ++j) {
        double* column = columns.data() + j * X.rows();
        for (Index i = 0; i < X.rows(); ++i) column[i] = X(i, j);
        of_frame[static_cast<std::size_t>(j)].float64 = VectorView<const double>(column, X.rows());
    }
    EXPECT_EQ(sums_of(*sliced, ConstMatrixView(columns.data(), X.rows(), X.cols(), 1, X.rows())), sum);
    EXPECT_EQ(sums_of(*sliced, FeatureRows(std::move(of_frame), X.rows())), sum);
}

TEST(SlicedForest, IsNoneWhereTreesDoNotFit) {
    const auto make = [](const Forest& forest) { return SlicedForest::make(CompactForest(forest)); };
    const Forest any = random_trees({});
    EXPECT_FALSE(make(any));  // leaves of any value
    EXPECT_TRUE(make(with_path_lengths(any)));
    EXPECT_FALSE(make(random_trees({.outputs = 2})));
    EXPECT_FALSE(make(with_path_lengths(random_trees({.categories = 2}))));
    EXPECT_FALSE(make(with_path_lengths(random_trees({.trees = 3, .splits = 256, .features = 3, .chain = true}))));
    EXPECT_FALSE(make(with_path_lengths(random_trees({.trees = 3, .splits = 1100}))));
    Forest shallow = with_path_lengths(any);
    for (double& value : shallow.value) value -= 1;  // leaves at depth 1 are less than it
    EXPECT_FALSE(make(shallow));
    const Matrix X = any_table(3000, 1);
    EXPECT_FALSE(SlicedForest::make(
        IsolationForest::fit(X.view(), {.n_estimators = 1, .max_samples = RowCount(2000)}).model().compact()));
}

TEST(SlicedForest, PaysForManySmallTreesAndNotForLargeOnes) {
    const Matrix X = any_table(5000, 8);
    const auto pays = [&](Index max_samples) {
        const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 50, .max_samples = RowCount(max_samples)});
        const auto sliced = SlicedForest::make(forest.model().compact());
        return sliced && sliced->pays();
    };
    EXPECT_TRUE(pays(256));
    EXPECT_FALSE(pays(5000));
}

TEST(SlicedForest, ComesInUnseenWhereManyRowsAreScored) {
    const Matrix X = any_table(3000, 6);
    const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 40});
    const Predictor predictor(forest.model().compact());
    const Matrix expected = predictor.mean_value(X.view(), {}, WalkDriver::rows);
    for (const std::optional<int> n_jobs : {std::optional<int>(), std::optional<int>(3)})
        EXPECT_EQ(predictor.mean_value(X.view(), n_jobs), expected);
    for (Index i = 0; i < X.rows(); i += 100) EXPECT_EQ(forest.path_length(X.view())[i], expected(i, 0));
}

TEST(SlicedForest, IsMadeOnceWhereManyThreadsScoreAtTheSameTime) {
    const Matrix X = any_table(1200, 6);
    const auto forest = IsolationForest::fit(X.view(), {.n_estimators = 40});
    const Predictor walker(forest.model().compact());
    const Matrix expected = walker.mean_value(X.view(), {}, WalkDriver::rows);
    const Predictor predictor(forest.model().compact());
    std::vector<std::thread> threads;
    std::vector<Matrix> found(4);
    for (Matrix& mean : found) threads.emplace_back([&] { mean = predictor.mean_value(X.view(), {}); });
    for (std::thread& thread : threads) thread.join();
    for (const Matrix& mean : found) EXPECT_EQ(mean, expected);
}

}  // namespace
}  // namespace plantwright
