// SPDX-License-Identifier: MIT
/// A tree while it grows, and when it is grown.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "forest/node_values.hpp"
#include "forest/training.hpp"

namespace plantwright {

/// A grown tree; the arrays of `Forest`.
struct GrownTree {
    std::vector<std::int32_t> feature, children_left, children_right, n_node_samples;
    std::vector<float> threshold;
    std::vector<std::uint8_t> missing_go_left;
    std::vector<double> weighted_n_node_samples, impurity, value;
    std::vector<std::int64_t> level_offsets;  ///< empty where no split is by levels
    std::vector<std::uint16_t> levels;

    std::size_t n_nodes() const { return feature.size(); }
    std::span<const std::uint16_t> levels_left(std::size_t node) const {
        if (level_offsets.empty()) return {};
        const auto begin = static_cast<std::size_t>(level_offsets[node]);
        return std::span(levels).subspan(begin, static_cast<std::size_t>(level_offsets[node + 1]) - begin);
    }
};

/// The levels that splits send to the left, as they are found.
class SplitLevels {
public:
    void clear();
    void add(std::int32_t node, std::span<const std::uint16_t> levels);
    /// In the order of the nodes.
    void write_to(GrownTree& tree) const;

private:
    struct Piece {
        std::int32_t node;
        std::size_t begin, end;  // of levels_
    };
    std::vector<Piece> pieces_;
    std::vector<std::uint16_t> levels_;
};

/// One grower serves one thread, tree after tree.
class Grower {
public:
    virtual ~Grower() = default;
    /// The tree stays until the next one is grown; the memory serves again.
    virtual GrownTree& grow(TreeSample& sample, std::uint64_t key) = 0;
};

/// Nodes in the order of growth, children after parents; leaves bring their statistics, those of inner nodes are
/// combined from their children's (Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing
/// sample variances", 1979).
class TreeBuilder {
public:
    explicit TreeBuilder(const Target& target)
        : criterion_(target.criterion), is_classification_(target.is_classification()),
          n_outputs_(static_cast<std::size_t>(target.n_outputs)),
          n_averaged_(static_cast<double>(target.n_averaged())) {}

    static constexpr std::int32_t kNoParent = -1;

    void clear();
    std::int32_t add(std::int32_t parent, bool is_left);
    void set_split(std::int32_t node, const Split& split);
    void set_leaf(std::int32_t node, int n_rows, const NodeStatistics& statistics);
    /// A tree that was grown apart, below `parent`.
    void append(const GrownTree& below, std::int32_t parent, bool is_left);
    double* value(std::int32_t node) { return tree_.value.data() + static_cast<std::size_t>(node) * n_outputs_; }

    GrownTree& finish();
    GrownTree release();  ///< unfinished

private:
    void make_room(std::size_t n_nodes);
    void resize_arrays(std::size_t n_nodes);
    void combine_means(std::size_t node);
    void combine_classes(std::size_t node);

    Criterion criterion_;
    bool is_classification_;
    std::size_t n_outputs_;
    double n_averaged_;
    GrownTree tree_;
    SplitLevels levels_;
};

}  // namespace plantwright
