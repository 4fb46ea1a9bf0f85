// SPDX-License-Identifier: MIT
/// Rows through all trees of a compact forest: rows become keys once, then one of three drivers walks
/// (walk_kernel.hpp); or, where it pays, rows go through without a walk (sliced_forest.hpp), or a walk for the last
/// levels alone (sliced_heaps.hpp).
///
/// A prediction is base + scale (sum over trees, in their order and in double, of the leaves' values) / n_trees, the
/// same bits whichever driver walks and however rows are cut into blocks.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "forest/compact_nodes.hpp"
#include "forest/feature_rows.hpp"
#include "forest/level_sets.hpp"
#include "forest/sliced_forest.hpp"
#include "forest/sliced_heaps.hpp"
#include "forest/sliced_on_demand.hpp"
#include "forest/walk_kernel.hpp"
#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// How to walk; `automatic` asks the cost model (predictor.cpp).
enum class WalkDriver { automatic, rows, trees, pairs };

/// What the rows of a forest with categories have in place of the keys of numbers.
class CategoryKeys {
public:
    explicit CategoryKeys(const CompactForest& forest);

    bool empty() const { return columns_.empty(); }
    /// Writes one row's, from x `(n_features,)`.
    template <class T>
    void write(const T* x, std::uint32_t* keys) const {
        for (const Column& c : columns_) keys[c.slot] = category_key(static_cast<float>(x[c.feature]), c.n_levels);
    }

private:
    struct Column {
        Index feature;
        std::uint32_t slot;
        std::int32_t n_levels;
    };
    std::vector<Column> columns_;
};

/// A block of rows as keys; its memory serves block after block.
class KeyBlock {
public:
    explicit KeyBlock(const CompactForest& forest);

    /// Rows [begin, end), padded to a multiple of kRowLanes.
    KeyRows read(const FeatureRows& rows, Index begin, Index end);

private:
    const CompactForest& forest_;
    CategoryKeys categories_;
    std::uint32_t half_;
    std::vector<std::uint32_t> keys_;
    std::vector<float> copy_;
};

/// Shares the forest's memory; immutable; may be shared by threads.
class Predictor {
public:
    explicit Predictor(CompactForest forest);

    const CompactForest& forest() const { return forest_; }

    /// `(rows, n_outputs)`.
    Matrix mean_value(const FeatureRows& rows, std::optional<int> n_jobs,
                      WalkDriver driver = WalkDriver::automatic) const;
    /// The same, by this forest's heaps: what `automatic` does where it pays.
    Matrix mean_by_heaps(const SlicedHeaps& heaps, const FeatureRows& rows, int n_threads) const;
    Table<std::int32_t> apply(const FeatureRows& rows, std::optional<int> n_jobs) const;
    DecisionPath decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const;

    /// One row, `mean (n_outputs,)`. Allocates nothing.
    void mean_of_one(std::span<const float> row, std::span<double> mean) const;
    void mean_of_one(std::span<const double> row, std::span<double> mean) const;

    /// The payload of each row's leaf in one tree, `(rows.n_rows,)`; `next` is fetched meanwhile (or -1).
    void leaves_of_tree(const KeyRows& rows, Index tree, Index next, LeafPart part, std::uint32_t* leaf) const;
    /// Adds a leaf's value, less base and scale, to `sum (n_outputs,)`.
    void add_leaf(std::uint32_t payload, double* sum) const;
    /// base + scale sum / n
    double mean_of_sum(double sum, double n) const { return forest_.base + forest_.scale * (sum / n); }

    void require_features(Index cols) const;  ///< throws InvalidArgument where it is another number
    int threads_worth(Index rows, std::optional<int> n_jobs) const;
    /// What `leaves_of_tree` shall fetch while so many rows go down tree t: the next one, or -1 where it does not pay.
    Index next_of(Index t, Index rows) const;

private:
    WalkDriver choose_driver(Index rows) const;
    Index block_rows(Index rows, int n_threads, WalkDriver driver) const;
    template <class Body>
    void for_each_block(const FeatureRows& rows, int n_threads, Index block, Body&& body) const;
    std::optional<Matrix> mean_without_walks(const FeatureRows& rows, int n_threads) const;
    Matrix mean_by_slices(const SlicedForest& sliced, const FeatureRows& rows, int n_threads) const;
    void add_rows(const KeyRows& keys, Index n_rows, std::vector<std::uint32_t>& leaf, double* sum) const;
    void add_leaves(const std::uint32_t* leaf, Index n_rows, double* sum) const;
    void add_few(KeyRows keys, Index n_rows, WalkDriver driver, double* sum) const;
    void sum_chunk(const KeyRows& keys, Index first, Index n, WalkDriver driver, std::uint32_t* payload,
                   double* sum) const;
    template <class T>
    void one(std::span<const T> row, std::span<double> mean) const;
    template <class T>
    void one_with_many_keys(std::span<const T> row, double* sum) const;
    bool goes_right(const NodeParts& node, bool upper, Index feature, float x) const;

    CompactForest forest_;
    CategoryKeys categories_;
    std::uint32_t half_;
    Index n_bytes_;
    Buffer<std::uint64_t> roots_;  // padded by places of leaves of value 0 to a multiple of kTreeLanes
    SlicedOnDemand<SlicedForest> sliced_;
    SlicedOnDemand<SlicedHeaps> heaps_;
};

}  // namespace plantwright
