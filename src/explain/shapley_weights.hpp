// SPDX-License-Identifier: MIT
/// What a leaf is worth to features in the game of a row against another one.
#pragma once

namespace plantwright {

/// (a - 1)! b! / (a + b)!, 0 for a = 0: the share that each of a features has in a leaf of value 1 which is reached
/// once they are known and none of b others is (Lundberg et al., 2020, algorithm 3).
double shapley_weight(int a, int b);

inline constexpr int kTabledWeights = 65;
/// For a < kTabledWeights, by b, of which there are as many; those of the next a stand behind.
const double* shapley_weights(int a);

}  // namespace plantwright
