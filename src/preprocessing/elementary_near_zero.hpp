// SPDX-License-Identifier: MIT
/// log(1 + x) and exp(x) - 1, accurate near 0 too (Kahan's corrections), with the same bits on every machine.
#pragma once

#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright {

inline double log_of_one_plus(double x) {
    const double u = 1 + x;
    if (u == 1) return x;
    return std::abs(x) > 1 ? elementary::log(u) : elementary::log(u) * x / (u - 1);
}

inline double exp_less_one(double x) {
    const double u = elementary::exp(x);
    if (std::abs(x) > 1) return u - 1;
    if (u == 1) return x;
    return (u - 1) * x / elementary::log(u);
}

}  // namespace plantwright
