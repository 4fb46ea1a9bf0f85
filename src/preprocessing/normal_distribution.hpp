// SPDX-License-Identifier: MIT
/// The standard normal distribution and its inverse, with the same bits on every machine.
#pragma once

namespace plantwright {

/// Below 3e-16 + 1e-13 of the value off: by its series near 0, by the continued fraction of the tail beyond.
double normal_distribution(double z);

/// z with `normal_distribution(z) == p`, to some 1e-16 relative (Wichura, "Algorithm AS 241", Applied Statistics 37,
/// 1988). -inf of 0, inf of 1, NaN outside.
double normal_quantile(double p);

}  // namespace plantwright
