// SPDX-License-Identifier: MIT
#include "preprocessing/forest_importances.hpp"

#include <algorithm>
#include <limits>

#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

/// The error of one tree on the rows that it was not grown on, a column's values taken from other rows of those.
class OutOfBagTree {
public:
    OutOfBagTree(const TreeView& tree, const Table<float>& features, const TrainingTarget& target,
                 std::vector<Index> rows)
        : tree_(tree), features_(features), target_(target), rows_(std::move(rows)) {}

    double error() const { return error_with(-1, rows_); }
    /// By how much it grows when column j is shuffled.
    double growth(Index j, double error, RandomStream random) const {
        std::vector<Index> shuffled = rows_;
        random.shuffle(std::span(shuffled));
        return error_with(j, shuffled) - error;
    }
    std::vector<bool> used_columns() const {
        std::vector<bool> used(static_cast<std::size_t>(features_.cols()));
        for (Index node = 0; node < tree_.n_nodes(); ++node) {
            if (!tree_.is_leaf(node))
                used[static_cast<std::size_t>(tree_.feature[static_cast<std::size_t>(node)])] = true;
        }
        return used;
    }

private:
    double error_with(Index column, const std::vector<Index>& from) const {
        double sum = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i) sum += loss(rows_[i], leaf(rows_[i], column, from[i]));
        return rows_.empty() ? 0 : sum / static_cast<double>(rows_.size());
    }
    Index leaf(Index row, Index column, Index other) const {
        Index node = 0;
        while (!tree_.is_leaf(node)) {
            const auto k = static_cast<std::size_t>(node);
            const Index j = tree_.feature[k];
            const bool left = tree_.goes_left(node, features_(j == column ? other : row, j));
            node = left ? tree_.children_left[k] : tree_.children_right[k];
        }
        return node;
    }
    double loss(Index row, Index leaf) const {
        const auto i = static_cast<std::size_t>(row);
        const auto value = tree_.value.row(leaf);
        if (!target_.is_classes()) return (value[0] - target_.numbers[i]) * (value[0] - target_.numbers[i]);
        Index best = 0;
        for (Index c = 1; c < value.size(); ++c) best = value[c] > value[best] ? c : best;
        return best == target_.class_of[i] ? 0 : 1;
    }

    const TreeView& tree_;
    const Table<float>& features_;
    const TrainingTarget& target_;
    std::vector<Index> rows_;
};

std::vector<Index> out_of_bag_rows(std::uint64_t seed, Index tree, Index n_rows) {
    RandomStream stream(seed, static_cast<std::uint64_t>(tree), Purpose::bootstrap);
    const auto counts = bootstrap_counts(stream, n_rows, n_rows);
    std::vector<Index> rows;
    for (Index i = 0; i < n_rows; ++i) {
        if (counts[i] == 0) rows.push_back(i);
    }
    return rows;
}

Vector permutation_importances(const Forest& forest, const Table<float>& features, const TrainingTarget& target,
                               const RandomForestOptions& options) {
    const Index n_trees = forest.n_trees(), n_columns = features.cols();
    Matrix growth(n_trees, n_columns, 0.0);
    parallel_for(n_trees, resolve_n_jobs(options.n_jobs), [&](Index t, int) {
        const TreeView view = forest.tree(t);
        const OutOfBagTree tree(view, features, target, out_of_bag_rows(options.random_state, t, features.rows()));
        const double error = tree.error();
        const std::vector<bool> used = tree.used_columns();
        for (Index j = 0; j < n_columns; ++j) {
            const auto index = static_cast<std::uint64_t>(t * n_columns + j);
            const RandomStream random(options.random_state, index, Purpose::permutation);
            if (used[static_cast<std::size_t>(j)]) growth(t, j) = tree.growth(j, error, random);
        }
    });
    Vector importances(n_columns, 0.0);
    for (Index j = 0; j < n_columns; ++j) {
        for (Index t = 0; t < n_trees; ++t) importances[j] += growth(t, j);
        importances[j] /= static_cast<double>(n_trees);
    }
    return importances;
}

}  // namespace

TargetReading reading_of(ForestTarget type) {
    if (type == ForestTarget::continuous) return TargetReading::numbers;
    return type == ForestTarget::classes ? TargetReading::classes : TargetReading::by_kind;
}

Vector forest_importances(const Table<float>& features, const TrainingTarget& target,
                          const RandomForestOptions& options, ForestImportance importance) {
    const auto of = [&](const auto& forest) {
        if (importance == ForestImportance::impurity) return forest.feature_importances();
        return permutation_importances(forest.forest(), features, target, options);
    };
    if (!target.is_classes()) return of(RandomForestRegressor::fit(features.view(), target.numbers, options));
    return of(RandomForestClassifier::fit(features.view(), target.class_of, options, {}, target.classes));
}

std::vector<Index> category_places(const std::vector<ColumnSpec>& columns) {
    std::vector<Index> places;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        if (columns[k].kind == ColumnKind::category) places.push_back(static_cast<Index>(k));
    }
    return places;
}

void require_forest(std::string_view who, std::int64_t n_estimators, std::optional<std::int64_t> max_depth) {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    if (n_estimators < 1 || n_estimators > kMost) {
        throw InvalidArgument(std::string(who) + ": n_estimators must be at least 1, got " +
                              std::to_string(n_estimators));
    }
    if (max_depth && (*max_depth < 1 || *max_depth > kMost))
        throw InvalidArgument(std::string(who) + ": max_depth must be at least 1, got " + std::to_string(*max_depth));
}

}  // namespace plantwright
