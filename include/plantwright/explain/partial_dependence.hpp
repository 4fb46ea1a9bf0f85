// SPDX-License-Identifier: MIT
/// How a forest's predictions vary with one feature, the others left as they are.
///
///     individual[i, g] = f(x_i with the feature set to grid[g])      (Goldstein et al., "Peeking inside the black
///     box", average[g] = sum_i w_i individual[i, g] / sum_i w_i             J. Comp. Graph. Stat. 24, 2015; Friedman,
///     Annals
///                                                                     of Statistics 29, 2001)
///
/// Every row goes down each tree once, with all values of the grid together, which part where a split asks for the
/// feature: some depth + grid steps a row and tree in place of grid times depth. Sums are in double precision and in
/// the order of the trees, so that a curve agrees with `predict` to rounding. Of boosted trees the raw sums are meant.
#pragma once

#include <memory>

#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {

struct ExplainedTrees;  // src/explain

/// Immutable; may be shared by threads; copies share memory. Methods throw InvalidArgument where columns, the feature,
/// the grid or the weights do not fit, SchemaMismatch where a frame does not, Stopped.
class PLANTWRIGHT_API PartialDependence {
public:
    explicit PartialDependence(const RandomForestRegressor& model);
    explicit PartialDependence(const RandomForestClassifier& model);
    explicit PartialDependence(const BoostedTrees& model);
    explicit PartialDependence(const IsolationForest& model);  ///< of path lengths

    /// `grid` holds values of the feature as the forest compares them (of a category as `level_ranks` has them), NaN
    /// for a missing one. `(rows, n_grid * n_outputs)`, outputs last.
    Matrix individual(ConstMatrixView X, Index feature, ConstVectorView grid, const ExplainOptions& options = {}) const;
    Matrix individual(ConstMatrixViewF X, Index feature, ConstVectorView grid,
                      const ExplainOptions& options = {}) const;
    Matrix individual(const Frame& frame, Index feature, ConstVectorView grid,
                      const ExplainOptions& options = {}) const;

    /// `(n_grid, n_outputs)`; `weight` is `(rows,)`, or empty where all rows count alike. Memory does not grow with the
    /// rows.
    Matrix average(ConstMatrixView X, Index feature, ConstVectorView grid, ConstVectorView weight = {},
                   const ExplainOptions& options = {}) const;
    Matrix average(ConstMatrixViewF X, Index feature, ConstVectorView grid, ConstVectorView weight = {},
                   const ExplainOptions& options = {}) const;
    Matrix average(const Frame& frame, Index feature, ConstVectorView grid, ConstVectorView weight = {},
                   const ExplainOptions& options = {}) const;

    Index n_features() const;
    Index n_outputs() const;

private:
    std::shared_ptr<const ExplainedTrees> trees_;
};

}  // namespace plantwright
