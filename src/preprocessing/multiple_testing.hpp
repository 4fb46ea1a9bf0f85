// SPDX-License-Identifier: MIT
/// Tests of many columns at once.
#pragma once

#include "plantwright/core/types.hpp"
#include "plantwright/preprocessing/selector.hpp"

namespace plantwright {

/// To be held against the level itself.
Vector adjusted_p_values(const Vector& p, Correction correction);

/// P(X >= hits) and P(X <= hits) of X hits in n trials of chance p, 0 < p < 1.
double binomial_at_least(Index hits, Index n, double p);
double binomial_at_most(Index hits, Index n, double p);

}  // namespace plantwright
