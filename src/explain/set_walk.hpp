// SPDX-License-Identifier: MIT
/// The mean of interventional Shapley values over all pairs of a row and a row of a reference, through one tree at
/// once.
///
/// At a leaf of value v, a mixture of two rows arrives unless there is a feature of its path that both have failed
/// (row_groups.hpp). With b the features that the row has failed and a those that the other one has,
///
///     each of the a gains v (a - 1)! b! / (a + b)!,     each of the b loses v (b - 1)! a! / (a + b)!
///
/// so that the sum over pairs is one over pairs of *groups* without a failed feature in common: both tables walk down
/// the tree together, groups part where rows do, and those without any partner are left out. O(nodes (rows + reference)
/// + leaves groups^2), where the square is a few instructions for as many groups as a register holds; nothing is kept
/// of the reference. In double; no recursion. Pair by pair (pair_tree.hpp) the same takes O(rows reference visited
/// nodes).
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "explain/background.hpp"
#include "explain/leaf_groups.hpp"
#include "explain/split_shares.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

/// A tree, and the keys of its columns.
struct WalkedTree {
    const SplitShares& tree;
    const KeyColumns& columns;
    std::size_t set;  ///< of the keys
    std::span<const double> scale;
};

/// Whose sums they are: of pairs that all weigh 1.
struct SetSums {
    double* features;  ///< `(n_features, n_outputs)`, by the columns' number of a feature
    double* then;      ///< `(n_outputs,)`: of values of the leaves that the reference's rows reach
};

/// Memory of one thread.
class SetWalk {
public:
    SetWalk(const Background& rows, const Background& reference)
        : rows_(rows), reference_(reference), now_rows_(rows.rows()), then_rows_(reference.rows()) {}

    /// Adds a tree, values divided by scale and about the tree's mean. Its paths must have at most kMostGroupedFeatures
    /// features.
    void add(const WalkedTree& tree, const SetSums& sums, ProgressMonitor& monitor);

private:
    /// A node to be walked, and who arrives there.
    struct Stop {
        Index node = 0;
        int n_features = 0;
        std::array<std::uint32_t, kMostGroupedFeatures> feature = {};  // of each bit
        RowGroups now, then;
    };

    Stop& push();
    void split(const WalkedTree& tree);
    FailedFeatures bit_of(std::uint32_t feature);
    void add_leaf(const WalkedTree& tree, const SetSums& sums);
    double share_out_leaf();
    void share_out_few();
    void share_out(const LeafGroups& of, const LeafGroups& against, int n_features, double sign);

    const Background &rows_, &reference_;
    GroupedRows now_rows_, then_rows_;
    std::vector<std::unique_ptr<Stop>> stops_;  // a stack; those above n_stops_ are memory
    std::size_t n_stops_ = 0;
    std::unique_ptr<Stop> here_ = std::make_unique<Stop>();
    LeafGroups now_, then_;
    std::array<double, kMostGroupedFeatures> part_;  // of a leaf of value 1, by bit
    std::vector<double> weight_, gain_;
};

}  // namespace plantwright
