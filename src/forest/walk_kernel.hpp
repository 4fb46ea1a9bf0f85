// SPDX-License-Identifier: MIT
/// Rows down a tree, compiled per instruction-set level.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// A node as the walk reads it: 16 bytes, leaves point at themselves.
struct WalkNode {
    float threshold;
    std::uint32_t feature;  ///< the highest bit: missing goes right
    std::int32_t child[2];  ///< left, right; within the tree
};

struct WalkKernels {
    /// Walks rows `x (n_rows, n_features)` down one tree; writes the leaf of each, `leaf (n_rows,)`.
    void (*walk)(const WalkNode* tree, const float* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features,
                 std::int32_t* leaf);
    /// Walks one row down every tree; tree t begins at `nodes[tree_offsets[t]]`. Writes `leaf (n_trees,)`.
    void (*walk_row)(const WalkNode* nodes, const std::int64_t* tree_offsets, std::ptrdiff_t n_trees, const float* row,
                     std::int32_t* leaf);
};

PLANTWRIGHT_DECLARE_KERNELS(WalkKernels, kWalkKernels)

}  // namespace plantwright
