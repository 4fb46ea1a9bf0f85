// SPDX-License-Identifier: MIT
#include "forest/walk.hpp"

#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

WalkNode walk_node(const Forest& forest, Index i, std::int32_t self) {
    if (forest.children_left[i] == kNoChild) return {0, 0, {self, self}};
    const std::uint32_t missing_right = forest.missing_go_left[i] ? 0 : 0x80000000u;
    return {forest.threshold[i],
            static_cast<std::uint32_t>(forest.feature[i]) | missing_right,
            {forest.children_left[i], forest.children_right[i]}};
}

}  // namespace

WalkForest::WalkForest(const Forest& forest)
    : nodes(Buffer<WalkNode>::uninitialized(forest.n_nodes())), tree_offsets(forest.tree_offsets) {
    for (Index t = 0; t < forest.n_trees(); ++t) {
        for (Index i = tree_offsets[t]; i < tree_offsets[t + 1]; ++i) {
            nodes[i] = walk_node(forest, i, static_cast<std::int32_t>(i - tree_offsets[t]));
        }
    }
}

RowBlock::RowBlock(const FeatureRows& rows, Index begin, Index end)
    : data_(rows.dense_rows(begin)), rows_(end - begin), cols_(rows.cols()) {
    if (data_) return;
    copy_.resize(static_cast<std::size_t>(rows_ * cols_));
    rows.read_rows(begin, end, copy_.data());
    data_ = copy_.data();
}

void walk_tree(const WalkNode* tree, const RowBlock& block, std::int32_t* leaf) {
    PLANTWRIGHT_KERNELS(kWalkKernels).walk(tree, block.data(), block.rows(), block.cols(), leaf);
}

void walk_row(const WalkForest& forest, const float* row, std::int32_t* leaf) {
    const Index n_trees = forest.tree_offsets.size() - 1;
    PLANTWRIGHT_KERNELS(kWalkKernels).walk_row(forest.nodes.data(), forest.tree_offsets.data(), n_trees, row, leaf);
}

}  // namespace plantwright
