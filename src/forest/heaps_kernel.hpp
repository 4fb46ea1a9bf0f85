// SPDX-License-Identifier: MIT
/// Many rows down trees of at most eight levels, without a walk for most of the way: the splits of the top levels ask
/// all rows of a group at once, the lower levels are looked up. Compiled per instruction-set level; all levels give the
/// same leaves.
///
/// A tree is completed to a heap: node c has the children 2c and 2c + 1, the root is node 1, and splits that the tree
/// does not have send every row left. A row's features become codes of 15 bits: the number of the feature's thresholds
/// in the whole forest that lie below the value, so that `x <= threshold k` is `code <= k`. 32 rows are a group, the 32
/// codes of a feature a line; a missing value goes right everywhere in one line of its feature and left in another.
///
/// Sliced: with the split of node c as a mask of lanes that go left, the place below it is `mask ? place below 2c :
/// place below 2c + 1`, from the bottom up; no row is followed, and no split waits for another one. Lower down, where
/// splits are many, rows are followed again: with AVX-512 a level's splits lie in registers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"
#include "forest/walk_kernel.hpp"

namespace plantwright {

inline constexpr int kHeapRows = 32;  ///< of a group, and codes of a line
inline constexpr int kHeapLevels = 8;
inline constexpr int kHeapNodes = 1 << kHeapLevels;
inline constexpr int kHeapTop = 6;                      ///< levels that are sliced, at most
inline constexpr std::uint16_t kEveryoneLeft = 0x7FFF;  ///< above all codes of values: the rank of no threshold
inline constexpr int kHeapThresholds = 0x7FFE;          ///< of a feature, at most
inline constexpr int kHeapLines = 512;                  ///< of a group, at most: 32 kB

/// One tree. `top`, `rank` and `line` are by node; a line's place is in bytes from the group's first.
struct alignas(64) SlicedHeap {
    std::uint32_t top[1 << kHeapTop];  ///< rank + 1 (or kEveryoneLeft) twice: what goes left is below it
    std::uint16_t rank[kHeapNodes];    ///< what goes right is above it
    std::uint16_t line[kHeapNodes];
    std::uint32_t payload[kHeapNodes];  ///< of the leaves, from left to right
    std::int32_t depth;                 ///< 0: a leaf alone
};

/// A feature that is split by.
struct CodedFeature {
    const std::uint32_t* thresholds;  ///< a heap: keys in order (walk_kernel.hpp), the highest key behind them
    std::uint32_t levels;             ///< of that heap
    std::uint32_t slot;               ///< of the rows' keys, with missing as the highest one
    std::uint32_t right, left;        ///< lines by which missing values go right, or left; may be one, which is `right`
};

/// For the cost model, in ns a row.
struct HeapCosts {
    double tree[kHeapLevels + 1];  ///< by depth
    double code;                   ///< of a feature, a level of its thresholds' heap
    double feature;                ///< what it takes beside its levels
};

struct HeapKernels {
    HeapCosts costs;

    /// The lines of rows [0, rows.n_rows) in groups: `codes (groups, n_lines, kHeapRows)`.
    void (*code)(const KeyRows& rows, const CodedFeature* features, std::ptrdiff_t n_features, std::ptrdiff_t n_lines,
                 std::uint16_t* codes);

    /// `payload (n_groups, kHeapRows)` of the leaves that the rows reach.
    void (*leaves)(const SlicedHeap& heap, const std::uint16_t* codes, std::ptrdiff_t n_groups, std::ptrdiff_t n_lines,
                   std::uint32_t* payload);
};

PLANTWRIGHT_DECLARE_KERNELS(HeapKernels, kHeapKernels)

}  // namespace plantwright
