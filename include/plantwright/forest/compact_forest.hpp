// SPDX-License-Identifier: MIT
/// The trees of a fitted forest as they are kept in memory, walked and saved: 8 bytes a node.
///
/// A node is a little-endian 64-bit word
///
///     bits 0-31            inner: the threshold as an integer key in the order of the floats; leaf: its payload
///     next `slot_bits`     inner: where a row's key of the feature stands (below); leaf: 0
///     the rest             inner: distance in nodes to the left child, whose right sibling follows it; leaf: 0
///
/// so that one step of a walk is `node += distance + (key < row_key[slot])` and a leaf stays where it is. `slot_bits`
/// is 8 where the features allow it, else as many as they need; where slot and distance do not fit 32 bits, nodes are
/// `wide`: two words, key | slot << 32 and the distance in nodes.
///
/// A row's keys: slot 0 holds 0, slot 1 + j feature j with a missing value as the highest key, slot 1 + j + half (half
/// is the least power of two above the number of features) feature j with a missing value as the lowest; so a node's
/// slot says where missing values go. Both zeros are one key.
///
/// A tree begins at an even place with a word of zeros, so that siblings share 16 bytes; then the root, then pairs of
/// siblings, depth first, the child of more rows first. Node k of a tree is the word (wide: pair of words) k + 1.
///
/// Categories (version 2): where some features are (`n_levels` above 0), slots have one bit more, the highest, which
/// tells a split of a category from one of a number, and a row has the key of a category's level. Up to 30 levels stand
/// in slot 1 + j and the node holds a mask of them; more, in slot 1 + j + half, and the node holds where its set begins
/// in `level_sets`. Masks, sets and keys are described in src/forest/level_sets.hpp; a step there is `node += distance
/// + ((mask & row_key[slot]) != 0)`.
///
/// Payloads: with one output the bits of a float32 v; the value is base + scale v. With several, k < n_outputs is the
/// k-th unit vector (a pure leaf of a classification), and n_outputs + r is row r of `leaf_table`.
///
/// Statistics are kept of the leaves, in their order, and of inner nodes where they do not follow
/// (InnerStatistics::stored): n_inner more elements after those of the leaves. About 12 to 16 bytes a node in memory
/// and in the file.
///
/// The format is closed: versions 1 and 2 of this class load for ever. Later parts (ranks of training rows for
/// quantiles, ...) come as further members under a higher version.
#pragma once

#include <boost/serialization/version.hpp>

#include "plantwright/core/shared_array.hpp"
#include "plantwright/forest/forest.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

/// See the head of this file. Immutable; copies share memory; may be shared by threads.
class PLANTWRIGHT_API CompactForest {
public:
    CompactForest() = default;
    /// Of a valid forest. Nodes are numbered anew; leaf values are rounded to what is kept, and inner statistics
    /// derived.
    explicit CompactForest(const Forest& forest);

    Index n_trees() const { return tree_begin.empty() ? 0 : tree_begin.size() - 1; }
    Index n_nodes() const { return n_places() - n_trees(); }
    Index n_nodes(Index tree) const { return static_cast<Index>(tree_begin[tree + 1] - tree_begin[tree]) - 1; }
    Index n_leaves() const { return n_places() / 2; }
    Index n_places() const { return tree_begin.empty() ? 0 : static_cast<Index>(tree_begin[n_trees()]); }
    Index words_per_node() const { return slot_bits == 0 ? 2 : 1; }
    bool wide() const { return slot_bits == 0; }
    bool has_categories() const { return !n_levels.empty(); }

    TreeView tree(Index i) const;  ///< with its own memory; throws InvalidArgument
    Forest to_forest() const;

    /// Mean decrease in impurity of each feature, `(n_features,)`: per tree normalised to sum 1, averaged, normalised.
    Vector feature_importances() const;

    /// Throws CorruptModel unless the walks and `tree` can trust every number.
    void validate() const;

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, n_features, n_outputs, base, scale, inner_statistics, slot_bits, tree_begin, nodes);
        io::members(archive, leaf_table, n_node_samples, whole_weight, weight, impurity, inner_value);
        if constexpr (Archive::is_loading::value) n_levels = {}, level_sets = {};
        if (version >= 2) io::members(archive, n_levels, level_sets);
    }

    std::int64_t n_features = 0;
    std::int64_t n_outputs = 1;
    double base = 0, scale = 1;
    InnerStatistics inner_statistics = InnerStatistics::stored;
    std::uint8_t slot_bits = 8;            ///< 0: wide
    SharedArray<std::int64_t> tree_begin;  ///< `(n_trees + 1,)`: the place of each tree's word of zeros
    SharedArray<std::uint64_t> nodes;      ///< `(n_places * words_per_node,)`
    SharedArray<double> leaf_table;        ///< `(n_rows, n_outputs)`
    SharedArray<std::uint32_t> n_node_samples;
    SharedArray<std::uint32_t> whole_weight;  ///< empty where weights equal n_node_samples, or are fractional
    SharedArray<double> weight;               ///< empty unless fractional
    SharedArray<double> impurity;             ///< empty where it is 0 everywhere, or follows from class fractions
    SharedArray<double> inner_value;          ///< stored statistics: `(n_inner, n_outputs)`
    SharedArray<std::int32_t> n_levels;       ///< `(n_features,)`, 0 for a number; empty where all are numbers
    SharedArray<std::uint32_t> level_sets;    ///< of splits of categories of many levels, in the order of the nodes
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::CompactForest, 2)
