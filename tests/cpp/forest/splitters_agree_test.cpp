// SPDX-License-Identifier: MIT
/// The fast splitter against the exact one: the same trees, node by node, where sums of targets are exact.
#include <gtest/gtest.h>

#include "forest_testing.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::Problem;
using testing::r_squared;
using testing::same_forest;

void expect_same_trees(const Problem& p, RandomForestOptions options) {
    options.n_estimators = 2;
    options.random_state = 5;
    RandomForestOptions exact = options;
    exact.splitter = Splitter::exact;
    EXPECT_TRUE(same_forest(RandomForestRegressor::fit(p.X.view(), p.y, options).forest(),
                            RandomForestRegressor::fit(p.X.view(), p.y, exact).forest()));
    Buffer<std::int32_t> two = p.label;
    for (auto& k : two) k = k > 0;
    EXPECT_TRUE(same_forest(RandomForestClassifier::fit(p.X.view(), two, options).forest(),
                            RandomForestClassifier::fit(p.X.view(), two, exact).forest()));
}

class SplittersAgree : public ::testing::TestWithParam<std::tuple<Index, double, int>> {
protected:
    Problem problem() const {
        const auto [rows, missing, n_values] = GetParam();
        return make_problem({.rows = rows, .cols = 8, .missing = missing, .n_values = n_values});
    }
};

TEST_P(SplittersAgree, OnFullTrees) { expect_same_trees(problem(), {}); }
TEST_P(SplittersAgree, WithFewFeaturesAndLeavesOfSeveralRows) {
    expect_same_trees(problem(), {.min_samples_leaf = 4, .max_features = MaxFeatures::count(3)});
}
TEST_P(SplittersAgree, WithALeastWeightOfLeaves) { expect_same_trees(problem(), {.min_weight_fraction_leaf = 0.01}); }
TEST_P(SplittersAgree, BestFirst) { expect_same_trees(problem(), {.max_leaf_nodes = 30}); }
TEST_P(SplittersAgree, WithoutBootstrap) { expect_same_trees(problem(), {.max_features = MaxFeatures::sqrt(), .bootstrap = false}); }

INSTANTIATE_TEST_SUITE_P(Shapes, SplittersAgree,
                         ::testing::Combine(::testing::Values<Index>(3, 60, 700, 3000), ::testing::Values(0.0, 0.2),
                                            ::testing::Values(0, 3, 200)));

TEST(FastSplitter, AgreesOnColumnsOfMoreThan65535DistinctValues) {
    const Problem p = make_problem({.rows = 70'000, .cols = 2, .missing = 0.01});
    expect_same_trees(p, {.max_depth = 5});
}

TEST(FastSplitter, AgreesWithWholeSampleWeights) {
    Problem p = make_problem({.rows = 800, .cols = 5, .missing = 0.1});
    for (double& w : p.weights) w = std::floor(w * 2);
    const RandomForestOptions fast{.n_estimators = 2, .bootstrap = false};
    RandomForestOptions exact = fast;
    exact.splitter = Splitter::exact;
    EXPECT_TRUE(same_forest(RandomForestRegressor::fit(p.X.view(), p.y, fast, p.weights).forest(),
                            RandomForestRegressor::fit(p.X.view(), p.y, exact, p.weights).forest()));
}

TEST(FastSplitter, IsAsAccurateAsTheExactOneOnNoiseHeavyData) {
    RandomStream random(3, 0, Purpose::noise);
    Matrix X(3000, 40);
    Vector y(X.rows());
    for (Index i = 0; i < X.rows(); ++i) {
        for (Index j = 0; j < X.cols(); ++j) X(i, j) = random.normal();
        y[i] = X(i, 0) + X(i, 1) * X(i, 2) + X(i, 3) + 0.3 * random.normal();
    }
    const auto train = X.view().rows_between(0, 2000), test = X.view().rows_between(2000, 3000);
    const Vector truth(std::span<const double>(y.data() + 2000, 1000));
    const ConstVectorView y_train(y.data(), 2000);
    double difference = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        RandomForestOptions options{.n_estimators = 30, .max_features = MaxFeatures::sqrt(), .random_state = seed};
        const double fast = r_squared(RandomForestRegressor::fit(ConstMatrixView(train), y_train, options).predict(ConstMatrixView(test)), truth);
        options.splitter = Splitter::exact;
        difference += fast - r_squared(RandomForestRegressor::fit(ConstMatrixView(train), y_train, options).predict(ConstMatrixView(test)), truth);
    }
    EXPECT_NEAR(difference / 4, 0, 0.002);
}

TEST(FastSplitter, KeepsItsDigitsBesideOutliersAMillionStandardDeviationsAway) {
    Problem p = make_problem({.rows = 2000, .cols = 4, .whole_targets = false});
    const Vector clean = p.y;
    p.y[17] = 1e6;
    p.y[1234] = -1e6;
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .bootstrap = false});
    const Vector fitted = forest.predict(p.X.view());
    for (Index i = 0; i < p.y.size(); ++i) EXPECT_EQ(fitted[i], static_cast<double>(static_cast<float>(p.y[i])));  // leaves are float32
    RandomForestOptions exact{.n_estimators = 10, .max_features = MaxFeatures::count(2), .splitter = Splitter::exact};
    RandomForestOptions fast = exact;
    fast.splitter = Splitter::fast;
    const Vector a = RandomForestRegressor::fit(p.X.view(), p.y, exact).predict(p.X.view());
    const Vector b = RandomForestRegressor::fit(p.X.view(), p.y, fast).predict(p.X.view());
    double worst = 0;
    for (Index i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    EXPECT_LT(worst, 1e6);  // the trees may differ where rounding decides; not in kind
    EXPECT_NEAR(r_squared(a, p.y), r_squared(b, p.y), 1e-6);
}

TEST(FastSplitter, LeavesTargetsThatDoNotFitToTheExactOne) {
    Problem p = make_problem({.rows = 500, .cols = 3, .whole_targets = false});
    p.y[3] = 1e140;  // the others would lose all digits
    const auto fast = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .bootstrap = false});
    const auto exact = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .bootstrap = false, .splitter = Splitter::exact});
    EXPECT_TRUE(same_forest(fast.forest(), exact.forest()));
}

}  // namespace
}  // namespace plantwright
