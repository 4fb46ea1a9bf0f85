// SPDX-License-Identifier: MIT
/// All trees of a forest as programs, and rows through them: path-dependent Shapley values.
///
/// Trees come in *chunks*: a chunk's values are summed in T and then added to sums in double, chunk after chunk, so
/// that rounding does not grow with the forest. Every row goes through the same sums, whatever rows stand beside it.
#pragma once

#include <memory>
#include <vector>

#include "explain/explained_trees.hpp"
#include "explain/shap_program.hpp"
#include "forest/feature_rows.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

/// Trees that are summed together.
struct ShapChunk {
    std::vector<Index> trees;
    Index output = 0;         ///< the first of their outputs
    Index n_outputs = 1;      ///< of each tree
    std::size_t columns = 0;  ///< which ShapColumns they use
};

template <class T>
class ShapForest {
public:
    /// Tolerance: see points_needed.
    ShapForest(const ExplainedTrees& trees, double tolerance, int n_threads);

    /// What the trees add up to where nothing is known of a row, `(n_outputs,)`.
    const Vector& expected() const { return expected_; }
    int most_points() const;

    /// `(rows, n_features * n_outputs)`: feature j's part of output k stands in column j n_outputs + k.
    Matrix values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const;

private:
    class Task;

    TreeView view_of(const ExplainedTrees& trees, Index tree) const;
    void plan_chunks(const ExplainedTrees& trees);
    void measure(const ExplainedTrees& trees, int n_threads);
    void compile(const ExplainedTrees& trees, double tolerance, int n_threads);
    Index task_rows(Index rows, int n_threads) const;

    Index n_features_, n_outputs_;
    bool mirrored_ = false;  // two outputs that sum to 1: the second one is computed
    double factor_;
    Vector scale_, expected_;  // by output
    std::vector<ShapColumns> columns_;
    std::vector<ShapChunk> chunks_;
    std::vector<ShapProgram<T>> programs_;                    // by tree
    std::vector<std::unique_ptr<const TypedRule<T>>> rules_;  // by number of points
};

}  // namespace plantwright
