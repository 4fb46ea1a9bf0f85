// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "explain/explain_testing.hpp"
#include "explain/slow_shapley.hpp"
#include "forest/forest_testing.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {
namespace {

using namespace testing;

/// Largest distance of the contributions from the definition, and of `then` from the reference's mean prediction.
template <class Model>
double distance_from_definition(const Model& model, const Rows& rows, const Rows& reference) {
    const Forest forest = model.forest();
    const Comparison found = TreeExplainer(model, {.precision = Precision::audit}).compare(rows.view, reference.view);
    const int n = static_cast<int>(forest.n_features);
    double worst = 0;
    for (Index o = 0; o < forest.n_outputs; ++o) {
        for (int j = 0; j < n; ++j) {
            double mean = 0;
            for (Index i = 0; i < rows.view.rows(); ++i) {
                const float* x = rows.x.data() + i * n;
                const Game game = interventional_game(forest, x, reference.x.data(), reference.view.rows(), o);
                mean += shapley_value(game, n, j) / static_cast<double>(rows.view.rows());
                worst = std::max(worst, std::abs(found.then[o] - game(0)));
            }
            worst = std::max(worst, std::abs(found.contributions(j, o) - mean));
        }
    }
    return worst;
}

TEST(Compare, DeepTreesAgreeWithTheDefinition) {
    const Rows rows = random_rows(4, 10), reference = random_rows(3, 10, 0.2, 77);
    const auto chain = forest_of({.trees = 2, .splits = 40, .features = 10, .chain = true});
    EXPECT_EQ(TreeExplainer(chain).deep_part().trees, 2);
    EXPECT_LT(distance_from_definition(chain, rows, reference), 1e-13);
    const auto bushy = forest_of({.trees = 2, .splits = 500, .features = 10});
    EXPECT_EQ(TreeExplainer(bushy).deep_part().trees, 2);
    EXPECT_LT(distance_from_definition(bushy, rows, reference), 1e-13);
}

TEST(Compare, DeepTreesOfSeveralClassesAgreeWithTheDefinition) {
    for (const Index outputs : {2, 3}) {
        const auto model = classes_of({.trees = 2, .splits = 40, .features = 10, .outputs = outputs, .chain = true});
        EXPECT_EQ(TreeExplainer(model).deep_part().trees, 2);
        EXPECT_LT(distance_from_definition(model, random_rows(2, 10), random_rows(2, 10, 0.2, 77)), 1e-13);
    }
}

TEST(Compare, AForestOfDeepAndShallowTreesAgreesWithTheDefinition) {
    const auto model = forest_of({.trees = 6, .splits = 13, .features = 10, .chain = true});
    const Index n_deep = TreeExplainer(model).deep_part().trees;
    EXPECT_GT(n_deep, 0);
    EXPECT_LT(n_deep, 6);
    EXPECT_LT(distance_from_definition(model, random_rows(3, 10), random_rows(3, 10, 0.2, 77)), 1e-13);
}

/// Means over the rows of what `explain` gives, which takes deep trees pair by pair.
Matrix means_of_pairs(const TreeExplainer& explainer, const Rows& rows, const Rows& reference) {
    const Explanation each = explainer.with_background(reference.view).explain(rows.view);
    Matrix mean(explainer.n_features(), explainer.n_outputs());
    for (Index i = 0; i < rows.view.rows(); ++i) {
        for (Index j = 0; j < mean.rows(); ++j) {
            for (Index o = 0; o < mean.cols(); ++o)
                mean(j, o) += each.value(i, j, o) / static_cast<double>(rows.view.rows());
        }
    }
    return mean;
}

double distance(const Matrix& a, const Matrix& b) {
    double worst = 0;
    for (Index i = 0; i < a.rows(); ++i) {
        for (Index j = 0; j < a.cols(); ++j) worst = std::max(worst, std::abs(a(i, j) - b(i, j)));
    }
    return worst;
}

TEST(Compare, SetsAgainstSetsAreTheMeansOfAllPairs) {
    const Rows rows = random_rows(60, 30, 0.1), reference = random_rows(40, 30, 0.1, 77);
    const TreeExplainer bushy(forest_of({.trees = 2, .splits = 2000, .features = 30}), {.precision = Precision::audit});
    EXPECT_LT(distance(bushy.compare(rows.view, reference.view).contributions, means_of_pairs(bushy, rows, reference)),
              1e-13);
    const TreeExplainer listed(forest_of({.trees = 3, .splits = 300, .features = 30, .categories = 12}),
                               {.precision = Precision::audit});
    EXPECT_LT(
        distance(listed.compare(rows.view, reference.view).contributions, means_of_pairs(listed, rows, reference)),
        1e-13);
}

TEST(Compare, PathsOfMoreThanSixtyFourFeaturesGoPairByPair) {
    const auto model = forest_of({.trees = 1, .splits = 400, .features = 90, .chain = true});
    const Rows rows = random_rows(5, 90, 0.1), reference = random_rows(4, 90, 0.1, 77);
    const TreeExplainer explainer(model, {.precision = Precision::audit});
    const Comparison found = explainer.compare(rows.view, reference.view);
    EXPECT_LT(distance(found.contributions, means_of_pairs(explainer, rows, reference)), 1e-13);
    const Vector then = model.predict(reference.view);
    EXPECT_NEAR(found.then[0], std::accumulate(then.begin(), then.end(), 0.0) / 4, 1e-12);
}

TEST(Compare, AddsUpOnATreeOfMoreThanAHundredThousandNodesAndOnALongChain) {
    for (const bool chain : {false, true}) {
        const auto model =
            forest_of({.trees = 1, .splits = chain ? 30'000 : 60'000, .features = chain ? 9 : 40, .chain = chain});
        const Index n = chain ? 9 : 40;
        const Rows rows = random_rows(50, n, 0.05), reference = random_rows(30, n, 0.05, 77);
        const Comparison found = TreeExplainer(model).compare(rows.view, reference.view);
        const Vector now = model.predict(rows.view), then = model.predict(reference.view);
        EXPECT_NEAR(found.now[0], std::accumulate(now.begin(), now.end(), 0.0) / 50, 1e-10);
        EXPECT_NEAR(found.then[0], std::accumulate(then.begin(), then.end(), 0.0) / 30, 1e-10);
    }
}

TEST(Compare, ARepeatedReferenceAndAnyNumberOfThreadsChangeNoBit) {
    const Rows rows = random_rows(30, 10), more = random_rows(7, 10, 0.2, 9), reference = random_rows(20, 10, 0.2, 77);
    for (const Index splits : {30, 400}) {
        const auto model = forest_of({.trees = 80, .splits = splits, .features = 10});
        const Matrix expected = TreeExplainer(model).compare(rows.view, reference.view).contributions;
        const TreeExplainer explainer(model);
        for (const int n_jobs : {1, 2, 1}) {
            (void)explainer.compare(more.view, reference.view);
            EXPECT_EQ(explainer.compare(rows.view, reference.view, {.n_jobs = n_jobs}).contributions, expected);
        }
    }
}

TEST(Compare, AReferenceThatChangesInItsPlaceIsNotTakenForTheOldOne) {
    const auto model = forest_of({.splits = 30, .features = 6});
    const Rows rows = random_rows(8, 6), other = random_rows(9, 6, 0.2, 78);
    const Matrix expected = TreeExplainer(model).compare(rows.view, other.view).contributions;
    Rows reference = random_rows(9, 6, 0.2, 77);
    const TreeExplainer explainer(model);
    EXPECT_NE(explainer.compare(rows.view, reference.view).contributions, expected);
    std::copy(other.x.begin(), other.x.end(), reference.x.begin());
    EXPECT_EQ(explainer.compare(rows.view, reference.view).contributions, expected);
    const ConstMatrixViewF by_columns(other.x.data(), 6, 9);
    EXPECT_THROW((void)explainer.compare(rows.view, by_columns), InvalidArgument);
}

TEST(Compare, ThreadsMayCompareAgainstManyReferencesAtOnce) {
    const auto model = forest_of({.splits = 30, .features = 6});
    const Rows rows = random_rows(8, 6);
    const TreeExplainer explainer(model);
    const auto contributions = [&](const TreeExplainer& by, std::uint64_t seed) {
        return by.compare(rows.view, random_rows(5, 6, 0.2, seed).view).contributions;
    };
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t k = 0; k < 24; ++k) {
                const std::uint64_t seed = 100 + (k + t) % 6;
                wrong[t] += contributions(explainer, seed) != contributions(TreeExplainer(model), seed);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Compare, ContributionsAreMeansOfInterventionalValuesAndAddUpToTheDifference) {
    const auto model = forest_of({.splits = 50, .features = 6});
    const TreeExplainer explainer(model);
    const Rows rows = random_rows(12, 6), reference = random_rows(9, 6, 0.2, 77);
    const Comparison found = explainer.compare(rows.view, reference.view);
    const Explanation each = explainer.with_background(reference.view).explain(rows.view);
    for (Index j = 0; j < 6; ++j) {
        double mean = 0;
        for (Index i = 0; i < 12; ++i) mean += each.value(i, j) / 12;
        EXPECT_NEAR(found.contributions(j, 0), mean, 1e-14);
    }
    const Vector now = model.predict(rows.view), then = model.predict(reference.view);
    EXPECT_NEAR(found.now[0], std::accumulate(now.begin(), now.end(), 0.0) / 12, 1e-5);
    EXPECT_NEAR(found.then[0], std::accumulate(then.begin(), then.end(), 0.0) / 9, 1e-12);
    const std::vector<Index> order = found.ranked();
    for (std::size_t k = 1; k < order.size(); ++k) {
        EXPECT_GE(std::abs(found.contributions(order[k - 1], 0)), std::abs(found.contributions(order[k], 0)));
    }
}

TEST(Compare, ByTheReferencesSharesAddsUpToTheSameDifferenceOnDeepTrees) {
    const auto model = forest_of({.trees = 3, .splits = 5000, .features = 25});
    const Rows rows = random_rows(30, 25), reference = random_rows(400, 25, 0.2, 77);
    const Comparison found = TreeExplainer(model, {.precision = Precision::audit})
                                 .compare(rows.view, reference.view, {.method = ComparisonMethod::path_dependent});
    const Vector now = model.predict(rows.view), then = model.predict(reference.view);
    EXPECT_NEAR(found.now[0], std::accumulate(now.begin(), now.end(), 0.0) / 30, 1e-12);
    EXPECT_NEAR(found.then[0], std::accumulate(then.begin(), then.end(), 0.0) / 400, 1e-12);
}

TEST(Compare, ByTheReferencesSharesIsThePathDependentGameOfATreeWithThoseCovers) {
    const auto model = forest_of({.trees = 1, .splits = 20, .features = 6});
    const Rows rows = random_rows(1, 6), reference = random_rows(60, 6, 0.2, 77);
    Forest counted = model.forest();
    for (double& cover : counted.weighted_n_node_samples) cover = 0;
    for (Index i = 0; i < 60; ++i) {
        Index node = 0;
        for (;;) {
            counted.weighted_n_node_samples[node] += 1;
            if (counted.children_left[node] == kNoChild) break;
            const float x = reference.x[static_cast<std::size_t>(i * 6 + counted.feature[node])];
            node = goes_left(counted.tree(0), node, x) ? counted.children_left[node] : counted.children_right[node];
        }
    }
    const Comparison found = TreeExplainer(model, {.precision = Precision::audit})
                                 .compare(rows.view, reference.view, {.method = ComparisonMethod::path_dependent});
    const Game game = path_dependent_game(counted, rows.x.data());
    for (int j = 0; j < 6; ++j) EXPECT_NEAR(found.contributions(j, 0), shapley_value(game, 6, j), 1e-13);
}

TEST(Compare, MeansOfFeaturesLeaveMissingValuesOut) {
    const auto model = forest_of({.features = 2});
    const std::vector<float> rows = {1, 2, NAN, 4, 3, NAN}, reference = {0, NAN, 0, NAN};
    const Comparison found =
        TreeExplainer(model).compare(ConstMatrixViewF(rows.data(), 3, 2), ConstMatrixViewF(reference.data(), 2, 2));
    EXPECT_EQ(found.mean_now, Vector({2, 3}));
    EXPECT_EQ(found.mean_then[0], 0);
    EXPECT_TRUE(std::isnan(found.mean_then[1]));
}

}  // namespace
}  // namespace plantwright
