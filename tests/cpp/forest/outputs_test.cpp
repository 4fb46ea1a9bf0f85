// SPDX-License-Identifier: MIT
/// Forests of several outputs: against brute force, against forests of one output, as sets of trees, in files.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::OutputsProblem;
using testing::Problem;
using testing::r_squared;
using testing::same_forest;

Vector column(const Matrix& values, Index k) {
    Vector out(values.rows());
    for (Index i = 0; i < values.rows(); ++i) out[i] = values(i, k);
    return out;
}

/// Weight times impurity of some rows, from the definition: the mean over the outputs.
double loss_of(Criterion criterion, const Matrix& Y, const Vector& w, const std::vector<Index>& rows) {
    double loss = 0;
    for (Index k = 0; k < Y.cols(); ++k) {
        double weight = 0, sum = 0, best = HUGE_VAL;
        for (const Index i : rows) {
            weight += w[i];
            sum += w[i] * Y(i, k);
        }
        const double mean = sum / weight;
        double of_output = 0;
        for (const Index i : rows) {
            const double d = Y(i, k) - mean;
            if (criterion == Criterion::squared_error) of_output += w[i] * d * d;
            if (criterion == Criterion::poisson && Y(i, k) > 0)
                of_output += w[i] * Y(i, k) * elementary::log(Y(i, k) / mean);
            double at_i = 0;
            for (const Index j : rows) at_i += w[j] * std::abs(Y(j, k) - Y(i, k));
            best = std::min(best, at_i);  // some target is a median
        }
        if (criterion == Criterion::poisson && sum <= 0) return HUGE_VAL;
        loss += (criterion == Criterion::absolute_error ? best : of_output) / static_cast<double>(Y.cols());
    }
    return loss;
}

double best_loss(Criterion criterion, const OutputsProblem& p, const Vector& w) {
    double best = HUGE_VAL;
    for (Index j = 0; j < p.X.cols(); ++j) {
        std::set<float> values;
        for (Index i = 0; i < p.X.rows(); ++i) {
            if (w[i] > 0 && !std::isnan(p.X(i, j))) values.insert(static_cast<float>(p.X(i, j)));
        }
        for (const float value : values) {
            for (const bool missing_left : {false, true}) {
                std::vector<Index> left, right;
                for (Index i = 0; i < p.X.rows(); ++i) {
                    if (!(w[i] > 0)) continue;
                    const bool goes_left =
                        std::isnan(p.X(i, j)) ? missing_left : static_cast<float>(p.X(i, j)) <= value;
                    (goes_left ? left : right).push_back(i);
                }
                if (left.empty() || right.empty()) continue;
                best = std::min(best, loss_of(criterion, p.Y, w, left) + loss_of(criterion, p.Y, w, right));
            }
        }
    }
    return best;
}

using Case = std::tuple<Criterion, double /* missing */, bool /* weighted */, Splitter>;

class RootSplitOfOutputs : public ::testing::TestWithParam<Case> {};

TEST_P(RootSplitOfOutputs, ReachesTheMeanLossThatBruteForceFinds) {
    const auto [criterion, missing, weighted, splitter] = GetParam();
    for (const Index rows : {2, 3, 7, 40, 300}) {
        OutputsProblem p({.rows = rows, .cols = 3, .missing = missing, .seed = 7});
        if (criterion == Criterion::poisson) {
            for (Index i = 0; i < rows * 3; ++i) p.Y.data()[i] = std::abs(p.Y.data()[i]) + (i % 3 == 0 ? 1 : 0);
        }
        const Vector w = weighted ? p.weights : Vector(rows, 1.0);
        if (!std::any_of(w.begin(), w.end(), [](double x) { return x > 0; })) continue;
        const RandomForestOptions options{
            .n_estimators = 1, .criterion = criterion, .max_depth = 1, .bootstrap = false, .splitter = splitter};
        const auto forest = RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), options,
                                                               weighted ? p.weight() : ConstVectorView{});
        const TreeView tree = forest.tree(0);
        std::vector<Index> all;
        for (Index i = 0; i < rows; ++i) {
            if (w[i] > 0) all.push_back(i);
        }
        const double total = loss_of(criterion, p.Y, w, all);
        EXPECT_NEAR(tree.impurity[0] * tree.weighted_n_node_samples[0], total, 1e-9 * (1 + total));
        const double best = best_loss(criterion, p, w);
        if (tree.impurity[0] == 0 || std::isinf(best)) continue;
        const auto mass = [&](std::int32_t node) {
            const auto k = static_cast<std::size_t>(node);
            return tree.weighted_n_node_samples[k] * tree.impurity[k];
        };
        ASSERT_FALSE(tree.is_leaf(0));
        EXPECT_NEAR(mass(tree.children_left[0]) + mass(tree.children_right[0]), best, 1e-9 * (1 + best))
            << rows << " rows";
    }
}

INSTANTIATE_TEST_SUITE_P(AllCriteria, RootSplitOfOutputs,
                         ::testing::Combine(::testing::Values(Criterion::squared_error, Criterion::absolute_error,
                                                              Criterion::poisson),
                                            ::testing::Values(0.0, 0.3), ::testing::Bool(),
                                            ::testing::Values(Splitter::fast, Splitter::exact)));

TEST(SeveralOutputs, OfOneColumnGiveTheForestOfOneOutput) {
    const Problem p = make_problem({.rows = 300, .missing = 0.1, .whole_targets = false});
    for (const Splitter splitter : {Splitter::fast, Splitter::exact, Splitter::random}) {
        const RandomForestOptions options{.n_estimators = 3, .oob_score = true, .splitter = splitter};
        const auto one = RandomForestRegressor::fit(p.X.view(), p.y, options);
        const auto outputs =
            RandomForestRegressor::fit_outputs(p.X.view(), ConstMatrixView(p.y.data(), 300, 1), options);
        EXPECT_EQ(one.to_bytes(), outputs.to_bytes());
        EXPECT_EQ(column(outputs.predict_outputs(p.X.view()), 0), one.predict(p.X.view()));
    }
}

TEST(SeveralOutputs, ThatAreCopiesOfOneSplitAsItDoes) {
    const Problem p = make_problem({.rows = 400, .missing = 0.1});
    Matrix twice(400, 2);
    for (Index i = 0; i < 400; ++i) {
        twice(i, 0) = p.y[i];
        twice(i, 1) = 10 * p.y[i] + 1e4;
    }
    for (const Splitter splitter : {Splitter::exact, Splitter::random}) {  // in the fast one, rounding breaks ties
        const RandomForestOptions options{.n_estimators = 4, .splitter = splitter};
        const auto one = RandomForestRegressor::fit(p.X.view(), p.y, options);
        const auto two = RandomForestRegressor::fit_outputs(p.X.view(), twice.view(), options);
        EXPECT_EQ(one.forest().feature, two.forest().feature);
        EXPECT_EQ(one.forest().threshold, two.forest().threshold);
        const Matrix prediction = two.predict_outputs(p.X.view());
        const Vector expected = one.predict(p.X.view());
        for (Index i = 0; i < 400; ++i) {
            EXPECT_NEAR(prediction(i, 0), expected[i], 1e-5);
            EXPECT_NEAR(prediction(i, 1), 10 * expected[i] + 1e4, 1e-4);
        }
    }
}

TEST(SeveralOutputs, ArePredictedByTheMeanOfTheLeavesThatTheirTrainingRowsMake) {
    const OutputsProblem p({.rows = 500, .missing = 0.1, .whole_targets = false});
    const auto forest = RandomForestRegressor::fit_outputs(
        p.X.view(), p.Y.view(), {.n_estimators = 3, .min_samples_leaf = 4, .bootstrap = false});
    const Table<std::int32_t> leaves = forest.apply(p.X.view());
    const Matrix prediction = forest.predict_outputs(p.X.view(), 2);
    for (const Index i : {0, 17, 499}) {
        for (Index k = 0; k < 3; ++k) {
            double mean = 0;
            for (Index t = 0; t < 3; ++t) {
                double sum = 0, n = 0;
                for (Index j = 0; j < 500; ++j) {
                    if (leaves(j, t) != leaves(i, t)) continue;
                    sum += p.Y(j, k);
                    ++n;
                }
                mean += sum / n / 3;
            }
            EXPECT_NEAR(prediction(i, k), mean, 1e-9 * (1 + std::abs(mean)));
        }
        std::vector<double> one(3), row(6);
        for (Index j = 0; j < 6; ++j) row[static_cast<std::size_t>(j)] = p.X(i, j);
        forest.predict_one(std::span<const double>(row), one);
        for (Index k = 0; k < 3; ++k) EXPECT_EQ(one[static_cast<std::size_t>(k)], prediction(i, k));
    }
}

TEST(SeveralOutputs, AreLearnedByEverySplitter) {
    const OutputsProblem p({.rows = 1500, .whole_targets = false});
    const auto train = p.X.view().rows_between(0, 1000), test = p.X.view().rows_between(1000, 1500);
    for (const Splitter splitter : {Splitter::fast, Splitter::exact, Splitter::random}) {
        const auto forest =
            RandomForestRegressor::fit_outputs(ConstMatrixView(train), p.Y.view().rows_between(0, 1000),
                                               {.n_estimators = 40, .oob_score = true, .splitter = splitter});
        const Matrix prediction = forest.predict_outputs(ConstMatrixView(test));
        double mean = 0;
        for (Index k = 0; k < 3; ++k) {
            Vector truth(500);
            for (Index i = 0; i < 500; ++i) truth[i] = p.Y(1000 + i, k);
            const double score = r_squared(column(prediction, k), truth);
            EXPECT_GT(score, 0.7) << k;
            mean += score / 3;
        }
        EXPECT_NEAR(forest.oob_score(), mean, 0.06);
        EXPECT_EQ(forest.oob_prediction().cols(), 3);
    }
}

TEST(SeveralOutputs, ComeBackFromAFileAndFromForeignTreesBitForBit) {
    const OutputsProblem p({.rows = 120, .missing = 0.1, .whole_targets = false});
    for (const Criterion criterion : {Criterion::squared_error, Criterion::absolute_error}) {
        const auto forest = RandomForestRegressor::fit_outputs(
            p.X.view(), p.Y.view(), {.n_estimators = 3, .criterion = criterion, .oob_score = true});
        const auto again = RandomForestRegressor::from_bytes(forest.to_bytes());
        EXPECT_EQ(again.to_bytes(), forest.to_bytes());
        EXPECT_EQ(again.n_outputs(), 3);
        EXPECT_TRUE(same_forest(forest.forest(), again.forest()));
        EXPECT_EQ(forest.predict_outputs(p.X.view()), again.predict_outputs(p.X.view()));
        const auto imported = RandomForestRegressor::from_forest(forest.forest(), {}, criterion);
        EXPECT_EQ(imported.predict_outputs(p.X.view()), forest.predict_outputs(p.X.view()));
    }
}

TEST(SeveralOutputs, GrownInRangesMergeIntoTheForestGrownAtOnce) {
    const OutputsProblem p({.rows = 200});
    RandomForestOptions options{.n_estimators = 5, .ccp_alpha = 0.01};
    const auto whole = RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), options);
    options.tree_range = {0, 2};
    const auto first = RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), options);
    options.tree_range = {2, 5};
    const std::vector<RandomForestRegressor> parts{first,
                                                   RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), options)};
    EXPECT_EQ(RandomForestRegressor::merge(parts).to_bytes(), whole.to_bytes());
    EXPECT_EQ(whole.subset(0, 2).to_bytes(), first.to_bytes());
    options.tree_range.reset();
    EXPECT_EQ(first.grow_outputs(p.X.view(), p.Y.view(), options).to_bytes(), whole.to_bytes());
    EXPECT_NE(message_of<InvalidArgument>([&] { first.grow(p.X.view(), p.y, options); }).find("got 3 and 1"),
              std::string::npos);
    const std::vector<RandomForestRegressor> unlike{first,
                                                    RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1})};
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::merge(unlike); }).find("number of outputs"),
              std::string::npos);
}

TEST(SeveralOutputs, AreColumnsOfAFrame) {
    const Frame golden = testing::golden_frame();
    Vector waste(golden.rows());
    for (Index i = 0; i < waste.size(); ++i)
        waste[i] = golden.column("line").codes()[i] == 2 ? 50 : static_cast<double>(i % 5);
    const Frame frame = golden.with({.name = "waste_kg"}, Column::numbers(Buffer<double>(waste)));
    const std::vector<std::string> targets{"energy_kWh", "waste_kg"};
    const RandomForestOptions options{.n_estimators = 20, .bootstrap = false};
    const auto forest = RandomForestRegressor::fit_outputs(frame, targets, options);
    EXPECT_EQ(forest.feature_names(), (std::vector<std::string>{"load_pct", "humidity", "line"}));
    const Matrix prediction = forest.predict_outputs(frame);
    const Vector energy = frame.column("energy_kWh").to_float64();
    EXPECT_GT(r_squared(column(prediction, 0), energy), 0.99);
    EXPECT_GT(r_squared(column(prediction, 1), waste), 0.99);
    EXPECT_EQ(forest.grow_outputs(frame, targets, options).to_bytes(), forest.to_bytes());
    const auto complaint = [&](const std::vector<std::string>& names) {
        return message_of<InvalidArgument>([&] { RandomForestRegressor::fit_outputs(frame, names); });
    };
    EXPECT_NE(complaint({"waste_kg", "waste_kg"}).find("twice"), std::string::npos);
    EXPECT_NE(complaint({}).find("at least 1"), std::string::npos);
    EXPECT_NE(complaint({"line"}).find("must hold numbers"), std::string::npos);
}

TEST(SeveralOutputs, RefuseWhatOnlyOneOutputHas) {
    const OutputsProblem p({.rows = 50});
    const auto forest = RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), {.n_estimators = 1});
    EXPECT_NE(message_of<InvalidArgument>([&] { forest.predict(p.X.view()); }).find("predict_outputs"),
              std::string::npos);
    const std::vector<double> row(6);
    EXPECT_NE(message_of<InvalidArgument>([&] { (void)forest.predict_one(std::span<const double>(row)); }), "");
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), {.monotonic_cst = {1, 0, 0, 0, 0, 0}});
              }).find("one output"),
              std::string::npos);
    EXPECT_NE(
        message_of<InvalidArgument>([&] { RandomForestRegressor::fit_outputs(p.X.view(), Matrix(50, 0).view()); }), "");
    EXPECT_NE(
        message_of<InvalidArgument>([&] { RandomForestRegressor::fit_outputs(p.X.view(), Matrix(49, 3).view()); }), "");
    Matrix gap = p.Y;
    gap(20, 2) = kNaN;
    EXPECT_NE(
        message_of<InvalidArgument>([&] { RandomForestRegressor::fit_outputs(p.X.view(), gap.view()); }).find("row 20"),
        std::string::npos);
}

TEST(SeveralOutputs, ThatAreOnesAndZerosNeedNoTableUnlessTheyAreMany) {
    for (const Index n_outputs : {3, 1500}) {
        Matrix X(6, 1), Y(6, n_outputs);
        for (Index i = 0; i < 6; ++i) {
            X(i, 0) = static_cast<double>(i);
            Y(i, i % 3) = 1;
        }
        const auto forest =
            RandomForestRegressor::fit_outputs(X.view(), Y.view(), {.n_estimators = 2, .bootstrap = false});
        EXPECT_EQ(forest.predict_outputs(X.view()), Y);
        EXPECT_EQ(forest.model().compact().leaf_table.empty(), n_outputs == 3);
        EXPECT_EQ(RandomForestRegressor::from_bytes(forest.to_bytes()).predict_outputs(X.view()), Y);
    }
}

TEST(HostileOutputs, EveryFlippedByteIsAnErrorOfOursOrAValidForest) {
    const OutputsProblem p({.rows = 8, .cols = 2});
    const auto bytes = RandomForestRegressor::fit_outputs(p.X.view(), p.Y.view(), {.n_estimators = 1}).to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
            auto bad = bytes;
            bad[i] ^= flip;
            try {
                RandomForestRegressor::from_bytes(bad).predict_outputs(p.X.view());
            } catch (const Error&) {
            }
        }
    }
}

TEST(Encoder, RanksLevelsForPoissonToo) {
    Frame frame = testing::golden_frame();
    const auto forest =
        RandomForestRegressor::fit(frame, "energy_kWh", {.n_estimators = 5, .criterion = Criterion::poisson});
    const auto plain = RandomForestRegressor::fit(frame, "energy_kWh", {.n_estimators = 5});
    EXPECT_EQ(forest.level_ranks(), plain.level_ranks());
}

}  // namespace
}  // namespace plantwright
