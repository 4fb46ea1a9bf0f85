// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "explain/explain_testing.hpp"
#include "explain/slow_shapley.hpp"
#include "forest/forest_testing.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {
namespace {

using namespace testing;

/// Largest distance from the definition, over rows, pairs of features and outputs.
template <class Model>
double distance_from_definition(const Model& model, const Rows& rows, Precision precision) {
    const Forest forest = model.forest();
    const InteractionExplanation found = TreeExplainer(model, {.precision = precision}).interactions(rows.view);
    const int n = static_cast<int>(forest.n_features);
    double worst = 0;
    for (Index i = 0; i < rows.view.rows(); ++i) {
        for (Index o = 0; o < forest.n_outputs; ++o) {
            const Game game = path_dependent_game(forest, rows.x.data() + i * n, o);
            for (int a = 0; a < n; ++a) {
                double alone = shapley_value(game, n, a);
                for (int b = 0; b < n; ++b) {
                    if (a == b) continue;
                    const double expected = shapley_interaction(game, n, a, b);
                    alone -= expected;
                    worst = std::max(worst, std::abs(found.value(i, a, b, o) - expected));
                }
                worst = std::max(worst, std::abs(found.value(i, a, a, o) - alone));
            }
        }
    }
    return worst;
}

TEST(Interactions, AgreeWithTheDefinitionOverAllSetsOfFeatures) {
    for (const Index features : {1, 2, 4, 7}) {
        for (const Index splits : {1, 2, 5, 30}) {
            const auto model = forest_of({.splits = splits, .features = features});
            const Rows rows = random_rows(20, features);
            EXPECT_LT(distance_from_definition(model, rows, Precision::audit), 1e-13) << features << " " << splits;
            EXPECT_LT(distance_from_definition(model, rows, Precision::fast), 2e-6) << features << " " << splits;
        }
    }
}

TEST(Interactions, AgreeWithTheDefinitionForSeveralClasses) {
    for (const Index outputs : {2, 3}) {
        const auto model = classes_of({.splits = 25, .features = 5, .outputs = outputs});
        EXPECT_LT(distance_from_definition(model, random_rows(5, 5), Precision::audit), 1e-14) << outputs;
    }
}

TEST(Interactions, AgreeWithTheDefinitionOnChainsThatRepeatTheirFeatures) {
    const auto model = forest_of({.splits = 30, .features = 4, .chain = true});
    EXPECT_LT(distance_from_definition(model, random_rows(40, 4), Precision::audit), 1e-13);
}

TEST(Interactions, SumToTheShapleyValuesOfEachFeatureOnBigTrees) {
    const auto model = forest_of({.trees = 3, .splits = 5000, .features = 25});
    const Rows rows = random_rows(40, 25);
    const TreeExplainer explainer(model);
    const InteractionExplanation pairs = explainer.interactions(rows.view);
    const Explanation values = explainer.explain(rows.view);
    for (Index i = 0; i < 40; ++i) {
        for (Index a = 0; a < 25; ++a) {
            double sum = 0;
            for (Index b = 0; b < 25; ++b) sum += pairs.value(i, a, b);
            EXPECT_NEAR(sum, values.value(i, a), 1e-6 * leaf_range(model.forest()));
        }
    }
}

TEST(Interactions, OfManyFeaturesUseOnlyThoseThatTreesAskFor) {
    const auto model = forest_of({.trees = 3, .splits = 20, .features = 700});
    const Rows rows = random_rows(2, 700);
    const InteractionExplanation pairs = TreeExplainer(model).interactions(rows.view);
    double sum = pairs.base_values[0];
    for (Index c = 0; c < pairs.values.cols(); ++c) sum += pairs.values(1, c);
    EXPECT_NEAR(sum, model.predict(rows.view)[1], 1e-5);
}

TEST(Interactions, ARowHasTheSameBitsAloneAndForAnyNumberOfThreads) {
    const auto model = forest_of({.trees = 20, .splits = 100, .features = 8});
    const TreeExplainer explainer(model);
    const Rows rows = random_rows(100, 8);
    const Matrix together = explainer.interactions(rows.view).values;
    EXPECT_EQ(explainer.interactions(rows.view, {.n_jobs = 2}).values, together);
    const Matrix alone = explainer.interactions(rows.view.rows_between(57, 58)).values;
    for (Index c = 0; c < together.cols(); ++c) EXPECT_EQ(alone(0, c), together(57, c));
}

}  // namespace
}  // namespace plantwright
