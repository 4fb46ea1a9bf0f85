// SPDX-License-Identifier: MIT
/// What is explained, whatever model it came from: trees whose leaves are added up output by output.
///
///     raw[k](x) = base[k] + factor sum over trees t of value[t](leaf that x reaches, k)
///
/// where a tree has values for all outputs, or for `tree_output[t]` alone.
#pragma once

#include <string>
#include <vector>

#include "plantwright/forest/boosted_trees.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright {

struct ExplainedTrees {
    Forest forest = {};
    Index n_outputs = 1;
    Buffer<std::int32_t> tree_output = {};  ///< empty: every tree has values for all outputs
    Vector base = {};                       ///< `(n_outputs,)`
    double factor = 1;
    bool logistic = false;  ///< the raw sum becomes the probability of the second class, logistic(link_scale raw)
    double link_scale = 1;
    FeatureEncoder encoder = {};
    std::vector<std::string> output_names = {};  ///< empty, or `(n_outputs,)`

    Index n_features() const { return static_cast<Index>(forest.n_features); }
    /// The output of a tree's only value.
    Index output_of(Index tree) const { return tree_output.empty() ? 0 : tree_output[tree]; }
};

ExplainedTrees explained_trees(const RandomForestRegressor& model);
ExplainedTrees explained_trees(const RandomForestClassifier& model);
ExplainedTrees explained_trees(const BoostedTrees& model);
/// Path lengths. Throws InvalidArgument where ndim() > 1.
ExplainedTrees explained_trees(const IsolationForest& model);

}  // namespace plantwright
