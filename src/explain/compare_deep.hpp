// SPDX-License-Identifier: MIT
/// Mean interventional values of the trees that are too deep for tables: see set_walk.hpp, or, where a path has more
/// than kMostGroupedFeatures features, pair_tree.hpp.
#pragma once

#include <vector>

#include "explain/background.hpp"
#include "explain/forest_plan.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

struct MeanDifference {
    Matrix contributions;  ///< `(n_features, n_outputs)`: means over all pairs of a row and one of the reference
    Vector then;           ///< `(n_outputs,)`: mean of the trees' sum over the reference
};

/// Of the trees for which `is_deep` is set. The same bits for any number of threads.
MeanDifference compare_deep(const ExplainedTrees& trees, const ForestPlan& plan,
                            const std::vector<std::uint8_t>& is_deep, const FeatureRows& rows,
                            const FeatureRows& reference, int n_threads, const ProgressCallback& progress);

}  // namespace plantwright
