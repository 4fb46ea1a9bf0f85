// SPDX-License-Identifier: MIT
/// All trees of a forest against a background: the engine of interventional Shapley values (see forest_run.hpp).
///
/// A tree whose paths have at most 8 features goes by tables (pattern_program.hpp), whose run does not depend on the
/// background's size; any other, and any for which the tables would not fit, pair by pair (pair_tree.hpp), or
/// is left out.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "explain/background.hpp"
#include "explain/forest_plan.hpp"
#include "explain/pair_tree.hpp"
#include "explain/pattern_program.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

enum class DeepTrees { pair_by_pair, left_out };

template <class T>
class InterventionalForest {
public:
    using Number = T;

    /// `plan` must outlive it. With DeepTrees::left_out it is the engine of the other trees alone.
    InterventionalForest(const ExplainedTrees& trees, const ForestPlan& plan, const FeatureRows& background,
                         int n_threads, DeepTrees deep = DeepTrees::pair_by_pair);

    /// The mean over the background, `(n_outputs,)`; of trees that are left out 0.
    const Vector& expected() const { return expected_; }
    Index n_trees_by_tables() const;
    bool goes_by_tables(Index tree) const {
        return std::holds_alternative<PatternProgram<T>>(trees_[static_cast<std::size_t>(tree)]);
    }
    bool has_pairs() const { return deepest_pair_tree() > 0; }
    Index table_bytes() const { return tables_.size() * static_cast<Index>(sizeof(T)); }

    Matrix values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const;

    // ---- as an engine

    struct Workspace {
        explicit Workspace(const InterventionalForest& forest);
        Buffer<std::int32_t> stack;
        PairWorkspace pair;
        std::vector<std::int32_t> row;
        std::vector<double> phi;
        ProgressMonitor* monitor = nullptr;
    };

    const ForestPlan& plan() const { return plan_; }
    Index wide_rows() const;
    /// Tables are large: the fewer times they are read the better. Pairs take long: progress shall be seen.
    TaskLimits task_limits() const { return has_pairs() ? TaskLimits{1, 16} : TaskLimits{wide_rows(), 2048}; }
    Index narrow_rows() const { return wide_rows(); }
    Index n_totals() const { return plan_.n_features * plan_.n_outputs; }
    std::span<const Index> targets(const ForestChunk& chunk) const {
        return targets_[static_cast<std::size_t>(&chunk - plan_.chunks.data())];
    }
    void run(Index tree, BlockRows rows, const std::int32_t* keys, T* sums, Workspace& workspace) const;
    void write(const double* total, Index stride, double* out) const;

private:
    using Tree = std::variant<std::monostate, PatternProgram<T>, PairTree>;

    void run_pairs(Index tree, const PairTree& pairs, Index n_rows, const std::int32_t* keys, T* sums,
                   Workspace& workspace) const;
    void mean_of(const SplitShares& tree, const ForestChunk& chunk, const Tree& made, double* mean) const;
    void expect(const Matrix& mean);
    Index deepest_pair_tree() const;

    const ForestPlan& plan_;
    Background background_;
    Vector expected_;
    std::vector<std::vector<Index>> targets_;  // by chunk
    std::vector<std::size_t> chunk_of_;        // by tree
    Buffer<T> tables_;                         // of all trees
    std::vector<Tree> trees_;
};

}  // namespace plantwright
