// SPDX-License-Identifier: MIT
/// The probability that boosted trees of two classes give, against a background.
///
/// Of a row x and a row z of the background, the raw sums' Shapley values are stretched so that they add up to the
/// difference of the probabilities, as in the shap package ("rescale" of Shrikumar, Greenside & Kundaje, "Learning
/// important features through propagating activation differences", ICML 2017):
///
///     phi_j(x, z) (p(x) - p(z)) / (raw(x) - raw(z)),    averaged over z
///
/// They add up exactly; they are not the Shapley values of p itself, which would take time exponential in the features.
/// O(rows background visited nodes).
#pragma once

#include <vector>

#include "explain/background.hpp"
#include "explain/forest_plan.hpp"
#include "explain/pair_tree.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

class ProbabilityPairs {
public:
    /// `plan` must outlive it; the trees have one output and a logistic link.
    ProbabilityPairs(const ExplainedTrees& trees, const ForestPlan& plan, const FeatureRows& background, int n_threads);

    const Vector& expected() const { return expected_; }  ///< the mean probability of the background
    Index n_trees_by_tables() const { return 0; }
    Matrix values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const;

private:
    /// Keys of one row for each set of columns.
    using RowKeys = std::vector<const std::int32_t*>;
    class Task;

    double raw(const RowKeys& row) const;
    double probability(double raw) const;
    double stretch(double raw, double other) const;

    const ForestPlan& plan_;
    double base_, link_scale_;
    Background background_;
    std::vector<PairTree> trees_;  // in the order of the chunks
    std::vector<double> background_raw_;
    Vector expected_;
};

}  // namespace plantwright
