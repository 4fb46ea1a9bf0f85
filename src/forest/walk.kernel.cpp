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

std::int32_t walk_one(const WalkNode* tree, const float* row) {
    std::int32_t node = 0;
    for (std::int32_t next = step(tree[0], row); next != node; next = step(tree[node], row)) node = next;
    return node;
}

/// Eight rows in lockstep, so that their cache misses overlap; leaves point at themselves and wait for the others.
constexpr int kLanes = 8;

void walk_lanes(const WalkNode* tree, const float* x, std::ptrdiff_t n_features, std::int32_t* leaf) {
    std::int32_t node[kLanes] = {};
    std::int32_t moved = 1;
    while (moved) {
        moved = 0;
        for (int lane = 0; lane < kLanes; ++lane) {
            const std::int32_t next = step(tree[node[lane]], x + lane * n_features);
            moved |= next ^ node[lane];
            node[lane] = next;
        }
    }
    for (int lane = 0; lane < kLanes; ++lane) leaf[lane] = node[lane];
}

void walk(const WalkNode* tree, const float* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, std::int32_t* leaf) {
    std::ptrdiff_t i = 0;
    for (; i + kLanes <= n_rows; i += kLanes) walk_lanes(tree, x + i * n_features, n_features, leaf + i);
    for (; i < n_rows; ++i) leaf[i] = walk_one(tree, x + i * n_features);
}

}  // namespace

const WalkKernels kWalkKernels = {walk};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
