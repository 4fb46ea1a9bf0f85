// SPDX-License-Identifier: MIT
/// Many rows down small trees at once, without a walk: every split asks all rows of a block, and hands on who goes left
/// and who goes right as bytes of ones. Compiled per instruction-set level; all levels give the same numbers.
///
/// (Lucchese et al., "QuickScorer", SIGIR 2015, visits all splits too; here the rows stand in the lanes.) A row's
/// features become codes: the number of thresholds of the feature, at most 254, that lie below the value, so that
/// `x <= threshold k` is `code <= k`. The codes of a feature are two lines: in the first a missing value has the code
/// 255 and goes right everywhere, in the second 0 and goes left. Codes and ranks are kept less 128, as signed bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

inline constexpr int kSlicedRows = 128;        ///< rows of a block, and bytes of a line
inline constexpr int kSlicedThresholds = 254;  ///< of a feature, at most
inline constexpr int kSlicedTable = 256 + 16;  ///< floats of a feature's table
inline constexpr int kSlicedDigits = 4;        ///< bytes of a weight

/// A split. Places are in bytes from the first line of their kind.
struct SlicedSplit {
    std::uint32_t rank;   ///< of the threshold, + 1 - 128 as a signed byte, four times
    std::uint32_t codes;  ///< the line of codes that it asks
    std::uint32_t own;    ///< the line of the rows that come here
    std::uint32_t left;   ///< the line of those that go left; may be `own`
    std::uint32_t right;
};

/// The rows of a line are counted in another one.
struct SlicedLeaf {
    std::uint32_t own, count;
};

/// A few trees side by side, so that one's latencies hide behind the others. Parents come before their children; a line
/// of rows is used again once it is not needed.
struct SlicedTrees {
    int n_trees;               ///< their roots have the lines of rows 1 to n_trees
    const SlicedSplit* inner;  ///< `left` and `right` are lines of rows; line 0 is what nobody asks for
    std::ptrdiff_t n_inner;
    const SlicedSplit* last;  ///< `left` and `right` are leaves: lines of counts; line 0 is what nobody asks for
    std::ptrdiff_t n_last;
    const std::uint32_t* even;  ///< the rows of splits whose leaves need no count
    std::ptrdiff_t n_even;
    const SlicedLeaf* leaves;  ///< other leaves that need one
    std::ptrdiff_t n_leaves;
};

/// For the cost model, in ns a row, on a Zen 3.
struct SlicedCosts {
    double split, code, count;  ///< of a split, of a feature's code, of a line of counts
};

struct SlicedKernels {
    SlicedCosts costs;

    /// The codes of a feature in `n` rows of a block, x[i * stride]: `codes (2, kSlicedRows)`. The table holds the
    /// thresholds in ascending order, infinite ones behind them to 256, then every sixteenth of these. `missing`: some
    /// of the values may be.
    void (*code)(const float* x, std::ptrdiff_t stride, int n, bool missing, const float* table, std::uint8_t* codes);
    void (*code64)(const double* x, std::ptrdiff_t stride, int n, bool missing, const float* table,
                   std::uint8_t* codes);

    /// depth[i] += the splits that row i passes; counts[k][i] += 1 where it ends in a leaf that counts in line k. In
    /// bytes, which must not overflow. `rows (lines, kSlicedRows)` is scratch.
    void (*pass)(const SlicedTrees& trees, const std::uint8_t* codes, std::uint8_t* rows, std::uint8_t* depth,
                 std::uint8_t* counts);

    /// sums[d][i] += sum over k of counts[k][i] * weights[k][d]. All counts of a row together are at most 255.
    void (*weigh)(const std::uint8_t* counts, const std::uint8_t* weights, std::ptrdiff_t n, std::uint16_t* sums);
};

PLANTWRIGHT_DECLARE_KERNELS(SlicedKernels, kSlicedKernels)

}  // namespace plantwright
