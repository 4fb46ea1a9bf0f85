// SPDX-License-Identifier: MIT
/// How much one column tells about another, row by row and beyond what the row before told.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

using Values = std::vector<double>;

/// NaN where either is constant or fewer than three rows are left. Inputs are finite and of one length.
double pearson(const Values& x, const Values& y);
double spearman(const Values& x, const Values& y);

/// Midranks, 0 .. n - 1.
Values ranks_of(const Values& x);

/// Equal-frequency bins of at least 20 rows, at most 256; equal values share a bin.
std::vector<std::int32_t> bins_of(const Values& x);

/// Squared error of bin means learned on the other four of five contiguous blocks, and of the overall mean.
struct CrossFit {
    double error = 0, variance = 0;
};
CrossFit cross_fit(std::span<const std::int32_t> bins, const Values& y);

/// Rows t whose predecessor t - 1 is known, both with finite x and y; what is left of x[t] and y[t] once x[t-1] and
/// y[t-1] are taken out linearly. Empty where x is determined by its past.
struct Innovations {
    Values x, y;
};
Innovations innovations(VectorView<const double> x, VectorView<const double> y, std::span<const std::uint8_t> follows);

/// Correlation of y[t] with y[t-1] over rows that follow their predecessor.
double memory(VectorView<const double> y, std::span<const std::uint8_t> follows);

/// Whether x (3 to 400 distinct values) changes from each value to one fixed next value, as a calendar does.
bool runs_in_a_cycle(VectorView<const double> x, std::span<const std::uint8_t> follows);

}  // namespace plantwright::evaluate
