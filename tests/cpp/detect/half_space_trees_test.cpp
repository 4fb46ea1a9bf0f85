// SPDX-License-Identifier: MIT
#include "plantwright/detect/half_space_trees.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

/// The paper's algorithm with a map of masses a tree and window, and a pass from the root for each node's interval.
class SlowTrees {
public:
    SlowTrees(const HalfSpaceTrees& fitted, const Matrix& training) : fitted_(fitted), options_(fitted.options()) {
        const Index begin = std::max<Index>(0, training.rows() - options_.window);
        for (Index t = 0; t < options_.n_trees; ++t) trees_.push_back(tree(t));
        for (Index i = begin; i < training.rows(); ++i) count(scaled(training.row(i)));
        turn();
    }

    double update(ConstVectorView row) {
        if (rows_ == options_.window) turn();
        const auto x = scaled(row);
        double s = 0;
        for (Index t = 0; t < options_.n_trees; ++t) s += score(t, x);
        count(x);
        const double least = 1.0 / static_cast<double>(options_.n_trees * options_.window);
        const double most = std::pow(2.0, static_cast<double>(options_.depth));
        s /= static_cast<double>(options_.n_trees) * static_cast<double>(reference_rows_);
        return std::log2((most + least) / (s + least));
    }

private:
    struct Half {
        double middle;
        std::size_t sensor;
    };
    using Tree = std::map<Index, Half>;
    using Masses = std::map<std::pair<Index, Index>, double>;

    Tree tree(Index t) const {
        RandomStream random(static_cast<std::uint64_t>(options_.random_state), static_cast<std::uint64_t>(t),
                            Purpose::split);
        std::vector<double> low, high;
        for (Index j = 0; j < fitted_.n_sensors(); ++j) {
            const double s = random.uniform(), reach = 2 * std::max(s, 1 - s);
            low.push_back(s - reach);
            high.push_back(s + reach);
        }
        Tree halves;
        halve(halves, random, 1, low, high);
        return halves;
    }
    void halve(Tree& halves, RandomStream& random, Index node, const std::vector<double>& low,
               const std::vector<double>& high) const {
        if (node >= Index{1} << options_.depth) return;
        const auto j = static_cast<std::size_t>(random.below(low.size()));
        auto left = high, right = low;
        left[j] = right[j] = low[j] + (high[j] - low[j]) / 2;
        halves[node] = {left[j], j};
        halve(halves, random, 2 * node, low, left);
        halve(halves, random, 2 * node + 1, right, high);
    }
    std::vector<double> scaled(ConstVectorView row) const {
        std::vector<double> x;
        for (Index j = 0; j < row.size(); ++j)
            x.push_back((row[j] - fitted_.lowest()[j]) / (fitted_.highest()[j] - fitted_.lowest()[j]));
        return x;
    }
    std::vector<Index> path(Index t, const std::vector<double>& x) const {
        std::vector<Index> nodes{1};
        for (Index k = 0; k < options_.depth; ++k) {
            const Half& half = trees_[static_cast<std::size_t>(t)].at(nodes.back());
            nodes.push_back(2 * nodes.back() + (x[half.sensor] < half.middle ? 0 : 1));
        }
        return nodes;
    }
    void count(const std::vector<double>& x) {
        for (Index t = 0; t < options_.n_trees; ++t) {
            for (const Index node : path(t, x)) ++latest_[{t, node}];
        }
        ++rows_;
    }
    double score(Index t, const std::vector<double>& x) {
        double scale = 1, r = 0;
        for (const Index node : path(t, x)) {
            r = reference_[{t, node}] * scale;
            if (reference_[{t, node}] <= 0.1 * static_cast<double>(reference_rows_)) break;
            scale *= 2;
        }
        return r;
    }
    void turn() {
        reference_ = std::move(latest_);
        latest_.clear();
        reference_rows_ = rows_;
        rows_ = 0;
    }

    const HalfSpaceTrees& fitted_;
    HalfSpaceTreesOptions options_;
    std::vector<Tree> trees_;
    Masses reference_, latest_;
    Index reference_rows_ = 0, rows_ = 0;
};

TEST(HalfSpaceTrees, AgreeWithThePapersAlgorithmThroughManyWindows) {
    const Matrix rows = plant_rows(300, 3), training = plant_rows(60, 3, 5);
    for (const Index window : {7, 64}) {  // more training rows than a window, and fewer
        const auto fitted = HalfSpaceTrees::fit(training, {.n_trees = 4, .depth = 6, .window = window});
        SlowTrees slow(fitted, training);
        auto state = fitted.start();
        for (Index i = 0; i < rows.rows(); ++i)
            ASSERT_NEAR(fitted.update(state, rows.row(i)), slow.update(rows.row(i)), 1e-12) << i;
    }
}

TEST(HalfSpaceTrees, RowsApartFromTheReferenceStandOutAndBecomeNormalWhenTheyStay) {
    Matrix rows = plant_rows(900, 3);
    const auto fitted = HalfSpaceTrees::fit(rows, {.window = 100});
    for (Index i = 300; i < 900; ++i) rows(i, 1) += 8 * fitted.sensors().deviation()[1];
    const Vector bits = fitted.statistic(rows);
    const auto mean = [&](Index begin, Index end) {
        double sum = 0;
        for (Index i = begin; i < end; ++i) sum += bits[i];
        return sum / static_cast<double>(end - begin);
    };
    EXPECT_GT(mean(300, 400), mean(0, 300) + 3);
    EXPECT_LT(mean(500, 900), mean(0, 300) + 1);
}

TEST(HalfSpaceTrees, ContributionsSumToTheStatisticAndNameTheSensorThatMoved) {
    Matrix rows = plant_rows(300, 4);
    const auto fitted = HalfSpaceTrees::fit(rows);
    for (Index i = 250; i < 300; ++i) rows(i, 2) -= 8 * fitted.sensors().deviation()[2];
    const Vector bits = fitted.statistic(rows);
    const Matrix shares = fitted.contributions(rows);
    for (Index i = 0; i < 300; ++i) {
        double sum = 0;
        for (Index j = 0; j < 4; ++j) {
            ASSERT_GE(shares(i, j), 0);
            sum += shares(i, j);
        }
        ASSERT_NEAR(sum, bits[i], 1e-12 * bits[i]);
    }
    for (const Index j : {0, 1, 3}) EXPECT_GT(shares(280, 2), shares(280, j));
}

TEST(HalfSpaceTrees, AMissingReadingIsNoSurpriseAndARowWithoutReadingsIsNotCounted) {
    const Matrix rows = plant_rows(300, 3);
    const auto fitted = HalfSpaceTrees::fit(rows);
    auto state = fitted.start();
    const double far = fitted.update(state, std::vector<double>{rows(5, 0), rows(5, 1), 1e9});
    const double without = fitted.update(state, std::vector<double>{rows(5, 0), rows(5, 1), kNaN});
    EXPECT_LT(without, far);
    EXPECT_EQ(fitted.contributions(state)[2], 0);
    EXPECT_TRUE(std::isnan(fitted.update(state, std::vector<double>{kNaN, kNaN, kNaN})));
    EXPECT_TRUE(std::isnan(fitted.contributions(state)[0]));
    EXPECT_EQ(state.latest_rows, 2);
}

TEST(HalfSpaceTrees, OneSeedGivesOneForestAndAnotherAnother) {
    const Matrix rows = plant_rows(100, 3);
    const HalfSpaceTreesOptions options{.n_trees = 5, .depth = 8, .window = 50, .random_state = 3};
    EXPECT_EQ(HalfSpaceTrees::fit(rows, options).statistic(rows), HalfSpaceTrees::fit(rows, options).statistic(rows));
    const HalfSpaceTreesOptions other{.n_trees = 5, .depth = 8, .window = 50, .random_state = 4};
    EXPECT_FALSE(HalfSpaceTrees::fit(rows, options).statistic(rows) ==
                 HalfSpaceTrees::fit(rows, other).statistic(rows));
}

TEST(HalfSpaceTrees, HugeReadingsAndConstantSensorsAreTaken) {
    Matrix rows = plant_rows(50, 2);
    for (Index i = 0; i < 50; ++i) rows(i, 1) = 3;
    const auto fitted = HalfSpaceTrees::fit(rows, {.n_trees = 5, .depth = 8});
    auto state = fitted.start();
    EXPECT_TRUE(std::isfinite(fitted.update(state, std::vector<double>{1.7e308, -1.7e308})));
}

TEST(HalfSpaceTrees, NameWhatIsOutOfRange) {
    const Matrix rows = plant_rows(20, 2);
    const auto message = [&](const HalfSpaceTreesOptions& options) {
        return message_of<InvalidArgument>([&] { HalfSpaceTrees::fit(rows, options); });
    };
    EXPECT_EQ(message({.depth = 21}), "HalfSpaceTrees: depth must be in [1, 20], got 21");
    EXPECT_EQ(message({.window = 70000}), "HalfSpaceTrees: window must be in [2, 65535], got 70000");
    EXPECT_EQ(message({.n_trees = 1000, .depth = 20}),
              "HalfSpaceTrees: n_trees 2^(depth + 1) must be at most 2^25, got 2097152000");
}

TEST(SavedHalfSpaceTrees, ComeBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const Matrix rows = plant_rows(20, 2);
    const auto fitted = HalfSpaceTrees::fit(rows, {.n_trees = 2, .depth = 3, .window = 10});
    const auto bytes = fitted.to_bytes();
    EXPECT_EQ(HalfSpaceTrees::from_bytes(bytes).to_bytes(), bytes);
    EXPECT_EQ(HalfSpaceTrees::from_bytes(bytes).statistic(rows), fitted.statistic(rows));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            HalfSpaceTrees::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
        EXPECT_THROW(HalfSpaceTrees::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
