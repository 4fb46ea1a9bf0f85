// SPDX-License-Identifier: MIT
/// What a TreeExplainer holds: the trees, and what is made of them when it is first asked for.
#pragma once

#include <mutex>
#include <optional>
#include <variant>

#include "explain/explained_trees.hpp"
#include "explain/interaction_forest.hpp"
#include "explain/interventional.hpp"
#include "explain/probability_pairs.hpp"
#include "explain/reference_tables.hpp"
#include "explain/shap_forest.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {

/// Shared by explainers; not moved, since engines refer to its plan.
class ExplainedModel {
public:
    ExplainedModel(ExplainedTrees trees, const TreeExplainerOptions& options);
    ExplainedModel(const ExplainedModel&) = delete;
    ExplainedModel& operator=(const ExplainedModel&) = delete;

    const ExplainedTrees& trees() const { return trees_; }
    const ForestPlan& plan() const { return plan_; }
    const TreeExplainerOptions& options() const { return options_; }
    int most_points() const;
    const DeepPart& deep_part() const;
    ReferenceCache::Tables tables_of(const FeatureRows& reference, int n_threads) const;

    void require_columns(const char* what, Index n) const;
    Matrix values(const FeatureRows& rows, const ExplainOptions& options) const;
    Matrix interactions(const FeatureRows& rows, const ExplainOptions& options) const;

private:
    template <template <class> class Engine>
    using Either = std::variant<std::monostate, Engine<float>, Engine<double>>;

    const Either<ShapForest>& programs() const;
    const Either<InteractionForest>& interaction_programs() const;

    ExplainedTrees trees_;
    TreeExplainerOptions options_;
    ForestPlan plan_;
    mutable std::once_flag programs_once_, interactions_once_, deep_once_;
    mutable DeepPart deep_;
    mutable Either<ShapForest> programs_;
    mutable Either<InteractionForest> interactions_;
    mutable ReferenceCache references_;
};

/// A background of a model.
class ExplainedBackground {
public:
    ExplainedBackground(std::shared_ptr<const ExplainedModel> model, const FeatureRows& rows);

    const Vector& expected() const;
    Index n_trees_by_tables() const;
    Matrix values(const FeatureRows& rows, const ExplainOptions& options) const;

private:
    using Engine = std::variant<InterventionalForest<float>, InterventionalForest<double>, ProbabilityPairs>;
    static Engine engine_of(const ExplainedModel& model, const FeatureRows& rows);

    std::shared_ptr<const ExplainedModel> model_;
    Engine engine_;
};

/// A frame as the model expects it, and its features.
class ExplainedRows {
public:
    ExplainedRows(const ExplainedTrees& trees, const Frame& frame);
    operator const FeatureRows&() const { return rows_; }

private:
    Frame frame_;
    FeatureRows rows_;
};

}  // namespace plantwright
