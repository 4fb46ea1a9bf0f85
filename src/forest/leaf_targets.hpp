// SPDX-License-Identifier: MIT
/// The targets of every leaf: found by sending the training rows down the trees, joined, cut; and where the leaves of a
/// forest stand.
#pragma once

#include <bit>
#include <vector>

#include "forest/feature_rows.hpp"
#include "plantwright/forest/leaf_targets.hpp"

namespace plantwright {

/// Numbers the leaves of all trees in the order of their places; one bit and a half a node.
class LeafNumbers {
public:
    LeafNumbers() = default;
    explicit LeafNumbers(const CompactForest& forest);

    /// Of the leaf at a place.
    Index operator[](Index place) const {
        const auto at = static_cast<std::size_t>(place / 64);
        const std::uint64_t before = bits_[at] & ((std::uint64_t{1} << (place % 64)) - 1);
        return static_cast<Index>(before_[at]) + std::popcount(before);
    }

private:
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint32_t> before_;  // leaves before each word of bits
};

/// Of the rows that the forest was grown on; y and `row_weight` (empty: all 1) are `(n_rows,)`. The result does not
/// depend on `n_threads`.
LeafTargets find_leaf_targets(const CompactForest& forest, const FeatureRows& rows, const Vector& y,
                              const Vector& row_weight, int n_threads);

/// Of forests joined in this order; empty where one of them has none. Where values differ, ranks are counted anew.
LeafTargets merged_targets(const std::vector<const LeafTargets*>& parts);

/// Of trees [first, last) of a forest.
LeafTargets targets_between(const LeafTargets& targets, const CompactForest& forest, Index first, Index last);

}  // namespace plantwright
