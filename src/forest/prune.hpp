// SPDX-License-Identifier: MIT
/// Minimal cost-complexity pruning (Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, ch.
/// 3).
///
///     alpha(t) = (R(t) - sum over leaves l below t of R(l)) / (leaves below t - 1),     R(t) = N_t / N impurity_t
///
/// While the least alpha is at most `ccp_alpha`, its node becomes a leaf. O(n log n) a tree.
#pragma once

#include "forest/grown_tree.hpp"

namespace plantwright {

void prune(GrownTree& tree, double ccp_alpha, std::size_t n_outputs);

}  // namespace plantwright
