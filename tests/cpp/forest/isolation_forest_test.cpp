// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "counting/allocations.hpp"
#include "forest_testing.hpp"
#include "naive_isolation.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "random_trees.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::message_of;
using testing::naive_path_length;
using testing::Problem;
using testing::slow_leaf;

const Problem& problem() {
    static const Problem p = make_problem({.rows = 600, .missing = 0.05, .whole_targets = false});
    return p;
}

IsolationForestOptions options(int n_estimators = 20, int ndim = 1) {
    return {.n_estimators = n_estimators, .ndim = ndim, .random_state = 3};
}

std::vector<float> row_of(const Matrix& X, Index i) {
    std::vector<float> row;
    for (Index j = 0; j < X.cols(); ++j) row.push_back(static_cast<float>(X(i, j)));
    return row;
}

// ---- scores

TEST(IsolationForest, ScoresAreWhatItsTreesSay) {
    const Matrix& X = problem().X;
    const auto forest = IsolationForest::fit(X.view(), options());
    const Vector length = forest.path_length(X.view()), score = forest.score_samples(X.view());
    const Vector decision = forest.decision_function(X.view());
    const auto sign = forest.predict(X.view());
    for (Index i = 0; i < X.rows(); ++i) {
        const auto row = row_of(X, i);
        double sum = 0;
        for (Index t = 0; t < forest.n_trees(); ++t) {
            const TreeView tree = forest.tree(t);
            sum += tree.value(slow_leaf(tree, row.data()), 0);
        }
        EXPECT_EQ(length[i], sum / 20);
        EXPECT_NEAR(score[i], -std::exp2(-length[i] / naive_path_length(256)), 1e-15);
        EXPECT_EQ(decision[i], score[i] + 0.5);
        EXPECT_EQ(sign[i], decision[i] < 0 ? -1 : 1);
    }
}

TEST(IsolationForest, RanksAnOutlierFirstWhereverItLies) {
    for (const int ndim : {1, 2, 6}) {
        Matrix X = make_problem({.rows = 500}).X;
        for (Index j = 0; j < 6; ++j) {
            X(77, j) = 8;
            X(123, j) = j % 2 == 0 ? 8 : -8;
        }
        const Vector score = IsolationForest::fit(X.view(), options(100, ndim)).score_samples(X.view());
        std::vector<Index> order(500);
        std::iota(order.begin(), order.end(), Index{0});
        std::sort(order.begin(), order.end(), [&](Index a, Index b) { return score[a] < score[b]; });
        EXPECT_EQ(order[0] + order[1], 200) << ndim;
    }
}

TEST(IsolationForest, GivesOneRowTheSameBitsWithoutAllocating) {
    for (const int ndim : {1, 3}) {
        const Matrix& X = problem().X;
        const auto forest = IsolationForest::fit(X.view(), options(20, ndim));
        const Vector score = forest.score_samples(X.view());
        const auto sign = forest.predict(X.view());
        for (Index i = 0; i < 50; ++i) {
            const auto row = row_of(X, i);
            const std::vector<double> wide(row.begin(), row.end());
            const long before = testing::n_allocations;
            const double narrow_score = forest.score_one(std::span<const float>(row));
            const double wide_score = forest.score_one(std::span<const double>(wide));
            const int one = forest.predict_one(std::span<const float>(row));
            EXPECT_EQ(testing::n_allocations, before);
            EXPECT_EQ(narrow_score, wide_score);
            EXPECT_EQ(one, sign[i]);
            EXPECT_NEAR(narrow_score, score[i], ndim == 1 ? 0.0 : 1e-6);  // hyperplanes see X as float32 too
            EXPECT_EQ(narrow_score, score[i]);
        }
    }
}

TEST(IsolationForest, ScoresAlikeInBatchesOfAnySizeAndByAnyNumberOfThreads) {
    for (const int ndim : {1, 2}) {
        const Matrix& X = problem().X;
        const auto forest = IsolationForest::fit(X.view(), options(20, ndim));
        const Vector score = forest.score_samples(X.view());
        EXPECT_EQ(forest.score_samples(X.view(), 3), score);
        for (const Index n : {1, 3, 17, 100}) {
            const Vector few = forest.score_samples(X.view().rows_between(5, 5 + n));
            for (Index i = 0; i < n; ++i) EXPECT_EQ(few[i], score[5 + i]);
        }
    }
}

TEST(IsolationForest, PutsTheOffsetAtTheContaminationsQuantile) {
    const Matrix X = make_problem({.rows = 501}).X;
    IsolationForestOptions o = options(50);
    o.contamination = 0.1;
    const auto forest = IsolationForest::fit(X.view(), o);
    Vector score = forest.score_samples(X.view());
    std::sort(score.begin(), score.end());
    EXPECT_EQ(forest.offset(), score[50]);  // 0.1 * 500 exactly
    const auto sign = forest.predict(X.view());
    EXPECT_EQ(std::count(sign.begin(), sign.end(), -1), 50);
    EXPECT_EQ(IsolationForest::fit(X.view(), options(50)).offset(), -0.5);
    EXPECT_EQ(forest.with_offset(-0.7).offset(), -0.7);
    EXPECT_EQ(forest.with_offset(-0.7).score_samples(X.view()), forest.score_samples(X.view()));
}

TEST(IsolationForest, SaysMinusOneHalfWhereTreesHaveASingleRow) {
    IsolationForestOptions o = options(3);
    o.max_samples = RowCount(1);
    EXPECT_NE(message_of<InvalidArgument>([&] { IsolationForest::fit(problem().X.view(), o); }), "");
    Forest stumps = testing::random_trees({.trees = 2, .splits = 0});
    stumps.value = Vector(2, 0.0);
    const auto forest = IsolationForest::from_forest(stumps, 1);
    EXPECT_EQ(forest.score_one(std::vector<float>(5, 0.0f)), -0.5);
}

// ---- sampling

TEST(IsolationForest, DrawsRowsInProportionToTheirWeights) {
    Vector weight(200, 1.0);
    for (Index i = 0; i < 100; ++i) weight[i] = 3;
    weight[150] = 0;
    Index heavy = 0, all = 0;
    for (const bool bootstrap : {false, true}) {
        IsolationForestOptions o{.max_samples = RowCount(10), .bootstrap = bootstrap};
        for (Index t = 0; t < 400; ++t) {
            for (const std::int64_t row : IsolationForest::rows_of_tree(200, o, t, weight)) {
                EXPECT_NE(row, 150);
                heavy += row < 100;
                ++all;
            }
        }
    }
    EXPECT_NEAR(static_cast<double>(heavy) / static_cast<double>(all), 0.75, 0.02);
}

TEST(IsolationForest, DrawsEveryRowOfPositiveWeightWhereOneHasNearlyAll) {
    Vector weight(1000, 1e-9);
    weight[7] = 1e12;
    weight[8] = 0;
    const IsolationForestOptions o{.max_samples = RowCount(999)};
    const auto rows = IsolationForest::rows_of_tree(1000, o, 0, weight);
    EXPECT_EQ(rows.size(), 999);
    EXPECT_FALSE(std::binary_search(rows.begin(), rows.end(), 8));
}

TEST(IsolationForest, DrawsEveryRowAlikeOften) {
    std::vector<int> count(50);
    const IsolationForestOptions o{.max_samples = RowCount(10)};
    for (Index t = 0; t < 5000; ++t) {
        for (const std::int64_t row : IsolationForest::rows_of_tree(50, o, t)) ++count[static_cast<std::size_t>(row)];
    }
    for (const int n : count) EXPECT_NEAR(n, 1000, 5 * std::sqrt(1000 * 0.8));
}

// ---- missing values

TEST(IsolationForest, PartsWhatIsMissingFromWhatIsThereWhereNothingElseVaries) {
    Matrix X(300, 1, 2.0);
    for (Index i = 0; i < 9; ++i) X(i, 0) = kNaN;
    const auto forest = IsolationForest::fit(X.view(), options(50));
    const TreeView tree = forest.tree(0);
    ASSERT_EQ(tree.feature.size(), 3u);
    EXPECT_TRUE(std::isinf(tree.threshold[0]));
    EXPECT_EQ(tree.missing_go_left[0], 0);
    const Vector score = forest.score_samples(X.view());
    EXPECT_LT(score[0], score[200]);
}

TEST(IsolationForest, SendsAMissingValueThatANodeNeverSawToTheLargerSide) {
    const Matrix X = make_problem({.rows = 400}).X;
    const auto forest = IsolationForest::fit(X.view(), options());
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const TreeView tree = forest.tree(t);
        for (std::size_t k = 0; k < tree.feature.size(); ++k) {
            if (tree.children_left[k] == kNoChild) continue;
            const auto left = static_cast<std::size_t>(tree.children_left[k]);
            EXPECT_EQ(tree.missing_go_left[k] != 0, tree.n_node_samples[left] > tree.n_node_samples[left + 1]);
        }
    }
}

TEST(IsolationForest, NeverSplitsOnColumnsThatDoNotVary) {
    Matrix X = make_problem({.rows = 300, .cols = 5}).X;
    for (Index i = 0; i < 300; ++i) {
        X(i, 1) = 7;
        X(i, 3) = kNaN;
    }
    for (const int ndim : {1, 3}) {
        const auto forest = IsolationForest::fit(X.view(), options(20, ndim));
        if (ndim > 1) {
            for (Index k = 0; k < forest.planes().feature.size(); ++k) {
                const bool used = forest.planes().coefficient[k] != 0;
                EXPECT_FALSE(used && forest.planes().feature[k] % 2 == 1);
            }
            continue;
        }
        for (Index t = 0; t < forest.n_trees(); ++t) {
            for (const std::int32_t feature : forest.tree(t).feature) EXPECT_NE(feature % 2, 1);
        }
    }
}

// ---- hyperplanes

TEST(IsolationHyperplanes, PartTheRowsThatTheirNodesCount) {
    const Matrix& X = problem().X;
    for (const int ndim : {2, 5}) {
        const IsolationForestOptions o = options(8, ndim);
        const auto forest = IsolationForest::fit(X.view(), o);
        const HyperplaneForest& planes = forest.planes();
        for (Index t = 0; t < forest.n_trees(); ++t) {
            const Index first = static_cast<Index>(planes.tree_begin[t]);
            std::vector<std::uint32_t> reached(static_cast<std::size_t>(planes.tree_begin[t + 1] - first));
            for (const std::int64_t row : IsolationForest::rows_of_tree(X.rows(), o, t)) {
                Index at = 0;
                for (;;) {
                    ++reached[static_cast<std::size_t>(at)];
                    const std::uint64_t word = planes.nodes[first + at];
                    if (word >> 32 == 0) break;
                    const Index plane = (first - t) / 2 + static_cast<Index>(word & 0xFFFFFFFF);
                    double z = 0;
                    for (Index k = plane * ndim; k < (plane + 1) * ndim; ++k) {
                        const auto x = static_cast<double>(static_cast<float>(X(row, planes.feature[k])));
                        if (!std::isnan(x))
                            z += static_cast<double>(planes.coefficient[k]) * (x - static_cast<double>(planes.mean[k]));
                    }
                    at += static_cast<Index>(word >> 32) + !(z <= planes.threshold[plane]);
                }
            }
            for (std::size_t k = 0; k < reached.size(); ++k)
                EXPECT_EQ(reached[k], planes.n_node_samples[first + static_cast<Index>(k)]);
        }
    }
}

TEST(IsolationHyperplanes, DoNotDependOnUnits) {
    const Matrix X = make_problem({.rows = 400, .missing = 0.05}).X;
    Matrix scaled = X;
    for (Index i = 0; i < X.rows(); ++i) {
        scaled(i, 0) *= 1024;
        scaled(i, 3) /= 65536;
    }
    const auto a = IsolationForest::fit(X.view(), options(20, 3)),
               b = IsolationForest::fit(scaled.view(), options(20, 3));
    EXPECT_EQ(a.score_samples(X.view()), b.score_samples(scaled.view()));
}

TEST(IsolationHyperplanes, FindWhatLiesBesideALineThatSingleFeaturesDoNotShow) {
    RandomStream random(1, 0, Purpose::noise);
    Matrix X(2000, 2);
    for (Index i = 0; i < 2000; ++i) {
        X(i, 0) = random.normal();
        X(i, 1) = X(i, 0) + 0.05 * random.normal();
    }
    X(0, 0) = 1, X(0, 1) = -1;          // inside both columns' ranges
    const auto ranks = [&](int ndim) {  // over ten forests
        std::ptrdiff_t sum = 0;
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const IsolationForestOptions o{.ndim = ndim, .random_state = seed};
            const Vector score = IsolationForest::fit(X.view(), o).score_samples(X.view());
            sum += std::count_if(score.begin(), score.end(), [&](double s) { return s < score[0]; });
        }
        return sum;
    };
    EXPECT_LT(3 * ranks(2), 2 * ranks(1));
}

// ---- sets of trees

TEST(IsolationForest, RangesMergeIntoTheForestGrownAtOnce) {
    const Matrix& X = problem().X;
    for (const int ndim : {1, 2}) {
        const auto whole = IsolationForest::fit(X.view(), options(20, ndim));
        std::vector<IsolationForest> parts;
        for (const auto& range : {std::pair(0, 3), std::pair(3, 4), std::pair(4, 20)}) {
            IsolationForestOptions o = options(20, ndim);
            o.tree_range = range;
            parts.push_back(IsolationForest::fit(X.view(), o));
        }
        EXPECT_EQ(IsolationForest::merge(parts).to_bytes(), whole.to_bytes());
        EXPECT_EQ(whole.subset(3, 4).to_bytes(), parts[1].to_bytes());
        EXPECT_EQ(parts[0].grow(X.view(), options(20, ndim)).to_bytes(), whole.to_bytes());
        EXPECT_NE(message_of<InvalidArgument>([&] { whole.subset(4, 21); }), "");
        EXPECT_NE(message_of<InvalidArgument>([&] { whole.grow(X.view(), options(19, ndim)); }), "");
    }
}

TEST(IsolationForest, AMergedForestGetsItsContaminationsOffsetFromTheTrainingRows) {
    const Matrix& X = problem().X;
    IsolationForestOptions o = options();
    o.contamination = 0.1;
    const auto whole = IsolationForest::fit(X.view(), o);
    const auto merged = IsolationForest::merge(std::vector{whole.subset(0, 7), whole.subset(7, 20).with_offset(-0.6)});
    EXPECT_EQ(merged.offset(), -0.5);
    EXPECT_EQ(merged.grow(X.view(), o).to_bytes(), whole.to_bytes());
}

TEST(IsolationForest, ForestsThatDoNotFitAreNotMerged) {
    const Matrix& X = problem().X;
    const auto forest = IsolationForest::fit(X.view(), options());
    const auto complaint = [&](const IsolationForest& other) {
        return message_of<InvalidArgument>([&] { IsolationForest::merge(std::vector{forest, other}); });
    };
    EXPECT_EQ(complaint(forest), "");
    EXPECT_NE(complaint(IsolationForest::fit(X.view(), options(2, 2))).find("ndim"), std::string::npos);
    EXPECT_NE(complaint(IsolationForest::fit(X.view().rows_between(0, 99), options())).find("max_samples"),
              std::string::npos);
    EXPECT_NE(
        complaint(IsolationForest::fit(make_problem({.rows = 300, .cols = 4}).X.view(), options())).find("features"),
        std::string::npos);
    EXPECT_THROW(IsolationForest::merge(std::vector{forest, IsolationForest()}), NotFitted);
    EXPECT_THROW(IsolationForest::merge(std::vector<IsolationForest>()), InvalidArgument);
}

// ---- what is refused

TEST(IsolationForest, SaysWhatIsWrongWithAnOption) {
    const Matrix X = make_problem({.rows = 50, .cols = 3}).X;
    const auto complaint = [&](IsolationForestOptions o) {
        return message_of<InvalidArgument>([&] { IsolationForest::fit(X.view(), o); });
    };
    EXPECT_EQ(complaint({.n_estimators = 0}), "IsolationForest: n_estimators must be at least 1, got 0");
    EXPECT_EQ(complaint({.max_samples = RowCount(0)}),
              "IsolationForest: max_samples must be at least 1 as a count, got 0");
    EXPECT_EQ(complaint({.max_samples = RowCount(1.5)}),
              "IsolationForest: max_samples must be in (0, 1] as a fraction, got 1.5");
    EXPECT_EQ(complaint({.contamination = 0.6}),
              "IsolationForest: contamination must be in (0, 0.5], or absent, got 0.6");
    EXPECT_EQ(complaint({.contamination = kNaN}).substr(0, 50), "IsolationForest: contamination must be in (0, 0.5]");
    EXPECT_EQ(complaint({.max_features = MaxFeatures::count(4)}),
              "IsolationForest: max_features must be from 1 to the number of features (3) as a count, got 4");
    EXPECT_EQ(complaint({.ndim = 4}), "IsolationForest: ndim must be from 1 to the number of features (3), got 4");
    EXPECT_EQ(complaint({.n_estimators = 3, .tree_range = std::pair(2, 4)}),
              "IsolationForest: tree_range must be two numbers with 0 <= first < last <= n_estimators = 3, got (2, 4)");
}

TEST(IsolationForest, SaysWhatIsWrongWithATable) {
    const auto complaint = [](const Matrix& X, ConstVectorView weight = {}) {
        return message_of<InvalidArgument>([&] { IsolationForest::fit(X.view(), {}, weight); });
    };
    EXPECT_EQ(complaint(Matrix(0, 3)),
              "IsolationForest: X must be a table of at least 2 rows, so that one can be parted from the other, got 0");
    EXPECT_NE(complaint(Matrix(1, 3)).find("got 1 (1 sample)"), std::string::npos);
    EXPECT_NE(complaint(Matrix(9, 0)).find("1 to 2^31 - 1 columns"), std::string::npos);
    EXPECT_NE(complaint(Matrix(9, 2, 4.0)).find("must have a column that varies"), std::string::npos);
    EXPECT_NE(complaint(Matrix(9, 2, kNaN)).find("must have a column that varies"), std::string::npos);
    Matrix X = make_problem({.rows = 100, .cols = 9}).X;
    EXPECT_NE(complaint(X, Vector(99, 1.0)).find("one value a row"), std::string::npos);
    EXPECT_NE(complaint(X, Vector(100)).find("positive, finite sum"), std::string::npos);
    EXPECT_NE(complaint(X, Vector(100, -1.0)).find("not negative"), std::string::npos);
    for (const double bad : {HUGE_VAL, -HUGE_VAL, 1e39}) {
        X(42, 7) = bad;
        EXPECT_EQ(complaint(X),
                  "IsolationForest: X must not hold infinity or values too large for float32, got one in column 7, row "
                  "42; missing values are NaN");
    }
}

TEST(IsolationForest, SaysWhatIsWrongWithARowToScore) {
    const auto forest = IsolationForest::fit(problem().X.view(), options());
    EXPECT_EQ(message_of<InvalidArgument>([&] { forest.score_samples(Matrix(2, 5).view()); }),
              "IsolationForest: X must have 6 features, as in fit, got 5");
    EXPECT_EQ(message_of<InvalidArgument>([&] { forest.score_one(std::vector<float>(7)); }),
              "IsolationForest: X must have 6 features, as in fit, got 7");
    EXPECT_THROW(IsolationForest().score_samples(Matrix(2, 5).view()), NotFitted);
    EXPECT_THROW(IsolationForest().score_one(std::vector<float>(7)), NotFitted);
}

TEST(IsolationForest, HasNoSingleFeatureSplitsToShowWhereItCutsByHyperplanes) {
    const auto forest = IsolationForest::fit(problem().X.view(), options(3, 2));
    EXPECT_NE(message_of<InvalidArgument>([&] { forest.tree(0); }).find("ndim = 2"), std::string::npos);
    EXPECT_NE(message_of<InvalidArgument>([&] { forest.decision_path(problem().X.view()); }), "");
    EXPECT_EQ(forest.apply(problem().X.view()).cols(), 3);
}

TEST(IsolationForest, StopsWhereTheCallbackSaysSo) {
    for (const int ndim : {1, 2}) {
        IsolationForestOptions o = options(50, ndim);
        Index last = 0;
        o.progress = [&](const ProgressEvent& event) {
            last = event.done;
            EXPECT_EQ(event.total, 50);
            return true;
        };
        IsolationForest::fit(problem().X.view(), o);
        EXPECT_EQ(last, 50);
        o.progress = [](const ProgressEvent&) { return false; };
        EXPECT_THROW(IsolationForest::fit(problem().X.view(), o), Stopped);
    }
}

// ---- tables with names

Frame plant() {
    const Index n = 400;
    RandomStream random(4, 0, Purpose::noise);
    Buffer<double> load(n), pressure(n);
    Buffer<std::int32_t> grade(n);
    for (Index i = 0; i < n; ++i) {
        load[i] = random.normal();
        pressure[i] = random.below(10) == 0 ? kNaN : random.uniform(1, 9);
        grade[i] = i == 5 ? 0 : i % 50 == 0 ? -1 : 1 + static_cast<std::int32_t>(random.below(4) == 0);
    }
    const std::vector<std::string> levels = {"rare", "common", "some", "never"};
    return Frame(
        Schema({{.name = "load"},
                {.name = "energy_kWh", .role = Role::target},
                {.name = "grade", .kind = ColumnKind::category, .levels = levels},
                {.name = "pressure_bar"}}),
        {Column::numbers(load), Column::numbers(load), Column::categories(grade, levels), Column::numbers(pressure)});
}

TEST(IsolationForestOnFrames, TakesTheInputsAndRanksLevelsByFrequency) {
    for (const int ndim : {1, 3}) {
        const Frame frame = plant();
        const auto forest = IsolationForest::fit(frame, options(100, ndim));
        EXPECT_EQ(forest.feature_names(), (std::vector<std::string>{"load", "grade", "pressure_bar"}));
        EXPECT_EQ(forest.level_ranks()[1], (Buffer<float>{2, 0, 1, 3}));
        const Vector score = forest.score_samples(frame);
        const Frame reordered = frame.select(std::vector<std::string>{"pressure_bar", "grade", "load"});
        EXPECT_EQ(forest.score_samples(reordered), score);
        const auto below = std::count_if(score.begin(), score.end(), [&](double s) { return s < score[5]; });
        EXPECT_LT(below, 20) << "a row of a level of its own";
        EXPECT_THROW(forest.score_samples(frame.without("grade")), SchemaMismatch);
        EXPECT_NE(message_of<InvalidArgument>([&] { forest.score_one(std::vector<double>(3)); }).find("category"),
                  std::string::npos);
        EXPECT_EQ(IsolationForest::from_bytes(forest.to_bytes()).score_samples(frame), score);
    }
}

TEST(IsolationForestOnFrames, FittedOnAnArrayTakesNoFrame) {
    const auto forest = IsolationForest::fit(problem().X.view(), options());
    EXPECT_THROW(forest.score_samples(plant()), SchemaMismatch);
}

}  // namespace
}  // namespace plantwright
