// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "explain/explain_testing.hpp"
#include "explain/slow_shapley.hpp"
#include "forest/forest_testing.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {
namespace {

using namespace testing;

/// Largest distance from the definition, over rows, features and outputs.
template <class Model>
double distance_from_definition(const Model& model, const Rows& rows, const Rows& background, Precision precision) {
    const Forest forest = model.forest();
    const TreeExplainer explainer = TreeExplainer(model, {.precision = precision}).with_background(background.view);
    const Explanation found = explainer.explain(rows.view);
    const int n = static_cast<int>(forest.n_features);
    double worst = 0;
    for (Index i = 0; i < rows.view.rows(); ++i) {
        for (Index o = 0; o < forest.n_outputs; ++o) {
            const Game game =
                interventional_game(forest, rows.x.data() + i * n, background.x.data(), background.view.rows(), o);
            for (int j = 0; j < n; ++j)
                worst = std::max(worst, std::abs(found.value(i, j, o) - shapley_value(game, n, j)));
            worst = std::max(worst, std::abs(found.base_values[o] - game(0)));
        }
    }
    return worst;
}

TEST(Interventional, TablesAgreeWithTheDefinition) {
    for (const Index features : {1, 2, 5, 8}) {
        for (const Index splits : {0, 1, 2, 7, 40}) {
            const auto model = forest_of({.splits = splits, .features = features});
            const Rows rows = random_rows(9, features), background = random_rows(5, features, 0.2, 77);
            const TreeExplainer explainer = TreeExplainer(model).with_background(background.view);
            ASSERT_EQ(explainer.n_trees_by_tables(), model.n_trees());
            EXPECT_LT(distance_from_definition(model, rows, background, Precision::audit), 1e-13)
                << features << " " << splits;
            EXPECT_LT(distance_from_definition(model, rows, background, Precision::fast), 1e-6)
                << features << " " << splits;
        }
    }
}

TEST(Interventional, PairsOfRowsAgreeWithTheDefinition) {
    const auto model = forest_of({.trees = 2, .splits = 40, .features = 10, .chain = true});
    const Rows rows = random_rows(4, 10), background = random_rows(3, 10, 0.2, 77);
    ASSERT_EQ(TreeExplainer(model).with_background(background.view).n_trees_by_tables(), 0);
    EXPECT_LT(distance_from_definition(model, rows, background, Precision::audit), 1e-13);
    EXPECT_LT(distance_from_definition(model, rows, background, Precision::fast), 1e-6);
}

TEST(Interventional, SeveralClassesAgreeWithTheDefinitionByEitherWay) {
    for (const Index outputs : {2, 3}) {
        const auto shallow = classes_of({.splits = 12, .features = 6, .outputs = outputs});
        const auto deep = classes_of({.trees = 2, .splits = 40, .features = 10, .outputs = outputs, .chain = true});
        ASSERT_EQ(TreeExplainer(deep).deep_part().trees, 2);
        EXPECT_LT(distance_from_definition(shallow, random_rows(4, 6), random_rows(3, 6, 0.2, 77), Precision::audit),
                  1e-13);
        EXPECT_LT(distance_from_definition(deep, random_rows(2, 10), random_rows(2, 10, 0.2, 77), Precision::audit),
                  1e-13);
    }
}

TEST(Interventional, ValuesAddUpOnATreeOfMoreThanAHundredThousandNodes) {
    const auto model = forest_of({.trees = 1, .splits = 60'000, .features = 40});
    const Rows rows = random_rows(20, 40, 0.05), background = random_rows(7, 40, 0.05, 77);
    const TreeExplainer explainer = TreeExplainer(model).with_background(background.view);
    EXPECT_EQ(explainer.n_trees_by_tables(), 0);
    const Explanation found = explainer.explain(rows.view);
    const Vector prediction = model.predict(rows.view), of_background = model.predict(background.view);
    double mean = 0;
    for (const double p : of_background) mean += p / 7;
    EXPECT_NEAR(found.base_values[0], mean, 1e-12);
    for (Index i = 0; i < 20; ++i) {
        double sum = mean;
        for (Index j = 0; j < 40; ++j) sum += found.value(i, j);
        EXPECT_NEAR(sum, prediction[i], 1e-5 * leaf_range(model.forest()));
    }
}

TEST(Interventional, AChainOfThirtyThousandSplitsNeedsNoRecursion) {
    const auto model = forest_of({.trees = 1, .splits = 30'000, .features = 9, .chain = true});
    const Rows rows = random_rows(2, 9), background = random_rows(2, 9, 0.2, 77);
    const Explanation found = TreeExplainer(model).with_background(background.view).explain(rows.view);
    double sum = found.base_values[0];
    for (Index j = 0; j < 9; ++j) sum += found.value(1, j);
    EXPECT_NEAR(sum, model.predict(rows.view)[1], 1e-6);
}

TEST(Interventional, TheWholeBackgroundAsRowsAveragesToZero) {
    const auto model = forest_of({.splits = 60, .features = 7});
    const Rows rows = random_rows(64, 7);
    const Explanation found = TreeExplainer(model).with_background(rows.view).explain(rows.view);
    for (Index j = 0; j < 7; ++j) {
        double sum = 0;
        for (Index i = 0; i < 64; ++i) sum += found.value(i, j);
        EXPECT_NEAR(sum, 0, 1e-5);
    }
}

TEST(Interventional, ARowHasTheSameBitsAloneAndForAnyNumberOfThreads) {
    const auto model = forest_of({.trees = 20, .splits = 30, .features = 12});
    const Rows rows = random_rows(200, 12);
    const TreeExplainer explainer = TreeExplainer(model).with_background(random_rows(9, 12, 0.2, 77).view);
    const Matrix together = explainer.explain(rows.view).values;
    EXPECT_EQ(explainer.explain(rows.view, {.n_jobs = 2}).values, together);
    const Matrix alone = explainer.explain(rows.view.rows_between(121, 122)).values;
    for (Index c = 0; c < together.cols(); ++c) EXPECT_EQ(alone(0, c), together(121, c));
}

BoostedTrees two_classes(Index splits, Index features, bool chain = false) {
    return BoostedTrees::from_parts({.forest = random_trees({.splits = splits, .features = features, .chain = chain}),
                                     .tree_output = Buffer<std::int32_t>(7),
                                     .base = {0.5},
                                     .link = Link::logistic,
                                     .link_scale = 1.5,
                                     .classes = {"bad", "good"}});
}

TEST(Interventional, TheProbabilityOfBoostedTreesAddsUp) {
    const BoostedTrees model = two_classes(30, 6);
    const Rows rows = random_rows(15, 6), background = random_rows(4, 6, 0.2, 77);
    const TreeExplainer raw(model, {.output = ExplainedOutput::probability});
    EXPECT_THROW(raw.explain(rows.view), InvalidArgument);
    const Explanation found = raw.with_background(background.view).explain(rows.view);
    const Matrix prediction = model.predict(rows.view);
    for (Index i = 0; i < 15; ++i) {
        double sum = found.base_values[0];
        for (Index j = 0; j < 6; ++j) sum += found.value(i, j);
        EXPECT_NEAR(sum, prediction(i, 1), 1e-12);
    }
}

TEST(Interventional, RefusesAnEmptyBackgroundAndOneOfAnotherWidth) {
    const TreeExplainer explainer(forest_of({.features = 5}));
    EXPECT_EQ(message_of<InvalidArgument>([&] { (void)explainer.with_background(random_rows(3, 4).view); }),
              "TreeExplainer: background must have 5 features, as in fit, got 4");
    EXPECT_EQ(message_of<InvalidArgument>([&] { (void)explainer.with_background(random_rows(0, 5).view); }),
              "TreeExplainer: background must have at least one row, got none");
    EXPECT_THROW(explainer.with_background(random_rows(2, 5).view).interactions(random_rows(2, 5).view),
                 InvalidArgument);
}

}  // namespace
}  // namespace plantwright
