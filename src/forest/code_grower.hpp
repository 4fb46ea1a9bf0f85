// SPDX-License-Identifier: MIT
/// Grows trees on rank codes: `splitter = fast`, for squared error, gini and entropy.
///
/// Nodes of more than kSmallNode rows go through histograms, smaller ones through sorting networks, two and three rows
/// by formula. Subtrees of at most kLocalRows rows get a copy of their codes, so that their rows lie together in the
/// cache. Statistics are taken at the leaves, from the unrounded targets, and combined upwards. Deterministic: the
/// draws of a node depend on its place in the tree, sums are of integers or in a fixed order. No recursion.
#pragma once

#include <span>
#include <vector>

#include "forest/grown_tree.hpp"
#include "forest/node_random.hpp"
#include "forest/node_search.hpp"
#include "forest/node_values.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

/// The rows of one tree while it grows, node after node: [begin, end) of both arrays are a node's.
struct GrowingRows {
    const TreeSample* sample = nullptr;
    Buffer<std::uint32_t> slot = {};    ///< the row in the tables, or in a grower's local ones
    Buffer<std::uint64_t> packed = {};  ///< weight and target
};

class CodeGrower final : public Grower {
public:
    struct Pending {
        int begin, end;
        NodeSum total;
        std::uint64_t key;
        int depth;
        std::int32_t parent;
        bool is_left, is_local;

        int size() const { return end - begin; }
    };
    struct Parting {  // codes up to `left` against codes from `right`
        std::int32_t feature = -1;
        std::uint32_t left = 0, right = 0;
        bool missing_go_left = false;
        bool has_missing = false;  // the node holds missing values of the feature
        bool by_bins = false;      // goes_left_ is filled already
        bool by_value = false;     // `threshold` parts values that share a code
        float threshold = 0;
        std::uint32_t levels_begin = 0, levels_end = 0;  // of levels_: a category's that go left; none: by codes
    };
    struct Candidate {  // a node whose best split has been applied to the order of the rows
        double improvement;
        std::int32_t node;
        Pending at;
        Parting parting;
        int n_left;
        NodeSum left_total;
        bool operator<(const Candidate& other) const;  // for a heap whose top improves most, then came first
    };

    CodeGrower(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor);
    GrownTree& grow(TreeSample& sample, std::uint64_t key) override;

    // Node by node, of rows that several growers work on (node_tasks.hpp):
    Pending start(const TreeSample& sample, std::uint64_t key, GrowingRows& rows);
    /// Parts one node's rows; false where it is a leaf. `split_at` must be asked before the next one is parted.
    bool part(GrowingRows& rows, const Pending& node, Candidate& candidate);
    Pending left_child(const Candidate& candidate) const;
    Pending right_child(const Candidate& candidate) const;
    Split split_at(const Parting& parting) const;
    /// The node and all that grows below it; statistics at the leaves alone.
    GrownTree grow_below(GrowingRows& rows, Pending node);

private:
    struct NodeParting {
        std::int32_t node;
        Parting parting;
    };
    struct SingleLeaf {
        std::int32_t node;
        RowId row;
    };

    void attach(GrowingRows& rows);
    void clear();
    void grow_depth_first(Pending root);
    void grow_best_first(Pending root);
    bool grow_tiny(std::int32_t node, const Pending& pending);
    bool grow_three(std::int32_t node, const Pending& pending);
    void grow_pair(std::int32_t node, const Pending& pending);
    int left_first(const Pending& pending, const Parting& parting);
    void add_single(std::int32_t parent, bool is_left, const Pending& pending, int i);
    void set_leaf(std::int32_t node, const Pending& pending);
    void set_single(std::int32_t node, RowId row, std::uint64_t packed);
    bool must_be_leaf(const Pending& pending) const;
    NodeStatistics statistics(const Pending& pending, int begin, int end);
    bool try_split(std::int32_t node, Pending pending, Candidate& candidate);
    void push_candidate(const Pending& pending, std::vector<Candidate>& heap);
    double improvement(const Candidate& candidate);

    void copy_locally(Pending& pending);
    BinTable bins_of(const Pending& pending) const;
    NodeRows rows_of(const Pending& pending) const;
    NodeTotals totals_of(const Pending& pending) const;
    Parting find(const Pending& pending);
    Parting part_two(const Pending& pending);
    Parting part_three(const Pending& pending);
    Parting part_small(const Pending& pending);
    Parting part_few_codes(const Pending& pending);
    Parting part_large(const Pending& pending);
    Parting part_carefully(const Pending& pending);
    Parting part_by_value(const Pending& pending);
    bool search_categories(Split& best);
    Parting better_of(const Pending& pending, const Parting& parting, double gain, const Split& category);
    double gain_of(const NodeRows& rows, const Parting& parting);
    Parting parting_of(const Split& category);
    void decide_levels(const NodeRows& rows, const Parting& parting, int begin, int n);
    RowId row_of(const Pending& pending, int i) const;
    bool goes_left(const Pending& pending, const Parting& parting, int i) const;
    bool varies(const NodeRows& rows, std::int32_t feature) const;
    int partition(const Pending& pending, Parting& parting, NodeSum& left_total);
    int partition_part(const Pending& pending, const Parting& parting, int begin, int n, std::uint64_t& left_sum);
    int join_parts(int begin);
    void swap_neighbours(int begin, int middle, int end);
    bool leaves_enough_rows(int n_left, int n) const;
    void resolve();
    void prefetch(const Parting& parting) const;
    static double weight_of(NodeSum sum) { return static_cast<double>(static_cast<std::int64_t>(sum.weight)); }
    NodeSum sum_of(const std::uint64_t* packed, Index n) const;
    std::span<const std::uint16_t> next_features(Index n);

    const TrainingData& data_;
    const RankCodes& codes_;
    GrowSettings settings_;
    ProgressMonitor& monitor_;
    NodeValues values_;
    FeatureDraws draws_;
    std::unique_ptr<NodeSearch> search_;
    const PartitionKernels& partition_kernels_;
    bool all_exact_;      // no two values share a code
    bool all_present_;    // no value is missing, and none is a category's
    bool has_few_codes_;  // FewCodesKernels take the table
    bool is_free_;        // nothing but purity and depth keeps two rows from parting
    int shift_;
    double min_weight_leaf_ = 0;
    const TreeSample* sample_ = nullptr;
    std::uint32_t* slot_ = nullptr;
    std::uint64_t* packed_ = nullptr;
    TreeBuilder tree_;
    std::vector<Pending> stack_;
    std::vector<NodeParting> partings_;      // resolved together: look-ups far apart, but independent of each other
    std::vector<SingleLeaf> single_leaves_;  // likewise

    GrowingRows own_rows_;
    Buffer<std::uint32_t> scratch_slot_;  // of a part
    Buffer<std::uint64_t> scratch_packed_;
    Buffer<std::uint8_t> goes_left_;
    std::vector<int> n_left_;            // of each part
    Buffer<std::uint16_t> local_codes_;  // `(kLocalRows, stride)`
    Buffer<std::uint8_t> local_bins_;
    std::vector<RowId> local_row_;  // by local slot: the row
    std::vector<RowId> leaf_rows_;
    std::vector<std::uint16_t> drawn_, drawn_categories_;
    std::vector<std::uint64_t> keyed_;
    std::vector<std::uint16_t> levels_;        // of the tree's partings, one after the other
    std::vector<std::uint8_t> level_is_left_;  // by level
};

}  // namespace plantwright
