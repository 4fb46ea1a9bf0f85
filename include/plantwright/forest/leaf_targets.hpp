// SPDX-License-Identifier: MIT
/// The training targets of every leaf: what a forest keeps beyond its trees to predict quantiles (Meinshausen,
/// "Quantile regression forests", Journal of Machine Learning Research 7, 2006).
///
/// A leaf holds a rank for each training row of positive weight that reaches it, whether the tree's sample drew the row
/// or not: the place of the row's target in `value`, which holds a target once for each weight that it comes with.
/// Ranks of a leaf are in ascending order, leaves in the order of the compact nodes. 2 bytes a row and tree up to
/// 65,536 values, else 4; 4 more a leaf.
#pragma once

#include <span>

#include "plantwright/core/shared_array.hpp"
#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// See the head of this file. Immutable; copies share memory; may be shared by threads.
class PLANTWRIGHT_API LeafTargets {
public:
    bool empty() const { return tree_begin.empty(); }
    Index n_ranks() const { return narrow_rank.size() + rank.size(); }  ///< of all leaves
    std::uint32_t rank_at(Index i) const { return rank.empty() ? narrow_rank[i] : rank[i]; }

    /// Throws CorruptModel unless every leaf of the forest has ranks, and every rank a value.
    void validate(const CompactForest& forest) const;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, value, weight, tree_begin, leaf_end, narrow_rank, rank);
    }

    SharedArray<double> value;               ///< ascending
    SharedArray<double> weight;              ///< of each value; empty where all are 1
    SharedArray<std::int64_t> tree_begin;    ///< `(n_trees + 1,)`: the first rank of each tree; empty: nothing is kept
    SharedArray<std::uint32_t> leaf_end;     ///< `(n_leaves,)`: where a leaf's ranks end, from its tree's first one on
    SharedArray<std::uint16_t> narrow_rank;  ///< all ranks where there are at most 65,536 values, else empty
    SharedArray<std::uint32_t> rank;         ///< all ranks where there are more
};

}  // namespace plantwright
