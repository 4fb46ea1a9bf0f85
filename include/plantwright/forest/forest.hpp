// SPDX-License-Identifier: MIT
/// The trees of a forest as plain arrays, concatenated over all trees.
///
/// Nodes of a tree are numbered from 0 (the root), children after their parents. A row goes left where
/// `x[feature] <= threshold`, and where x is missing, if `missing_go_left`. Features are compared as float32. A
/// threshold of +infinity parts missing (right) from present (left). At leaves feature is -2 and both children are -1.
///
/// A feature with `n_levels` above 0 is a category: its values are the numbers of its levels, 0 .. n_levels - 1, and it
/// is split by a list of levels. Those go left; every other value (a level that the node did not see, a number that is
/// no level's) goes right, missing ones by `missing_go_left`. The threshold of such a node is 0. By threshold a
/// category is split only as present | missing.
///
/// This is how forests are grown, imported, merged and looked at; what a model keeps and walks is `CompactForest`,
/// which makes these arrays on demand. About 45 bytes a node, plus 8 an output.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

inline constexpr std::int32_t kLeafFeature = -2;
inline constexpr std::int32_t kNoChild = -1;
inline constexpr std::int32_t kMostLevels = 65'535;  ///< of a category that is split by lists of levels
inline constexpr int kMaxTreeDepth = 65'535;         ///< deeper nodes become leaves; a deeper tree in a file is corrupt

/// How weight, rows, value and impurity of inner nodes follow from the leaves below; the numbers are part of the file
/// format.
enum class InnerStatistics : std::uint8_t {
    stored = 0,         ///< they do not follow (absolute_error, poisson, some imports): kept as given
    squared_error = 1,  ///< weighted mean, and the variance about it (of several outputs the mean variance)
    gini = 2,           ///< class fractions, and 1 - sum_k p_k^2
    entropy = 3,        ///< class fractions, and -sum_k p_k log p_k
};

/// One tree; every array is `(n_nodes,)`. A fitted model makes it with memory of its own; a `Forest` shows its arrays,
/// and must outlive it.
struct TreeView {
    std::span<const std::int32_t> feature;
    std::span<const float> threshold;
    std::span<const std::int32_t> children_left;
    std::span<const std::int32_t> children_right;
    std::span<const std::uint8_t> missing_go_left;
    std::span<const std::int32_t> n_node_samples;     ///< distinct training rows
    std::span<const double> weighted_n_node_samples;  ///< the sum of their weights
    std::span<const double> impurity;
    ConstMatrixView value;  ///< `(n_nodes, n_outputs)`: means, medians or class fractions
    /// Node k sends `levels[level_offsets[k] .. level_offsets[k + 1])` to the left; empty where nothing is split so.
    std::span<const std::int64_t> level_offsets = {};  ///< `(n_nodes + 1,)`
    std::span<const std::uint16_t> levels = {};        ///< ascending within a node
    std::shared_ptr<const void> owner = {};            ///< of the memory, where it is the tree's own

    Index n_nodes() const { return static_cast<Index>(feature.size()); }
    bool is_leaf(Index node) const { return children_left[static_cast<std::size_t>(node)] == kNoChild; }
    /// The levels that a split of a category sends to the left; none at other nodes.
    std::span<const std::uint16_t> levels_left(Index node) const {
        if (level_offsets.empty()) return {};
        const auto k = static_cast<std::size_t>(node), begin = static_cast<std::size_t>(level_offsets[k]);
        return levels.subspan(begin, static_cast<std::size_t>(level_offsets[k + 1]) - begin);
    }
    /// Whether a row goes left at an inner node, x being its value of the node's feature.
    bool goes_left(Index node, float x) const {
        const auto k = static_cast<std::size_t>(node);
        if (x != x) return missing_go_left[k] != 0;
        const std::span<const std::uint16_t> left = levels_left(node);
        if (left.empty()) return x <= threshold[k];
        const auto at_least = [](std::uint16_t level, float value) { return static_cast<float>(level) < value; };
        const auto found = std::lower_bound(left.begin(), left.end(), x, at_least);
        return found != left.end() && static_cast<float>(*found) == x;
    }
};

/// See the head of this file.
class PLANTWRIGHT_API Forest {
public:
    Index n_trees() const { return tree_offsets.empty() ? 0 : tree_offsets.size() - 1; }
    Index n_nodes() const { return feature.size(); }
    TreeView tree(Index i) const;

    /// Throws CorruptModel unless every tree is one: sizes agree, children come after parents and each node is reached
    /// exactly once, features are in range, thresholds finite (or +inf with missing to the right), values finite.
    void validate() const;

    std::int64_t n_features = 0;
    std::int64_t n_outputs = 1;  ///< numbers a row, or the number of classes
    InnerStatistics inner_statistics = InnerStatistics::stored;
    /// With one output a leaf's value is kept as `base + scale * v` with v a float32: base is 0 unless the targets'
    /// range is small beside them, scale (a power of two) 1 unless they are beyond float32. With several outputs they
    /// are 0 and 1.
    double base = 0, scale = 1;
    Buffer<std::int64_t> tree_offsets;  ///< `(n_trees + 1,)`: tree i owns nodes [tree_offsets[i], tree_offsets[i + 1])
    Buffer<std::int32_t> feature;
    Buffer<float> threshold;
    Buffer<std::int32_t> children_left, children_right;  ///< within the tree
    Buffer<std::uint8_t> missing_go_left;
    Buffer<std::int32_t> n_node_samples;
    Vector weighted_n_node_samples;
    Vector impurity;
    Vector value;                        ///< `(n_nodes, n_outputs)`, row-major
    Buffer<std::int32_t> n_levels;       ///< `(n_features,)`, 0 for a number; empty where all are numbers
    Buffer<std::int64_t> level_offsets;  ///< `(n_nodes + 1,)` into `levels`, or empty: see TreeView
    Buffer<std::uint16_t> levels;
};

}  // namespace plantwright
