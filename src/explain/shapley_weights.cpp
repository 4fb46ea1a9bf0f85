// SPDX-License-Identifier: MIT
#include "explain/shapley_weights.hpp"

#include <array>
#include <cstddef>

namespace plantwright {
namespace {

/// 1 / (a C(a + b, a)), for a >= 1.
double weight_of(int a, int b) {
    double combinations = 1;
    for (int k = 1; k <= b; ++k) combinations *= static_cast<double>(a + k) / k;
    return 1 / (a * combinations);
}

const std::array<std::array<double, kTabledWeights>, kTabledWeights>& weights() {
    static const auto table = [] {
        std::array<std::array<double, kTabledWeights>, kTabledWeights> made{};
        for (int a = 1; a < kTabledWeights; ++a) {
            for (int b = 0; b < kTabledWeights; ++b)
                made[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = weight_of(a, b);
        }
        return made;
    }();
    return table;
}

}  // namespace

const double* shapley_weights(int a) { return weights()[static_cast<std::size_t>(a)].data(); }

double shapley_weight(int a, int b) {
    if (a < kTabledWeights && b < kTabledWeights) return shapley_weights(a)[b];
    return a == 0 ? 0 : weight_of(a, b);
}

}  // namespace plantwright
