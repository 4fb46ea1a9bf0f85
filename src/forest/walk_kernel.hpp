// SPDX-License-Identifier: MIT
/// Rows down compact trees, compiled per instruction-set level; see compact_forest.hpp for nodes and keys.
///
/// Three ways to keep many independent walks in flight, so that their latencies overlap. All give the same leaves; sums
/// run in the order of the trees, in double. No gathers: they cost a cycle an element and lose.
///   rows   one tree, 8 rows in lockstep, the next tree on its way into the cache
///   trees  one row, 10 trees in lockstep: few rows, forest in the cache
///   pairs  192 walks (tree, row), each prefetching its next node: few rows, forest beyond the cache
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

inline constexpr std::ptrdiff_t kRowLanes = 8;
inline constexpr std::ptrdiff_t kTreeLanes = 10;

/// Rows as keys, `(n_rows, stride)`. Slots are taken modulo `stride`, a power of two: where no value is missing, a
/// table of the lower half of the slots will do. For row lanes rows are padded to a multiple of kRowLanes.
struct KeyRows {
    const std::uint64_t* nodes;  ///< of the forest; places are counted from here
    const std::uint32_t* keys;
    std::ptrdiff_t n_rows;
    std::uint32_t stride;
    std::uint32_t slot_bits;  ///< of the forest; 0: wide
    const std::uint32_t* level_sets = nullptr;
    std::uint32_t category_half = 0;  ///< where the upper half of the slots begins; 0: the forest has no categories
};

/// What to write of each leaf: its payload, or its node number.
enum class LeafPart : std::uint8_t { payload, node };

struct WalkKernels {
    /// Whether any of n values is NaN.
    bool (*any_missing)(const float* x, std::ptrdiff_t n);
    bool (*any_missing64)(const double* x, std::ptrdiff_t n);

    /// The keys of x `(n_rows, n_features)`; `half` is 0, or where the slots begin in which missing is lowest.
    void (*keys)(const float* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, std::uint32_t* keys,
                 std::uint32_t stride, std::uint32_t half);
    void (*keys64)(const double* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, std::uint32_t* keys,
                   std::uint32_t stride, std::uint32_t half);

    /// One tree, all rows: `leaf (n_rows,)`. Meanwhile fetches the `n_next` bytes at `next`.
    void (*rows)(const KeyRows& rows, std::uint64_t root, const char* next, std::ptrdiff_t n_next, LeafPart part,
                 std::uint32_t* leaf);

    /// sum[i] += the float32 payloads of row i's leaves.
    void (*trees)(const KeyRows& rows, const std::uint64_t* roots, std::ptrdiff_t n_trees, double* sum);

    /// `payload (n_rows, n_trees)`; `trees` and `tree_leaves` take a multiple of kTreeLanes.
    void (*tree_leaves)(const KeyRows& rows, const std::uint64_t* roots, std::ptrdiff_t n_trees,
                        std::uint32_t* payload);
    void (*pairs)(const KeyRows& rows, const std::uint64_t* roots, std::ptrdiff_t n_trees, std::uint32_t* payload);

    /// sum[i] += payload[i] as float32, for n rows of one tree.
    void (*add)(const std::uint32_t* payload, std::ptrdiff_t n, double* sum);

    /// Whether a category's key goes left by a set (src/forest/level_sets.hpp).
    bool (*in_set)(const std::uint32_t* set, std::uint32_t key);
};

PLANTWRIGHT_DECLARE_KERNELS(WalkKernels, kWalkKernels)

}  // namespace plantwright
