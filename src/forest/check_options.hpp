// SPDX-License-Identifier: MIT
/// Options checked and worked out for a table of a given size.
#pragma once

#include "forest/training.hpp"

namespace plantwright {

/// Throws InvalidArgument naming the estimator, the parameter, its value and what is allowed.
GrowSettings grow_settings(const char* who, const RandomForestOptions& options, Criterion criterion, Index n_rows,
                           Index n_features, MaxFeatures default_max_features);

}  // namespace plantwright
