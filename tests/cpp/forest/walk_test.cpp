// SPDX-License-Identifier: MIT
/// Compact trees and the drivers that walk them, against random trees and the slow way through them.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "counting/allocations.hpp"
#include "forest/compact_tree.hpp"
#include "forest/predictor.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "random_trees.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::random_inputs;
using testing::random_rows;
using testing::random_trees;
using testing::RandomTrees;
using testing::same_forest;
using testing::slow_leaf;
using testing::slow_mean;

constexpr WalkDriver kDrivers[] = {WalkDriver::automatic, WalkDriver::rows, WalkDriver::trees, WalkDriver::pairs};

struct Case {
    const char* name;
    RandomTrees trees;
    double missing = 0.1;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class AnyForest : public ::testing::TestWithParam<Case> {};

TEST_P(AnyForest, GivesTheOraclesBitsByEveryDriverInBatchesOfAnySize) {
    const Forest forest = random_trees(GetParam().trees);
    const Predictor predictor{CompactForest(forest)};
    const Index cols = forest.n_features;
    for (const Index rows : {1, 2, 7, 8, 9, 16, 33, 200}) {
        const std::vector<float> x = random_rows(GetParam().trees, rows, GetParam().missing);
        const std::vector<double> wide(x.begin(), x.end());
        for (const WalkDriver driver : kDrivers) {
            const Matrix narrow = predictor.mean_value(ConstMatrixViewF(x.data(), rows, cols), {}, driver);
            EXPECT_EQ(narrow, predictor.mean_value(ConstMatrixView(wide.data(), rows, cols), {}, driver));
            for (Index i = 0; i < rows; ++i) {
                const std::vector<double> expected = slow_mean(forest, x.data() + i * cols);
                for (Index k = 0; k < forest.n_outputs; ++k)
                    ASSERT_EQ(narrow(i, k), expected[static_cast<std::size_t>(k)]);
            }
        }
    }
}

TEST_P(AnyForest, GivesOneRowTheSameBitsWithoutAllocating) {
    const Forest forest = random_trees(GetParam().trees);
    const Predictor predictor{CompactForest(forest)};
    const auto cols = static_cast<std::size_t>(forest.n_features);
    std::vector<double> mean(static_cast<std::size_t>(forest.n_outputs)), wide_mean = mean;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const std::vector<float> x = random_rows(GetParam().trees, 1, seed % 2 ? GetParam().missing : 0, seed);
        const std::vector<double> wide(x.begin(), x.end());
        const std::vector<double> expected = slow_mean(forest, x.data());
        const long before = testing::n_allocations;
        predictor.mean_of_one(std::span<const float>(x.data(), cols), mean);
        predictor.mean_of_one(std::span<const double>(wide.data(), cols), wide_mean);
        EXPECT_EQ(testing::n_allocations, before);
        EXPECT_EQ(mean, expected);
        EXPECT_EQ(wide_mean, expected);
    }
}

TEST_P(AnyForest, IsTheSameForestAfterBeingPackedAndUnpacked) {
    const CompactForest compact(random_trees(GetParam().trees));
    compact.validate();
    const Forest unpacked = compact.to_forest();
    unpacked.validate();
    const CompactForest again(unpacked);
    EXPECT_EQ(again.nodes, compact.nodes);
    EXPECT_EQ(again.level_sets, compact.level_sets);
    EXPECT_TRUE(same_forest(again.to_forest(), unpacked));
    for (Index t = 0; t < compact.n_trees(); ++t) {
        const TreeView tree = compact.tree(t), part = unpacked.tree(t);
        EXPECT_TRUE(std::ranges::equal(tree.feature, part.feature));
        EXPECT_TRUE(std::ranges::equal(tree.impurity, part.impurity));
    }
}

TEST_P(AnyForest, HasTheSameBitsAfterItsTreesAreTakenApartAndJoined) {
    const Forest forest = random_trees(GetParam().trees);
    const CompactForest compact(forest);
    std::vector<CompactTree> trees;
    for (Index t = 0; t < compact.n_trees(); ++t) {
        trees.push_back(tree_of(compact, t));
        const CompactTree& tree = trees.back();
        const CompactTree packed = compact_tree(forest.tree(t), format_of(compact));
        EXPECT_EQ(tree.wide, packed.wide);
        EXPECT_EQ(tree.words, packed.words);
        EXPECT_EQ(tree.leaf_table, packed.leaf_table);
        EXPECT_EQ(tree.level_sets, packed.level_sets);
    }
    const CompactForest joined = join_trees(format_of(compact), std::move(trees));
    joined.validate();
    EXPECT_EQ(joined.nodes, compact.nodes);
    EXPECT_EQ(joined.leaf_table, compact.leaf_table);
    EXPECT_EQ(joined.n_node_samples, compact.n_node_samples);
    EXPECT_EQ(joined.whole_weight, compact.whole_weight);
    EXPECT_EQ(joined.weight, compact.weight);
    EXPECT_EQ(joined.impurity, compact.impurity);
    EXPECT_EQ(joined.inner_value, compact.inner_value);
    EXPECT_EQ(joined.n_levels, compact.n_levels);
    EXPECT_EQ(joined.level_sets, compact.level_sets);
}

TEST_P(AnyForest, AppliesAndShowsTheWayOfEachRow) {
    const CompactForest compact(random_trees(GetParam().trees));
    const Forest forest = compact.to_forest();
    const Predictor predictor(compact);
    const Index rows = 21, cols = forest.n_features;
    const std::vector<float> x = random_rows(GetParam().trees, rows, GetParam().missing);
    const ConstMatrixViewF X(x.data(), rows, cols);
    const auto leaves = predictor.apply(X, {});
    const DecisionPath path = predictor.decision_path(X, {});
    for (Index i = 0; i < rows; ++i) {
        const std::int64_t* node = path.nodes.data() + path.row_offsets[i];
        for (Index t = 0; t < forest.n_trees(); ++t) {
            const Index leaf = slow_leaf(forest.tree(t), x.data() + i * cols);
            EXPECT_EQ(leaves(i, t), leaf);
            EXPECT_EQ(*node, forest.tree_offsets[t]);
            while (*node != forest.tree_offsets[t] + leaf) ++node;
            ++node;
        }
        EXPECT_EQ(node, path.nodes.data() + path.row_offsets[i + 1]);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Walks, AnyForest,
    ::testing::Values(
        Case{"few features", {.trees = 23}}, Case{"one feature", {.features = 1}},
        Case{"one leaf a tree", {.splits = 0}}, Case{"no missing values", {.trees = 10, .features = 20}, 0.0},
        Case{"missing values always right", {.features = 40, .missing_left = 0}},
        Case{"many trees", {.trees = 533, .splits = 5, .features = 30}},
        Case{"as many features as eight bits allow", {.splits = 300, .features = 127}},
        Case{"more features", {.splits = 300, .features = 128}},
        Case{"more than 256 features", {.splits = 300, .features = 300}},
        Case{"more keys than the stack takes", {.splits = 300, .features = 700}},
        Case{"nodes too far apart for one word", {.trees = 2, .splits = 20'000, .features = 70'000}},
        Case{"chains", {.splits = 90, .features = 12, .chain = true}},
        Case{"long chains", {.trees = 2, .splits = 3000, .features = 3, .chain = true}, 0.0},
        Case{"categories of few levels", {.trees = 23, .splits = 200, .categories = 3}},
        Case{"categories of few and of many levels",
             {.trees = 23, .splits = 200, .features = 9, .categories = 4, .levels = 300}},
        Case{"categories alone, of as many levels as there may be",
             {.splits = 60, .features = 2, .categories = 2, .levels = kMostLevels}},
        Case{"one more level than a mask holds", {.splits = 200, .categories = 2, .levels = 31}},
        Case{"categories and as many features as eight bits allow",
             {.splits = 300, .features = 63, .categories = 20, .levels = 100}},
        Case{"categories and more features", {.splits = 300, .features = 200, .categories = 20, .levels = 100}},
        Case{"categories and more keys than the stack takes",
             {.splits = 300, .features = 700, .categories = 400, .levels = 100}},
        Case{"categories and nodes too far apart for one word",
             {.trees = 2, .splits = 20'000, .features = 70'000, .categories = 50'000, .levels = 40}},
        Case{"categories and classes",
             {.trees = 301, .outputs = 9, .statistics = InnerStatistics::entropy, .categories = 3, .levels = 90}},
        Case{"two classes", {.outputs = 2, .statistics = InnerStatistics::gini}},
        Case{"nine classes", {.trees = 301, .outputs = 9, .statistics = InnerStatistics::entropy}},
        Case{"stored statistics", {.outputs = 3, .statistics = InnerStatistics::stored}}));

TEST(CompactForest, TakesTreesOfMoreThanAMillionNodes) {
    const Forest forest = random_trees({.trees = 1, .splits = (1 << 19) + 5, .features = 9});
    const Predictor predictor{CompactForest(forest)};
    EXPECT_GT(predictor.forest().n_nodes(), 1 << 20);
    EXPECT_EQ(predictor.forest().words_per_node(), 1);
    predictor.forest().validate();
    const std::vector<float> x = random_inputs(50 * 9, 0.1);
    const Matrix mean = predictor.mean_value(ConstMatrixViewF(x.data(), 50, 9), {});
    for (Index i = 0; i < 50; ++i) EXPECT_EQ(mean(i, 0), slow_mean(forest, x.data() + i * 9)[0]);
}

TEST(CompactForest, GivesTheSameBitsForAnyNumberOfThreads) {
    const Predictor predictor{CompactForest(random_trees({.trees = 50, .splits = 200}))};
    const std::vector<float> x = random_inputs(3000 * 5, 0.1);
    const ConstMatrixViewF X(x.data(), 3000, 5);
    const Matrix one = predictor.mean_value(X, 1);
    for (const int n_jobs : {2, 3, 8}) EXPECT_EQ(predictor.mean_value(X, n_jobs), one);
}

TEST(CompactForest, NumbersTheChildOfMoreRowsFirstWithItsSiblingBesideIt) {
    const TreeView tree = CompactForest(random_trees({.trees = 1, .splits = 50})).tree(0);
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        if (tree.is_leaf(static_cast<Index>(k))) continue;
        const auto left = static_cast<std::size_t>(tree.children_left[k]),
                   right = static_cast<std::size_t>(tree.children_right[k]);
        EXPECT_EQ(right, left + 1);
        const std::size_t heavy = tree.n_node_samples[left] >= tree.n_node_samples[right] ? left : right;
        if (tree.is_leaf(static_cast<Index>(heavy))) continue;
        EXPECT_EQ(static_cast<std::size_t>(tree.children_left[heavy]), left + 2);
    }
}

TEST(CompactForest, TakesAtMostNineBytesAnInnerNodeBesideItsLeaves) {
    const CompactForest forest(random_trees({.trees = 20, .splits = 100}));
    const Index n_inner = forest.n_nodes() - forest.n_leaves();
    EXPECT_LE(forest.nodes.size() * 8 + forest.tree_begin.size() * 8 - 8 * forest.n_leaves(), 9 * n_inner);
}

// ---- leaf values and the statistics above them

TEST(LeafValues, AreFloat32AndRoundedOnce) {
    for (const double base : {0.0, 1e9, -3.7}) {
        RandomStream random(3, 0, Purpose::noise);
        for (int i = 0; i < 2000; ++i) {
            const double value = base + random.normal() * std::pow(10.0, static_cast<double>(random.below(12)) - 8);
            const float v = leaf_offset(value, base, 1);
            EXPECT_EQ(leaf_offset(base + static_cast<double>(v), base, 1), v);
            EXPECT_NEAR(base + static_cast<double>(v), value, std::abs(value - base) * 6e-8 + std::abs(base) * 3e-16);
        }
    }
}

TEST(LeafValues, OfTargetsFarFromZeroLoseNothing) {
    testing::Problem p = make_problem({.rows = 300});
    for (double& y : p.y) y += 1e9;  // whole numbers
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .bootstrap = false});
    EXPECT_EQ(forest.predict(p.X.view()), p.y);
    const auto tree = forest.tree(0);
    const auto leaves = forest.apply(p.X.view());
    for (Index i = 0; i < p.y.size(); ++i) EXPECT_EQ(tree.value(leaves(i, 0), 0), p.y[i]);
}

TEST(LeafValues, TakeTargetsBeyondFloat32) {
    testing::Problem p = make_problem({.rows = 300});
    for (const double unit : {1e-60, 1e60}) {
        Vector y = p.y;
        for (double& v : y) v *= unit;
        const auto forest = RandomForestRegressor::fit(p.X.view(), y, {.n_estimators = 1, .bootstrap = false});
        const Vector fitted = forest.predict(p.X.view());
        for (Index i = 0; i < y.size(); ++i) EXPECT_NEAR(fitted[i], y[i], std::abs(y[i]) * 1e-7);
        EXPECT_EQ(RandomForestRegressor::from_bytes(forest.to_bytes()).predict(p.X.view()), fitted);
    }
}

class DerivedStatistics : public ::testing::TestWithParam<bool> {};

TEST_P(DerivedStatistics, AreThoseOfTheRowsInEachNode) {
    const testing::Problem p = make_problem({.rows = 400, .whole_targets = false});
    for (const bool weighted : {false, true}) {
        const RandomForestOptions options{.n_estimators = 1, .min_samples_leaf = 5, .bootstrap = false};
        const auto weight = weighted ? p.weight() : ConstVectorView{};
        const bool classes = GetParam();
        const auto regressor = RandomForestRegressor::fit(p.X.view(), p.y, options, weight);
        const auto classifier = RandomForestClassifier::fit(p.X.view(), p.label, options, weight);
        const TreeView tree = classes ? classifier.tree(0) : regressor.tree(0);
        const DecisionPath path = classes ? classifier.decision_path(p.X.view()) : regressor.decision_path(p.X.view());
        const auto n = static_cast<std::size_t>(tree.n_nodes());
        std::vector<double> w(n), sum(n), squares(n), rows(n);
        std::vector<std::array<double, 3>> of_class(n);
        for (Index i = 0; i < p.y.size(); ++i) {
            const double own = weighted ? p.weights[i] : 1;
            if (own == 0) continue;
            for (std::int64_t at = path.row_offsets[i]; at < path.row_offsets[i + 1]; ++at) {
                const auto k = static_cast<std::size_t>(path.nodes[at]);
                ++rows[k];
                w[k] += own;
                sum[k] += own * p.y[i];
                squares[k] += own * p.y[i] * p.y[i];
                of_class[k][static_cast<std::size_t>(p.label[i])] += own;
            }
        }
        for (std::size_t k = 0; k < n; ++k) {
            EXPECT_EQ(tree.n_node_samples[k], rows[k]);
            EXPECT_NEAR(tree.weighted_n_node_samples[k], w[k], 1e-9);
            double gini = 1;
            for (std::size_t c = 0; classes && c < 3; ++c) {
                EXPECT_NEAR(tree.value(static_cast<Index>(k), static_cast<Index>(c)), of_class[k][c] / w[k], 1e-12);
                gini -= std::pow(of_class[k][c] / w[k], 2);
            }
            const double variance = squares[k] / w[k] - std::pow(sum[k] / w[k], 2);
            EXPECT_NEAR(tree.impurity[k], classes ? gini : variance, 1e-5);
            if (!classes) {
                EXPECT_NEAR(tree.value(static_cast<Index>(k), 0), sum[k] / w[k], 1e-6);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(VarianceAndGini, DerivedStatistics, ::testing::Bool());

TEST(PredictOne, GivesTheBitsOfPredictForNumbersOfEitherWidth) {
    const testing::Problem p = make_problem({.rows = 200, .missing = 0.1});
    const auto regressor = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 13});
    const auto classifier = RandomForestClassifier::fit(p.X.view(), p.label, {.n_estimators = 13});
    const Vector prediction = regressor.predict(p.X.view());
    const Matrix share = classifier.predict_proba(p.X.view());
    const auto classes = classifier.predict(p.X.view());
    std::array<double, 3> own;
    for (Index i = 0; i < 200; ++i) {
        const std::span<const double> row(p.X.data() + i * p.X.cols(), 6);
        const std::vector<float> narrow(row.begin(), row.end());
        EXPECT_EQ(regressor.predict_one(row), prediction[i]);
        EXPECT_EQ(regressor.predict_one(std::span<const float>(narrow)), prediction[i]);
        EXPECT_EQ(classifier.predict_one(row, own), classes[i]);
        for (Index k = 0; k < 3; ++k) EXPECT_EQ(own[static_cast<std::size_t>(k)], share(i, k));
    }
}

TEST(PredictOne, SaysWhatItWants) {
    const testing::Problem p = make_problem({.rows = 40});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1});
    const std::vector<double> row(5);
    EXPECT_EQ(message_of<InvalidArgument>([&] { (void)forest.predict_one(std::span<const double>(row)); }),
              "random forest: X must have 6 features, as in fit, got 5");
    EXPECT_THROW((void)RandomForestRegressor().predict_one(std::span<const double>(row)), NotFitted);
}

}  // namespace
}  // namespace plantwright
