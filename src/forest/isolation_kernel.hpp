// SPDX-License-Identifier: MIT
/// Isolation trees grown level by level on a small table of columns, compiled per instruction-set level.
///
/// Every random draw of a node comes from mix(key + path gamma), where `path` numbers the nodes of a complete tree
/// (root 1, children 2 p and 2 p + 1): the order in which nodes are grown changes nothing. Which rows reach a node
/// matters, their order in it does not. All levels give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// A feature that a tree may split on: where its column stands in the block, and its slot in the forest's nodes, which
/// is one more than its number in the table (compact_forest.hpp).
struct IsolationFeature {
    std::uint32_t column, slot;
};

/// The rows that a tree is grown on: value of row i in column c is `columns[c * stride + i]`; NaN is missing.
struct IsolationRows {
    const float* columns;
    std::ptrdiff_t stride;
    std::uint32_t n_rows;
    bool any_missing;
    const IsolationFeature* features;
    std::uint32_t n_features;
};

/// Rows that will be read for the next tree, to be on their way into the cache while this one is grown: a few at each
/// split, since a burst of them would wait for memory.
struct IsolationNext {
    const char* table = nullptr;
    std::ptrdiff_t row_bytes = 0;
    const std::uint32_t* rows = nullptr;
    std::uint32_t n_rows = 0;
};

/// What the trees of a forest have in common.
struct IsolationLimits {
    std::uint32_t max_depth;
    const double* path_length;  ///< c(n), n = 0 .. n_rows
    std::uint32_t slot_bits;    ///< of the forest; 0: wide nodes
    std::uint32_t half;         ///< added to the slot where missing values go left
};

/// A node that waits to be split: rows [begin, begin + n) of its level; then what was drawn for it, and what its
/// values are.
struct IsolationNode {
    std::uint64_t path, random;
    std::uint32_t begin, n, place;
    std::uint32_t drawn, n_missing;
    float low, high;
};

/// Memory of one thread. For trees of up to S rows.
struct IsolationScratch {
    void* rows[2];  ///< `(S + 16,)` row numbers each, of 16 bits where S <= kIsolationShort, else of 32; zeros
    float* values;  ///< `(S + 16,)`
    IsolationNode* waiting[2];  ///< `(S / 2 + 2,)` each
    std::uint32_t* n_at_place;  ///< `(2 S + 2,)`
    std::uint32_t* varying;     ///< `(n_features,)`
};

/// A tree as CompactForest keeps it; room for 2 S words (wide: 4 S) and S leaves.
struct IsolationTree {
    std::uint64_t* words;
    std::uint32_t* leaf_rows;
    std::uint32_t n_places, n_leaves;
};

inline constexpr std::uint32_t kIsolationShort = 65536;  ///< so many rows have 16-bit numbers

struct IsolationKernels {
    /// Rows `rows[i]` of x `(..., n_columns)` as columns, see IsolationRows. Returns whether all values are finite.
    bool (*copy)(const float* x, std::ptrdiff_t row_stride, const std::uint32_t* rows, std::uint32_t n_rows,
                 std::ptrdiff_t n_columns, float* columns, std::ptrdiff_t stride);
    bool (*copy64)(const double* x, std::ptrdiff_t row_stride, const std::uint32_t* rows, std::uint32_t n_rows,
                   std::ptrdiff_t n_columns, float* columns, std::ptrdiff_t stride);

    void (*fetch)(const IsolationNext& next);
    void (*grow)(const IsolationRows& rows, const IsolationNext& next, const IsolationLimits& limits, std::uint64_t key,
                 const IsolationScratch& scratch, IsolationTree& tree);
};

PLANTWRIGHT_DECLARE_KERNELS(IsolationKernels, kIsolationKernels)

}  // namespace plantwright
