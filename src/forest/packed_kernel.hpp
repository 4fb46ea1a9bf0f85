// SPDX-License-Identifier: MIT
/// Kernels of the fast splitter over packed sums, compiled per instruction-set level; integers and elementwise doubles only,
/// so that every level gives the same bits.
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

/// The best parting of a feature so far: after `position` sorted present rows.
struct PackedParting {
    double gain;
    std::uint32_t position;
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
    CodeRange (*gather16)(const std::uint16_t* table, std::ptrdiff_t stride, const std::uint32_t* slot, std::ptrdiff_t n, std::uint16_t* codes);
    CodeRange (*gather32)(const std::uint32_t* table, std::ptrdiff_t stride, const std::uint32_t* slot, std::ptrdiff_t n, std::uint32_t* codes);

    /// bins[(code - low) >> bits] += packed; missing codes go to bins[missing_bin].
    void (*histogram16)(const std::uint16_t* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low, int bits, std::uint32_t missing_bin, std::uint64_t* bins);
    void (*histogram32)(const std::uint32_t* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low, int bits, std::uint32_t missing_bin, std::uint64_t* bins);

    /// The keys `code << (bits of Code) | i` of n <= kSmallNode rows in ascending order, missing ones last.
    void (*sort_small16)(const std::uint16_t* codes, std::ptrdiff_t n, std::uint32_t* sorted);
    void (*sort_small32)(const std::uint32_t* codes, std::ptrdiff_t n, std::uint64_t* sorted);

    /// Improves `best` by the partings of a sorted feature; of equal gains the first stays. Returns whether it did.
    bool (*scan_small16)(const PackedNode& node, const std::uint32_t* sorted, std::uint32_t n_missing, const std::uint64_t* packed, PackedParting& best);
    bool (*scan_small32)(const PackedNode& node, const std::uint64_t* sorted, std::uint32_t n_missing, const std::uint64_t* packed, PackedParting& best);

    /// Stable partition: rows whose code is below `bound` first (missing ones if `missing_left`). `scratch` holds n of each.
    std::ptrdiff_t (*partition16)(const std::uint16_t* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left, MovingRows rows, MovingRows scratch);
    std::ptrdiff_t (*partition32)(const std::uint32_t* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left, MovingRows rows, MovingRows scratch);
};

PLANTWRIGHT_DECLARE_KERNELS(PackedKernels, kPackedKernels)

inline constexpr std::ptrdiff_t kSmallNode = 128;  ///< the most rows that the small-node kernels take

}  // namespace plantwright
