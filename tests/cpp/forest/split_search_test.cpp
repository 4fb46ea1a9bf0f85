// SPDX-License-Identifier: MIT
/// The root split of a tree against brute force: every feature, every place between two values, both missing
/// directions.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "forest_testing.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

using testing::make_problem;
using testing::Problem;

/// Impurity times weight of a set of rows, straight from the definitions.
double loss_of(Criterion criterion, const Problem& p, const Vector& w, const std::vector<Index>& rows) {
    double weight = 0, sum = 0;
    for (const Index i : rows) {
        weight += w[i];
        sum += w[i] * p.y[i];
    }
    double loss = 0;
    if (criterion == Criterion::squared_error || criterion == Criterion::poisson) {
        const double mean = sum / weight;
        for (const Index i : rows) {
            const double d = p.y[i] - mean;
            if (criterion == Criterion::squared_error)
                loss += w[i] * d * d;
            else if (p.y[i] > 0)
                loss += w[i] * p.y[i] * elementary::log(p.y[i] / mean);
        }
        return criterion == Criterion::poisson && sum <= 0 ? HUGE_VAL : loss;
    }
    if (criterion == Criterion::absolute_error) {
        loss = HUGE_VAL;
        for (const Index m : rows) {  // some target is a median
            double at_m = 0;
            for (const Index i : rows) at_m += w[i] * std::abs(p.y[i] - p.y[m]);
            loss = std::min(loss, at_m);
        }
        return loss;
    }
    std::vector<double> count(3);
    for (const Index i : rows) count[static_cast<std::size_t>(p.label[i])] += w[i];
    loss = criterion == Criterion::gini ? weight : 0;
    for (const double c : count) {
        if (criterion == Criterion::gini)
            loss -= c * c / weight;
        else if (c > 0)
            loss -= c * elementary::log(c / weight);
    }
    return loss;
}

struct Limits {
    std::size_t min_rows = 1;
    double min_weight = 0;
};

double weight_of(const Vector& w, const std::vector<Index>& rows) {
    double sum = 0;
    for (const Index i : rows) sum += w[i];
    return sum;
}

/// The least loss that any split of the rows of positive weight reaches; infinite where none is allowed.
double best_loss(Criterion criterion, const Problem& p, const Vector& w, const Limits& limits) {
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
                if (left.size() < limits.min_rows || right.size() < limits.min_rows) continue;
                if (weight_of(w, left) < limits.min_weight || weight_of(w, right) < limits.min_weight) continue;
                best = std::min(best, loss_of(criterion, p, w, left) + loss_of(criterion, p, w, right));
            }
        }
    }
    return best;
}

/// What the root of a fitted stump reaches.
double loss_of_root(const TreeView& tree) {
    if (tree.is_leaf(0)) return HUGE_VAL;
    const auto mass = [&](std::int32_t node) {
        const auto k = static_cast<std::size_t>(node);
        return tree.weighted_n_node_samples[k] * tree.impurity[k];
    };
    return mass(tree.children_left[0]) + mass(tree.children_right[0]);
}

using Case = std::tuple<Criterion, double /* missing */, int /* n_values */, bool /* weighted */, Splitter>;

class RootSplit : public ::testing::TestWithParam<Case> {
protected:
    void compare(const RandomForestOptions& extra, const Limits& limits) {
        const auto [criterion, missing, n_values, weighted, splitter] = GetParam();
        for (const Index rows : {2, 3, 7, 40, 300}) {
            Problem p = make_problem({.rows = rows, .cols = 3, .missing = missing, .n_values = n_values, .seed = 7});
            if (criterion == Criterion::poisson) {
                for (double& y : p.y) y = std::abs(y);
                p.y[0] = p.y[rows - 1] = 1;
            }
            const Vector w = weighted ? p.weights : Vector(rows, 1.0);
            if (!std::any_of(w.begin(), w.end(), [](double x) { return x > 0; })) continue;
            RandomForestOptions options = extra;
            options.n_estimators = 1;
            options.criterion = criterion;
            options.max_depth = 1;
            options.max_features = MaxFeatures::all();
            options.bootstrap = false;
            options.splitter = splitter;
            const ConstVectorView weight = weighted ? p.weight() : ConstVectorView{};
            const bool classes = criterion == Criterion::gini || criterion == Criterion::entropy;
            const std::vector<std::string> names = {"a", "b", "c"};
            const Forest forest =
                classes ? RandomForestClassifier::fit(p.X.view(), p.label, options, weight, names).forest()
                        : RandomForestRegressor::fit(p.X.view(), p.y, options, weight).forest();
            Limits scaled = limits;
            scaled.min_weight *= weight_of(w, [&] {
                std::vector<Index> all;
                for (Index i = 0; i < rows; ++i) all.push_back(i);
                return all;
            }());
            const double found = loss_of_root(forest.tree(0)), best = best_loss(criterion, p, w, scaled);
            if (forest.tree(0).impurity[0] == 0) continue;  // pure: nothing to split
            if (std::isinf(best))
                EXPECT_TRUE(std::isinf(found)) << rows << " rows";
            else
                EXPECT_NEAR(found, best, 1e-9 * (1 + best)) << rows << " rows";
        }
    }
};

TEST_P(RootSplit, ReachesTheLossThatBruteForceFinds) { compare({}, {}); }

TEST_P(RootSplit, RespectsMinSamplesLeaf) { compare({.min_samples_leaf = 3}, {.min_rows = 3}); }

TEST_P(RootSplit, RespectsMinWeightFractionLeaf) { compare({.min_weight_fraction_leaf = 0.2}, {.min_weight = 0.2}); }

INSTANTIATE_TEST_SUITE_P(AllCriteria, RootSplit,
                         ::testing::Combine(::testing::Values(Criterion::squared_error, Criterion::absolute_error,
                                                              Criterion::poisson, Criterion::gini, Criterion::entropy),
                                            ::testing::Values(0.0, 0.3), ::testing::Values(0, 4), ::testing::Bool(),
                                            ::testing::Values(Splitter::fast, Splitter::exact)));

}  // namespace
}  // namespace plantwright
