// SPDX-License-Identifier: MIT
/// Out-of-bag estimate: each row predicted by the trees whose bootstrap sample left it out (Breiman, 1996).
#pragma once

#include "forest/bootstrap.hpp"
#include "forest/feature_rows.hpp"
#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// R2 (its mean over the outputs) or accuracy (all labels of a row are right) over the rows that some tree left out;
/// NaN where there are none. Row sums run in the order of the trees. The forest's tree 0 was grown on sample
/// `first_tree` of the sampler.
OobEstimate out_of_bag(const CompactForest& forest, const FeatureRows& rows, const Target& target,
                       const BootstrapSampler& sampler, int n_threads, Index first_tree = 0);

}  // namespace plantwright
