// SPDX-License-Identifier: MIT
/// Isolation trees against recursion on lists of rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "forest_testing.hpp"
#include "naive_isolation.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::naive_path_length;
using testing::NaiveIsolation;
using testing::NaiveNode;
using testing::NaiveTree;
using testing::Problem;
using testing::ProblemShape;

struct Case {
    const char* name;
    ProblemShape shape;
    IsolationForestOptions options = {.n_estimators = 6, .random_state = 5};
    bool weighted = false;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class GrownIsolation : public ::testing::TestWithParam<Case> {};

/// Both from their roots down.
void expect_the_same(const TreeView& tree, const NaiveTree& naive) {
    std::vector<std::pair<std::int32_t, std::uint64_t>> waiting = {{0, 1}};
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto [k, path] = waiting[i];
        const auto node = static_cast<std::size_t>(k);
        const NaiveNode& expected = naive.at(path);
        ASSERT_EQ(tree.feature[node], expected.feature);
        ASSERT_EQ(tree.threshold[node], expected.threshold);
        ASSERT_EQ(tree.missing_go_left[node] != 0, expected.missing_left);
        ASSERT_EQ(tree.n_node_samples[node], expected.n_rows);
        if (expected.feature == kLeafFeature) {
            ASSERT_EQ(tree.value(k, 0), expected.value);
            continue;
        }
        waiting.push_back({tree.children_left[node], 2 * path});
        waiting.push_back({tree.children_right[node], 2 * path + 1});
    }
    EXPECT_EQ(waiting.size(), naive.size());
    EXPECT_EQ(waiting.size(), tree.feature.size());
}

TEST_P(GrownIsolation, HasTheTreesOfNaiveRecursion) {
    const Problem p = make_problem(GetParam().shape);
    const IsolationForestOptions& options = GetParam().options;
    const ConstVectorView weight = GetParam().weighted ? p.weight() : ConstVectorView{};
    const auto forest = IsolationForest::fit(p.X.view(), options, weight);
    NaiveIsolation naive(p.X, options, forest.max_samples());
    for (Index t = 0; t < forest.n_trees(); ++t) expect_the_same(forest.tree(t), naive.grow(t, weight));
}

TEST_P(GrownIsolation, IsTheSameFromFloatsStridedTablesAndAnyNumberOfThreads) {
    const Problem p = make_problem(GetParam().shape);
    IsolationForestOptions options = GetParam().options;
    const ConstVectorView weight = GetParam().weighted ? p.weight() : ConstVectorView{};
    Table<float> narrow(p.X.rows(), p.X.cols());
    Matrix by_columns(p.X.cols(), p.X.rows());
    for (Index i = 0; i < p.X.rows(); ++i) {
        for (Index j = 0; j < p.X.cols(); ++j) {
            narrow(i, j) = static_cast<float>(p.X(i, j));
            by_columns(j, i) = p.X(i, j);
        }
    }
    const auto bytes = IsolationForest::fit(p.X.view(), options, weight).to_bytes();
    EXPECT_EQ(IsolationForest::fit(std::as_const(narrow).view(), options, weight).to_bytes(), bytes);
    const ConstMatrixView strided(by_columns.data(), p.X.rows(), p.X.cols(), 1, p.X.rows());
    EXPECT_EQ(IsolationForest::fit(strided, options, weight).to_bytes(), bytes);
    for (const int n_jobs : {2, 3, 8}) {
        options.n_jobs = n_jobs;
        EXPECT_EQ(IsolationForest::fit(p.X.view(), options, weight).to_bytes(), bytes);
    }
}

TEST_P(GrownIsolation, DrawsAsManyDistinctRowsAndFeaturesAsAskedFor) {
    const Problem p = make_problem(GetParam().shape);
    const IsolationForestOptions& options = GetParam().options;
    const ConstVectorView weight = GetParam().weighted ? p.weight() : ConstVectorView{};
    const auto forest = IsolationForest::fit(p.X.view(), options, weight);
    std::set<std::int64_t> all;
    for (Index t = 0; t < 6; ++t) {
        const auto rows = IsolationForest::rows_of_tree(p.X.rows(), options, t, weight);
        EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), std::less_equal<>()));  // hence distinct
        EXPECT_LE(rows.size(), forest.max_samples());
        if (!options.bootstrap) {
            EXPECT_EQ(rows.size(), forest.max_samples());
        }
        for (const std::int64_t row : rows) EXPECT_TRUE(weight.empty() || weight[row] > 0);
        all.insert(rows.begin(), rows.end());
        const auto features = IsolationForest::features_of_tree(p.X.cols(), options, t);
        EXPECT_EQ(features.size(), options.max_features.of(p.X.cols()));
        EXPECT_TRUE(std::is_sorted(features.begin(), features.end(), std::less_equal<>()));
    }
    EXPECT_GE(std::ssize(all), forest.max_samples() / 2);
}

IsolationForestOptions with(void (*change)(IsolationForestOptions&)) {
    IsolationForestOptions options{.n_estimators = 6, .random_state = 5};
    change(options);
    return options;
}

INSTANTIATE_TEST_SUITE_P(
    Trees, GrownIsolation,
    ::testing::Values(
        Case{"plain", {.rows = 1000}}, Case{"as many columns as a block of eight", {.rows = 700, .cols = 8}},
        Case{"thirty columns", {.rows = 600, .cols = 30}}, Case{"one column", {.rows = 300, .cols = 1}},
        Case{"missing values", {.rows = 900, .missing = 0.2}}, Case{"mostly missing", {.rows = 500, .missing = 0.9}},
        Case{"few values", {.rows = 800, .n_values = 3}},
        Case{"few values and missing ones", {.rows = 800, .missing = 0.3, .n_values = 2}},
        Case{"two values in many columns", {.rows = 400, .cols = 40, .n_values = 2}}, Case{"two rows", {.rows = 2}},
        Case{"fewer rows than 256", {.rows = 100}}, Case{"some features", {.rows = 500, .cols = 12}, with([](auto& o) {
                                                             o.max_features = MaxFeatures::fraction(0.4);
                                                         })},
        Case{"some features, all rows", {.rows = 90, .cols = 12, .missing = 0.1}, with([](auto& o) {
                 o.max_features = MaxFeatures::count(5);
             })},
        Case{"with replacement", {.rows = 300, .missing = 0.05}, with([](auto& o) { o.bootstrap = true; })},
        Case{"a share of the rows", {.rows = 3000}, with([](auto& o) { o.max_samples = RowCount(0.3); })},
        Case{"weights", {.rows = 1000}, with([](auto& o) { o.max_samples = RowCount(64); }), true},
        Case{"weights, as many rows as have one", {.rows = 300}, with([](auto&) {}), true},
        Case{"weights, with replacement", {.rows = 300}, with([](auto& o) { o.bootstrap = true; }), true},
        Case{"row numbers of 32 bits", {.rows = 70'000, .cols = 3}, with([](auto& o) {
                 o.max_samples = RowCount(66'000), o.n_estimators = 2;
             })},
        Case{"row numbers of 32 bits, missing values", {.rows = 66'000, .cols = 2, .missing = 0.1}, with([](auto& o) {
                 o.max_samples = RowCount(1.0), o.n_estimators = 1;
             })},
        Case{"more features than slots of eight bits", {.rows = 400, .cols = 200}}),
    [](const auto& info) {
        std::string name = info.param.name;
        std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
        return name;
    });

/// A forest on copies of one column, as many as asked for, without their memory.
IsolationForest on_copies(const Vector& column, Index n_columns) {
    const ConstMatrixView X(column.data(), column.size(), n_columns, 1, 0);
    return IsolationForest::fit(
        X, {.n_estimators = 2, .max_samples = RowCount(1.0), .max_features = MaxFeatures::count(3), .random_state = 1});
}

TEST(IsolationTrees, AreTheSameInWiderNodesWhereSlotsAndDistancesNeedThem) {
    RandomStream random(1, 0, Purpose::noise);
    Vector column(9000);
    for (double& x : column) x = random.normal();
    const auto few = on_copies(column, 100);
    for (const Index n_columns : {70'000, 600'000}) {  // 18 bits of slot leave 14 for a distance; 21 bits are too many
        const auto many = on_copies(column, n_columns);
        many.validate();
        EXPECT_EQ(many.model().compact().wide(), n_columns == 600'000);
        for (Index t = 0; t < 2; ++t) {
            const TreeView a = few.tree(t), b = many.tree(t);
            EXPECT_TRUE(std::ranges::equal(a.threshold, b.threshold));
            EXPECT_TRUE(std::ranges::equal(a.children_left, b.children_left));
            EXPECT_TRUE(std::ranges::equal(a.n_node_samples, b.n_node_samples));
        }
        EXPECT_EQ(IsolationForest::merge(std::vector{many.subset(0, 1), many.subset(1, 2)}).to_bytes(),
                  many.to_bytes());
    }
}

TEST(IsolationTrees, MeasurePathsByTheMeanDepthOfAFailedSearch) {
    // Harmonic numbers instead of their approximation: c(n) = 2 H(n - 1) - 2 (n - 1) / n.
    for (const Index n : {50, 256, 5000}) {
        double harmonic = 0;
        for (Index k = 1; k < n; ++k) harmonic += 1 / static_cast<double>(k);
        const double exact = 2 * harmonic - 2 * static_cast<double>(n - 1) / static_cast<double>(n);
        EXPECT_NEAR(naive_path_length(n), exact, 1.1 / static_cast<double>(n));
    }
    EXPECT_NEAR(naive_path_length(256), 10.24477092012, 1e-10);
    EXPECT_NEAR(naive_path_length(5), 2.3270200520, 1e-9);
}

}  // namespace
}  // namespace plantwright
