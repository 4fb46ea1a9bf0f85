// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "forest/bootstrap.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::Problem;
using testing::r_squared;
using testing::same_forest;

/// The definition of a prediction, without packing, blocks or lanes.
double walk_by_hand(const TreeView& tree, const Matrix& X, Index row) {
    std::size_t node = 0;
    while (!tree.is_leaf(static_cast<Index>(node))) {
        const auto x = static_cast<float>(X(row, tree.feature[node]));
        const bool left = std::isnan(x) ? tree.missing_go_left[node] != 0 : x <= tree.threshold[node];
        node = static_cast<std::size_t>(left ? tree.children_left[node] : tree.children_right[node]);
    }
    return tree.value(static_cast<Index>(node), 0);
}

TEST(RandomForestRegressor, PredictsTheMeanOverTreesOfTheLeafThatEachRowReaches) {
    const Problem p = make_problem({.rows = 1100, .missing = 0.1});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 5});
    const Vector prediction = forest.predict(p.X.view(), 2);
    for (Index i = 0; i < p.X.rows(); ++i) {
        double sum = 0;
        for (Index t = 0; t < forest.n_trees(); ++t) sum += walk_by_hand(forest.tree(t), p.X, i);
        ASSERT_EQ(prediction[i], sum / 5);
    }
}

TEST(RandomForestRegressor, GivesTheSameBitsForAnyNumberOfThreads) {
    const Problem p = make_problem({.rows = 600, .missing = 0.1, .whole_targets = false});
    const auto one = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 9, .oob_score = true, .n_jobs = 1});
    for (const int n_jobs : {2, 4, 8}) {
        const auto many =
            RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 9, .oob_score = true, .n_jobs = n_jobs});
        EXPECT_TRUE(same_forest(one.forest(), many.forest()));
        EXPECT_EQ(one.oob_score(), many.oob_score());
        EXPECT_EQ(one.predict(p.X.view(), 1), many.predict(p.X.view(), n_jobs));
    }
}

TEST(RandomForestRegressor, GrowsOtherTreesFromAnotherSeed) {
    const Problem p = make_problem({});
    const auto a = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .random_state = 1});
    const auto b = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .random_state = 2});
    EXPECT_FALSE(same_forest(a.forest(), b.forest()));
}

TEST(RandomForestRegressor, ReadsFloat32AndStridedViewsAlike) {
    const Problem p = make_problem({.rows = 300});
    Table<float> rounded(300, 6);
    Matrix by_column(6, 300);
    for (Index i = 0; i < 300; ++i) {
        for (Index j = 0; j < 6; ++j) {
            rounded(i, j) = static_cast<float>(p.X(i, j));
            by_column(j, i) = p.X(i, j);
        }
    }
    const ConstMatrixView transposed(by_column.data(), 300, 6, 1, 300);
    const auto a = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3});
    const auto b = RandomForestRegressor::fit(rounded.view(), p.y, {.n_estimators = 3});
    const auto c = RandomForestRegressor::fit(transposed, p.y, {.n_estimators = 3});
    EXPECT_TRUE(same_forest(a.forest(), b.forest()));
    EXPECT_TRUE(same_forest(a.forest(), c.forest()));
    EXPECT_EQ(a.predict(p.X.view()), b.predict(rounded.view()));
    EXPECT_EQ(a.predict(p.X.view()), c.predict(transposed));
}

TEST(RandomForestRegressor, LearnsWhichWayMissingValuesGo) {
    Matrix X(200, 1);
    Vector y(200);
    for (Index i = 0; i < 200; ++i) {
        X(i, 0) = i % 4 == 0 ? kNaN : static_cast<double>(i);
        y[i] = i % 4 == 0 ? 10 : i < 100 ? 10 : -10;  // missing behaves as small values do
    }
    const auto forest =
        RandomForestRegressor::fit(X.view(), y, {.n_estimators = 1, .max_depth = 1, .bootstrap = false});
    EXPECT_EQ(forest.tree(0).missing_go_left[0], 1);
    Matrix missing(1, 1, kNaN);
    EXPECT_EQ(forest.predict(missing.view())[0], 10);
}

TEST(RandomForestRegressor, PartsMissingFromPresentWhereThatIsBest) {
    Matrix X(50, 1);
    Vector y(50);
    for (Index i = 0; i < 50; ++i) {
        X(i, 0) = i < 20 ? kNaN : static_cast<double>(i);
        y[i] = i < 20 ? 1 : 0;
    }
    for (const Splitter splitter : {Splitter::fast, Splitter::exact}) {
        const auto forest =
            RandomForestRegressor::fit(X.view(), y, {.n_estimators = 1, .bootstrap = false, .splitter = splitter});
        EXPECT_EQ(forest.tree(0).n_nodes(), 3);
        EXPECT_TRUE(std::isinf(forest.tree(0).threshold[0]));
        forest.validate();
    }
}

TEST(RandomForestRegressor, SendsUnseenMissingValuesToTheLargerChild) {
    Matrix X(10, 1);
    Vector y(10);
    for (Index i = 0; i < 10; ++i) {
        X(i, 0) = static_cast<double>(i);
        y[i] = i < 7 ? 0 : 5;
    }
    const auto forest =
        RandomForestRegressor::fit(X.view(), y, {.n_estimators = 1, .max_depth = 1, .bootstrap = false});
    EXPECT_EQ(forest.predict(Matrix(1, 1, kNaN).view())[0], 0);
}

TEST(RandomForestRegressor, ThresholdsDecideEveryFloatAsTheExactMidpointWould) {
    const float low = 1.0f, high = std::nextafter(1.0f, 2.0f);  // neighbours: their midpoint is no float
    Table<float> X(2, 1);
    X(0, 0) = low;
    X(1, 0) = high;
    const auto forest = RandomForestRegressor::fit(X.view(), Vector{0.0, 1.0}, {.n_estimators = 1, .bootstrap = false});
    EXPECT_EQ(forest.tree(0).threshold[0], low);
    EXPECT_EQ(forest.predict(X.view()), (Vector{0.0, 1.0}));
}

TEST(RandomForestRegressor, BestFirstGrowsTheWantedNumberOfLeavesInOrderOfGain) {
    const Problem p = make_problem({.rows = 400});
    const RandomForestOptions full{.n_estimators = 1, .bootstrap = false};
    RandomForestOptions limited = full;
    limited.max_leaf_nodes = 7;
    const TreeView tree = RandomForestRegressor::fit(p.X.view(), p.y, limited).tree(0);
    EXPECT_EQ(tree.n_nodes(), 13);
    limited.max_leaf_nodes = 1000;
    const auto a = RandomForestRegressor::fit(p.X.view(), p.y, limited),
               b = RandomForestRegressor::fit(p.X.view(), p.y, full);
    EXPECT_EQ(a.predict(p.X.view()), b.predict(p.X.view()));  // the same tree, numbered otherwise
}

TEST(RandomForestRegressor, SplitsOnlyWhereImpurityDecreasesEnough) {
    const Problem p = make_problem({.rows = 400});
    const double least = 0.4;
    const auto forest = RandomForestRegressor::fit(
        p.X.view(), p.y, {.n_estimators = 1, .min_impurity_decrease = least, .bootstrap = false});
    const TreeView tree = forest.tree(0);
    ASSERT_GT(tree.n_nodes(), 3);
    const auto mass = [&](std::size_t k) { return tree.weighted_n_node_samples[k] * tree.impurity[k] / 400; };
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        if (tree.is_leaf(static_cast<Index>(k))) continue;
        const double decrease = mass(k) - mass(static_cast<std::size_t>(tree.children_left[k])) -
                                mass(static_cast<std::size_t>(tree.children_right[k]));
        EXPECT_GE(decrease, least - 1e-12);
    }
}

TEST(RandomForestRegressor, OutOfBagPredictionsUseTheTreesThatDidNotSeeTheRow) {
    const Problem p = make_problem({.rows = 150});
    const RandomForestOptions options{.n_estimators = 3, .oob_score = true, .random_state = 4};
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, options);
    const Target target{};
    const BootstrapSampler sampler(options, target, 150, {});
    Index n_estimates = 0;
    for (Index i = 0; i < 150; ++i) {
        double sum = 0, n = 0;
        for (Index t = 0; t < 3; ++t) {
            if (sampler.draw_counts(t)[i] > 0) continue;
            sum += walk_by_hand(forest.tree(t), p.X, i);
            ++n;
        }
        n_estimates += n > 0;
        if (n == 0)
            EXPECT_TRUE(std::isnan(forest.oob_prediction()(i, 0)));
        else
            EXPECT_EQ(forest.oob_prediction()(i, 0), sum / n);
    }
    EXPECT_LT(n_estimates, 150);
    EXPECT_LT(forest.oob_score(), 1);
}

TEST(RandomForestRegressor, ImportancesSumToOneAndFavourWhatMatters) {
    const Problem p = make_problem({.rows = 500});
    const Vector importance = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 10}).feature_importances();
    double sum = 0;
    for (const double v : importance) sum += v;
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_EQ(std::max_element(importance.begin(), importance.end()), importance.begin());
}

TEST(RandomForestRegressor, DecisionPathsRunFromTheRootToTheLeafOfApply) {
    const Problem p = make_problem({.rows = 50, .missing = 0.1});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 4});
    const auto leaves = forest.apply(p.X.view());
    const DecisionPath path = forest.decision_path(p.X.view());
    for (Index i = 0; i < 50; ++i) {
        Index at = path.row_offsets[i];
        for (Index t = 0; t < 4; ++t) {
            const std::int64_t first = path.tree_offsets[t];
            ASSERT_EQ(path.nodes[at], first);
            const TreeView tree = forest.tree(t);
            while (!tree.is_leaf(path.nodes[at] - first)) {
                const auto node = static_cast<std::size_t>(path.nodes[at] - first);
                const auto next = path.nodes[++at] - first;
                ASSERT_TRUE(next == tree.children_left[node] || next == tree.children_right[node]);
            }
            EXPECT_EQ(path.nodes[at++] - first, leaves(i, t));
        }
        EXPECT_EQ(at, path.row_offsets[i + 1]);
    }
}

TEST(RandomForestRegressor, TakesTablesWithNothingToLearnFrom) {
    const Vector one{3.5};
    const Matrix row(1, 2, 1.0);
    EXPECT_EQ(RandomForestRegressor::fit(row.view(), one).predict(row.view()), one);
    const Problem p = make_problem({.rows = 30});
    const Vector constant(30, 7.25);
    for (const double v : RandomForestRegressor::fit(p.X.view(), constant, {.n_estimators = 3}).predict(p.X.view()))
        EXPECT_EQ(v, 7.25);
    Matrix flat(30, 2, 4.0);
    for (Index i = 0; i < 30; ++i) flat(i, 1) = kNaN;  // a constant column and one without values
    const auto stump = RandomForestRegressor::fit(flat.view(), p.y, {.n_estimators = 2});
    EXPECT_EQ(stump.forest().n_nodes(), 2);
    for (const double v : stump.feature_importances()) EXPECT_EQ(v, 0);
}

TEST(RandomForestRegressor, WeightsOfZeroLeaveRowsOut) {
    const Problem p = make_problem({.rows = 200});
    Vector weight(200, 1.0);
    for (Index i = 100; i < 200; ++i) weight[i] = 0;
    const auto weighted = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .bootstrap = false}, weight);
    const auto half =
        RandomForestRegressor::fit(ConstMatrixView(p.X.view()).rows_between(0, 100), ConstVectorView(p.y).slice(0, 100),
                                   {.n_estimators = 1, .bootstrap = false});
    EXPECT_TRUE(same_forest(weighted.forest(), half.forest()));
    const auto drawn = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3}, weight);
    EXPECT_LE(drawn.tree(0).n_node_samples[0], 100);
}

TEST(RandomForestRegressor, HugeAndFractionalWeightsCountInProportion) {
    const Problem p = make_problem({.rows = 200});
    Vector huge = p.weights;
    for (double& w : huge) w *= 0x1p60;  // a power of two: nothing rounds otherwise
    const RandomForestOptions options{.n_estimators = 1, .bootstrap = false};
    EXPECT_EQ(RandomForestRegressor::fit(p.X.view(), p.y, options, p.weights).predict(p.X.view()),
              RandomForestRegressor::fit(p.X.view(), p.y, options, huge).predict(p.X.view()));
}

TEST(RandomForestRegressor, RefusesWhatItCannotUseAndSaysWhy) {
    const Problem p = make_problem({.rows = 20, .cols = 2});
    const auto fit = [&](RandomForestOptions options) {
        return message_of<InvalidArgument>([&] { RandomForestRegressor::fit(p.X.view(), p.y, options); });
    };
    EXPECT_EQ(fit({.n_estimators = 0}), "RandomForestRegressor: n_estimators must be at least 1, got 0");
    EXPECT_EQ(fit({.max_depth = 0}), "RandomForestRegressor: max_depth must be at least 1, or absent, got 0");
    EXPECT_EQ(fit({.min_samples_split = 1}),
              "RandomForestRegressor: min_samples_split must be at least 2 as a count, got 1");
    EXPECT_EQ(fit({.min_samples_leaf = 1.5}),
              "RandomForestRegressor: min_samples_leaf must be in (0, 1) as a fraction, got 1.5");
    EXPECT_EQ(fit({.max_features = MaxFeatures::fraction(0)}),
              "RandomForestRegressor: max_features must be in (0, 1] as a fraction, got 0");
    EXPECT_EQ(fit({.bootstrap = false, .oob_score = true}),
              "RandomForestRegressor: oob_score must be off when bootstrap is off, got on");
    EXPECT_NE(fit({.criterion = Criterion::gini}), "");
    Vector y = p.y;
    y[4] = kNaN;
    EXPECT_EQ(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(p.X.view(), y); }),
              "RandomForestRegressor: y must be finite and at most 1e150 in size, got nan in row 4");
    Matrix X = p.X;
    X(3, 1) = 1e39;  // infinite as float32
    EXPECT_EQ(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(X.view(), p.y); }),
              "RandomForestRegressor: X must not hold infinity or values too large for float32, got one in column 1, "
              "row 3; missing values are NaN");
    EXPECT_EQ(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(p.X.view(), Vector(19)); }),
              "RandomForestRegressor: y must have one value a row of X, got 19 for 20 rows");
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(p.X.view(), p.y, {}, Vector(20, -1.0)); }),
              "");
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(p.X.view(), p.y, {}, Vector(20, 0.0)); }),
              "");
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(Matrix(0, 2).view(), Vector()); }), "");
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1});
    EXPECT_EQ(message_of<InvalidArgument>([&] { forest.predict(Matrix(1, 3).view()); }),
              "random forest: X must have 2 features, as in fit, got 3");
    EXPECT_NE(message_of<NotFitted>([&] { RandomForestRegressor().predict(p.X.view()); }), "");
}

TEST(RandomForestRegressor, StopsWhenTheCallbackSaysSo) {
    const Problem p = make_problem({.rows = 2000});
    int calls = 0;
    const RandomForestOptions options{.n_estimators = 100'000,
                                      .progress = [&](const ProgressEvent&) { return ++calls < 2; }};
    EXPECT_THROW(RandomForestRegressor::fit(p.X.view(), p.y, options), Stopped);
    EXPECT_EQ(calls, 2);
}

TEST(RandomForestClassifier, ProbabilitiesAreMeanLeafFractionsAndSumToOne) {
    const Problem p = make_problem({.rows = 400, .missing = 0.1});
    const auto forest = RandomForestClassifier::fit(p.X.view(), p.label, {.n_estimators = 7, .min_samples_leaf = 5});
    const Matrix share = forest.predict_proba(p.X.view());
    const auto predicted = forest.predict(p.X.view());
    Index right = 0;
    for (Index i = 0; i < 400; ++i) {
        EXPECT_NEAR(share(i, 0) + share(i, 1) + share(i, 2), 1, 1e-12);
        right += predicted[i] == p.label[i];
    }
    EXPECT_GT(right, 300);
    EXPECT_EQ(forest.classes(), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(RandomForestClassifier, BalancedWeightsGiveEachClassTheSameMassAtTheRoot) {
    Matrix X(100, 1);
    Buffer<std::int32_t> label(100);
    for (Index i = 0; i < 100; ++i) {
        X(i, 0) = static_cast<double>(i);
        label[i] = i < 10;
    }
    const auto exact = RandomForestClassifier::fit(
        X.view(), label, {.n_estimators = 1, .bootstrap = false, .class_weight = {ClassWeight::Kind::balanced, {}}});
    EXPECT_NEAR(exact.tree(0).value(0, 0), 0.5, 1e-12);
    const auto sub = RandomForestClassifier::fit(
        X.view(), label, {.n_estimators = 5, .class_weight = {ClassWeight::Kind::balanced_subsample, {}}});
    for (Index t = 0; t < 5; ++t) EXPECT_NEAR(sub.tree(t).value(0, 0), 0.5, 1e-12);
    const auto drawn = RandomForestClassifier::fit(
        X.view(), label, {.n_estimators = 50, .class_weight = {ClassWeight::Kind::balanced, {}}});
    double mean = 0;
    for (Index t = 0; t < 50; ++t) mean += drawn.tree(t).value(0, 0) / 50;
    EXPECT_NEAR(mean, 0.5, 0.05);
    const auto given = RandomForestClassifier::fit(
        X.view(), label, {.n_estimators = 1, .bootstrap = false, .class_weight = {ClassWeight::Kind::given, {1, 0}}});
    EXPECT_EQ(given.tree(0).value(0, 0), 1);
}

TEST(RandomForestClassifier, RefusesLabelsOutOfRangeAndWeightsOfTheWrongLength) {
    const Problem p = make_problem({.rows = 20});
    Buffer<std::int32_t> label = p.label;
    label[7] = -1;
    EXPECT_EQ(
        message_of<InvalidArgument>([&] { RandomForestClassifier::fit(p.X.view(), label, {}, {}, {"a", "b", "c"}); }),
        "RandomForestClassifier: y must hold class numbers from 0 to 2, got -1 in row 7");
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestClassifier::fit(p.X.view(), p.label, {.class_weight = {ClassWeight::Kind::given, {1.0}}},
                                              {}, {"a", "b", "c"});
              }),
              "");
    EXPECT_NE(message_of<InvalidArgument>(
                  [&] { RandomForestClassifier::fit(p.X.view(), p.label, {.criterion = Criterion::poisson}); }),
              "");
}

TEST(BootstrapSampler, DrawsAsOftenAsAskedAndInProportionToWeights) {
    const Target target{};
    const BootstrapSampler plain({.max_samples = 0.5}, target, 1000, {});
    double total = 0;
    for (const auto c : plain.draw_counts(0)) total += c;
    EXPECT_EQ(total, 500);
    Vector weight(4);
    weight[0] = 0, weight[1] = 1, weight[2] = 2, weight[3] = 5;
    const BootstrapSampler weighted({.max_samples = 80'000}, target, 4, weight);
    const auto counts = weighted.draw_counts(3);
    EXPECT_EQ(counts[0], 0u);
    EXPECT_NEAR(counts[1], 10'000, 400);
    EXPECT_NEAR(counts[2], 20'000, 500);
    EXPECT_NEAR(counts[3], 50'000, 600);
    EXPECT_EQ(weighted.sample(3).total_weight, 80'000);
}

TEST(MaxFeatures, RoundsAsScikitLearnDoes) {
    EXPECT_EQ(MaxFeatures::sqrt().of(30), 5);
    EXPECT_EQ(MaxFeatures::log2().of(30), 4);
    EXPECT_EQ(MaxFeatures::log2().of(32), 5);
    EXPECT_EQ(MaxFeatures::log2().of(1), 1);
    EXPECT_EQ(MaxFeatures::fraction(0.3).of(10), 3);
    EXPECT_EQ(MaxFeatures::fraction(0.01).of(10), 1);
    EXPECT_EQ(MaxFeatures::count(50).of(10), 10);
}

}  // namespace
}  // namespace plantwright
