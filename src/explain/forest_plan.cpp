// SPDX-License-Identifier: MIT
#include "explain/forest_plan.hpp"

#include <algorithm>
#include <cmath>

#include "explain/split_shares.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kChunkNodes = 4096;       // of trees summed in single precision before they are added in double
constexpr std::size_t kFewColumns = 512;  // so many serve all trees: keys are made once for a block of rows

/// Whether every leaf's two values sum to 1.
bool is_mirrored(const Forest& forest) {
    if (forest.n_outputs != 2) return false;
    for (Index k = 0; k < forest.n_nodes(); ++k) {
        const bool leaf = forest.children_left[k] == kNoChild;
        if (leaf && std::abs(forest.value[2 * k] + forest.value[2 * k + 1] - 1) > 1e-12) return false;
    }
    return true;
}

/// A power of two above x, or 1 for 0.
double power_of_two(double x) { return x > 0 ? std::ldexp(1.0, std::ilogb(x) + 1) : 1; }

}  // namespace

ForestPlan::ForestPlan(const ExplainedTrees& trees, int n_threads)
    : n_features(trees.n_features()), n_outputs(trees.n_outputs), mirrored(is_mirrored(trees.forest)),
      factor(trees.factor), scale(n_outputs), expected(trees.base) {
    plan_chunks(trees);
    measure(trees, n_threads);
}

TreeView ForestPlan::view_of(const ExplainedTrees& trees, Index i) const {
    TreeView tree = trees.forest.tree(i);
    if (mirrored) tree.value = ConstMatrixView(tree.value.data() + 1, tree.n_nodes(), 1, 2, 1);
    return tree;
}

/// Output by output, trees in order.
void ForestPlan::plan_chunks(const ExplainedTrees& trees) {
    const bool one_value = trees.forest.n_outputs == 1 || mirrored;
    const Index n_groups = trees.tree_output.empty() ? 1 : n_outputs;
    const Buffer<std::int32_t>& levels = trees.forest.n_levels;
    const std::span<const std::int32_t> n_levels(levels.data(), static_cast<std::size_t>(levels.size()));
    KeyColumns all(n_features, n_levels);
    for (Index i = 0; i < trees.forest.n_trees(); ++i) all.add(trees.forest.tree(i));
    const bool few = all.columns().size() <= kFewColumns;
    if (few) columns.push_back(all);
    for (Index output = 0; output < n_groups; ++output) {
        Index n_nodes = kChunkNodes;
        for (Index i = 0; i < trees.forest.n_trees(); ++i) {
            if (trees.output_of(i) != output) continue;
            if (n_nodes >= kChunkNodes) {
                if (!few) columns.emplace_back(n_features, n_levels);
                chunks.push_back({{}, mirrored ? 1 : output, one_value ? 1 : n_outputs, columns.size() - 1});
                n_nodes = 0;
            }
            chunks.back().trees.push_back(i);
            if (!few) columns.back().add(trees.forest.tree(i));
            n_nodes += trees.forest.tree(i).n_nodes();
        }
    }
}

void ForestPlan::measure(const ExplainedTrees& trees, int n_threads) {
    const Index n_trees = trees.forest.n_trees(), n_values = mirrored ? 1 : trees.forest.n_outputs;
    Matrix mean(n_trees, n_values), highest(n_trees, n_values);
    parallel_for(n_trees, n_threads, [&](Index i, int) {
        const SplitShares tree(view_of(trees, i));
        for (Index o = 0; o < n_values; ++o) {
            mean(i, o) = tree.mean[static_cast<std::size_t>(o)];
            for (Index k = 0; k < tree.n_nodes(); ++k) {
                if (tree.is_leaf(k)) highest(i, o) = std::max(highest(i, o), std::abs(tree.value(k, o)));
            }
        }
    });
    Vector sum(n_outputs);
    for (const ForestChunk& chunk : chunks) {
        for (const Index i : chunk.trees) {
            for (Index o = 0; o < chunk.n_outputs; ++o) {
                sum[chunk.output + o] += mean(i, o);
                scale[chunk.output + o] = std::max(scale[chunk.output + o], highest(i, o));
            }
        }
    }
    for (double& s : scale) s = power_of_two(s);
    for (Index o = 0; o < n_outputs; ++o) expected[o] += factor * sum[o];
    if (mirrored) expected[0] = 1 - expected[1];
}

std::vector<Index> feature_targets(const ForestPlan& plan, const ForestChunk& chunk) {
    std::vector<Index> targets;
    for (const std::int32_t feature : plan.columns_of(chunk).features()) {
        for (Index o = 0; o < chunk.n_outputs; ++o) targets.push_back(feature * plan.n_outputs + chunk.output + o);
    }
    return targets;
}

void write_features(const ForestPlan& plan, const double* total, Index stride, double* out) {
    const Index n = plan.n_features * plan.n_outputs;
    for (Index c = 0; c < n; ++c) out[c] = total[c * stride] * (plan.scale[c % plan.n_outputs] * plan.factor);
    for (Index c = 0; plan.mirrored && c < n; c += 2) out[c] = -out[c + 1];
}

}  // namespace plantwright
