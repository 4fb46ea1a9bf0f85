// SPDX-License-Identifier: MIT
/// Rows down the trees: packed nodes, blocks of rows as dense float32, one tree over one block at a time.
#pragma once

#include <vector>

#include "forest/feature_rows.hpp"
#include "forest/walk_kernel.hpp"

namespace plantwright {

/// The nodes of all trees, packed. Built from a valid forest.
struct WalkForest {
    explicit WalkForest(const Forest& forest);
    const WalkNode* tree(Index t) const { return nodes.data() + tree_offsets[t]; }

    Buffer<WalkNode> nodes;
    Buffer<std::int64_t> tree_offsets;
};

/// Rows [begin, end) as dense float32: the caller's own memory where it is that already, otherwise a copy.
class RowBlock {
public:
    RowBlock(const FeatureRows& rows, Index begin, Index end);
    const float* data() const { return data_; }
    Index rows() const { return rows_; }
    Index cols() const { return cols_; }

private:
    std::vector<float> copy_;
    const float* data_;
    Index rows_, cols_;
};

/// The leaf each row of the block ends in, `(rows,)`.
void walk_tree(const WalkNode* tree, const RowBlock& block, std::int32_t* leaf);

/// The leaf of every tree that one row ends in, `(n_trees,)`.
void walk_row(const WalkForest& forest, const float* row, std::int32_t* leaf);

}  // namespace plantwright
