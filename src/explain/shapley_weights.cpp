// SPDX-License-Identifier: MIT
#include "explain/shapley_weights.hpp"

#include <array>
#include <cstddef>

namespace plantwright {
namespace {

constexpr int kTabled = 65;

/// 1 / (a C(a + b, a)), for a >= 1.
double weight_of(int a, int b) {
    double combinations = 1;
    for (int k = 1; k <= b; ++k) combinations *= static_cast<double>(a + k) / k;
    return 1 / (a * combinations);
}

const std::array<std::array<double, kTabled>, kTabled>& weights() {
    static const auto table = [] {
        std::array<std::array<double, kTabled>, kTabled> made{};
        for (int a = 1; a < kTabled; ++a) {
            for (int b = 0; b < kTabled; ++b)
                made[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = weight_of(a, b);
        }
        return made;
    }();
    return table;
}

}  // namespace

double shapley_weight(int a, int b) {
    if (a < kTabled && b < kTabled) return weights()[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
    return a == 0 ? 0 : weight_of(a, b);
}

}  // namespace plantwright
