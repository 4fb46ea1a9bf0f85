// SPDX-License-Identifier: MIT
#include "explain/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "explain/compare_deep.hpp"
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

MeanDifference mean_of(const Matrix& values, const Vector& expected, Index n_outputs) {
    MeanDifference found{Matrix(values.cols() / n_outputs, n_outputs), expected};
    for (Index i = 0; i < values.rows(); ++i) {
        for (Index c = 0; c < values.cols(); ++c) found.contributions.data()[c] += values(i, c);
    }
    for (Index c = 0; c < values.cols(); ++c) found.contributions.data()[c] /= static_cast<double>(values.rows());
    return found;
}

/// Of the trees that go by the reference's tables, which are kept; the others are set in `is_deep (n_trees,)`.
MeanDifference by_tables(const ExplainedModel& model, const FeatureRows& rows, const FeatureRows& reference,
                         const ExplainOptions& options, std::vector<std::uint8_t>& is_deep) {
    const ForestPlan& plan = model.plan();
    const int n_threads = resolve_n_jobs(options.n_jobs);
    const MeanDifference none{Matrix(plan.n_features, plan.n_outputs), model.trees().base};
    std::fill(is_deep.begin(), is_deep.end(), std::uint8_t{1});
    if (model.deep_part().trees == static_cast<Index>(is_deep.size())) return none;
    const auto tables = model.tables_of(reference, n_threads);
    if (tables->n_trees_by_tables() == 0) return none;
    for (std::size_t i = 0; i < is_deep.size(); ++i) is_deep[i] = !tables->goes_by_tables(static_cast<Index>(i));
    return mean_of(tables->values(rows, n_threads, options.progress), tables->expected(), plan.n_outputs);
}

/// Trees without tables take the rows and the reference as two sets.
MeanDifference interventional(const ExplainedModel& model, const FeatureRows& rows, const FeatureRows& reference,
                              const ExplainOptions& options) {
    const ForestPlan& plan = model.plan();
    std::vector<std::uint8_t> is_deep(static_cast<std::size_t>(model.trees().forest.n_trees()));
    MeanDifference found = by_tables(model, rows, reference, options, is_deep);
    if (std::find(is_deep.begin(), is_deep.end(), 1) == is_deep.end()) return found;
    const MeanDifference deep =
        compare_deep(model.trees(), plan, is_deep, rows, reference, resolve_n_jobs(options.n_jobs), options.progress);
    for (Index c = 0; c < plan.n_features * plan.n_outputs; ++c)
        found.contributions.data()[c] += deep.contributions.data()[c];
    for (Index o = 0; o < plan.n_outputs; ++o) found.then[o] += plan.factor * deep.then[o];
    if (plan.mirrored) found.then[0] = 1 - found.then[1];
    return found;
}

/// The path-dependent values of the same trees with the reference's rows as covers.
MeanDifference path_dependent(const ExplainedModel& model, const FeatureRows& rows, const FeatureRows& reference,
                              const ExplainOptions& options) {
    const ExplainedModel recounted(with_covers(model.trees(), reference, resolve_n_jobs(options.n_jobs)),
                                   model.options());
    return mean_of(recounted.values(rows, options), recounted.plan().expected, model.trees().n_outputs);
}

MeanDifference difference_of(const std::shared_ptr<const ExplainedModel>& model, const FeatureRows& rows,
                             const FeatureRows& reference, const CompareOptions& compare) {
    const ExplainOptions options{.n_jobs = compare.n_jobs, .progress = compare.progress};
    const bool of_probability = model->options().output == ExplainedOutput::probability && model->trees().logistic;
    if (compare.method == ComparisonMethod::interventional && of_probability) {
        const ExplainedBackground background(model, reference);
        return mean_of(background.values(rows, options), background.expected(), model->trees().n_outputs);
    }
    if (compare.method == ComparisonMethod::interventional) return interventional(*model, rows, reference, options);
    if (!of_probability) return path_dependent(*model, rows, reference, options);
    throw InvalidArgument(
        "TreeExplainer.compare: the probability of boosted trees is compared by the interventional method only");
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
    MeanDifference found = difference_of(model, rows, reference, options);
    Comparison result{.contributions = std::move(found.contributions),
                      .then = found.then,
                      .now = found.then,
                      .mean_then = column_means(reference),
                      .mean_now = column_means(rows),
                      .feature_names = model->trees().encoder.inputs,
                      .output_names = model->trees().output_names};
    for (Index j = 0; j < result.contributions.rows(); ++j) {
        for (Index o = 0; o < result.now.size(); ++o) result.now[o] += result.contributions(j, o);
    }
    return result;
}

}  // namespace plantwright
