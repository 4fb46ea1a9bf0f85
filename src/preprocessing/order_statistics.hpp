// SPDX-License-Identifier: MIT
/// Quantiles of many numbers without sorting them.
#pragma once

#include <span>

#include "plantwright/core/types.hpp"

namespace plantwright {

/// The numbers that stand at `ranks` (rising) once sorted, into `out`. None may be NaN; `values` is left in another
/// order. O(n): numbers fall into thousands of equal intervals between the least and the largest, and only intervals
/// that hold a rank are looked into further.
void order_statistics(std::span<double> values, std::span<const Index> ranks, double* out);

/// Quantiles at `probabilities` (rising, in [0, 1]), linear between neighbours, as NumPy computes them; NaN of no
/// values. `values` is left in another order. The median, where it is asked for, comes of the same pass.
Vector quantiles_of(std::span<double> values, std::span<const double> probabilities, double* median = nullptr);

double median_of(std::span<double> values);

}  // namespace plantwright
