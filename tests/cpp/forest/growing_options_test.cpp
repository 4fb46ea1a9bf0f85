// SPDX-License-Identifier: MIT
/// Monotonic constraints, pruning, random thresholds and fractional weights.
#include <gtest/gtest.h>

#include <algorithm>

#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::Problem;
using testing::r_squared;

/// Predictions along column j from low to high, the other columns as in some row.
Vector along(const Problem& p, Index row, Index j, const auto& predict) {
    constexpr Index kSteps = 200;
    Matrix X(kSteps, p.X.cols());
    for (Index i = 0; i < kSteps; ++i) {
        for (Index k = 0; k < X.cols(); ++k) X(i, k) = p.X(row, k);
        X(i, j) = -4 + 8.0 * static_cast<double>(i) / kSteps;
    }
    return predict(X.view());
}

template <class Predict>
void expect_monotonic(const Problem& p, const std::vector<int>& constraints, const Predict& predict) {
    for (Index row = 0; row < 20; ++row) {
        for (Index j = 0; j < p.X.cols(); ++j) {
            const int direction = constraints[static_cast<std::size_t>(j)];
            const Vector y = along(p, row, j, predict);
            for (Index i = 1; i < y.size(); ++i) EXPECT_GE(direction * (y[i] - y[i - 1]), -1e-12) << "column " << j;
        }
    }
}

class MonotonicConstraints : public ::testing::TestWithParam<std::tuple<Criterion, Splitter, int>> {};

TEST_P(MonotonicConstraints, HoldForEveryRowAndColumn) {
    const auto [criterion, splitter, max_leaf_nodes] = GetParam();
    Problem p = make_problem({.rows = 600, .cols = 4, .missing = 0.05, .whole_targets = false});
    const std::vector<int> constraints = {1, -1, 0, 1};
    RandomForestOptions options{
        .n_estimators = 10, .criterion = criterion, .splitter = splitter, .monotonic_cst = constraints};
    if (max_leaf_nodes > 0) options.max_leaf_nodes = max_leaf_nodes;
    if (criterion == Criterion::gini || criterion == Criterion::entropy) {
        for (auto& k : p.label) k = k > 1;
        const auto forest = RandomForestClassifier::fit(p.X.view(), p.label, options);
        expect_monotonic(p, constraints, [&](ConstMatrixView X) {
            const Matrix share = forest.predict_proba(X);
            Vector second(share.rows());
            for (Index i = 0; i < share.rows(); ++i) second[i] = share(i, 1);
            return second;
        });
    } else {
        for (double& y : p.y) y = criterion == Criterion::poisson ? std::abs(y) : y + 1000;
        const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, options);
        expect_monotonic(p, constraints, [&](ConstMatrixView X) { return forest.predict(X); });
        EXPECT_GT(r_squared(forest.predict(p.X.view()), p.y), criterion == Criterion::poisson ? 0.02 : 0.3);
    }
}

INSTANTIATE_TEST_SUITE_P(Criteria, MonotonicConstraints,
                         ::testing::Combine(::testing::Values(Criterion::squared_error, Criterion::poisson,
                                                              Criterion::gini, Criterion::entropy),
                                            ::testing::Values(Splitter::fast, Splitter::random),
                                            ::testing::Values(0, 25)));

TEST(MonotonicConstraints, AreRefusedWhereTheyCannotHold) {
    Problem p = make_problem({.rows = 60});
    const auto fit = [&](RandomForestOptions options) { RandomForestRegressor::fit(p.X.view(), p.y, options); };
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  fit({.monotonic_cst = {1, 0}});
              }).find("monotonic_cst must be one number a feature"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  fit({.monotonic_cst = {0, 0}});
              }).find("monotonic_cst must be one number a feature"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] { fit({.monotonic_cst = {2, 0, 0, 0, 0, 0}}); }).find("-1, 0 or 1"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  fit({.criterion = Criterion::absolute_error, .monotonic_cst = {1, 0, 0, 0, 0, 0}});
              }).find("absolute_error"),
              std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::fit(p.X.view(), p.label, {.monotonic_cst = {1, 0, 0, 0, 0, 0}});
              }).find("more than two classes"),
              std::string::npos);
}

/// Cuts the weakest link again and again, from scratch each time.
std::size_t leaves_after_pruning(const TreeView& tree, double ccp_alpha) {
    std::vector<bool> cut(tree.feature.size());
    const auto risk = [&](std::size_t i) {
        return tree.weighted_n_node_samples[i] / tree.weighted_n_node_samples[0] * tree.impurity[i];
    };
    for (;;) {
        std::vector<double> leaf_risk(cut.size()), leaves(cut.size());
        for (std::size_t i = cut.size(); i-- > 0;) {
            const bool leaf = cut[i] || tree.children_left[i] == kNoChild;
            const auto left = static_cast<std::size_t>(std::max(tree.children_left[i], 0)),
                       right = static_cast<std::size_t>(std::max(tree.children_right[i], 0));
            leaf_risk[i] = leaf ? risk(i) : leaf_risk[left] + leaf_risk[right];
            leaves[i] = leaf ? 1 : leaves[left] + leaves[right];
        }
        std::size_t weakest = 0;
        double least = HUGE_VAL;
        std::vector<bool> reached(cut.size());
        reached[0] = true;
        for (std::size_t i = 0; i < cut.size(); ++i) {
            if (!reached[i] || cut[i] || tree.children_left[i] == kNoChild) continue;
            reached[static_cast<std::size_t>(tree.children_left[i])] =
                reached[static_cast<std::size_t>(tree.children_right[i])] = true;
            const double alpha = (risk(i) - leaf_risk[i]) / (leaves[i] - 1);
            if (alpha < least) {
                least = alpha;
                weakest = i;
            }
        }
        if (least > ccp_alpha) return static_cast<std::size_t>(leaves[0]);
        cut[weakest] = true;
    }
}

TEST(Pruning, CutsTheWeakestLinksOneByOne) {
    const Problem p = make_problem({.rows = 300, .cols = 3, .whole_targets = false});
    RandomForestOptions options{.n_estimators = 3, .random_state = 3};
    const auto grown = RandomForestRegressor::fit(p.X.view(), p.y, options);
    std::size_t last = 0;
    for (const double alpha : {1.0, 0.3, 0.05, 0.01}) {
        options.ccp_alpha = alpha;
        const auto pruned = RandomForestRegressor::fit(p.X.view(), p.y, options);
        for (Index t = 0; t < 3; ++t) {
            const std::size_t nodes = pruned.tree(t).feature.size();
            EXPECT_EQ((nodes + 1) / 2, leaves_after_pruning(grown.tree(t), alpha)) << "alpha " << alpha;
        }
        EXPECT_GT(pruned.tree(0).feature.size(), last);  // less pruning, more leaves
        last = pruned.tree(0).feature.size();
    }
}

TEST(RandomThresholds, GrowTreesThatFitTheTrainingRowsAndGeneralise) {
    const Problem p = make_problem({.rows = 2000, .cols = 5, .whole_targets = false});
    const RandomForestOptions options = extra_trees({.n_estimators = 30});
    const auto forest =
        RandomForestRegressor::fit(p.X.view().rows_between(0, 1500), ConstVectorView(p.y.data(), 1500), options);
    EXPECT_GT(
        r_squared(forest.predict(p.X.view().rows_between(0, 1500)), Vector(std::span<const double>(p.y.data(), 1500))),
        0.999);
    EXPECT_GT(r_squared(forest.predict(p.X.view().rows_between(1500, 2000)),
                        Vector(std::span<const double>(p.y.data() + 1500, 500))),
              0.6);
}

TEST(RandomThresholds, LieBetweenTheValuesOfTheNode) {
    const Problem p = make_problem({.rows = 400, .cols = 3, .missing = 0.1});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, extra_trees({.n_estimators = 1}));
    const TreeView tree = forest.tree(0);
    for (std::size_t i = 0; i < tree.feature.size(); ++i) {
        if (tree.children_left[i] == kNoChild) continue;
        EXPECT_GT(tree.n_node_samples[static_cast<std::size_t>(tree.children_left[i])], 0);
        EXPECT_GT(tree.n_node_samples[static_cast<std::size_t>(tree.children_right[i])], 0);
    }
}

TEST(FractionalWeights, GiveTheSplitsOfTheExactSplitter) {
    Problem p = make_problem({.rows = 1500, .cols = 4, .missing = 0.05, .whole_targets = false});
    for (double& w : p.weights) w += 0.2;  // all positive
    RandomForestOptions options{
        .n_estimators = 1, .max_depth = 4, .max_features = MaxFeatures::all(), .bootstrap = false};
    const auto fast = RandomForestRegressor::fit(p.X.view(), p.y, options, p.weights);
    options.splitter = Splitter::exact;
    const auto exact = RandomForestRegressor::fit(p.X.view(), p.y, options, p.weights);
    EXPECT_EQ(fast.tree(0).feature[0], exact.tree(0).feature[0]);
    EXPECT_EQ(fast.tree(0).threshold[0], exact.tree(0).threshold[0]);
    EXPECT_NEAR(fast.tree(0).weighted_n_node_samples[0], exact.tree(0).weighted_n_node_samples[0], 1e-9);
    EXPECT_NEAR(r_squared(fast.predict(p.X.view()), p.y), r_squared(exact.predict(p.X.view()), p.y), 0.01);
}

}  // namespace
}  // namespace plantwright
