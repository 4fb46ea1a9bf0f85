// SPDX-License-Identifier: MIT
/// Grows one tree with any split finder: depth first, or best first where the number of leaves is limited.
///
/// A node stays a leaf where its impurity is 0, it holds fewer than min_samples_split or 2 min_samples_leaf rows or
/// less than twice the least weight of a leaf, it lies at max_depth, no split is found, or the split decreases impurity
/// by less than min_impurity_decrease. No recursion: depth costs memory only.
#pragma once

#include <vector>

#include "forest/grown_tree.hpp"
#include "forest/node_values.hpp"
#include "forest/training.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

class TreeGrower final : public Grower {
public:
    TreeGrower(const Target& target, const GrowSettings& settings, std::unique_ptr<SplitFinder> finder,
               ProgressMonitor& monitor)
        : settings_(settings), finder_(std::move(finder)), monitor_(monitor), target_(target), values_(target),
          n_outputs_(static_cast<std::size_t>(target.n_outputs)) {}

    GrownTree& grow(TreeSample& sample, std::uint64_t key) override;

private:
    struct Pending {
        NodeRange range;
        int depth = 0;
        std::int32_t parent = kNoParent;
        bool is_left = false;
    };
    struct Candidate {  // a node that can be split, and its best split (already applied to the row order)
        double improvement;
        std::int32_t node;
        Pending at;
        Index n_left;
        Split split;
        bool operator<(const Candidate& other) const;  // for a heap whose top improves most, then came first
    };
    static constexpr std::int32_t kNoParent = -1;

    void grow_depth_first(Pending root);
    void grow_best_first(Pending root);
    std::int32_t add_node(const Pending& pending);
    void set_split(std::int32_t node, const Split& split);
    bool must_be_leaf(std::int32_t node, const Pending& pending) const;
    bool try_split(std::int32_t node, const Pending& pending, Candidate& candidate);
    void push_candidate(const Pending& pending, std::vector<Candidate>& heap);
    double improvement(std::int32_t node, const NodeRange& range, Index n_left);
    void keep_within_bounds(const NodeRange& range, double* value) const;
    int direction_of(const Split& split) const;
    Pending left_child(const Candidate& candidate) const;
    Pending right_child(const Candidate& candidate) const;
    std::span<const RowId> rows_of(const NodeRange& range) const;

    GrowSettings settings_;
    std::unique_ptr<SplitFinder> finder_;
    ProgressMonitor& monitor_;
    const Target& target_;
    NodeValues values_;
    std::size_t n_outputs_;
    TreeSample* sample_ = nullptr;
    GrownTree tree_;
    SplitLevels levels_;
};

}  // namespace plantwright
