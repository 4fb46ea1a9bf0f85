// SPDX-License-Identifier: MIT
/// The Gauss-Legendre rule on [0, 1], and how many points a tree needs.
///
/// Q points integrate polynomials of degree 2Q - 1 exactly, and the integrand of a leaf has one degree less than its path
/// has distinct features. On longer paths the error depends on the covers: for a row that has passed all splits down to a
/// leaf, with shares z_i of the features,
///
///     error = sum_q w_q d/dt prod_i (z_i + t (1 - z_i)) at t_q  -  (1 - prod_i z_i)
///
/// is what the leaf's attributions miss of their sum. `points_needed` takes the fewest points with which no leaf misses
/// more than `tolerance` times the tree's range. Paths halved at every split need 4; the worst path of D features, on
/// which the row always takes the rare side, about 2 sqrt(D).
#pragma once

#include <span>
#include <vector>

#include "explain/split_shares.hpp"

namespace plantwright {

struct GaussRule {
    std::vector<double> points;   ///< ascending in (0, 1)
    std::vector<double> weights;  ///< sum to 1
};

/// For n >= 1, by Newton's method on the Legendre polynomial; the same bits everywhere.
GaussRule gauss_legendre(int n);

inline constexpr double kFloatTolerance = 2e-7, kAuditTolerance = 1e-13;

/// At most what is exact, or 128; fewer than 4 only where that is exact.
int points_needed(const SplitShares& tree, double tolerance);

}  // namespace plantwright
