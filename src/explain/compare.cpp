// SPDX-License-Identifier: MIT
#include "explain/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

/// Of each column, missing values left out.
Vector column_means(const FeatureRows& rows) {
    Vector mean(rows.cols());
    std::vector<float> column(static_cast<std::size_t>(rows.rows()));
    for (Index j = 0; j < rows.cols(); ++j) {
        rows.read_column(j, column.data());
        double sum = 0, n = 0;
        for (const float x : column) {
            if (std::isnan(x)) continue;
            sum += static_cast<double>(x);
            n += 1;
        }
        mean[j] = n > 0 ? sum / n : kNaN;
    }
    return mean;
}

/// Trees that split categories by lists of levels say themselves where a value goes.
template <class Tree>
bool passes_left(const Tree& tree, std::size_t node, float value) {
    if constexpr (requires { tree.goes_left(Index{}, value); })
        return tree.goes_left(static_cast<Index>(node), value);
    else
        return std::isnan(value) ? tree.missing_go_left[node] != 0 : value <= tree.threshold[node];
}

/// How many of the rows pass each node of a tree.
void count_rows(const TreeView& tree, const std::vector<float>& x, Index n_features, double* count) {
    for (std::size_t row = 0; row < x.size(); row += static_cast<std::size_t>(n_features)) {
        std::size_t node = 0;
        for (;;) {
            count[node] += 1;
            if (tree.is_leaf(static_cast<Index>(node))) break;
            const float value = x[row + static_cast<std::size_t>(tree.feature[node])];
            node = static_cast<std::size_t>(passes_left(tree, node, value) ? tree.children_left[node]
                                                                           : tree.children_right[node]);
        }
    }
}

/// The trees with the reference's rows as covers.
ExplainedTrees with_covers(ExplainedTrees trees, const FeatureRows& reference, int n_threads) {
    std::vector<float> x(static_cast<std::size_t>(reference.rows() * reference.cols()));
    reference.read_rows(0, reference.rows(), x.data());
    Vector& cover = trees.forest.weighted_n_node_samples;
    std::fill(cover.begin(), cover.end(), 0.0);
    parallel_for(trees.forest.n_trees(), n_threads, [&](Index i, int) {
        count_rows(trees.forest.tree(i), x, reference.cols(), cover.data() + trees.forest.tree_offsets[i]);
    });
    return trees;
}

struct Values {
    Matrix of_rows;
    Vector expected;
};

Values values_of(const std::shared_ptr<const ExplainedModel>& model, const FeatureRows& rows,
                 const FeatureRows& reference, const CompareOptions& options) {
    const ExplainOptions explain{.n_jobs = options.n_jobs, .progress = options.progress};
    if (options.method == ComparisonMethod::interventional) {
        const ExplainedBackground background(model, reference);
        return {background.values(rows, explain), background.expected()};
    }
    if (model->options().output == ExplainedOutput::probability && model->trees().logistic)
        throw InvalidArgument(
            "TreeExplainer.compare: the probability of boosted trees is compared by the interventional method only");
    const ExplainedModel recounted(with_covers(model->trees(), reference, resolve_n_jobs(options.n_jobs)),
                                   model->options());
    return {recounted.values(rows, explain), recounted.plan().expected};
}

}  // namespace

std::vector<Index> Comparison::ranked(Index output) const {
    std::vector<Index> order(static_cast<std::size_t>(n_features()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        return std::abs(contributions(a, output)) > std::abs(contributions(b, output));
    });
    return order;
}

Comparison compared(const std::shared_ptr<const ExplainedModel>& model, const FeatureRows& rows,
                    const FeatureRows& reference, const CompareOptions& options) {
    model->require_columns("rows", rows.cols());
    model->require_columns("reference", reference.cols());
    if (rows.rows() == 0 || reference.rows() == 0)
        throw InvalidArgument("TreeExplainer.compare: rows and reference must have at least one row each, got " +
                              std::to_string(rows.rows()) + " and " + std::to_string(reference.rows()));
    const Values values = values_of(model, rows, reference, options);
    const Index n_outputs = model->trees().n_outputs, n_features = model->trees().n_features();
    Comparison result{.contributions = Matrix(n_features, n_outputs),
                      .then = values.expected,
                      .now = values.expected,
                      .mean_then = column_means(reference),
                      .mean_now = column_means(rows),
                      .feature_names = model->trees().encoder.inputs,
                      .output_names = model->trees().output_names};
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index c = 0; c < values.of_rows.cols(); ++c) result.contributions.data()[c] += values.of_rows(i, c);
    }
    for (Index j = 0; j < n_features; ++j) {
        for (Index o = 0; o < n_outputs; ++o) {
            result.contributions(j, o) /= static_cast<double>(rows.rows());
            result.now[o] += result.contributions(j, o);
        }
    }
    return result;
}

}  // namespace plantwright
