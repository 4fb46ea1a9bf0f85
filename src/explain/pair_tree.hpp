// SPDX-License-Identifier: MIT
/// Interventional Shapley values of one tree, a row against a row of the background at a time: for trees whose paths
/// have too many features for tables.
///
/// Only leaves that a mixture of both rows can reach are visited. With a and b the features on the path of which the
/// row alone, and the background alone, passes all splits, a leaf of value v adds v (a - 1)! b! / (a + b)! to each of
/// the first and takes v a! (b - 1)! / (a + b)! from each of the second (Lundberg et al., 2020, algorithm 3). O(visited
/// nodes) a pair; in double; no recursion.
#pragma once

#include <vector>

#include "explain/background.hpp"
#include "explain/split_shares.hpp"

namespace plantwright {

/// Memory of one thread.
struct PairWorkspace {
    enum class Passes : std::uint8_t { both, row, other };
    struct Branch {
        std::uint32_t feature, other_child;
        std::int32_t a, b;  // above the branch
        bool at_other;
    };

    PairWorkspace(Index n_features, Index n_outputs, Index depth);

    std::vector<Passes> passes;    ///< `(n_features,)`: who passes the path's splits; `both` between calls
    std::vector<Branch> branches;  ///< where row and other part ways, above the walk
    std::vector<double> of_row;    ///< `(branches, 2, n_outputs)`: gains and losses below the row's child
    std::vector<double> sum;       ///< `(2, n_outputs)`: of what was visited last
};

/// Immutable.
class PairTree {
public:
    PairTree(const SplitShares& tree, const KeyColumns& columns, std::span<const double> scale);

    Index depth() const { return depth_; }

    /// Adds to `phi (n_features, n_outputs)` what sets the row apart from the other; both as keys by column.
    void add(const std::int32_t* row, const std::int32_t* other, PairWorkspace& work, double* phi) const;
    /// The values of a row's leaf as they are kept: divided by scale, about the tree's mean, `(n_outputs,)`.
    const double* leaf(const std::int32_t* row) const;

private:
    struct Node {
        std::int32_t mask, threshold;
        std::int32_t column;  // -1 at a leaf
        std::uint32_t child;  // the left one; the right one stands behind it. At a leaf, where its values begin
        std::uint32_t feature;
    };

    std::uint32_t descend(std::uint32_t node, const std::int32_t* row, const std::int32_t* other, int& a, int& b,
                          PairWorkspace& work) const;
    void take_leaf(const Node& leaf, int a, int b, PairWorkspace& work) const;
    bool finish_branches(PairWorkspace& work, double* phi) const;
    std::uint32_t chosen(const Node& node, const std::int32_t* keys) const {
        return node.child + ((keys[node.column] & node.mask) > node.threshold ? 1 : 0);
    }

    Index n_outputs_, depth_ = 0;
    std::vector<Node> nodes_;
    std::vector<double> values_;
};

}  // namespace plantwright
