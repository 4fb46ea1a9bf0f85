// SPDX-License-Identifier: MIT
/// The Gauss-Legendre rule on [0, 1], and how many points a tree needs.
///
/// Q points integrate polynomials of degree 2Q - 1 exactly, and the integrand of a leaf has one degree less than its
/// path has distinct features. On longer paths the error depends on the covers: with z_i the shares of the path's
/// features and s_i = 1 where the row has passed the feature's splits, else 0, the leaf's attributions miss of their
/// sum, which is prod s_i - prod z_i,
///
///     sum_q w_q g'(t_q) - (prod s_i - prod z_i),    g(t) = prod_i (z_i + t (s_i - z_i))
///
/// times the leaf's value. `points_needed` takes the fewest points for which, at every leaf, rows that have passed all,
/// none, or those splits with z below 1/2 miss no more than `tolerance` times the tree's range. Trees that halve their
/// covers need 4 or 5; the worst path of D features, on which the row always takes the rare side, about 2 sqrt(D).
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

inline constexpr double kFloatTolerance = 3e-6;  ///< a leaf of a tree; a forest's values are off by far less
inline constexpr double kAuditTolerance = 1e-13;

/// At most what is exact, or 128; fewer than 4 only where that is exact.
int points_needed(const SplitShares& tree, double tolerance);

}  // namespace plantwright
