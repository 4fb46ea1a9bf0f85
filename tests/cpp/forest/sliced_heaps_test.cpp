// SPDX-License-Identifier: MIT
/// Shallow forests sliced at the top, against the slow way through their trees.
#include "forest/sliced_heaps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "forest/predictor.hpp"
#include "forest_testing.hpp"
#include "plantwright/forest/random_forest.hpp"
#include "random_trees.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::Problem;
using testing::random_rows;
using testing::random_trees;
using testing::RandomTrees;
using testing::slow_mean;

std::unique_ptr<const SlicedHeaps> heaps_of(const Forest& forest) { return SlicedHeaps::make(CompactForest(forest)); }

Matrix mean_by_heaps(const Forest& forest, const FeatureRows& rows, int n_threads = 1) {
    return Predictor(CompactForest(forest)).mean_by_heaps(*heaps_of(forest), rows, n_threads);
}

struct Case {
    const char* name;
    RandomTrees trees;
    double missing = 0.1;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class AnySlicedHeaps : public ::testing::TestWithParam<Case> {};

TEST_P(AnySlicedHeaps, GiveTheOraclesBitsInBatchesOfAnySize) {
    const Forest forest = random_trees(GetParam().trees);
    ASSERT_TRUE(heaps_of(forest));
    const Index cols = forest.n_features;
    for (const Index rows : {1, 2, 31, 32, 33, 100, 300}) {
        const std::vector<float> x = random_rows(GetParam().trees, rows, GetParam().missing);
        const std::vector<double> wide(x.begin(), x.end());
        const Matrix mean = mean_by_heaps(forest, ConstMatrixViewF(x.data(), rows, cols));
        EXPECT_EQ(mean_by_heaps(forest, ConstMatrixView(wide.data(), rows, cols)), mean);
        for (Index i = 0; i < rows; ++i) {
            const std::vector<double> expected = slow_mean(forest, x.data() + i * cols);
            for (Index k = 0; k < forest.n_outputs; ++k) ASSERT_EQ(mean(i, k), expected[static_cast<std::size_t>(k)]);
        }
    }
}

constexpr RandomTrees kFull{.trees = 20, .splits = 255, .depth = 8};
RandomTrees full(Index depth) { return {.trees = 11, .splits = 255, .features = 9, .depth = depth}; }

INSTANTIATE_TEST_SUITE_P(
    Heaps, AnySlicedHeaps,
    ::testing::Values(
        Case{"depth 1", full(1)}, Case{"depth 2", full(2)}, Case{"depth 3", full(3)}, Case{"depth 4", full(4)},
        Case{"depth 5", full(5)}, Case{"depth 6", full(6)}, Case{"depth 7", full(7)}, Case{"depth 8", full(8)},
        Case{"one leaf a tree", {.splits = 0}}, Case{"one tree", {.trees = 1, .splits = 255, .depth = 8}},
        Case{"unbalanced trees", {.trees = 40, .splits = 60, .features = 12, .depth = 8}},
        Case{"trees of any depth", {.trees = 60, .splits = 12, .features = 12, .depth = 8}},
        Case{"chains", {.trees = 23, .splits = 8, .chain = true}},
        Case{"one feature", {.trees = 9, .splits = 200, .features = 1, .depth = 8}},
        Case{"no missing values", {.trees = 9, .splits = 255, .features = 20, .depth = 8}, 0.0},
        Case{"missing values always right", {.trees = 9, .splits = 255, .features = 40, .missing_left = 0, .depth = 8}},
        Case{"missing values always left", {.trees = 9, .splits = 255, .features = 40, .missing_left = 1, .depth = 8}},
        Case{"nothing but missing values", kFull, 1.0},
        Case{"thresholds that are all different",
             {.trees = 30, .splits = 255, .features = 3, .depth = 8, .any_threshold = true}},
        Case{"more thresholds than a byte counts, in one feature",
             {.trees = 90, .splits = 255, .features = 1, .depth = 8, .any_threshold = true}},
        Case{"as many lines as there may be", {.trees = 60, .splits = 255, .features = 256, .depth = 8}},
        Case{"two classes",
             {.trees = 20, .splits = 200, .outputs = 2, .statistics = InnerStatistics::gini, .depth = 8}},
        Case{"nine classes",
             {.trees = 90, .splits = 255, .outputs = 9, .statistics = InnerStatistics::entropy, .depth = 8}},
        Case{"three outputs",
             {.trees = 20, .splits = 80, .outputs = 3, .statistics = InnerStatistics::stored, .depth = 8}}));

/// Grown forests, of which rows end where training rows did.
struct Grown {
    explicit Grown(RandomForestOptions options, double missing = 0.05)
        : problem(make_problem({.rows = 2000, .cols = 11, .missing = missing, .whole_targets = false})),
          regressor(RandomForestRegressor::fit(problem.X.view(), problem.y, options)),
          classifier(RandomForestClassifier::fit(problem.X.view(), problem.label, options)) {}

    FeatureRows rows() const { return ConstMatrixView(problem.X.view()); }

    Problem problem;
    RandomForestRegressor regressor;
    RandomForestClassifier classifier;
};

void expect_bits_of_walks(const ForestModel& model, const FeatureRows& rows) {
    const Predictor predictor(model.compact());
    const auto heaps = SlicedHeaps::make(model.compact());
    ASSERT_TRUE(heaps);
    const Matrix walked = predictor.mean_value(rows, {}, WalkDriver::rows);
    for (const int n_threads : {1, 3}) EXPECT_EQ(predictor.mean_by_heaps(*heaps, rows, n_threads), walked);
}

TEST(SlicedHeaps, GiveTheBitsOfWalksForGrownForests) {
    for (const int depth : {1, 3, 6, 8}) {
        const Grown grown({.n_estimators = 25, .max_depth = depth});
        expect_bits_of_walks(grown.regressor.model(), grown.rows());
        expect_bits_of_walks(grown.classifier.model(), grown.rows());
    }
}

TEST(SlicedHeaps, GiveTheBitsOfWalksForExtraTreesAndForLargeTargets) {
    Problem p = make_problem({.rows = 1500, .missing = 0.05, .whole_targets = false});
    const auto random = RandomForestRegressor::fit(p.X.view(), p.y, extra_trees({.n_estimators = 20, .max_depth = 8}));
    expect_bits_of_walks(random.model(), ConstMatrixView(p.X.view()));
    for (double& y : p.y) y = 1e9 + 1e-3 * y;  // base is not 0
    const auto far = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 20, .max_depth = 8});
    ASSERT_NE(far.model().compact().base, 0);
    expect_bits_of_walks(far.model(), ConstMatrixView(p.X.view()));
}

TEST(SlicedHeaps, SendValuesAtAThresholdLeftAndTheNextOnesRight) {
    const Grown grown({.n_estimators = 4, .max_depth = 8}, 0);
    const Forest trees = grown.regressor.model().forest();
    const Index cols = trees.n_features;
    std::vector<double> values;
    for (Index k = 0; k < trees.n_nodes(); ++k) {
        if (trees.feature[k] == kLeafFeature) continue;
        const float t = trees.threshold[k], next = std::nextafterf(t, testing::kInfinity);
        const double rounded = (3.0 * t + next) / 4;  // no float32; the nearest one is the threshold
        for (const double x : {static_cast<double>(t), static_cast<double>(next), rounded, 1e300, -1e300})
            values.insert(values.end(), static_cast<std::size_t>(cols), x);
    }
    const auto rows = static_cast<Index>(values.size()) / cols;
    expect_bits_of_walks(grown.regressor.model(), ConstMatrixView(values.data(), rows, cols));
}

TEST(SlicedHeaps, TakeNodesOfTwoWords) {
    const RandomTrees trees{.trees = 2, .splits = 100, .features = 600'000, .depth = 8};
    const Forest forest = random_trees(trees);
    ASSERT_TRUE(CompactForest(forest).wide());
    const std::vector<float> x = random_rows(trees, 3, 0.1);
    const Matrix mean = mean_by_heaps(forest, ConstMatrixViewF(x.data(), 3, trees.features));
    for (Index i = 0; i < 3; ++i) EXPECT_EQ(mean(i, 0), slow_mean(forest, x.data() + i * trees.features)[0]);
}

TEST(SlicedHeaps, ReadTablesHoweverTheyLieInMemory) {
    const Grown grown({.n_estimators = 10, .max_depth = 7});
    const Matrix& X = grown.problem.X;
    const ForestModel& model = grown.classifier.model();
    std::vector<double> columns(static_cast<std::size_t>(X.rows() * X.cols()));
    std::vector<FeatureColumn> of_frame(static_cast<std::size_t>(X.cols()));
    for (Index j = 0; j < X.cols(); ++j) {
        double* column = columns.data() + j * X.rows();
        for (Index i = 0; i < X.rows(); ++i) column[i] = X(i, j);
        of_frame[static_cast<std::size_t>(j)].float64 = VectorView<const double>(column, X.rows());
    }
    const auto heaps = SlicedHeaps::make(model.compact());
    const Predictor predictor(model.compact());
    const Matrix mean = predictor.mean_by_heaps(*heaps, grown.rows(), 1);
    EXPECT_EQ(predictor.mean_by_heaps(*heaps, ConstMatrixView(columns.data(), X.rows(), X.cols(), 1, X.rows()), 1),
              mean);
    EXPECT_EQ(predictor.mean_by_heaps(*heaps, FeatureRows(std::move(of_frame), X.rows()), 1), mean);
}

TEST(SlicedHeaps, AreNoneWhereTreesDoNotFit) {
    EXPECT_TRUE(heaps_of(random_trees({.splits = 8, .chain = true})));
    EXPECT_FALSE(heaps_of(random_trees({.splits = 9, .chain = true})));  // nine levels
    EXPECT_FALSE(heaps_of(random_trees({.splits = 300, .features = 9})));
    EXPECT_FALSE(heaps_of(random_trees({.splits = 5, .categories = 2})));
    EXPECT_FALSE(heaps_of(random_trees({.trees = 300, .splits = 255, .features = 400, .depth = 8})));  // lines
    EXPECT_FALSE(heaps_of(random_trees({.trees = 20'001, .splits = 0})));
}

TEST(SlicedHeaps, AreNoneWhereAFeatureHasMoreThresholdsThanACodeTellsApart) {
    Forest forest = random_trees({.trees = 129, .splits = 255, .features = 1, .depth = 8});
    const auto with_thresholds = [&](int n) {
        int k = 0;
        for (Index node = 0; node < forest.n_nodes(); ++node) {
            if (forest.feature[node] != kLeafFeature) forest.threshold[node] = static_cast<float>(std::min(++k, n));
        }
        EXPECT_GT(k, n);
    };
    with_thresholds(kHeapThresholds + 1);
    EXPECT_FALSE(heaps_of(forest));
    with_thresholds(kHeapThresholds);
    ASSERT_TRUE(heaps_of(forest));
    std::vector<float> x;
    for (int i = 0; i < 400; ++i) x.push_back(static_cast<float>(i < 40 ? kHeapThresholds - 20 + i : 83 * i));
    x.push_back(std::nanf(""));
    const auto rows = std::ssize(x);
    const Matrix mean = mean_by_heaps(forest, ConstMatrixViewF(x.data(), rows, 1));
    for (Index i = 0; i < rows; ++i) ASSERT_EQ(mean(i, 0), slow_mean(forest, x.data() + i)[0]);
}

TEST(SlicedHeaps, ComeInUnseenWhereManyRowsArePredicted) {
    const Grown grown({.n_estimators = 30, .max_depth = 8});
    for (const ForestModel* model : {&grown.regressor.model(), &grown.classifier.model()}) {
        const Predictor predictor(model->compact());
        const FeatureRows rows = grown.rows();
        const Matrix expected = predictor.mean_value(rows, {}, WalkDriver::rows);
        for (int call = 0; call < 5; ++call) EXPECT_EQ(predictor.mean_value(rows, {}), expected);
        EXPECT_EQ(predictor.mean_value(rows, 3), expected);
    }
}

TEST(SlicedHeaps, AreMadeOnceWhereManyThreadsPredictAtTheSameTime) {
    const Grown grown({.n_estimators = 30, .max_depth = 8});
    const FeatureRows rows = grown.rows();
    const Predictor predictor(grown.regressor.model().compact());
    const Matrix expected = predictor.mean_value(rows, {}, WalkDriver::rows);
    std::vector<std::thread> threads;
    std::vector<std::vector<Matrix>> found(4);
    for (auto& means : found) {
        threads.emplace_back([&] {
            for (int call = 0; call < 4; ++call) means.push_back(predictor.mean_value(rows, {}));
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& means : found) {
        for (const Matrix& mean : means) EXPECT_EQ(mean, expected);
    }
}

}  // namespace
}  // namespace plantwright
