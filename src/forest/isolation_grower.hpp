// SPDX-License-Identifier: MIT
/// Isolation trees one by one: rows drawn, copied into a small table of columns, split by the kernels.
#pragma once

#include <memory>
#include <vector>

#include "forest/feature_rows.hpp"
#include "forest/isolation_kernel.hpp"
#include "forest/isolation_sampler.hpp"

namespace plantwright {

/// c(n): the mean depth at which a search among n rows ends in a random binary tree.
double mean_path_length(Index n);

/// Some rows of a table by columns, as isolation trees are grown on them: NaN is missing, nothing is infinite.
class ColumnBlock {
public:
    ColumnBlock() = default;
    ColumnBlock(Index n_rows, Index n_columns);

    /// All columns, or those of `features`. Throws InvalidArgument that names a place of an infinite value.
    void read(const FeatureRows& table, std::span<const RowId> rows, std::span<const std::uint32_t> features);

    const float* columns() const { return columns_.data(); }
    Index stride() const { return stride_; }
    bool any_missing() const { return any_missing_; }

private:
    void look_for_missing(std::span<const RowId> rows, std::span<const std::uint32_t> features);

    Index stride_ = 0;
    Buffer<float> columns_;
    bool any_missing_ = false;
};

/// What the trees of one forest share; see `IsolationGrower`.
class IsolationPlan {
public:
    IsolationPlan(const FeatureRows& table, const IsolationForestOptions& options, const Vector& weight);

    const FeatureRows& table() const { return table_; }
    const IsolationForestOptions& options() const { return options_; }
    const IsolationSampler& sampler() const { return sampler_; }
    Index max_samples() const { return sampler_.max_samples(); }
    /// That a tree may split on, ascending.
    std::vector<std::uint32_t> features(Index tree) const;
    int max_depth() const { return max_depth_; }
    const double* path_length() const { return path_length_.data(); }
    const ColumnBlock* shared_block() const { return shared_.get(); }  ///< where every tree takes the whole table
    std::uint64_t key(Index tree) const;                               ///< of a tree's random draws

private:
    const FeatureRows& table_;
    const IsolationForestOptions& options_;
    IsolationSampler sampler_;
    int max_depth_;
    Vector path_length_;
    std::unique_ptr<ColumnBlock> shared_;
};

/// The rows of a tree, and the features that it may split on.
struct IsolationSample {
    const ColumnBlock* block;
    Index n_rows;
    std::span<const IsolationFeature> features;  ///< slots without missing values: the feature's number + 1
    IsolationNext next;                          ///< what should be fetched meanwhile
};

/// Draws samples for one thread. While one tree is grown the rows of the next are on their way into the cache.
class IsolationDraws {
public:
    explicit IsolationDraws(const IsolationPlan& plan);

    /// Valid until the next one is drawn; `next` is the tree that may come then.
    IsolationSample draw(Index tree, Index next);

private:
    struct Rows {
        Index tree = -1;
        std::vector<RowId> rows;
    };
    void sample(Index tree, Rows& rows);
    IsolationNext next_rows() const;

    const IsolationPlan& plan_;
    RowSet drawn_;
    Rows now_, next_;
    ColumnBlock block_;
    std::vector<std::uint32_t> numbers_;
    std::vector<IsolationFeature> features_;
};

/// Trees with splits by one feature, for one thread.
class IsolationGrower {
public:
    /// `slot_bits` of the nodes; 0: wide.
    IsolationGrower(const IsolationPlan& plan, unsigned slot_bits);

    /// Valid until the next one is grown.
    const IsolationTree& grow(Index tree, Index next);

private:
    const IsolationPlan& plan_;
    IsolationDraws draws_;
    IsolationLimits limits_;
    Buffer<std::byte> rows_[2];
    Buffer<float> values_;
    std::vector<IsolationNode> waiting_[2];
    std::vector<std::uint32_t> n_at_place_, varying_, leaf_rows_;
    std::vector<std::uint64_t> words_;
    IsolationTree tree_ = {};
};

}  // namespace plantwright
