// SPDX-License-Identifier: MIT
/// All trees of a forest as programs: the engine of path-dependent interaction values (see forest_run.hpp).
#pragma once

#include <memory>
#include <vector>

#include "explain/forest_plan.hpp"
#include "explain/shap_program.hpp"
#include "forest/feature_rows.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

template <class T>
class InteractionForest {
public:
    using Number = T;

    /// Tolerance: see points_needed. `plan` must outlive it.
    InteractionForest(const ExplainedTrees& trees, const ForestPlan& plan, double tolerance, int n_threads);

    /// `(rows, n_features * n_features * n_outputs)`.
    Matrix values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const;

    // ---- as an engine

    struct Workspace {
        explicit Workspace(const InteractionForest& forest);
        Buffer<std::byte> stack;
    };

    const ForestPlan& plan() const { return plan_; }
    Index wide_rows() const;
    TaskLimits task_limits() const { return {wide_rows(), 512}; }
    Index narrow_rows() const { return wide_rows(); }
    Index n_totals() const { return (plan_.n_features + n_pairs()) * plan_.n_outputs; }
    std::span<const Index> targets(const ForestChunk& chunk) const {
        return targets_[static_cast<std::size_t>(&chunk - plan_.chunks.data())];
    }
    void run(Index tree, BlockRows rows, const std::int32_t* keys, T* sums, Workspace& workspace) const;
    void write(const double* total, Index stride, double* out) const;

private:
    Index n_pairs() const { return plan_.n_features * (plan_.n_features - 1) / 2; }
    Index total_of(Index feature_or_pair, Index output) const { return feature_or_pair * plan_.n_outputs + output; }
    std::vector<Index> targets_of(const ForestChunk& chunk) const;
    void write_output(const double* total, Index stride, Index output, double* out) const;

    const ForestPlan& plan_;
    std::vector<std::vector<Index>> targets_;                 // by chunk
    std::vector<Index> n_local_features_;                     // by tree
    std::vector<ShapProgram<T>> programs_;                    // by tree
    std::vector<std::unique_ptr<const TypedRule<T>>> rules_;  // by number of points
};

}  // namespace plantwright
