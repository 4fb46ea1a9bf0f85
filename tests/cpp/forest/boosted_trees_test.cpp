// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/forest/boosted_trees.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::Problem;

/// Trees that add to `n_raw` outputs in turn; their leaf values are those of a regression forest.
BoostedTreesParts make_parts(const Problem& p, int n_trees, int n_raw) {
    BoostedTreesParts parts;
    parts.forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = n_trees, .max_depth = 4}).forest();
    parts.tree_output = Buffer<std::int32_t>(n_trees);
    for (int t = 0; t < n_trees; ++t) parts.tree_output[t] = t % n_raw;
    parts.base = Vector(n_raw, 0.25);
    return parts;
}

double leaf_value(const BoostedTrees& trees, const Table<std::int32_t>& leaves, Index i, Index t) {
    return trees.tree(t).value(leaves(i, t), 0);
}

TEST(BoostedTrees, AddTheLeavesOfEachOutputToItsBaseInTheOrderOfTheTrees) {
    const Problem p = make_problem({.rows = 700, .missing = 0.1, .whole_targets = false});
    for (const bool as_float : {false, true}) {
        BoostedTreesParts parts = make_parts(p, 7, 1);
        parts.sum_as_float32 = as_float;
        const auto trees = BoostedTrees::from_parts(parts);
        const Matrix raw = trees.predict_raw(p.X.view(), 2);
        const auto leaves = trees.apply(p.X.view());
        for (Index i = 0; i < p.X.rows(); ++i) {
            double sum = 0.25;
            float sum_float = 0.25f;
            for (Index t = 0; t < 7; ++t) {
                sum += leaf_value(trees, leaves, i, t);
                sum_float += static_cast<float>(leaf_value(trees, leaves, i, t));
            }
            ASSERT_EQ(raw(i, 0), as_float ? static_cast<double>(sum_float) : sum);
        }
    }
}

TEST(BoostedTrees, KeepLeafValuesAsDoublesAndShowThem) {
    const Problem p = make_problem({.rows = 200, .missing = 0.1, .whole_targets = false});
    BoostedTreesParts parts = make_parts(p, 3, 1);
    for (double& v : parts.forest.value) v = v * 0.1 + 1e-9;  // no float32
    parts.forest.inner_statistics = InnerStatistics::stored;
    const auto before = RandomForestRegressor::from_forest(parts.forest);
    const auto trees = BoostedTrees::from_parts(parts);
    const auto again = BoostedTrees::from_bytes(trees.to_bytes());
    const auto leaves = trees.apply(p.X.view());
    EXPECT_EQ(leaves, before.apply(p.X.view()));
    const Matrix raw = trees.predict_raw(p.X.view());
    EXPECT_EQ(again.predict_raw(p.X.view()), raw);
    EXPECT_EQ(again.forest().value, parts.forest.value);  // numbered as its nodes are already
    for (Index i = 0; i < p.X.rows(); ++i) {
        double sum = 0.25;
        for (Index t = 0; t < 3; ++t) sum += parts.forest.tree(t).value(leaves(i, t), 0);
        ASSERT_EQ(raw(i, 0), sum);
        ASSERT_EQ(again.tree(2).value(leaves(i, 2), 0), parts.forest.tree(2).value(leaves(i, 2), 0));
    }
}

TEST(BoostedTrees, ApplyTheLinkToTheRawSums) {
    const Problem p = make_problem({.rows = 50});
    const auto predict = [&](Link link) {
        BoostedTreesParts parts = make_parts(p, 4, 1);
        for (double& v : parts.forest.value) v /= 50;
        parts.link = link;
        const auto trees = BoostedTrees::from_parts(parts);
        return std::pair(trees.predict_raw(p.X.view())(7, 0), trees.predict(p.X.view())(7, 0));
    };
    const auto [raw, identity] = predict(Link::identity);
    EXPECT_EQ(raw, identity);
    EXPECT_NEAR(predict(Link::exponential).second, std::exp(raw), 1e-14);
    EXPECT_NEAR(predict(Link::logistic).second, 1 / (1 + std::exp(-raw)), 1e-15);
    EXPECT_EQ(predict(Link::signed_square).second, raw * std::abs(raw));
}

TEST(BoostedTrees, GiveProbabilitiesOfClasses) {
    const Problem p = make_problem({.rows = 50});
    BoostedTreesParts parts = make_parts(p, 6, 3);
    parts.classes = {"low", "mid", "high"};
    parts.link = Link::softmax;
    const auto trees = BoostedTrees::from_parts(parts);
    const Matrix raw = trees.predict_raw(p.X.view()), share = trees.predict(p.X.view());
    double sum = 0;
    for (Index k = 0; k < 3; ++k) sum += std::exp(raw(3, k));
    for (Index k = 0; k < 3; ++k) EXPECT_NEAR(share(3, k), std::exp(raw(3, k)) / sum, 1e-14);
    parts.link = Link::one_versus_rest;
    parts.link_scale = 0.5;
    EXPECT_NEAR(BoostedTrees::from_parts(parts).predict(p.X.view())(3, 1), 1 / (1 + std::exp(-0.5 * raw(3, 1))), 1e-15);
    BoostedTreesParts binary = make_parts(p, 6, 1);
    binary.classes = {"no", "yes"};
    binary.link = Link::logistic;
    const Matrix two = BoostedTrees::from_parts(binary).predict(p.X.view());
    EXPECT_EQ(two.cols(), 2);
    EXPECT_EQ(two(0, 0) + two(0, 1), 1);
}

TEST(BoostedTrees, MayAverageTheTreesOfAnOutput) {
    const Problem p = make_problem({.rows = 50});
    BoostedTreesParts parts = make_parts(p, 6, 1);
    parts.base[0] = 0;
    parts.mean = true;
    const auto forest = RandomForestRegressor::from_forest(parts.forest);
    const Matrix mean = BoostedTrees::from_parts(parts).predict(p.X.view());
    const Vector expected = forest.predict(p.X.view());
    for (Index i = 0; i < 50; ++i) EXPECT_EQ(mean(i, 0), expected[i]);
}

TEST(BoostedTrees, AreTheSameForAnyNumberOfThreadsWidthAndAfterAFile) {
    const Problem p = make_problem({.rows = 900, .missing = 0.1});
    BoostedTreesParts parts = make_parts(p, 30, 1);
    parts.schema = Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}, {.name = "e"}, {.name = "f"}});
    parts.origin = "elsewhere";
    const auto trees = BoostedTrees::from_parts(parts);
    const Matrix expected = trees.predict(p.X.view(), 1);
    EXPECT_EQ(trees.predict(p.X.view(), 4), expected);
    Table<float> narrow(900, 6);
    for (Index i = 0; i < 900; ++i) {
        for (Index j = 0; j < 6; ++j) narrow(i, j) = static_cast<float>(p.X(i, j));
    }
    EXPECT_EQ(trees.predict(narrow.view()), expected);
    const auto again = BoostedTrees::from_bytes(trees.to_bytes());
    EXPECT_EQ(again.predict(p.X.view()), expected);
    EXPECT_EQ(again.to_bytes(), trees.to_bytes());
    EXPECT_EQ(again.origin(), "elsewhere");
    EXPECT_EQ(again.feature_names()[5], "f");
}

TEST(BoostedTrees, RefusePartsThatDoNotFitTogether) {
    const Problem p = make_problem({.rows = 50});
    const auto refusal = [&](auto change) {
        BoostedTreesParts parts = make_parts(p, 4, 1);
        change(parts);
        return message_of<InvalidArgument>([&] { BoostedTrees::from_parts(parts); });
    };
    EXPECT_NE(refusal([](auto& parts) { parts.tree_output = Buffer<std::int32_t>(3); }).find("tree outputs"),
              std::string::npos);
    EXPECT_NE(refusal([](auto& parts) { parts.tree_output[2] = 1; }).find("out of range"), std::string::npos);
    EXPECT_NE(refusal([](auto& parts) { parts.base = Vector(2); }).find("base"), std::string::npos);
    EXPECT_NE(refusal([](auto& parts) { parts.link = Link::softmax; }).find("number of classes"), std::string::npos);
    EXPECT_NE(refusal([](auto& parts) { parts.link_scale = 0; }).find("scale"), std::string::npos);
    EXPECT_NE(refusal([](auto& parts) { parts.forest.threshold[0] = kNaN; }).find("threshold"), std::string::npos);
    EXPECT_EQ(refusal([](auto&) {}), "");
    EXPECT_THROW(BoostedTrees().predict(p.X.view()), NotFitted);
}

}  // namespace
}  // namespace plantwright
