// SPDX-License-Identifier: MIT
#include "plantwright/forest/forest_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "forest/feature_rows.hpp"
#include "forest/walk.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kLargestBlock = 4096;  // a tree's nodes are fetched once a block
constexpr Index kSmallestBlock = 256;
constexpr Index kFewRows = 8;  // below, the lanes of a walk are trees instead of rows

/// Calls `body(block, begin)` over blocks of rows in parallel; results must not depend on where blocks begin.
template <class Body>
void for_each_block(const FeatureRows& rows, std::optional<int> n_jobs, Body&& body) {
    const int n_threads = resolve_n_jobs(n_jobs);
    const Index block_rows = std::clamp(rows.rows() / (4 * n_threads), kSmallestBlock, kLargestBlock);
    const Index n_blocks = (rows.rows() + block_rows - 1) / block_rows;
    parallel_for(n_blocks, n_threads, [&](Index b, int) {
        const Index begin = b * block_rows;
        body(RowBlock(rows, begin, std::min(rows.rows(), begin + block_rows)), begin);
    });
}

/// Calls `visit(row, tree, leaf)` for all pairs; the trees of one row come in order.
template <class Visit>
void for_each_leaf(const WalkForest& walk, const RowBlock& block, Visit&& visit) {
    const Index n_trees = walk.tree_offsets.size() - 1;
    const bool few = block.rows() < kFewRows;
    std::vector<std::int32_t> leaf(static_cast<std::size_t>(few ? n_trees : block.rows()));
    for (Index i = 0; few && i < block.rows(); ++i) {
        walk_row(walk, block.data() + i * block.cols(), leaf.data());
        for (Index t = 0; t < n_trees; ++t) visit(i, t, leaf[static_cast<std::size_t>(t)]);
    }
    for (Index t = 0; !few && t < n_trees; ++t) {
        walk_tree(walk.tree(t), block, leaf.data());
        for (Index i = 0; i < block.rows(); ++i) visit(i, t, leaf[static_cast<std::size_t>(i)]);
    }
}

void require_features(const Forest& forest, const FeatureRows& rows) {
    if (forest.n_trees() == 0) throw NotFitted("random forest: predict needs a fitted or loaded forest");
    if (rows.cols() == forest.n_features) return;
    throw InvalidArgument("random forest: X must have " + std::to_string(forest.n_features) +
                          " features, as in fit, got " + std::to_string(rows.cols()));
}

}  // namespace

ForestModel::ForestModel(Forest forest, FeatureEncoder encoder, OobEstimate oob)
    : forest_(std::move(forest)), encoder_(std::move(encoder)), oob_(std::move(oob)) {
    prepare_walk();
}

void ForestModel::prepare_walk() { walk_ = std::make_shared<const WalkForest>(forest_); }

Matrix ForestModel::mean_value(const FeatureRows& rows, std::optional<int> n_jobs) const {
    require_features(forest_, rows);
    const Index n_outputs = forest_.n_outputs;
    Matrix mean(rows.rows(), n_outputs);
    for_each_block(rows, n_jobs, [&](const RowBlock& block, Index begin) {
        double* sum = mean.data() + begin * n_outputs;
        for_each_leaf(*walk_, block, [&](Index i, Index t, std::int32_t leaf) {
            const double* value = forest_.value.data() + (forest_.tree_offsets[t] + leaf) * n_outputs;
            for (Index k = 0; k < n_outputs; ++k) sum[i * n_outputs + k] += value[k];
        });
        for (Index i = 0; i < block.rows() * n_outputs; ++i) sum[i] /= static_cast<double>(forest_.n_trees());
    });
    return mean;
}

Table<std::int32_t> ForestModel::apply(const FeatureRows& rows, std::optional<int> n_jobs) const {
    require_features(forest_, rows);
    Table<std::int32_t> leaves(rows.rows(), forest_.n_trees());
    for_each_block(rows, n_jobs, [&](const RowBlock& block, Index begin) {
        for_each_leaf(*walk_, block, [&](Index i, Index t, std::int32_t leaf) { leaves(begin + i, t) = leaf; });
    });
    return leaves;
}

namespace {

/// Nodes from the root to `leaf`, written backwards to before `end`; returns how many.
Index climb(const Buffer<std::int32_t>& parent, Index first, std::int32_t leaf, std::int64_t* end) {
    Index n = 0;
    for (std::int32_t node = leaf; node != kNoChild; node = parent[first + node]) *(end - ++n) = first + node;
    return n;
}

Buffer<std::int32_t> parents(const Forest& forest) {
    Buffer<std::int32_t> parent(forest.n_nodes(), kNoChild);
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const Index first = forest.tree_offsets[t];
        for (Index i = first; i < forest.tree_offsets[t + 1]; ++i) {
            if (forest.children_left[i] == kNoChild) continue;
            parent[first + forest.children_left[i]] = parent[first + forest.children_right[i]] =
                static_cast<std::int32_t>(i - first);
        }
    }
    return parent;
}

Buffer<std::int32_t> depths(const Forest& forest, const Buffer<std::int32_t>& parent) {
    Buffer<std::int32_t> depth(forest.n_nodes());
    for (Index t = 0; t < forest.n_trees(); ++t) {
        for (Index i = forest.tree_offsets[t] + 1; i < forest.tree_offsets[t + 1]; ++i) {
            depth[i] = depth[forest.tree_offsets[t] + parent[i]] + 1;
        }
    }
    return depth;
}

}  // namespace

DecisionPath ForestModel::decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const {
    const Table<std::int32_t> leaves = apply(rows, n_jobs);
    const Buffer<std::int32_t> parent = parents(forest_), depth = depths(forest_, parent);
    DecisionPath path{
        .row_offsets = Buffer<std::int64_t>(rows.rows() + 1), .nodes = {}, .tree_offsets = forest_.tree_offsets};
    for (Index i = 0; i < rows.rows(); ++i) {
        std::int64_t n = 0;
        for (Index t = 0; t < forest_.n_trees(); ++t) n += depth[forest_.tree_offsets[t] + leaves(i, t)] + 1;
        path.row_offsets[i + 1] = path.row_offsets[i] + n;
    }
    path.nodes = Buffer<std::int64_t>::uninitialized(path.row_offsets[rows.rows()]);
    for (Index i = 0; i < rows.rows(); ++i) {
        std::int64_t* end = path.nodes.data() + path.row_offsets[i];
        for (Index t = 0; t < forest_.n_trees(); ++t) {
            const Index first = forest_.tree_offsets[t];
            end += depth[first + leaves(i, t)] + 1;
            climb(parent, first, leaves(i, t), end);
        }
    }
    return path;
}

void ForestModel::validate() const {
    forest_.validate();
    const auto n_inputs = static_cast<std::int64_t>(encoder_.inputs.size());
    if (n_inputs != 0 && n_inputs != forest_.n_features)
        throw CorruptModel("forest: feature names do not fit the number of features");
    const bool has_schema = encoder_.schema.size() > 0;
    if (has_schema && (n_inputs == 0 || encoder_.level_ranks.size() != encoder_.inputs.size())) {
        throw CorruptModel("forest: the category order does not fit the inputs");
    }
    for (std::size_t j = 0; has_schema && j < encoder_.inputs.size(); ++j) {
        const auto column = encoder_.schema.find(encoder_.inputs[j]);
        if (!column) throw CorruptModel("forest: the input '" + encoder_.inputs[j] + "' is not in the schema");
        const Index n_levels = static_cast<Index>(encoder_.schema[*column].levels.size());
        if (encoder_.level_ranks[j].size() != n_levels)
            throw CorruptModel("forest: a category's order does not fit its levels");
        for (const float rank : encoder_.level_ranks[j]) {
            if (!std::isfinite(rank)) throw CorruptModel("forest: a category's rank is not finite");
        }
    }
    if (oob_.prediction.rows() != 0 && oob_.prediction.cols() != forest_.n_outputs) {
        throw CorruptModel("forest: out-of-bag predictions do not fit the outputs");
    }
}

}  // namespace plantwright
