// SPDX-License-Identifier: MIT
/// Vectors of rows for the kernels of this area; of internal linkage, compiled per level. See core/levels_kernel.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/// Vectors are as wide as the level's registers, so that inlined functions may take and return them.
#define PLANTWRIGHT_EXPLAIN_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kVectorBytes = 64;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

/// F: numbers of type T, I: masks of as many bits, K: the keys of as many rows.
template <class T>
struct Lanes;

template <>
struct Lanes<float> {
    using F = float __attribute__((vector_size(kVectorBytes)));
    using I = std::int32_t __attribute__((vector_size(kVectorBytes)));
    using K = I;
    static constexpr int kCount = kVectorBytes / 4;

    static PLANTWRIGHT_EXPLAIN_INLINE F all(float x) { return x - F{}; }
    static PLANTWRIGHT_EXPLAIN_INLINE I widen(K keys) { return keys; }

    /// a b + c, rounded once where the level has such an instruction: the same bits whatever the compiler fuses.
    static PLANTWRIGHT_EXPLAIN_INLINE F fma(F a, F b, F c) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
        return _mm512_fmadd_ps(a, b, c);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
        return _mm256_fmadd_ps(a, b, c);
#else
        return a * b + c;
#endif
    }
};

template <>
struct Lanes<double> {
    using F = double __attribute__((vector_size(kVectorBytes)));
    using I = std::int64_t __attribute__((vector_size(kVectorBytes)));
    using K = std::int32_t __attribute__((vector_size(kVectorBytes / 2)));
    static constexpr int kCount = kVectorBytes / 8;

    static PLANTWRIGHT_EXPLAIN_INLINE F all(double x) { return x - F{}; }
    static PLANTWRIGHT_EXPLAIN_INLINE I widen(K keys) { return __builtin_convertvector(keys, I); }

    static PLANTWRIGHT_EXPLAIN_INLINE F fma(F a, F b, F c) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
        return _mm512_fmadd_pd(a, b, c);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
        return _mm256_fmadd_pd(a, b, c);
#else
        return a * b + c;
#endif
    }
};

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
