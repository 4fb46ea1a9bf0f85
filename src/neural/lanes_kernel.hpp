// SPDX-License-Identifier: MIT
/// Vectors for the kernels of this area; of internal linkage, compiled per level. See core/levels_kernel.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define PLANTWRIGHT_NEURAL_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kLanes = 16;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
constexpr int kGroup = 16;               ///< units of a layer, or columns of a matrix, that are stored side by side
constexpr int kParts = kGroup / kLanes;  ///< registers of a group

using F = float __attribute__((vector_size(kLanes * 4)));
using I = std::int32_t __attribute__((vector_size(kLanes * 4)));
using U = std::uint32_t __attribute__((vector_size(kLanes * 4)));
using LoadedF __attribute__((aligned(4), may_alias)) = F;

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr __mmask16 kEveryLane = 0xFFFF;  // GCC 12 takes the unmasked intrinsics' undefined source for a mistake
#endif

PLANTWRIGHT_NEURAL_INLINE F load(const float* at) { return *reinterpret_cast<const LoadedF*>(at); }
PLANTWRIGHT_NEURAL_INLINE void store(float* at, F values) { *reinterpret_cast<LoadedF*>(at) = values; }
PLANTWRIGHT_NEURAL_INLINE F all(float x) { return x - F{}; }

/// a b + c, rounded once where the level has such an instruction.
PLANTWRIGHT_NEURAL_INLINE F fma(F a, F b, F c) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_fmadd_ps(a, b, c);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return _mm256_fmadd_ps(a, b, c);
#else
    return a * b + c;
#endif
}

/// c - a b
PLANTWRIGHT_NEURAL_INLINE F fnma(F a, F b, F c) { return fma(-a, b, c); }

PLANTWRIGHT_NEURAL_INLINE F square_root(F x) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_maskz_sqrt_ps(kEveryLane, x);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return _mm256_sqrt_ps(x);
#elif defined(__SSE2__)
    return _mm_sqrt_ps(x);
#else
    for (int k = 0; k < kLanes; ++k) x[k] = __builtin_sqrtf(x[k]);
    return x;
#endif
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
