// SPDX-License-Identifier: MIT
/// x log x in single precision, for eight lanes and for one; the same bits in both. Internal linkage, compiled per
/// level.
#pragma once

#include <cstdint>
#include <cstring>

#include "forest/training_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// log(x) for x >= 2^-126: x = m 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh((m - 1) / (m + 1)); relative error
/// 2e-7. Works on a float, or lane by lane on a vector of floats with its vector of integers.
template <class Float, class Int>
PLANTWRIGHT_INLINE void log_of(const Float& x, Float& log) {
    Int bits;
    std::memcpy(&bits, &x, sizeof bits);
    const Int shifted = bits - 0x3F3504F3;  // sqrt(1/2): the exponent steps there
    const Int exponent = shifted >> 23;
    const Int mantissa = bits - (exponent << 23);
    Float m;
    std::memcpy(&m, &mantissa, sizeof m);
    Float e;
    if constexpr (sizeof(Int) == sizeof(std::int32_t))
        e = static_cast<Float>(exponent);
    else
        e = __builtin_convertvector(exponent, Float);
    const Float s = (m - 1.0f) / (m + 1.0f), s2 = s * s;
    const Float series = 2.0f + s2 * (0.66666667f + s2 * (0.4f + s2 * (0.28571429f + s2 * 0.22222222f)));
    log = e * 0.69314718f + s * series;
}

/// 0 at 0.
template <class Float, class Int>
PLANTWRIGHT_INLINE void x_log_x(const Float& x, Float& out) {
    log_of<Float, Int>(x + 1e-30f, out);
    out *= x;
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
