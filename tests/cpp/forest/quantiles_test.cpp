// SPDX-License-Identifier: MIT
/// Quantile regression forests: against the definition, on data whose noise depends on x, as sets of trees, in files.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "forest/golden_problem.hpp"
#include "forest/leaf_targets.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/file.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::Problem;

const Vector kQuantiles = {0.0, 0.05, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.95, 1.0};

/// The paper's weights over all training rows: each row's weight in the leaf that x reaches, by the weight of all rows
/// that reach it, averaged over the trees.
Vector weights_by_definition(const RandomForestRegressor& forest, const Matrix& X, const Vector& row_weight,
                             ConstMatrixView x) {
    const Table<std::int32_t> train = forest.apply(X.view()), at = forest.apply(x);
    const auto weight_in_leaf = [&](Index i, Index t) {
        return train(i, t) != at(0, t) ? 0.0 : row_weight.empty() ? 1.0 : row_weight[i];
    };
    Vector weight(X.rows());
    for (Index t = 0; t < forest.n_trees(); ++t) {
        double leaf = 0;
        for (Index i = 0; i < X.rows(); ++i) leaf += weight_in_leaf(i, t);
        for (Index i = 0; i < X.rows(); ++i)
            weight[i] += weight_in_leaf(i, t) / leaf / static_cast<double>(forest.n_trees());
    }
    return weight;
}

/// The least y at which the weights of the rows up to y reach q.
double quantile_by_definition(const Vector& y, const Vector& weight, double q) {
    std::vector<Index> order;
    for (Index i = 0; i < y.size(); ++i) {
        if (weight[i] > 0) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return y[a] < y[b]; });
    double sum = 0;
    for (const Index i : order) {
        sum += weight[i];
        if (sum >= q - 1e-12) return y[i];
    }
    return y[order.back()];
}

struct Shape {
    Index rows;
    RandomForestOptions options;
    bool weighted = false;
    bool whole_targets = false;
};

void PrintTo(const Shape& shape, std::ostream* out) {
    *out << shape.rows << " rows, bootstrap " << shape.options.bootstrap << (shape.weighted ? ", weighted" : "");
}

class Quantiles : public ::testing::TestWithParam<Shape> {};

TEST_P(Quantiles, AreThoseOfTheWeightsThatThePaperDefines) {
    Shape shape = GetParam();
    shape.options.quantiles = true;
    const Problem p = make_problem({.rows = shape.rows + 20, .missing = 0.1, .whole_targets = shape.whole_targets});
    Matrix X(shape.rows, p.X.cols());
    std::copy_n(p.X.data(), shape.rows * p.X.cols(), X.data());
    Vector y(shape.rows), weight;
    std::copy_n(p.y.data(), shape.rows, y.data());
    if (shape.weighted) {
        weight = Vector(shape.rows);
        std::copy_n(p.weights.data(), shape.rows, weight.data());
    }
    const auto forest = RandomForestRegressor::fit(X.view(), y, shape.options, weight);
    const ConstMatrixView test = p.X.view().rows_between(shape.rows, shape.rows + 20);
    const Matrix found = forest.predict_quantiles(test, kQuantiles, 2);
    const Vector mean = forest.predict(test);
    ASSERT_EQ(found.cols(), kQuantiles.size());
    for (Index i = 0; i < 20; ++i) {
        const Vector w = weights_by_definition(forest, X, weight, test.rows_between(i, i + 1));
        if (!shape.options.bootstrap) {  // else the mean counts draws
            EXPECT_NEAR(std::inner_product(w.begin(), w.end(), y.begin(), 0.0), mean[i],
                        1e-5 * (1 + std::abs(mean[i])));
        }
        for (Index k = 0; k < kQuantiles.size(); ++k)
            EXPECT_EQ(found(i, k), quantile_by_definition(y, w, kQuantiles[k])) << "row " << i << ", " << kQuantiles[k];
        std::vector<double> row(6);
        for (Index j = 0; j < 6; ++j) row[static_cast<std::size_t>(j)] = test(i, j);
        const Vector one = forest.predict_quantiles_one(std::span<const double>(row), kQuantiles);
        for (Index k = 0; k < kQuantiles.size(); ++k) EXPECT_EQ(one[k], found(i, k));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Quantiles,
    ::testing::Values(Shape{300, {.n_estimators = 10}}, Shape{300, {.n_estimators = 7, .min_samples_leaf = 9}},
                      Shape{200, {.n_estimators = 3, .max_depth = 1}}, Shape{200, {.n_estimators = 10}, true},
                      Shape{200, {.n_estimators = 6, .min_samples_leaf = 5, .bootstrap = false}},
                      Shape{200, {.n_estimators = 6, .min_samples_leaf = 5, .bootstrap = false}, true},
                      Shape{300, {.n_estimators = 8, .min_samples_leaf = 3}, false, true},
                      Shape{150, {.n_estimators = 5, .criterion = Criterion::absolute_error, .min_samples_leaf = 4}},
                      Shape{200, {.n_estimators = 5, .max_samples = 0.5, .ccp_alpha = 0.5}},
                      Shape{200, {.n_estimators = 5, .max_leaf_nodes = 12, .splitter = Splitter::random}},
                      Shape{1, {.n_estimators = 3}}));

TEST(QuantilePrediction, IsTheSameForAnyThreadsBlocksAndWaysToCount) {
    const Problem p = make_problem({.rows = 9000, .cols = 4, .whole_targets = false});  // > 2 x 4,096 targets
    for (const int leaf : {1, 60, 3000}) {                                              // sparse and dense tables
        const RandomForestOptions options{.n_estimators = 5, .min_samples_leaf = leaf, .quantiles = true};
        const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, options);
        const Matrix all = forest.predict_quantiles(p.X.view(), kQuantiles);
        EXPECT_EQ(forest.predict_quantiles(p.X.view(), kQuantiles, 3), all);
        for (const Index i : {0, 4711, 8999}) {  // alone: by sorting
            const Matrix one = forest.predict_quantiles(ConstMatrixView(p.X.view().rows_between(i, i + 1)), kQuantiles);
            for (Index k = 0; k < kQuantiles.size(); ++k) EXPECT_EQ(one(0, k), all(i, k));
        }
    }
}

TEST(QuantilePrediction, KeepsWideRanksWhereTargetsAreMany) {
    Matrix X(70'000, 1);
    Vector y(X.rows());
    RandomStream random(1, 0, Purpose::noise);
    for (Index i = 0; i < X.rows(); ++i) {
        X(i, 0) = static_cast<double>(i % 7);
        y[i] = random.uniform();
    }
    const auto forest =
        RandomForestRegressor::fit(X.view(), y, {.n_estimators = 1, .bootstrap = false, .quantiles = true});
    EXPECT_EQ(forest.model().targets().rank.size(), 70'000);
    EXPECT_TRUE(forest.model().targets().narrow_rank.empty());
    const Matrix found = forest.predict_quantiles(ConstMatrixView(X.view().rows_between(0, 7)), Vector{0.1, 0.9});
    for (Index i = 0; i < 7; ++i) {
        std::vector<double> of_leaf;
        for (Index j = i; j < X.rows(); j += 7) of_leaf.push_back(y[j]);
        std::sort(of_leaf.begin(), of_leaf.end());
        EXPECT_EQ(found(i, 0), of_leaf[999]);  // the least of 10,000 with 1,000 up to it
        EXPECT_EQ(found(i, 1), of_leaf[8999]);
    }
    EXPECT_EQ(RandomForestRegressor::from_bytes(forest.to_bytes()).to_bytes(), forest.to_bytes());
}

TEST(QuantilePrediction, CoversWhatItSaysWhereNoiseDependsOnX) {
    RandomStream random(5, 0, Purpose::noise);
    Matrix X(6000, 3);
    Vector y(X.rows());
    for (Index i = 0; i < X.rows(); ++i) {
        for (Index j = 0; j < 3; ++j) X(i, j) = random.uniform();
        y[i] = 5 * X(i, 0) + (X(i, 1) < 0.5 ? 0.4 : 2) * random.normal();
    }
    const auto forest =
        RandomForestRegressor::fit(ConstMatrixView(X.view().rows_between(0, 4000)), ConstVectorView(y.data(), 4000),
                                   {.n_estimators = 60, .min_samples_leaf = 10, .quantiles = true});
    const Matrix found = forest.predict_quantiles(ConstMatrixView(X.view().rows_between(4000, 6000)), Vector{0.1, 0.9});
    double covered[2] = {}, width[2] = {}, n[2] = {};  // where noise is low, and high
    for (Index i = 0; i < 2000; ++i) {
        const int high = X(4000 + i, 1) > 0.5;
        covered[high] += found(i, 0) <= y[4000 + i] && y[4000 + i] <= found(i, 1);
        width[high] += found(i, 1) - found(i, 0);
        ++n[high];
    }
    EXPECT_NEAR(covered[0] / n[0], 0.8, 0.06);
    EXPECT_NEAR(covered[1] / n[1], 0.8, 0.06);
    EXPECT_GT(width[1] / n[1], 2 * width[0] / n[0]);
}

TEST(QuantilePrediction, GoesWithTheTreesIntoFilesRangesAndSubsets) {
    const Problem p = make_problem({.rows = 200, .missing = 0.1, .whole_targets = false});
    RandomForestOptions options{.n_estimators = 6, .min_samples_leaf = 3, .quantiles = true};
    const auto whole = RandomForestRegressor::fit(p.X.view(), p.y, options);
    const auto again = RandomForestRegressor::from_bytes(whole.to_bytes());
    EXPECT_EQ(again.to_bytes(), whole.to_bytes());
    EXPECT_EQ(again.predict_quantiles(p.X.view(), kQuantiles), whole.predict_quantiles(p.X.view(), kQuantiles));
    options.tree_range = {0, 2};
    const auto first = RandomForestRegressor::fit(p.X.view(), p.y, options);
    options.tree_range = {2, 6};
    const std::vector<RandomForestRegressor> parts{first, RandomForestRegressor::fit(p.X.view(), p.y, options)};
    EXPECT_EQ(RandomForestRegressor::merge(parts).to_bytes(), whole.to_bytes());
    EXPECT_EQ(whole.subset(2, 6).to_bytes(), parts[1].to_bytes());
    options.tree_range.reset();
    EXPECT_EQ(first.grow(p.X.view(), p.y, options).to_bytes(), whole.to_bytes());
    EXPECT_EQ(whole.grow(p.X.view(), p.y, options).to_bytes(), whole.to_bytes());
}

TEST(QuantilePrediction, OfForestsOfOtherRowsIsThatOfAllTheirTrees) {
    const Problem a = make_problem({.rows = 150, .whole_targets = false, .seed = 1}),
                  b = make_problem({.rows = 220, .whole_targets = true, .seed = 2});
    const RandomForestOptions options{.n_estimators = 1, .min_samples_leaf = 8, .bootstrap = false, .quantiles = true};
    const std::vector<RandomForestRegressor> parts{RandomForestRegressor::fit(a.X.view(), a.y, options, a.weight()),
                                                   RandomForestRegressor::fit(b.X.view(), b.y, options)};
    const auto both = RandomForestRegressor::merge(parts);
    const Matrix found = both.predict_quantiles(a.X.view(), kQuantiles);
    const Table<std::int32_t> leaf_a = parts[0].apply(a.X.view()), leaf_b = parts[1].apply(b.X.view()),
                              at = parts[1].apply(a.X.view());
    for (const Index i : {3, 77}) {
        Vector y(370), w(370);
        double of_a = 0, of_b = 0;
        for (Index j = 0; j < 150; ++j) of_a += leaf_a(j, 0) == leaf_a(i, 0) ? a.weights[j] : 0;
        for (Index j = 0; j < 220; ++j) of_b += leaf_b(j, 0) == at(i, 0) ? 1 : 0;
        for (Index j = 0; j < 150; ++j) {
            y[j] = a.y[j];
            w[j] = leaf_a(j, 0) == leaf_a(i, 0) ? a.weights[j] / of_a / 2 : 0;
        }
        for (Index j = 0; j < 220; ++j) {
            y[150 + j] = b.y[j];
            w[150 + j] = leaf_b(j, 0) == at(i, 0) ? 1 / of_b / 2 : 0;
        }
        for (Index k = 0; k < kQuantiles.size(); ++k)
            EXPECT_EQ(found(i, k), quantile_by_definition(y, w, kQuantiles[k])) << kQuantiles[k];
    }
    const std::vector<RandomForestRegressor> mixed{parts[0],
                                                   RandomForestRegressor::fit(a.X.view(), a.y, {.n_estimators = 1})};
    EXPECT_TRUE(RandomForestRegressor::merge(mixed).model().targets().empty());
}

TEST(QuantilePrediction, TakesFrames) {
    const Frame frame = testing::golden_frame();
    RandomForestOptions options = testing::golden_options();
    options.quantiles = true;
    const auto forest = RandomForestRegressor::fit(frame, "energy_kWh", options);
    const Matrix found = forest.predict_quantiles(frame, Vector{0.1, 0.9});
    const Vector mean = forest.predict(frame);
    for (Index i = 0; i < frame.rows(); ++i) EXPECT_LE(found(i, 0), found(i, 1));
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  forest.predict_quantiles_one(std::span<const double>(std::vector<double>(3)), kQuantiles);
              }).find("category"),
              std::string::npos);
    EXPECT_GT(mean.size(), 0);
}

TEST(QuantilePrediction, IsRefusedWithAReasonWhereItCannotBe) {
    const Problem p = make_problem({.rows = 60});
    const auto plain = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2});
    const auto complaint = [](auto call) { return message_of<InvalidArgument>(call); };
    EXPECT_NE(complaint([&] { plain.predict_quantiles(p.X.view(), kQuantiles); }).find("fitted with quantiles on"),
              std::string::npos);
    const RandomForestOptions options{.n_estimators = 3, .quantiles = true};
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, options);
    for (const double q : {-0.1, 1.1, kNaN}) {
        EXPECT_NE(complaint([&] { forest.predict_quantiles(p.X.view(), Vector{0.5, q}); }).find("[0, 1]"),
                  std::string::npos);
    }
    EXPECT_NE(complaint([&] { forest.predict_quantiles(Matrix(2, 5).view(), kQuantiles); }).find("6 features"),
              std::string::npos);
    EXPECT_NE(complaint([&] { plain.grow(p.X.view(), p.y, options); }).find("quantiles"), std::string::npos);
    EXPECT_NE(complaint([&] { RandomForestClassifier::fit(p.X.view(), p.label, options); }).find("classes"),
              std::string::npos);
    EXPECT_NE(complaint([&] {
                  RandomForestRegressor::fit_outputs(p.X.view(), Matrix(60, 2).view(), options);
              }).find("several outputs"),
              std::string::npos);
    EXPECT_THROW(RandomForestRegressor().predict_quantiles(p.X.view(), kQuantiles), NotFitted);
    EXPECT_EQ(forest.predict_quantiles(p.X.view(), Vector{}).cols(), 0);
}

/// Damage behind valid checksums.
class HostileTargets : public ::testing::Test {
protected:
    HostileTargets() {
        const Problem p = make_problem({.rows = 40, .cols = 2});
        const auto forest =
            RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .max_depth = 3, .quantiles = true});
        trees_ = forest.model().compact();
        targets_ = forest.model().targets();
        targets_.validate(trees_);
    }
    std::string complaint() const {
        return message_of<CorruptModel>([&] { targets_.validate(trees_); });
    }
    template <class T>
    static void set(SharedArray<T>& array, Index i, std::type_identity_t<T> value) {
        Buffer<T> changed{std::span<const T>(array)};
        changed[i] = value;
        array = std::move(changed);
    }
    CompactForest trees_;
    LeafTargets targets_;
};

TEST_F(HostileTargets, ARankWithoutAValueIsFound) {
    set(targets_.narrow_rank, 3, static_cast<std::uint16_t>(targets_.value.size()));
    EXPECT_EQ(complaint(), "forest: a target's rank is out of range");
}
TEST_F(HostileTargets, ALeafWithoutTargetsIsFound) {
    set(targets_.leaf_end, 1, targets_.leaf_end[0]);
    EXPECT_EQ(complaint(), "forest: a leaf has no targets");
    set(targets_.leaf_end, 1, 0);
    EXPECT_EQ(complaint(), "forest: a leaf has no targets");
}
TEST_F(HostileTargets, LeavesThatReachBeyondTheirTreeAreFound) {
    set(targets_.leaf_end, trees_.n_leaves() - 1, 1'000'000);
    EXPECT_EQ(complaint(), "forest: targets do not fit the leaves");
}
TEST_F(HostileTargets, TreesThatOverlapAreFound) {
    set(targets_.tree_begin, 1, targets_.tree_begin[1] + 1);
    EXPECT_EQ(complaint(), "forest: targets do not fit the leaves");
    set(targets_.tree_begin, 1, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(complaint(), "forest: targets do not fit the leaves");
    set(targets_.tree_begin, 1, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(complaint(), "forest: targets do not fit the leaves");
}
TEST_F(HostileTargets, ArraysOfOtherLengthsAreFound) {
    const LeafTargets good = targets_;
    targets_.leaf_end = Buffer<std::uint32_t>(2, 5u);
    EXPECT_NE(complaint(), "");
    targets_ = good;
    targets_.tree_begin = {};
    EXPECT_EQ(complaint(), "forest: targets of no tree");
    targets_ = good;
    targets_.weight = Vector(2, 1.0);
    EXPECT_NE(complaint(), "");
    targets_ = good;
    targets_.rank = Buffer<std::uint32_t>(3, 0u);
    EXPECT_NE(complaint(), "");
}
TEST_F(HostileTargets, ValuesThatCannotBeAreFound) {
    const LeafTargets good = targets_;
    for (const double bad : {kNaN, HUGE_VAL, 1e6}) {
        targets_ = good;
        set(targets_.value, 0, bad);
        EXPECT_EQ(complaint(), "forest: targets are not finite and ascending, or weigh nothing");
    }
    targets_ = good;
    targets_.weight = Vector(targets_.value.size());
    EXPECT_EQ(complaint(), "forest: targets are not finite and ascending, or weigh nothing");
}

TEST(HostileQuantiles, EveryFlippedByteIsAnErrorOfOursOrAValidForest) {
    const Problem p = make_problem({.rows = 8, .cols = 2});
    const auto bytes = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .quantiles = true}).to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
            auto bad = bytes;
            bad[i] ^= flip;
            try {
                RandomForestRegressor::from_bytes(bad).predict_quantiles(p.X.view(), kQuantiles);
            } catch (const Error&) {
            }
        }
    }
}

}  // namespace
}  // namespace plantwright
