// SPDX-License-Identifier: MIT
/// How the trees of a forest are put together, whatever is computed of them: outputs, scales, key columns, and
/// *chunks*, trees that are summed together.
///
/// A chunk's sums are kept in single precision and then added to sums in double, chunk after chunk, so that rounding
/// does not grow with the forest.
#pragma once

#include <vector>

#include "explain/explained_trees.hpp"
#include "explain/key_columns.hpp"

namespace plantwright {

struct ForestChunk {
    std::vector<Index> trees;
    Index output = 0;         ///< the first of their outputs
    Index n_outputs = 1;      ///< of each tree
    std::size_t columns = 0;  ///< which KeyColumns they use
};

/// Rows of a block: real ones, and whether they are padded to wide_rows() or to narrow_rows().
struct BlockRows {
    bool wide;
    Index rows;
};

/// Rows that go through a tree before the next one.
struct TaskLimits {
    Index least, most;
};

struct ForestPlan {
    ForestPlan(const ExplainedTrees& trees, int n_threads);

    /// Of two outputs that mirror each other, the second one alone.
    TreeView view_of(const ExplainedTrees& trees, Index tree) const;
    const KeyColumns& columns_of(const ForestChunk& chunk) const { return columns[chunk.columns]; }
    /// Scales of the outputs of a chunk's trees.
    std::span<const double> scales_of(const ForestChunk& chunk) const {
        return {scale.data() + chunk.output, static_cast<std::size_t>(chunk.n_outputs)};
    }

    Index n_features, n_outputs;
    bool mirrored;    ///< two outputs that sum to 1: the second one is computed
    double factor;    ///< of the trees' sum
    Vector scale;     ///< `(n_outputs,)`: leaf values about their tree's mean, divided by it, lie in (-1, 1)
    Vector expected;  ///< `(n_outputs,)`: what the trees add up to where nothing is known of a row
    std::vector<KeyColumns> columns;
    std::vector<ForestChunk> chunks;

private:
    void plan_chunks(const ExplainedTrees& trees);
    void measure(const ExplainedTrees& trees, int n_threads);
};

/// Where the sums of a chunk go, one for each feature and output: total j n_outputs + k is feature j's part of output
/// k.
std::vector<Index> feature_targets(const ForestPlan& plan, const ForestChunk& chunk);

/// A row's totals, total k in total[k * stride], in the prediction's unit: `out (n_features * n_outputs,)`.
void write_features(const ForestPlan& plan, const double* total, Index stride, double* out);

}  // namespace plantwright
