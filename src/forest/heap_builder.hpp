// SPDX-License-Identifier: MIT
/// From a compact forest to the heaps of a sliced one.
#pragma once

#include <span>
#include <vector>

#include "forest/compact_nodes.hpp"
#include "forest/sliced_heaps.hpp"

namespace plantwright {

/// Used once.
class HeapBuilder {
public:
    HeapBuilder(const CompactForest& forest, SlicedHeaps& to);

    /// Whether the forest fits.
    bool run();

private:
    /// A split, until it is known what other thresholds its feature has.
    struct Split {
        std::uint64_t feature_and_key;
        std::uint32_t tree;
        std::uint16_t node;
        bool missing_left;

        std::uint32_t feature() const { return static_cast<std::uint32_t>(feature_and_key >> 32); }
    };
    /// A node of the tree at hand, and its number in the heap.
    struct Place {
        const std::uint64_t* words;
        std::uint32_t node;
    };
    struct Leaf {
        std::uint32_t node, payload;
    };

    bool take_tree(Index t);
    void take_split(Index t, const Place& place, const NodeParts& parts);
    void put_leaves(SlicedHeap& heap, int depth) const;
    bool take_feature(std::span<const Split> splits);
    std::vector<std::uint32_t> rank(std::span<const Split> splits);
    std::uint32_t next_line() { return static_cast<std::uint32_t>(to_.n_lines_++); }

    const CompactForest& forest_;
    NodeFormat nodes_;
    std::uint64_t half_;
    SlicedHeaps& to_;
    std::vector<Split> splits_;
    std::vector<Place> waiting_;  // of the tree at hand
    std::vector<Leaf> leaves_;    // of the tree at hand
};

}  // namespace plantwright
