// SPDX-License-Identifier: MIT
#include "plantwright/explain/partial_dependence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "explain/explained_model.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kBlockRows = 64;

/// The values of a grid on their way through one forest, for one row after the other.
class CurveWalk {
public:
    CurveWalk(const ExplainedTrees& trees, Index feature, ConstVectorView grid)
        : trees_(trees), feature_(static_cast<std::int32_t>(feature)), grid_(static_cast<std::size_t>(grid.size())),
          place_(grid_.size()) {
        for (std::size_t g = 0; g < grid_.size(); ++g) grid_[g] = static_cast<float>(grid[static_cast<Index>(g)]);
    }

    /// curve[g * n_outputs + k] = the raw prediction k of the row with grid value g.
    void walk(const float* row, double* curve) {
        const Index n_outputs = trees_.n_outputs;
        std::fill_n(curve, std::ssize(grid_) * n_outputs, 0.0);
        for (Index t = 0; t < trees_.forest.n_trees(); ++t) walk_tree(t, row, curve);
        for (Index i = 0; i < std::ssize(grid_) * n_outputs; ++i)
            curve[i] = trees_.base[i % n_outputs] + trees_.factor * curve[i];
    }

private:
    struct Some {  // grid values place_[begin .. end) are at a node
        std::int32_t node;
        std::size_t begin, end;
    };

    void walk_tree(Index t, const float* row, double* curve) {
        const TreeView tree = trees_.forest.tree(t);
        std::iota(place_.begin(), place_.end(), std::size_t{0});
        stack_.assign(1, {0, 0, grid_.size()});
        while (!stack_.empty()) {
            Some some = stack_.back();
            stack_.pop_back();
            while (!tree.is_leaf(some.node)) some = step(tree, some, row);
            add_leaf(tree, t, some, curve);
        }
    }

    /// To a child; where values part, those that go right wait.
    Some step(const TreeView& tree, Some some, const float* row) {
        const auto node = static_cast<std::size_t>(some.node);
        const std::int32_t left = tree.children_left[node], right = tree.children_right[node];
        if (tree.feature[node] != feature_) {
            some.node = tree.goes_left(some.node, row[tree.feature[node]]) ? left : right;
            return some;
        }
        const auto first = place_.begin() + static_cast<std::ptrdiff_t>(some.begin),
                   last = place_.begin() + static_cast<std::ptrdiff_t>(some.end);
        const auto middle =
            std::partition(first, last, [&](std::size_t g) { return tree.goes_left(some.node, grid_[g]); });
        const auto cut = static_cast<std::size_t>(middle - place_.begin());
        if (cut == some.end) return {left, some.begin, some.end};
        if (cut > some.begin) stack_.push_back({left, some.begin, cut});
        return {right, cut, some.end};
    }

    void add_leaf(const TreeView& tree, Index t, const Some& some, double* curve) const {
        const Index n_outputs = trees_.n_outputs, n_values = tree.value.cols();
        const double* value = tree.value.row(some.node).data();
        const Index first = n_values == n_outputs ? 0 : trees_.output_of(t);
        for (std::size_t i = some.begin; i < some.end; ++i) {
            double* at = curve + static_cast<Index>(place_[i]) * n_outputs + first;
            for (Index k = 0; k < n_values; ++k) at[k] += value[k];
        }
    }

    const ExplainedTrees& trees_;
    std::int32_t feature_;
    std::vector<float> grid_;
    std::vector<std::size_t> place_;
    std::vector<Some> stack_;
};

void check(const ExplainedTrees& trees, const FeatureRows& rows, Index feature, ConstVectorView grid) {
    if (rows.cols() != trees.n_features()) {
        throw InvalidArgument("PartialDependence: X must have " + std::to_string(trees.n_features()) +
                              " features, as in fit, got " + std::to_string(rows.cols()));
    }
    if (feature < 0 || feature >= trees.n_features()) {
        throw InvalidArgument("PartialDependence: feature must be from 0 to " + std::to_string(trees.n_features() - 1) +
                              ", got " + std::to_string(feature));
    }
    if (grid.size() < 1) throw InvalidArgument("PartialDependence: grid must hold at least one value, got none");
}

/// take(row, curve), in blocks of rows; each block's calls come in the order of its rows, from one thread.
template <class Take>
void for_each_curve(const ExplainedTrees& trees, const FeatureRows& rows, Index feature, ConstVectorView grid,
                    const ExplainOptions& options, Take&& take) {
    const Index n_blocks = (rows.rows() + kBlockRows - 1) / kBlockRows, n_values = grid.size() * trees.n_outputs;
    ProgressMonitor monitor(options.progress, "partial dependence", n_blocks);
    parallel_for(
        n_blocks, resolve_n_jobs(options.n_jobs),
        [&](Index block, int) {
            CurveWalk walk(trees, feature, grid);
            std::vector<double> curve(static_cast<std::size_t>(n_values));
            std::vector<float> row(static_cast<std::size_t>(rows.cols()));
            for (Index i = block * kBlockRows; i < std::min(rows.rows(), (block + 1) * kBlockRows); ++i) {
                rows.read_rows(i, i + 1, row.data());
                walk.walk(row.data(), curve.data());
                take(i, curve);
            }
        },
        &monitor);
    monitor.finish();
}

Matrix individual_of(const ExplainedTrees& trees, const FeatureRows& rows, Index feature, ConstVectorView grid,
                     const ExplainOptions& options) {
    check(trees, rows, feature, grid);
    Matrix curves(rows.rows(), grid.size() * trees.n_outputs);
    for_each_curve(trees, rows, feature, grid, options, [&](Index i, const std::vector<double>& curve) {
        std::copy(curve.begin(), curve.end(), curves.data() + i * curves.cols());
    });
    return curves;
}

double checked_total(ConstVectorView weight, Index rows) {
    if (weight.empty()) return static_cast<double>(rows);
    if (weight.size() != rows) {
        throw InvalidArgument("PartialDependence: weight must have one value a row, got " +
                              std::to_string(weight.size()) + " for " + std::to_string(rows) + " rows");
    }
    double total = 0;
    for (Index i = 0; i < rows; ++i) {
        if (!(weight[i] >= 0))
            throw InvalidArgument("PartialDependence: weight must not be negative or NaN, got " +
                                  std::to_string(weight[i]) + " in row " + std::to_string(i));
        total += weight[i];
    }
    return total;
}

/// Blocks are summed apart and then in their order: the same bits for any number of threads.
Matrix average_of(const ExplainedTrees& trees, const FeatureRows& rows, Index feature, ConstVectorView grid,
                  ConstVectorView weight, const ExplainOptions& options) {
    check(trees, rows, feature, grid);
    const double total = checked_total(weight, rows.rows());
    if (!(total > 0) || !std::isfinite(total))
        throw InvalidArgument("PartialDependence: rows must have a positive, finite weight in sum, got " +
                              std::to_string(total));
    const Index n_blocks = (rows.rows() + kBlockRows - 1) / kBlockRows;
    Matrix sums(n_blocks, grid.size() * trees.n_outputs);
    for_each_curve(trees, rows, feature, grid, options, [&](Index i, const std::vector<double>& curve) {
        double* sum = sums.data() + i / kBlockRows * sums.cols();
        const double w = weight.empty() ? 1 : weight[i];
        for (std::size_t k = 0; k < curve.size(); ++k) sum[k] += w * curve[k];
    });
    Matrix average(grid.size(), trees.n_outputs);
    for (Index b = 0; b < n_blocks; ++b) {
        for (Index k = 0; k < sums.cols(); ++k) average.data()[k] += sums(b, k) / total;
    }
    return average;
}

}  // namespace

PartialDependence::PartialDependence(const RandomForestRegressor& model)
    : trees_(std::make_shared<const ExplainedTrees>(explained_trees(model))) {}
PartialDependence::PartialDependence(const RandomForestClassifier& model)
    : trees_(std::make_shared<const ExplainedTrees>(explained_trees(model))) {}
PartialDependence::PartialDependence(const IsolationForest& model)
    : trees_(std::make_shared<const ExplainedTrees>(explained_trees(model))) {}
PartialDependence::PartialDependence(const BoostedTrees& model)
    : trees_(std::make_shared<const ExplainedTrees>(explained_trees(model))) {}

Matrix PartialDependence::individual(ConstMatrixView X, Index feature, ConstVectorView grid,
                                     const ExplainOptions& options) const {
    return individual_of(*trees_, X, feature, grid, options);
}
Matrix PartialDependence::individual(ConstMatrixViewF X, Index feature, ConstVectorView grid,
                                     const ExplainOptions& options) const {
    return individual_of(*trees_, X, feature, grid, options);
}
Matrix PartialDependence::individual(const Frame& frame, Index feature, ConstVectorView grid,
                                     const ExplainOptions& options) const {
    return individual_of(*trees_, ExplainedRows(*trees_, frame), feature, grid, options);
}

Matrix PartialDependence::average(ConstMatrixView X, Index feature, ConstVectorView grid, ConstVectorView weight,
                                  const ExplainOptions& options) const {
    return average_of(*trees_, X, feature, grid, weight, options);
}
Matrix PartialDependence::average(ConstMatrixViewF X, Index feature, ConstVectorView grid, ConstVectorView weight,
                                  const ExplainOptions& options) const {
    return average_of(*trees_, X, feature, grid, weight, options);
}
Matrix PartialDependence::average(const Frame& frame, Index feature, ConstVectorView grid, ConstVectorView weight,
                                  const ExplainOptions& options) const {
    return average_of(*trees_, ExplainedRows(*trees_, frame), feature, grid, weight, options);
}

Index PartialDependence::n_features() const { return trees_->n_features(); }
Index PartialDependence::n_outputs() const { return trees_->n_outputs; }

}  // namespace plantwright
