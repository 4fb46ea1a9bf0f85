// SPDX-License-Identifier: MIT
/// Isolation trees whose nodes cut by random hyperplanes, of a few features each.
///
///     z(x) = sum over the node's features j of a_j (x_j - m_j),      left where z(x) <= t,
///     a_j = g_j / s_j,     g_j ~ N(0, 1),     t uniform between the least and the largest z of the node's rows
///
/// m_j and s_j are mean and standard deviation of the node's rows; a missing x_j counts as m_j. The features are `ndim`
/// of those that vary in the node, or all where fewer do (Hariri, Carrasco Kind & Brunner, "Extended isolation forest",
/// IEEE TKDE 33, 2021). We deviate from the paper as isotree does: normals are divided by s_j, so that units do not
/// matter, and t is drawn between projections, so that no side is empty, instead of through a point of the bounding
/// box.
///
/// Walks are O(rows * trees * depth * ndim) in double precision, in a fixed order: the same bits everywhere.
#pragma once

#include <optional>
#include <span>

#include "plantwright/core/shared_array.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

class FeatureRows;  // src/forest: any input seen as rows of float32

/// Nodes of a tree are numbered level by level, siblings together. A node is a 64-bit word: the distance to its left
/// child (0: a leaf) in the upper half, below it the number of its plane in the tree, or the bits of a leaf's float32
/// value. Immutable once valid; copies share memory; may be shared by threads.
class PLANTWRIGHT_API HyperplaneForest {
public:
    Index n_trees() const { return tree_begin.empty() ? 0 : tree_begin.size() - 1; }
    Index n_nodes() const { return nodes.size(); }
    Index n_planes() const { return threshold.size(); }

    /// The mean over trees of the leaf values, `(rows,)`.
    Vector mean_value(const FeatureRows& rows, std::optional<int> n_jobs) const;
    /// Of one row; allocates nothing.
    double mean_of_one(std::span<const float> row) const;
    double mean_of_one(std::span<const double> row) const;
    Table<std::int32_t> apply(const FeatureRows& rows, std::optional<int> n_jobs) const;  ///< leaf ids, `(rows, trees)`

    HyperplaneForest subset(Index first, Index last) const;  ///< trees [first, last)
    /// All trees, forest after forest; features and ndim agree.
    static HyperplaneForest merge(std::span<const HyperplaneForest* const> forests);

    /// Throws CorruptModel unless the walks can trust every number.
    void validate() const;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, n_features, ndim, tree_begin, nodes, n_node_samples);
        io::members(archive, feature, coefficient, mean, threshold);
    }

    std::int64_t n_features = 0;
    std::int64_t ndim = 0;                 ///< terms of a plane
    SharedArray<std::int64_t> tree_begin;  ///< `(n_trees + 1,)`: tree i owns nodes [tree_begin[i], tree_begin[i + 1])
    SharedArray<std::uint64_t> nodes;      ///< `(n_nodes,)`
    SharedArray<std::uint32_t> n_node_samples;  ///< `(n_nodes,)`
    SharedArray<std::int32_t> feature;          ///< `(n_planes, ndim)`, planes in the order of the nodes
    SharedArray<float> coefficient;             ///< the same; 0 where a plane has fewer terms
    SharedArray<float> mean;                    ///< the same
    SharedArray<double> threshold;              ///< `(n_planes,)`
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::HyperplaneForest, 1)
