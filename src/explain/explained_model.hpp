// SPDX-License-Identifier: MIT
/// What a TreeExplainer holds: the trees, and the programs made of them.
#pragma once

#include <variant>

#include "explain/explained_trees.hpp"
#include "explain/shap_forest.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {

class ExplainedModel {
public:
    ExplainedModel(ExplainedTrees trees, const TreeExplainerOptions& options);

    const ExplainedTrees& trees() const { return trees_; }
    Precision precision() const { return precision_; }
    int most_points() const;
    const Vector& expected() const;
    Explanation explain(const FeatureRows& rows, const ExplainOptions& options) const;

private:
    using Programs = std::variant<ShapForest<float>, ShapForest<double>>;
    static Programs compiled(const ExplainedTrees& trees, const TreeExplainerOptions& options);
    void require_columns(Index n) const;

    ExplainedTrees trees_;
    Precision precision_;
    Programs programs_;
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
