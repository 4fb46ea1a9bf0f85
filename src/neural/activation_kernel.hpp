// SPDX-License-Identifier: MIT
/// The logistic function and tanh, of arguments that are already scaled; of internal linkage, compiled per level.
///
///     2^u = 2^n (1 + r q(r)),  n = round(u),  |r| <= 1/2
///
/// with q of degree 5, fitted to (2^r - 1) / r: relative error 1.1e-8 before rounding. NaN stays NaN.
#pragma once

#include "neural/lanes_kernel.hpp"
#include "neural/network_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

PLANTWRIGHT_NEURAL_INLINE F at_most(F x, float limit) { return all(limit) < x ? all(limit) : x; }
PLANTWRIGHT_NEURAL_INLINE F at_least(F x, float limit) { return all(limit) > x ? all(limit) : x; }

PLANTWRIGHT_NEURAL_INLINE F power_polynomial(F r) {
    F q = fma(all(1.5403512e-04F), r, all(1.3390735e-03F));
    q = fma(q, r, all(9.6182376e-03F));
    q = fma(q, r, all(5.5503573e-02F));
    q = fma(q, r, all(2.4022649e-01F));
    return fma(q, r, all(6.9314718e-01F));
}

/// u = n + r, and 2^n times something, of |u| <= 126.
struct Power {
    F rest;
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    F whole;
    explicit PLANTWRIGHT_NEURAL_INLINE Power(F u) : whole(_mm512_maskz_roundscale_ps(kEveryLane, u, 8)) {
        rest = u - whole;
    }
    PLANTWRIGHT_NEURAL_INLINE F times(F x) const { return _mm512_maskz_scalef_ps(kEveryLane, x, whole); }
#else
    I shift;
    explicit PLANTWRIGHT_NEURAL_INLINE Power(F u) {
        const F magic = all(12582912.0F), moved = u + magic;  // 1.5 * 2^23: the fraction is rounded away
        rest = u - (moved - magic);
        shift = reinterpret_cast<I>(moved) << 23;
    }
    PLANTWRIGHT_NEURAL_INLINE F times(F x) const { return reinterpret_cast<F>(reinterpret_cast<I>(x) + shift); }
#endif
};

/// 1 / (1 + 2^u)
PLANTWRIGHT_NEURAL_INLINE F sigmoid_scaled(F u) {
    const Power power(at_least(at_most(u, 126.0F), -126.0F));
    const F e = power.times(fma(power_polynomial(power.rest), power.rest, all(1.0F)));
    return all(1.0F) / (e + all(1.0F));
}

/// (2^u - 1) / (2^u + 1); 2^u - 1 is put together from r q(r), so that small results keep their precision.
PLANTWRIGHT_NEURAL_INLINE F tanh_scaled(F u) {
    const Power power(at_least(at_most(u, 60.0F), -60.0F));
    const F scale = power.times(all(1.0F));
    const F less_one = fma(scale, power_polynomial(power.rest) * power.rest, scale - all(1.0F));
    return less_one / (less_one + all(2.0F));
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
