// SPDX-License-Identifier: MIT
/// The fast splitter, node by node, against brute force: every split of a grown tree is as good as the best there is.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "forest/packed_target.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::Problem;
using testing::r_squared;
using testing::same_forest;

constexpr std::size_t kSmallNode = 256;  // up to here the fast splitter is exact, but for rounding

/// Weight times impurity of some rows, from the definition.
class Loss {
public:
    Loss(const Problem& p, Criterion criterion, const Matrix* outputs)
        : p_(p), criterion_(criterion), outputs_(outputs) {}

    void add(Index row) {
        const double w = weighted() ? p_.weights[row] : 1;
        weight_ += w;
        for (Index k = 0; k < n_outputs(); ++k) {
            const double y = outputs_ ? (*outputs_)(row, k) : p_.y[row];
            sum_[static_cast<std::size_t>(k)] += w * y;
            squares_ += w * y * y;
        }
        count_[static_cast<std::size_t>(p_.label[row])] += w;
    }
    double value() const {
        if (criterion_ == Criterion::squared_error) {
            double loss = squares_;
            for (const double sum : sum_) loss -= sum * sum / weight_;
            return loss;
        }
        double loss = criterion_ == Criterion::gini ? weight_ : 0;
        for (const double c : count_) {
            if (criterion_ == Criterion::gini)
                loss -= c * c / weight_;
            else if (c > 0)
                loss -= c * elementary::log(c / weight_);
        }
        return loss;
    }
    bool use_weights = false;

private:
    bool weighted() const { return use_weights; }
    Index n_outputs() const { return outputs_ ? outputs_->cols() : 1; }
    const Problem& p_;
    Criterion criterion_;
    const Matrix* outputs_;
    double weight_ = 0, squares_ = 0;
    std::vector<double> sum_ = std::vector<double>(static_cast<std::size_t>(n_outputs()));
    std::vector<double> count_ = std::vector<double>(20);
};

/// Walks the training rows of a tree grown on all of them, with all features, and compares each split with the best
/// one.
class Audit {
public:
    Audit(const Problem& p, Criterion criterion, std::size_t min_rows, bool weighted, const Matrix* outputs = nullptr)
        : p_(p), criterion_(criterion), min_rows_(min_rows), weighted_(weighted), outputs_(outputs) {}

    void run(const TreeView& tree) {
        std::vector<std::vector<Index>> rows(tree.feature.size());
        for (Index i = 0; i < p_.X.rows(); ++i) {
            if (!weighted_ || p_.weights[i] > 0) rows[0].push_back(i);
        }
        for (std::size_t node = 0; node < rows.size(); ++node) {
            EXPECT_EQ(static_cast<std::size_t>(tree.n_node_samples[node]), rows[node].size());
            if (tree.children_left[node] == kNoChild) continue;
            auto& left = rows[static_cast<std::size_t>(tree.children_left[node])];
            auto& right = rows[static_cast<std::size_t>(tree.children_right[node])];
            const auto feature = static_cast<Index>(tree.feature[node]);
            for (const Index i : rows[node]) {
                const auto x = static_cast<float>(p_.X(i, feature));
                const bool goes_left = std::isnan(x) ? tree.missing_go_left[node] != 0 : x <= tree.threshold[node];
                (goes_left ? left : right).push_back(i);
            }
            compare(rows[node], left, right);
        }
    }

    int n_small = 0, n_large = 0;
    double large_ratio = 0;  ///< sum over large nodes of decrease / best decrease

private:
    double loss(const std::vector<Index>& rows) const {
        Loss loss(p_, criterion_, outputs_);
        loss.use_weights = weighted_;
        for (const Index i : rows) loss.add(i);
        return loss.value();
    }

    void compare(const std::vector<Index>& rows, const std::vector<Index>& left, const std::vector<Index>& right) {
        ASSERT_GE(left.size(), min_rows_);
        ASSERT_GE(right.size(), min_rows_);
        const double all = loss(rows), decrease = all - loss(left) - loss(right), best = best_decrease(rows, all);
        if (rows.size() <= kSmallNode) {
            EXPECT_GE(decrease, best - 1e-5 * all) << rows.size() << " rows";
            ++n_small;
        } else {
            EXPECT_GE(decrease, 0.8 * best) << rows.size() << " rows";
            large_ratio += decrease / best;
            ++n_large;
        }
    }

    double best_decrease(const std::vector<Index>& rows, double all) const {
        double best = 0;
        for (Index j = 0; j < p_.X.cols(); ++j) {
            std::vector<Index> sorted, missing;
            for (const Index i : rows) (std::isnan(p_.X(i, j)) ? missing : sorted).push_back(i);
            std::sort(sorted.begin(), sorted.end(), [&](Index a, Index b) { return p_.X(a, j) < p_.X(b, j); });
            for (const bool missing_left : {false, true})
                best = std::max(best, best_of(sorted, missing, j, missing_left, all));
        }
        return best;
    }

    double best_of(const std::vector<Index>& sorted, const std::vector<Index>& missing, Index j, bool missing_left,
                   double all) const {
        double best = 0;
        for (std::size_t n = 1; n <= sorted.size(); ++n) {
            const bool between = n == sorted.size() ||
                                 static_cast<float>(p_.X(sorted[n - 1], j)) < static_cast<float>(p_.X(sorted[n], j));
            const std::size_t n_left = n + (missing_left ? missing.size() : 0),
                              n_right = sorted.size() + missing.size() - n_left;
            if (!between || n_left < min_rows_ || n_right < min_rows_) continue;
            std::vector<Index> left(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n));
            std::vector<Index> right(sorted.begin() + static_cast<std::ptrdiff_t>(n), sorted.end());
            auto& side = missing_left ? left : right;
            side.insert(side.end(), missing.begin(), missing.end());
            best = std::max(best, all - loss(left) - loss(right));
        }
        return best;
    }

    const Problem& p_;
    Criterion criterion_;
    std::size_t min_rows_;
    bool weighted_;
    const Matrix* outputs_;
};

struct Shape {
    Index rows;
    double missing;
    int n_values;   // 0: continuous
    int n_classes;  // 0: regression
    bool entropy = false;
    int min_samples_leaf = 1;
    bool weighted = false;
    double outlier = 0;  // added to two targets
};

void PrintTo(const Shape& shape, std::ostream* out) {
    *out << shape.rows << " rows, " << shape.missing << " missing, " << shape.n_values << " values, " << shape.n_classes
         << " classes" << (shape.entropy ? ", entropy" : "") << ", leaf " << shape.min_samples_leaf
         << (shape.weighted ? ", weighted" : "") << (shape.outlier > 0 ? ", outliers" : "");
}

class EverySplit : public ::testing::TestWithParam<Shape> {};

TEST_P(EverySplit, IsAsGoodAsTheBestByBruteForce) {
    const Shape shape = GetParam();
    Problem p = make_problem(
        {.rows = shape.rows, .cols = 4, .missing = shape.missing, .n_values = shape.n_values, .whole_targets = false});
    for (double& w : p.weights) w = shape.weighted ? std::floor(w * 2) : 1;
    for (const Index i : {1, 2}) p.y[i] += shape.outlier;
    if (shape.n_classes > 0) {
        for (Index i = 0; i < p.y.size(); ++i)
            p.label[i] = static_cast<std::int32_t>(std::abs(static_cast<int>(p.y[i] * 2))) % shape.n_classes;
    }
    RandomForestOptions options{.n_estimators = 1,
                                .min_samples_leaf = shape.min_samples_leaf,
                                .max_features = MaxFeatures::all(),
                                .bootstrap = false};
    const ConstVectorView weight = shape.weighted ? p.weight() : ConstVectorView();
    const bool classes = shape.n_classes > 0;
    if (classes) options.criterion = shape.entropy ? Criterion::entropy : Criterion::gini;
    Audit audit(p, classes ? *options.criterion : Criterion::squared_error,
                static_cast<std::size_t>(shape.min_samples_leaf), shape.weighted);
    if (classes)
        audit.run(RandomForestClassifier::fit(p.X.view(), p.label, options, weight).tree(0));
    else
        audit.run(RandomForestRegressor::fit(p.X.view(), p.y, options, weight).tree(0));
    EXPECT_GT(audit.n_small, 0);
    if (audit.n_large > 0) {
        EXPECT_GT(audit.large_ratio / audit.n_large, 0.97);
    }
}

struct OutputsShape {
    Index rows;
    double missing;
    int n_values;  // 0: continuous
    Index n_outputs;
    int min_samples_leaf = 1;
    bool weighted = false;
};

class EverySplitOfOutputs : public ::testing::TestWithParam<OutputsShape> {};

TEST_P(EverySplitOfOutputs, IsAsGoodAsTheBestByBruteForce) {
    const OutputsShape shape = GetParam();
    testing::OutputsProblem p(
        {.rows = shape.rows, .cols = 4, .missing = shape.missing, .n_values = shape.n_values, .whole_targets = false},
        shape.n_outputs);
    for (double& w : p.weights) w = shape.weighted ? std::floor(w * 2) : 1;
    Audit audit(p, Criterion::squared_error, static_cast<std::size_t>(shape.min_samples_leaf), shape.weighted, &p.Y);
    const auto forest = RandomForestRegressor::fit_outputs(
        p.X.view(), p.Y.view(), {.n_estimators = 1, .min_samples_leaf = shape.min_samples_leaf, .bootstrap = false},
        shape.weighted ? p.weight() : ConstVectorView());
    audit.run(forest.tree(0));
    EXPECT_GT(audit.n_small, 0);
    if (audit.n_large > 0) {
        EXPECT_GT(audit.large_ratio / audit.n_large, 0.97);
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EverySplitOfOutputs,
                         ::testing::Values(OutputsShape{3, 0, 0, 2}, OutputsShape{60, 0, 0, 3},
                                           OutputsShape{700, 0, 0, 2}, OutputsShape{900, 0.2, 0, 3},
                                           OutputsShape{600, 0.2, 3, 3}, OutputsShape{700, 0.1, 200, 7, 5},
                                           OutputsShape{300, 0.1, 0, 4, 3, true},
                                           OutputsShape{900, 0, 0, 12, 1, true}));

INSTANTIATE_TEST_SUITE_P(Shapes, EverySplit,
                         ::testing::Values(Shape{3, 0, 0, 0}, Shape{60, 0, 0, 0}, Shape{700, 0, 0, 0},
                                           Shape{900, 0.2, 0, 0}, Shape{600, 0, 3, 0}, Shape{600, 0.2, 3, 0},
                                           Shape{700, 0, 8, 0}, Shape{900, 0, 16, 0},
                                           Shape{700, 0, 9, 0, false, 1, true}, Shape{700, 0.1, 200, 0, false, 5},
                                           Shape{300, 0.1, 0, 0, false, 3, true}, Shape{900, 0, 0, 0, false, 1, true},
                                           Shape{900, 0.1, 0, 0, false, 1, false, 1e12},
                                           Shape{900, 0, 0, 0, false, 3, true, 1e12}, Shape{60, 0, 0, 2},
                                           Shape{700, 0.1, 0, 2, true}, Shape{700, 0.1, 0, 3}, Shape{700, 0, 40, 7},
                                           Shape{500, 0.2, 0, 7, true, 4}, Shape{700, 0.1, 0, 8, false, 2, true},
                                           Shape{600, 0.1, 0, 20}, Shape{300, 0, 5, 20, true, 1, true}));

TEST(FastSplitter, PartsValuesThatShareAQuantileCode) {  // beyond 65,535 distinct values codes are quantiles
    Matrix X(70'000, 1);
    Vector y(X.rows());
    RandomStream random(1, 0, Purpose::noise);
    for (Index i = 0; i < X.rows(); ++i) X(i, 0) = y[i] = static_cast<float>(random.normal());
    const auto forest = RandomForestRegressor::fit(X.view(), y, {.n_estimators = 1, .bootstrap = false});
    const Vector fitted = forest.predict(X.view());
    for (Index i = 0; i < y.size(); ++i) ASSERT_NEAR(fitted[i], y[i], 1e-6);
}

TEST(FastSplitter, PredictsAsTheExactOneOnColumnsOfMoreThan65535DistinctValues) {
    const Problem p = make_problem({.rows = 80'000, .cols = 3, .missing = 0.01, .whole_targets = false});
    const ConstMatrixView train = p.X.view().rows_between(0, 70'000), test = p.X.view().rows_between(70'000, 80'000);
    const ConstVectorView y_train(p.y.data(), 70'000);
    const Vector truth(std::span<const double>(p.y.data() + 70'000, 10'000));
    RandomForestOptions options{.n_estimators = 3, .min_samples_leaf = 20};
    const double fast = r_squared(RandomForestRegressor::fit(train, y_train, options).predict(test), truth);
    options.splitter = Splitter::exact;
    EXPECT_NEAR(fast, r_squared(RandomForestRegressor::fit(train, y_train, options).predict(test), truth), 0.003);
}

TEST(FastSplitter, PartsNodesOfSeveralHundredThousandRowsAsTheExactOneDoes) {  // they are worked on in parts
    const Problem p = make_problem({.rows = 300'000, .cols = 3, .missing = 0.05, .n_values = 40});
    for (const bool bootstrap : {false, true}) {
        RandomForestOptions options{
            .n_estimators = 1, .max_depth = 4, .max_features = MaxFeatures::all(), .bootstrap = bootstrap};
        const auto trees = [&](Splitter splitter) {
            options.splitter = splitter;
            return std::pair(RandomForestRegressor::fit(p.X.view(), p.y, options).forest(),
                             RandomForestClassifier::fit(p.X.view(), p.label, options).forest());
        };
        const auto fast = trees(Splitter::fast), exact = trees(Splitter::exact);
        EXPECT_TRUE(same_forest(fast.first, exact.first));
        EXPECT_TRUE(same_forest(fast.second, exact.second));
    }
}

TEST(FastSplitter, PartsColumnsOfFewValuesAsTheExactOneDoes) {  // by histograms of their own, from 33 rows on
    for (const int n_values : {2, 7, 8, 9, 16}) {
        for (const Index rows : {2'000, 70'000}) {
            const Problem p = make_problem({.rows = rows, .cols = 11, .n_values = n_values});
            RandomForestOptions options{.n_estimators = 1, .max_depth = 4, .max_features = MaxFeatures::count(10)};
            const Forest fast = RandomForestRegressor::fit(p.X.view(), p.y, options).forest();
            options.splitter = Splitter::exact;
            EXPECT_TRUE(same_forest(fast, RandomForestRegressor::fit(p.X.view(), p.y, options).forest()))
                << n_values << " values, " << rows << " rows";
        }
    }
}

TEST(FewTrees, AreTheSameWhenManyThreadsGrowThemNodeByNode) {
    const Problem p = make_problem({.rows = 40'000, .cols = 4, .missing = 0.02, .whole_targets = false});
    for (const int n_trees : {1, 3, 5}) {
        RandomForestOptions options{.n_estimators = n_trees, .min_samples_leaf = 3, .random_state = 9};
        options.ccp_alpha = n_trees == 3 ? 1e-4 : 0;
        const Forest regressor = RandomForestRegressor::fit(p.X.view(), p.y, options, p.weight()).forest();
        const Forest classifier = RandomForestClassifier::fit(p.X.view(), p.label, options).forest();
        for (const int n_jobs : {2, 4, 7}) {
            options.n_jobs = n_jobs;
            EXPECT_TRUE(
                same_forest(regressor, RandomForestRegressor::fit(p.X.view(), p.y, options, p.weight()).forest()));
            EXPECT_TRUE(same_forest(classifier, RandomForestClassifier::fit(p.X.view(), p.label, options).forest()));
        }
    }
}

TEST(FewTrees, OfCategoriesAreTheSameWhenManyThreadsGrowThemNodeByNode) {
    const Problem p = make_problem({.rows = 30'000, .cols = 4, .missing = 0.02, .n_values = 30});
    RandomForestOptions options{.n_estimators = 1, .min_samples_leaf = 3, .random_state = 9};
    options.categorical_features = {0, 2};
    const Forest one = RandomForestRegressor::fit(p.X.view(), p.y, options).forest();
    EXPECT_GT(one.levels.size(), 0);
    options.n_jobs = 4;
    const Forest four = RandomForestRegressor::fit(p.X.view(), p.y, options).forest();
    EXPECT_TRUE(same_forest(one, four));
    EXPECT_EQ(one.levels, four.levels);
    EXPECT_EQ(one.level_offsets, four.level_offsets);
}

TEST(FewTrees, StopWhenAskedToWhileThreadsGrowThemNodeByNode) {
    const Problem p = make_problem({.rows = 60'000, .cols = 12, .whole_targets = false});
    RandomForestOptions options{.n_estimators = 3, .n_jobs = 4};
    int calls = 0;
    options.progress = [&](const ProgressEvent&) { return ++calls < 2; };
    EXPECT_THROW(RandomForestRegressor::fit(p.X.view(), p.y, options), Stopped);
    options.progress = [](const ProgressEvent&) -> bool { throw std::runtime_error("from the callback"); };
    EXPECT_THROW(RandomForestRegressor::fit(p.X.view(), p.y, options), std::runtime_error);
}

TEST(FastSplitter, CountsTheRowsOfLeavesOfLargeTablesAsPredictionDoes) {
    const Problem p = make_problem({.rows = 200'000, .cols = 3, .missing = 0.05, .whole_targets = false});
    const auto forest =
        RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .max_depth = 6, .bootstrap = false});
    const Table<std::int32_t> leaves = forest.apply(p.X.view());
    const TreeView tree = forest.tree(0);
    std::vector<std::int32_t> n_rows(static_cast<std::size_t>(tree.n_nodes()));
    for (Index i = 0; i < leaves.rows(); ++i) ++n_rows[static_cast<std::size_t>(leaves(i, 0))];
    for (Index k = 0; k < tree.n_nodes(); ++k) {
        if (tree.is_leaf(k)) {
            EXPECT_EQ(n_rows[static_cast<std::size_t>(k)], tree.n_node_samples[static_cast<std::size_t>(k)]);
        }
    }
}

TEST(FastSplitter, IsAsAccurateAsTheExactOneOnNoiseHeavyData) {
    RandomStream random(3, 0, Purpose::noise);
    Matrix X(3000, 40);
    Vector y(X.rows());
    for (Index i = 0; i < X.rows(); ++i) {
        for (Index j = 0; j < X.cols(); ++j) X(i, j) = random.normal();
        y[i] = X(i, 0) + X(i, 1) * X(i, 2) + X(i, 3) + 0.3 * random.normal();
    }
    const auto train = X.view().rows_between(0, 2000), test = X.view().rows_between(2000, 3000);
    const Vector truth(std::span<const double>(y.data() + 2000, 1000));
    const ConstVectorView y_train(y.data(), 2000);
    double difference = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        RandomForestOptions options{.n_estimators = 60, .max_features = MaxFeatures::sqrt(), .random_state = seed};
        const double fast = r_squared(
            RandomForestRegressor::fit(ConstMatrixView(train), y_train, options).predict(ConstMatrixView(test)), truth);
        options.splitter = Splitter::exact;
        difference +=
            fast -
            r_squared(
                RandomForestRegressor::fit(ConstMatrixView(train), y_train, options).predict(ConstMatrixView(test)),
                truth);
    }
    EXPECT_NEAR(difference / 4, 0, 0.005);
}

TEST(FastSplitter, KeepsItsDigitsBesideOutliersAMillionStandardDeviationsAway) {
    Problem p = make_problem({.rows = 2000, .cols = 4, .whole_targets = false});
    p.y[17] = 1e6;
    p.y[1234] = -1e6;
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1, .bootstrap = false});
    const Vector fitted = forest.predict(p.X.view());
    for (Index i = 0; i < p.y.size(); ++i) EXPECT_NEAR(fitted[i], p.y[i], 1e-6 * (1 + std::abs(p.y[i])));
}

TEST(FastSplitter, LearnsTheBulkAsTheExactOneDoesWhereAFewTargetsAreHuge) {
    Problem p = make_problem({.rows = 3000, .cols = 4, .whole_targets = false});
    Vector truth = p.y;
    for (Index i = 0; i < 2000; i += 400) p.y[i] *= 1e6;
    const ConstMatrixView train = p.X.view().rows_between(0, 2000), test = p.X.view().rows_between(2000, 3000);
    const ConstVectorView y_train(p.y.data(), 2000);
    double difference = 0;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto error = [&](Splitter splitter) {  // the median error of new rows, in units of the bulk's spread
            const Vector prediction =
                RandomForestRegressor::fit(train, y_train,
                                           {.n_estimators = 30, .random_state = seed, .splitter = splitter})
                    .predict(test);
            std::vector<double> errors;
            for (Index i = 0; i < 1000; ++i) errors.push_back(std::abs(prediction[i] - truth[2000 + i]));
            std::nth_element(errors.begin(), errors.begin() + 500, errors.end());
            return errors[500];
        };
        difference += error(Splitter::fast) / error(Splitter::exact) - 1;
    }
    EXPECT_LT(difference / 5, 0.25);
}

TEST(PackedTarget, TakesTwoWordsForSumsWhereOneDoesNotHoldThem) {
    const Problem p = make_problem({.rows = 2000, .cols = 1, .whole_targets = false});
    Vector far = p.y, beyond = p.y;
    far[7] = 1e11;
    beyond[7] = 1e25;
    const PackedTarget one(p.y, 2000, 20), two(far, 2000, 20), none(beyond, 2000, 20);
    EXPECT_TRUE(one.fits() && !one.is_wide());
    EXPECT_TRUE(two.fits() && two.is_wide());
    EXPECT_FALSE(none.fits());
    EXPECT_LT(two.unit(), 1e11 / 0x1p45);
    EXPECT_EQ(two.pack(3, 5), (std::uint64_t{5} << two.shift()) + 5 * two.quantised(3));
    EXPECT_EQ(two.pack(3, 100), two.pack(3, 31));  // draws so many never come
}

TEST(FastSplitter, LeavesTargetsThatDoNotFitToTheExactOne) {
    Problem p = make_problem({.rows = 500, .cols = 3, .whole_targets = false});
    p.y[3] = 1e140;  // the others would lose all digits
    const auto fast = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 2, .bootstrap = false});
    const auto exact = RandomForestRegressor::fit(p.X.view(), p.y,
                                                  {.n_estimators = 2, .bootstrap = false, .splitter = Splitter::exact});
    EXPECT_TRUE(same_forest(fast.forest(), exact.forest()));
}

}  // namespace
}  // namespace plantwright
