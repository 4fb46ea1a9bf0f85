// SPDX-License-Identifier: MIT
/// A tree and a background made into the tables that the kernel of pattern_kernel.hpp looks up.
///
/// With o the row's pattern at a leaf of m path features and value v, p those of the background's n rows, a row of the
/// background counts where it passes what the row does not (p and o together are all bits), and then, with
/// a = |o without p| and b = |p without o|, adds (Lundberg et al., 2020, algorithm 3)
///
///     v / n (a - 1)! b! / (a + b)!  to features of o without p,    - v / n a! (b - 1)! / (a + b)!  to those of p
///     without o
///
/// Both are integrals over t of t^(a-1) (1-t)^b and t^a (1-t)^(b-1), so with ceil(m / 2) Gauss points all patterns of
/// a leaf take O(2^m m^2) however many rows the background has. Exact up to rounding.
#pragma once

#include <vector>

#include "explain/background.hpp"
#include "explain/pattern_kernel.hpp"
#include "explain/split_shares.hpp"

namespace plantwright {

template <class T>
struct PatternProgram {
    /// The tree has at most kMostPathFeatures on a path. Values are divided by `scale` of each output; `tables` are
    /// filled, and must outlive it: `(n_outputs, pattern_table_size(tree))`.
    PatternProgram(const SplitShares& tree, const KeyColumns& columns, std::size_t set, const Background& background,
                   std::span<const double> scale, std::span<T> tables);

    PatternTree<T> output(Index k) const {
        return {steps.data(), static_cast<Index>(steps.size()), splits.data(), units.data(),
                tables.data() + k * n_table};
    }

    std::vector<PatternStep> steps;
    std::vector<PatternSplit> splits;
    std::vector<PatternUnit> units;
    std::span<T> tables;  ///< `(n_outputs, patterns of all units, kMostPathFeatures)`
    Index n_table = 0;
    Index depth = 0;
    std::vector<double> mean;  ///< `(n_outputs,)`: of the tree's values over the background
};

/// Numbers in the tables of one output of a tree, or -1 where a path has too many features.
Index pattern_table_size(const SplitShares& tree);

}  // namespace plantwright
