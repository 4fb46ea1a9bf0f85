// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "explain/explain_testing.hpp"
#include "explain/quadrature.hpp"
#include "explain/shap_forest.hpp"
#include "explain/slow_shapley.hpp"
#include "forest/forest_testing.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {
namespace {

using namespace testing;

/// Largest distance from the definition, over rows, features and outputs.
template <class Model>
double distance_from_definition(const Model& model, const Rows& rows, Precision precision) {
    const Forest forest = model.forest();
    const Explanation found = TreeExplainer(model, {.precision = precision}).explain(rows.view);
    const int n = static_cast<int>(forest.n_features);
    double worst = 0;
    for (Index i = 0; i < rows.view.rows(); ++i) {
        for (Index o = 0; o < forest.n_outputs; ++o) {
            const testing::Game game = testing::path_dependent_game(forest, rows.x.data() + i * n, o);
            for (int j = 0; j < n; ++j)
                worst = std::max(worst, std::abs(found.value(i, j, o) - testing::shapley_value(game, n, j)));
            worst = std::max(worst, std::abs(found.base_values[o] - game(0)));
        }
    }
    return worst;
}

/// Largest difference between a row's sum and its prediction, over the leaves' range.
template <class Model>
double additivity_error(const Model& model, const Rows& rows, const Matrix& prediction, Precision precision) {
    const Explanation found = TreeExplainer(model, {.precision = precision}).explain(rows.view);
    double worst = 0;
    for (Index i = 0; i < found.rows(); ++i) {
        for (Index o = 0; o < found.n_outputs(); ++o) {
            double sum = found.base_values[o];
            for (Index j = 0; j < found.n_features(); ++j) sum += found.value(i, j, o);
            worst = std::max(worst, std::abs(sum - prediction(i, o)));
        }
    }
    return worst / leaf_range(model.forest());
}

Matrix predicted(const RandomForestRegressor& model, const Rows& rows) {
    const Vector prediction = model.predict(rows.view);
    Matrix out(prediction.size(), 1);
    std::copy(prediction.begin(), prediction.end(), out.data());
    return out;
}

TEST(PathDependent, AgreesWithTheDefinitionOverAllSetsOfFeatures) {
    for (const Index features : {1, 2, 5, 9}) {
        for (const Index splits : {1, 2, 3, 7, 40}) {
            const auto model = forest_of({.splits = splits, .features = features});
            const Rows rows = random_rows(9, features);
            EXPECT_LT(distance_from_definition(model, rows, Precision::audit), 1e-13) << features << " " << splits;
            EXPECT_LT(distance_from_definition(model, rows, Precision::fast), 1e-6) << features << " " << splits;
        }
    }
}

TEST(PathDependent, AgreesWithTheDefinitionForSeveralClasses) {
    for (const Index outputs : {2, 3, 7}) {
        const auto model = classes_of({.splits = 25, .features = 6, .outputs = outputs});
        const Rows rows = random_rows(5, 6);
        EXPECT_LT(distance_from_definition(model, rows, Precision::audit), 1e-14) << outputs;
        EXPECT_LT(distance_from_definition(model, rows, Precision::fast), 1e-6) << outputs;
    }
}

TEST(PathDependent, AgreesWithTheDefinitionOnChainsThatRepeatTheirFeatures) {
    const auto model = forest_of({.splits = 30, .features = 4, .chain = true});
    const Rows rows = random_rows(40, 4);
    EXPECT_LT(distance_from_definition(model, rows, Precision::audit), 1e-13);
    EXPECT_LT(distance_from_definition(model, rows, Precision::fast), 1e-6);
}

/// Every third leaf loses its cover, and whole subtrees with it.
Forest with_empty_leaves(Forest forest) {
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const Index begin = forest.tree_offsets[t];
        for (Index k = forest.tree_offsets[t + 1] - 1; k >= begin; --k) {
            const bool leaf = forest.children_left[k] == kNoChild;
            forest.weighted_n_node_samples[k] =
                leaf ? static_cast<double>(k % 3 != 0 && k % 7 < 4)
                     : forest.weighted_n_node_samples[begin + forest.children_left[k]] +
                           forest.weighted_n_node_samples[begin + forest.children_right[k]];
        }
    }
    forest.inner_statistics = InnerStatistics::stored;
    return forest;
}

TEST(PathDependent, NodesWithoutCoverSendHalfToEachSideAndGiveNoNaN) {
    const ExplainedTrees trees{.forest = with_empty_leaves(testing::random_trees({.trees = 1, .splits = 60})),
                               .base = Vector(1)};
    const Rows rows = random_rows(30, 5);
    const ForestPlan plan(trees, 1);
    const Matrix fast = ShapForest<float>(trees, plan, kFloatTolerance, 1).values(rows.view, 1, {});
    const Matrix audit = ShapForest<double>(trees, plan, kAuditTolerance, 1).values(rows.view, 1, {});
    for (Index i = 0; i < 30; ++i) {
        const testing::Game game = testing::path_dependent_game(trees.forest, rows.x.data() + i * 5);
        for (int j = 0; j < 5; ++j) {
            EXPECT_NEAR(audit(i, j), testing::shapley_value(game, 5, j), 1e-13);
            EXPECT_NEAR(fast(i, j), testing::shapley_value(game, 5, j), 1e-6);
        }
    }
}

TEST(PathDependent, ATreeOfOneLeafGivesZerosAboutItsValue) {
    const auto model = forest_of({.trees = 3, .splits = 0, .features = 2});
    const Explanation found = TreeExplainer(model).explain(random_rows(3, 2).view);
    EXPECT_EQ(found.value(2, 1), 0);
    EXPECT_NEAR(found.base_values[0], model.predict(random_rows(1, 2).view)[0], 1e-15);
}

TEST(PathDependent, ValuesAddUpOnATreeOfMoreThanAHundredThousandNodes) {
    const auto model = forest_of({.trees = 1, .splits = 60'000, .features = 40});
    ASSERT_GT(model.n_nodes(), 100'000);
    const Rows rows = random_rows(100, 40, 0.05);
    EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::fast), 1e-5);
    EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::audit), 1e-11);
}

TEST(PathDependent, ValuesAddUpSixtySplitsDeepWithSixtyFeatures) {
    for (const Index features : {20, 60}) {
        const auto model = forest_of({.trees = 1, .splits = 60, .features = features, .chain = true});
        const Rows rows = random_rows(200, features, 0.05);
        EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::fast), 1e-5) << features;
        EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::audit), 1e-11) << features;
    }
}

TEST(PathDependent, AChainOfThirtyThousandSplitsNeedsNoRecursion) {
    const auto model = forest_of({.trees = 1, .splits = 30'000, .features = 5, .chain = true});
    const Rows rows = random_rows(3, 5, 0.05);
    EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::fast), 1e-5);
}

TEST(PathDependent, HundredsOfFeaturesOnOnePathAddUp) {
    const auto model = forest_of({.trees = 2, .splits = 500, .features = 2000, .chain = true});
    const Rows rows = random_rows(20, 2000, 0.05);
    EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::fast), 1e-5);
}

TEST(PathDependent, ForestsOfThousandsOfFeaturesAddUp) {
    const auto model = forest_of({.trees = 50, .splits = 200, .features = 3000});
    const Rows rows = random_rows(70, 3000, 0.05);
    EXPECT_LT(additivity_error(model, rows, predicted(model, rows), Precision::fast), 1e-5);
}

TEST(PathDependent, TheClassifiersValuesAddUpToEachProbability) {
    const auto model = classes_of({.trees = 20, .splits = 300, .features = 12, .outputs = 4});
    const Rows rows = random_rows(50, 12);
    EXPECT_LT(additivity_error(model, rows, model.predict_proba(rows.view), Precision::fast), 1e-5);
}

TEST(PathDependent, OfTwoClassesOneLosesWhatTheOtherGains) {
    const auto model = classes_of({.splits = 50, .features = 4, .outputs = 2});
    const Explanation found = TreeExplainer(model).explain(random_rows(20, 4).view);
    for (Index i = 0; i < found.rows(); ++i) {
        for (Index j = 0; j < 4; ++j) EXPECT_EQ(found.value(i, j, 0), -found.value(i, j, 1));
    }
}

TEST(PathDependent, ARowHasTheSameBitsAloneAndAmongOthersForAnyNumberOfThreads) {
    const auto model = forest_of({.trees = 30, .splits = 400, .features = 15});
    const TreeExplainer explainer(model);
    const Rows rows = random_rows(333, 15);
    const Matrix together = explainer.explain(rows.view).values;
    EXPECT_EQ(explainer.explain(rows.view, {.n_jobs = 3}).values, together);
    for (const Index i : {0, 1, 17, 200, 332}) {
        const Matrix alone = explainer.explain(rows.view.rows_between(i, i + 1)).values;
        for (Index c = 0; c < together.cols(); ++c) EXPECT_EQ(alone(0, c), together(i, c)) << i << " " << c;
    }
}

TEST(PathDependent, LeafValuesFarFromZeroOrTinyLoseNoDigits) {
    for (const double factor : {1e-30, 1e30}) {
        Forest forest = testing::random_trees({.splits = 30, .features = 5});
        for (double& v : forest.value) v = 1000 * factor + factor * v;
        const auto model = RandomForestRegressor::from_forest(std::move(forest));
        EXPECT_LT(distance_from_definition(model, random_rows(5, 5), Precision::fast), 1e-6 * factor);
    }
}

TEST(PathDependent, BoostedTreesOfSeveralOutputsAddUpToTheirRawSums) {
    const BoostedTrees model = BoostedTrees::from_parts({.forest = testing::random_trees({.trees = 12, .features = 6}),
                                                         .tree_output = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2},
                                                         .base = {0.5, -1, 2},
                                                         .link = Link::softmax,
                                                         .classes = {"a", "b", "c"}});
    const Rows rows = random_rows(40, 6);
    EXPECT_LT(additivity_error(model, rows, model.predict_raw(rows.view), Precision::fast), 1e-5);
    EXPECT_EQ(TreeExplainer(model).output_names(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(PathDependent, AFittedFrameIsExplainedByName) {
    const testing::Problem p = testing::make_problem({.rows = 300, .cols = 3});
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    for (Index j = 0; j < 3; ++j) {
        specs.push_back({.name = "x" + std::to_string(j)});
        Vector values(300);
        for (Index i = 0; i < 300; ++i) values[i] = p.X(i, j);
        columns.push_back(Column::numbers(std::move(values)));
    }
    specs.push_back({.name = "y", .role = Role::target});
    columns.push_back(Column::numbers(Vector(p.y)));
    const Frame frame(Schema(specs), columns);
    const auto model = RandomForestRegressor::fit(frame, "y", {.n_estimators = 5});
    const TreeExplainer explainer(model);
    const Explanation found = explainer.explain(frame.without("y"));
    EXPECT_EQ(found.feature_names, (std::vector<std::string>{"x0", "x1", "x2"}));
    EXPECT_EQ(found.data(7, 1), static_cast<double>(static_cast<float>(p.X(7, 1))));
    EXPECT_EQ(found.values, explainer.explain(p.X.view()).values);
    EXPECT_THROW(explainer.explain(frame.without("x1")), SchemaMismatch);
}

TEST(PathDependent, RefusesTablesOfAnotherWidthAndSaysWhatIsExpected) {
    const TreeExplainer explainer(forest_of({.features = 5}));
    const std::string message =
        testing::message_of<InvalidArgument>([&] { explainer.explain(random_rows(2, 4).view); });
    EXPECT_EQ(message, "TreeExplainer: X must have 5 features, as in fit, got 4");
    const RandomForestRegressor unfitted;
    EXPECT_THROW(TreeExplainer{unfitted}, NotFitted);
}

TEST(PathDependent, AProgressCallbackSeesTheEndAndCanStop) {
    const TreeExplainer explainer(forest_of({.features = 5}));
    const Rows rows = random_rows(2000, 5);
    Index done = 0;
    explainer.explain(rows.view, {.progress = [&](const ProgressEvent& event) {
                          done = event.done;
                          return event.total >= event.done;
                      }});
    EXPECT_GT(done, 0);
    EXPECT_THROW(explainer.explain(rows.view, {.progress = [](const ProgressEvent&) { return false; }}), Stopped);
}

TEST(Quadrature, IntegratesPolynomialsOfDegreeTwiceItsPointsLessOne) {
    for (const int n : {1, 2, 3, 4, 5, 8, 16, 33, 128}) {
        const GaussRule rule = gauss_legendre(n);
        for (int degree = 0; degree < 2 * n; ++degree) {
            double sum = 0;
            for (int q = 0; q < n; ++q) {
                const auto k = static_cast<std::size_t>(q);
                sum += rule.weights[k] * std::pow(rule.points[k], degree);
            }
            EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-14) << n << " points, degree " << degree;
        }
    }
}

TEST(Quadrature, TakesAFewMorePointsOnlyWhereAPathsCoversAskForThem) {
    const Forest balanced = testing::random_trees({.trees = 1, .splits = 2000, .features = 40});
    const Forest chain = testing::random_trees({.trees = 1, .splits = 60, .features = 60, .chain = true});
    const int of_balanced = points_needed(SplitShares(balanced.tree(0)), kFloatTolerance);
    const int of_chain = points_needed(SplitShares(chain.tree(0)), kFloatTolerance);
    EXPECT_LE(of_balanced, 6);
    EXPECT_GT(of_chain, of_balanced);
    EXPECT_LE(of_chain, 16);
}

TEST(Quadrature, FewPointsDeviateFromExactOnesWithinTheTolerance) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        for (const bool chain : {false, true}) {
            const Index features = 40, splits = chain ? 50 : 2000;
            ExplainedTrees trees{
                .forest = testing::random_trees(
                    {.trees = 1, .splits = splits, .features = features, .chain = chain, .seed = seed}),
                .base = Vector(1)};
            const Rows rows = random_rows(100, features, 0.1, seed);
            const ForestPlan plan(trees, 1);
            const Matrix few = ShapForest<float>(trees, plan, kFloatTolerance, 1).values(rows.view, 1, {});
            const Matrix exact = ShapForest<double>(trees, plan, 0, 1).values(rows.view, 1, {});
            double worst = 0;
            for (Index i = 0; i < 100; ++i) {
                for (Index c = 0; c < features; ++c) worst = std::max(worst, std::abs(few(i, c) - exact(i, c)));
            }
            EXPECT_LT(worst / leaf_range(trees.forest), 1e-5) << seed << " " << chain;
        }
    }
}

}  // namespace
}  // namespace plantwright
