// SPDX-License-Identifier: MIT
#include "forest/walk_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr std::uint32_t kMissingRight = 0x80000000u;

/// Branch-free: a comparison with NaN is false, so that the flag alone sends a missing value right.
inline std::int32_t step(const WalkNode& node, const float* row) {
    const float x = row[node.feature & ~kMissingRight];
    const bool above = x > node.threshold;
    const bool missing_right = (x != x) & (node.feature >= kMissingRight);
    return node.child[above | missing_right];
}

/// Sixteen walks in lockstep, so that their cache misses overlap; leaves point at themselves and wait for the others.
constexpr int kLanes = 16;

/// Lane k walks `row[k]` down `tree[k]`, for the first `n` lanes.
template <bool kFull>
void walk_lanes(const WalkNode* const* tree, const float* const* row, int n, std::int32_t* leaf) {
    const int lanes = kFull ? kLanes : n;
    std::int32_t node[kLanes] = {};
    std::int32_t moved = 1;
    while (moved) {
        moved = 0;
        for (int lane = 0; lane < lanes; ++lane) {
            const std::int32_t next = step(tree[lane][node[lane]], row[lane]);
            moved |= next ^ node[lane];
            node[lane] = next;
        }
    }
    for (int lane = 0; lane < lanes; ++lane) leaf[lane] = node[lane];
}

void walk_some(const WalkNode* const* tree, const float* const* row, std::ptrdiff_t n, std::int32_t* leaf) {
    if (n >= kLanes)
        walk_lanes<true>(tree, row, kLanes, leaf);
    else
        walk_lanes<false>(tree, row, static_cast<int>(n), leaf);
}

void walk(const WalkNode* tree, const float* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, std::int32_t* leaf) {
    const WalkNode* trees[kLanes];
    const float* rows[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) trees[lane] = tree;
    for (std::ptrdiff_t i = 0; i < n_rows; i += kLanes) {
        for (std::ptrdiff_t lane = 0; lane < kLanes && i + lane < n_rows; ++lane)
            rows[lane] = x + (i + lane) * n_features;
        walk_some(trees, rows, n_rows - i, leaf + i);
    }
}

void walk_row(const WalkNode* nodes, const std::int64_t* tree_offsets, std::ptrdiff_t n_trees, const float* row,
              std::int32_t* leaf) {
    const WalkNode* trees[kLanes];
    const float* rows[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) rows[lane] = row;
    for (std::ptrdiff_t t = 0; t < n_trees; t += kLanes) {
        for (std::ptrdiff_t lane = 0; lane < kLanes && t + lane < n_trees; ++lane)
            trees[lane] = nodes + tree_offsets[t + lane];
        walk_some(trees, rows, n_trees - t, leaf + t);
    }
}

}  // namespace

const WalkKernels kWalkKernels = {walk, walk_row};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
