// SPDX-License-Identifier: MIT
/// Kernels of the fast splitter over packed sums, compiled per instruction-set level; integers and elementwise doubles
/// only, so that every level gives the same bits.
///
/// A packed sum holds the weight above `shift` bits and the quantised target below (see packed_target.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// The present codes of a feature in a node.
struct CodeRange {
    std::uint32_t low;
    std::uint32_t high;  ///< low > high where all are missing
    std::uint32_t n_missing;
};

/// What a scan needs to know of a node, and the limits of its leaves.
struct PackedNode {
    std::uint64_t total;
    int shift;
    std::uint32_t n_rows;
    std::uint32_t min_samples_leaf;
    double min_weight_leaf;
};

/// Codes of a node's rows by feature: `table[slot[i] * stride + feature]` and their packed sums.
template <class Code>
struct NodeCodes {
    const Code* table;
    std::ptrdiff_t stride;
    const std::uint32_t* slot;
    const std::uint64_t* packed;
};

/// The best parting of a node so far: present codes up to `left` on the left; `right` is the next code of the node, or
/// the missing code where present parts from missing.
struct PackedParting {
    double gain;
    std::int32_t feature;
    std::uint32_t left, right;
    std::uint32_t n_left_present;
    std::uint32_t n_missing;
    std::uint32_t missing_go_left;
};

/// The arrays of a sample that move together when a node is parted, from the node's first row on.
struct MovingRows {
    std::uint32_t* row;
    std::uint32_t* slot;
    std::uint64_t* packed;
};

struct PackedKernels {
    /// codes[i] = table[slot[i] * stride]; n >= 1.
    CodeRange (*gather16)(const std::uint16_t* table, std::ptrdiff_t stride, const std::uint32_t* slot,
                          std::ptrdiff_t n, std::uint16_t* codes);
    CodeRange (*gather32)(const std::uint32_t* table, std::ptrdiff_t stride, const std::uint32_t* slot,
                          std::ptrdiff_t n, std::uint32_t* codes);

    /// bins[(code - low) >> bits] += packed; missing codes go to bins[missing_bin].
    void (*histogram16)(const std::uint16_t* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low,
                        int bits, std::uint32_t missing_bin, std::uint64_t* bins);
    void (*histogram32)(const std::uint32_t* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low,
                        int bits, std::uint32_t missing_bin, std::uint64_t* bins);

    /// Improves `best` by the partings of each feature in turn, ascending, missing right before left; of equal gains
    /// the first stays. For nodes of at most kSmallNode rows. Returns how many of the features vary in the node.
    std::ptrdiff_t (*search16)(const PackedNode& node, const NodeCodes<std::uint16_t>& codes,
                               const std::int32_t* features, std::ptrdiff_t n_features, PackedParting& best);
    std::ptrdiff_t (*search32)(const PackedNode& node, const NodeCodes<std::uint32_t>& codes,
                               const std::int32_t* features, std::ptrdiff_t n_features, PackedParting& best);

    /// Stable partition: rows whose code is below `bound` first (missing ones if `missing_left`). `scratch` holds n of
    /// each.
    std::ptrdiff_t (*partition16)(const std::uint16_t* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left,
                                  MovingRows rows, MovingRows scratch);
    std::ptrdiff_t (*partition32)(const std::uint32_t* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left,
                                  MovingRows rows, MovingRows scratch);
};

PLANTWRIGHT_DECLARE_KERNELS(PackedKernels, kPackedKernels)

inline constexpr std::ptrdiff_t kSmallNode = 128;  ///< the most rows that the small-node kernels take

}  // namespace plantwright
