// SPDX-License-Identifier: MIT
/// From one grown tree to its compact nodes, and from such trees to a `CompactForest`.
#pragma once

#include <vector>

#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// What the trees of a forest have in common.
struct CompactFormat {
    std::int64_t n_features = 0;
    std::int64_t n_outputs = 1;
    double base = 0, scale = 1;
    InnerStatistics inner_statistics = InnerStatistics::stored;
    std::vector<std::int32_t> n_levels = {};  ///< by feature, 0 for a number; empty where all are numbers

    bool has_categories() const { return !n_levels.empty(); }
    bool operator==(const CompactFormat&) const = default;
};

/// One tree as in CompactForest, rows of its leaf table and words of its level sets counted from 0, statistics of
/// leaves and inner nodes apart.
struct CompactTree {
    bool wide = false;
    std::vector<std::uint64_t> words;  ///< with the word (wide: two) of zeros in front
    std::vector<double> leaf_table;
    std::vector<std::uint32_t> level_sets;
    struct Statistics {
        std::vector<std::uint32_t> n_node_samples;
        std::vector<double> weight;
        std::vector<double> impurity;  ///< empty where all are zero, or follow from the classes
    } leaves, inner;
    std::vector<double> inner_value;
};

/// O(n) for n nodes. The tree must be valid.
CompactTree compact_tree(const TreeView& tree, const CompactFormat& format);
CompactForest join_trees(const CompactFormat& format, std::vector<CompactTree> trees);

CompactFormat format_of(const CompactForest& forest);
/// What `compact_tree` gave: joined again, the trees of a fitted forest have its bits.
CompactTree tree_of(const CompactForest& forest, Index i);

/// The float32 v for which base + scale v is what a leaf of this value is rounded to; v of that is v again.
float leaf_offset(double value, double base, double scale);

/// base and scale for the values of a regression's targets (see Forest).
void choose_base(std::span<const double> targets, double& base, double& scale);
/// The same for a forest of one output from elsewhere, of whose leaf values some are no float32.
void choose_base_of_leaves(Forest& forest);

}  // namespace plantwright
