// SPDX-License-Identifier: MIT
/// Splits of categories: against all subsets of levels, and what becomes of levels that a node did not see.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <vector>

#include "forest_testing.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::message_of;

/// Columns of few levels (the last one of numbers), targets that depend on the levels, three classes.
struct Table {
    Matrix X;
    Vector y;
    Buffer<std::int32_t> label;
    Vector weight;
    Index n_categories;

    std::vector<Index> categories() const {
        std::vector<Index> all;
        for (Index j = 0; j < n_categories; ++j) all.push_back(j);
        return all;
    }
};

struct Shape {
    Index rows = 200;
    Index categories = 2;
    std::uint64_t levels = 7;
    double missing = 0.1;
    std::uint64_t seed = 1;
};

Table make_table(const Shape& shape) {
    RandomStream random(shape.seed, 0, Purpose::noise);
    Table t{Matrix(shape.rows, shape.categories + 1), Vector(shape.rows), Buffer<std::int32_t>(shape.rows),
            Vector(shape.rows), shape.categories};
    std::vector<double> effect(shape.levels * static_cast<std::uint64_t>(shape.categories));
    for (double& e : effect) e = random.normal();
    for (Index i = 0; i < shape.rows; ++i) {
        double y = random.normal();
        for (Index j = 0; j < shape.categories; ++j) {
            const std::uint64_t level = random.below(shape.levels);
            y += 2 * effect[level + shape.levels * static_cast<std::uint64_t>(j)];
            t.X(i, j) = random.uniform() < shape.missing ? kNaN : static_cast<double>(level);
        }
        t.X(i, shape.categories) = std::floor(random.normal() * 2);
        t.y[i] = std::floor(4 * y + t.X(i, shape.categories));
        t.label[i] = static_cast<std::int32_t>((static_cast<int>(t.y[i]) % 3 + 3) % 3);
        t.weight[i] = random.uniform(0.1, 3);
    }
    return t;
}

using Rows = std::vector<Index>;

/// Impurity times weight of a set of rows, straight from the definitions.
double loss_of(Criterion criterion, const Table& t, const Vector& w, const Rows& rows) {
    double weight = 0, sum = 0, loss = 0;
    std::vector<double> count(3);
    for (const Index i : rows) {
        weight += w[i];
        sum += w[i] * t.y[i];
        count[static_cast<std::size_t>(t.label[i])] += w[i];
    }
    for (const Index i : rows) {
        const double d = t.y[i] - sum / weight;
        if (criterion == Criterion::squared_error) loss += w[i] * d * d;
        if (criterion == Criterion::poisson && t.y[i] > 0)
            loss += w[i] * t.y[i] * elementary::log(t.y[i] * weight / sum);
    }
    if (criterion == Criterion::gini) loss = weight;
    for (const double c : count) {
        if (criterion == Criterion::gini) loss -= c * c / weight;
        if (criterion == Criterion::entropy && c > 0) loss -= c * elementary::log(c / weight);
    }
    return criterion == Criterion::poisson && sum <= 0 ? HUGE_VAL : loss;
}

struct Limits {
    std::size_t min_rows = 1;
    double min_weight = 0;
};

double weight_of(const Vector& w, const Rows& rows) {
    double sum = 0;
    for (const Index i : rows) sum += w[i];
    return sum;
}

/// Improves `best` by parting the rows in those for which `left` holds and the others.
template <class Left>
void consider(Criterion criterion, const Table& t, const Vector& w, const Limits& limits, Left left, double& best) {
    Rows sides[2];
    for (Index i = 0; i < t.y.size(); ++i) sides[left(i) ? 0 : 1].push_back(i);
    for (const Rows& side : sides) {
        if (side.size() < limits.min_rows || weight_of(w, side) < limits.min_weight) return;
    }
    best = std::min(best, loss_of(criterion, t, w, sides[0]) + loss_of(criterion, t, w, sides[1]));
}

/// What k levels of noise would gain above two, straight from the formula of src/forest/level_groups.hpp.
double noise_of(Criterion criterion, int n_classes, const Table& t, const Vector& w, Index j) {
    std::map<double, Rows> levels;
    Rows all;
    double weight = 0, squares = 0, within = 0;
    for (Index i = 0; i < t.y.size(); ++i) {
        levels[std::isnan(t.X(i, j)) ? -1 : t.X(i, j)].push_back(i);
        all.push_back(i);
        weight += w[i];
        squares += w[i] * w[i];
    }
    for (const auto& [level, rows] : levels) within += loss_of(criterion, t, w, rows);
    const double k = static_cast<double>(levels.size()), n = weight * weight / squares;
    const double left = (within + loss_of(criterion, t, w, all) / n) / (std::max(n - k, 0.0) + 1);
    const double c = std::max(n_classes, 2), widest = std::pow(1 + std::sqrt((c - 2) / k), 2) / (c - 1);
    return k < 2 ? 0 : 2 / 3.14159265358979 * (k - 2) * widest * left;
}

/// The loss over all subsets of levels, missing values one more level, and over all thresholds, that is least when what
/// noise would gain is added.
double best_loss(Criterion criterion, int n_classes, const Table& t, const Vector& w, const Limits& limits) {
    double best = HUGE_VAL, best_with_noise = HUGE_VAL;
    for (Index j = 0; j <= t.n_categories; ++j) {
        double own = HUGE_VAL;
        const auto bit = [&](Index i) { return std::isnan(t.X(i, j)) ? 8u : static_cast<unsigned>(t.X(i, j)); };
        for (unsigned subset = 1; j < t.n_categories && subset < 256; ++subset)  // of 9, up to the sides' names
            consider(criterion, t, w, limits, [&](Index i) { return subset >> bit(i) & 1; }, own);
        for (Index k = 0; j == t.n_categories && k < t.y.size(); ++k)
            consider(criterion, t, w, limits, [&](Index i) { return t.X(i, j) <= t.X(k, j); }, own);
        const double noise = j < t.n_categories ? noise_of(criterion, n_classes, t, w, j) : 0;
        if (!(own + noise < best_with_noise)) continue;
        best_with_noise = own + noise;
        best = own;
    }
    return best;
}

double loss_of_root(const TreeView& tree) {
    if (tree.is_leaf(0)) return HUGE_VAL;
    const auto mass = [&](std::int32_t node) {
        const auto k = static_cast<std::size_t>(node);
        return tree.weighted_n_node_samples[k] * tree.impurity[k];
    };
    return mass(tree.children_left[0]) + mass(tree.children_right[0]);
}

using Case =
    std::tuple<Criterion, int /* classes, 0: regression */, double /* missing */, bool /* weighted */, Splitter>;

class CategorySplit : public ::testing::TestWithParam<Case> {
protected:
    static Forest stump(const Table& t, RandomForestOptions options, ConstVectorView weight) {
        const auto [criterion, n_classes, missing, weighted, splitter] = GetParam();
        options.n_estimators = 1;
        options.criterion = criterion;
        options.max_depth = 1;
        options.max_features = MaxFeatures::all();
        options.bootstrap = false;
        options.splitter = splitter;
        options.categorical_features = t.categories();
        if (n_classes == 0) return RandomForestRegressor::fit(t.X.view(), t.y, options, weight).forest();
        std::vector<std::string> names(static_cast<std::size_t>(n_classes), "a");
        return RandomForestClassifier::fit(t.X.view(), t.label, options, weight, names).forest();
    }

    static void compare(const RandomForestOptions& options, const Limits& limits) {
        const auto [criterion, n_classes, missing, weighted, splitter] = GetParam();
        for (const Index rows : {2, 3, 4, 9, 40, 255, 256, 257, 600}) {
            Table t = make_table(
                {.rows = rows, .levels = 8, .missing = missing, .seed = 11 + static_cast<std::uint64_t>(rows)});
            if (criterion == Criterion::poisson)
                for (double& y : t.y) y = std::abs(y) + 1;
            if (n_classes == 2)
                for (std::int32_t& label : t.label) label = std::min(label, 1);
            const Vector w = weighted ? t.weight : Vector(rows, 1.0);
            const Forest forest = stump(t, options, weighted ? ConstVectorView(t.weight) : ConstVectorView{});
            if (forest.tree(0).impurity[0] == 0) continue;
            Limits scaled = limits;
            scaled.min_weight *= std::accumulate(w.begin(), w.end(), 0.0);
            const TreeView tree = forest.tree(0);
            const double found = loss_of_root(tree), best = best_loss(criterion, n_classes, t, w, scaled);
            if (std::isinf(best)) {
                EXPECT_TRUE(std::isinf(found)) << rows << " rows";
                continue;
            }
            for (const std::size_t side : {1, 2}) {
                if (tree.is_leaf(0)) break;
                EXPECT_GE(tree.n_node_samples[side], limits.min_rows);
                EXPECT_GE(tree.weighted_n_node_samples[side], scaled.min_weight * (1 - 1e-12));
            }
            // Within limits the best subset need not be a cut of the order.
            const bool is_free = best == best_loss(criterion, n_classes, t, w, {});
            if (is_free) {
                EXPECT_NEAR(found, best, 1e-9 * (1 + best)) << rows << " rows";
            }
        }
    }
};

TEST_P(CategorySplit, IsTheBestOfAllSubsetsOfLevels) { compare({}, {}); }

TEST_P(CategorySplit, RespectsMinSamplesLeaf) { compare({.min_samples_leaf = 3}, {.min_rows = 3}); }

TEST_P(CategorySplit, RespectsMinWeightFractionLeaf) {
    compare({.min_weight_fraction_leaf = 0.2}, {.min_weight = 0.2});
}

INSTANTIATE_TEST_SUITE_P(Criteria, CategorySplit,
                         ::testing::Combine(::testing::Values(Criterion::squared_error, Criterion::poisson),
                                            ::testing::Values(0), ::testing::Values(0.0, 0.2), ::testing::Bool(),
                                            ::testing::Values(Splitter::fast, Splitter::exact)));
INSTANTIATE_TEST_SUITE_P(ClassCriteria, CategorySplit,
                         ::testing::Combine(::testing::Values(Criterion::gini, Criterion::entropy),
                                            ::testing::Values(2, 3), ::testing::Values(0.0, 0.2), ::testing::Bool(),
                                            ::testing::Values(Splitter::fast, Splitter::exact)));

}  // namespace
}  // namespace plantwright
