// SPDX-License-Identifier: MIT
/// From a compact forest to the arrays of a sliced one.
#pragma once

#include <unordered_map>
#include <vector>

#include "forest/compact_nodes.hpp"
#include "forest/sliced_forest.hpp"

namespace plantwright {

/// Takes a few trees at a time, level by level. Used once.
class Slicer {
public:
    Slicer(const CompactForest& forest, SlicedForest& to);

    /// Whether the forest fits.
    bool run();

private:
    /// A split's threshold, until it is known what others there are.
    struct Threshold {
        std::uint64_t feature_and_key;
        std::size_t split;
        bool missing_left;
    };
    struct Waiting {
        const std::uint64_t* node;
        std::uint32_t own;
        std::size_t tree;  ///< of those at hand
    };
    struct Child {
        const std::uint64_t* node;
        NodeParts parts;
        std::uint32_t count = 0;  ///< where its rows are counted, if it is a leaf that needs it

        bool is_leaf() const { return parts.slot == 0; }
        bool is_asked() const { return !is_leaf() || count != 0; }
    };
    struct Sizes {
        Index trees;
        std::size_t inner, last, even, leaves;
    };

    Index end_of_bundle(Index t) const;
    bool add_trees(Index t, Index end);
    int grow(Index t, Index end);
    void start(Index t, Index end);
    void split(const Waiting& waiting, int depth);
    Child child(const std::uint64_t* node, int depth);
    void hand_on(const Child& child, std::uint32_t own, std::size_t tree);
    std::uint32_t units_above(const NodeParts& leaf, int depth);
    std::uint32_t count_of(std::uint32_t units);
    void note_threshold(const NodeParts& parts, std::size_t split, bool is_last);
    bool count_thresholds();
    void add_thresholds();
    void end_group();
    void set_ranks(float* table);
    void set_pointers();

    const CompactForest& forest_;
    NodeFormat nodes_;
    std::uint64_t half_;
    SlicedForest& to_;
    std::vector<SlicedSplit> inner_, last_;               // of the trees at hand
    std::vector<Threshold> new_thresholds_, thresholds_;  // of the trees at hand; of the group before them
    std::vector<int> n_thresholds_;                       // of the group, by feature
    std::vector<Waiting> level_, next_level_;
    std::vector<int> depth_of_tree_;
    std::vector<Sizes> sizes_;
    std::unordered_map<std::uint32_t, std::uint32_t> count_of_;
    std::size_t n_lines_ = 0;
    bool fits_ = true;
    double most_sum_ = 0;
};

}  // namespace plantwright
