// SPDX-License-Identifier: MIT
/// Vectors of rows for the kernels of this area; of internal linkage, compiled per level. See core/levels_kernel.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#if PLANTWRIGHT_LEVEL_NUMBER > 0
#include <immintrin.h>
#elif defined(__SSE2__)
#include <immintrin.h>
#endif

/// Of kernels: vectors are not passed between functions.
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

    static PLANTWRIGHT_EXPLAIN_INLINE void widen(const K& keys, I& wide) { wide = keys; }

    /// r = a b + c, rounded once where the level has such an instruction: the same bits whatever the compiler fuses.
    static PLANTWRIGHT_EXPLAIN_INLINE void fma(const F& a, const F& b, const F& c, F& r) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
        r = _mm512_fmadd_ps(a, b, c);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
        r = _mm256_fmadd_ps(a, b, c);
#else
        r = a * b + c;
#endif
    }
};

template <>
struct Lanes<double> {
    using F = double __attribute__((vector_size(kVectorBytes)));
    using I = std::int64_t __attribute__((vector_size(kVectorBytes)));
    using K = std::int32_t __attribute__((vector_size(kVectorBytes / 2)));
    static constexpr int kCount = kVectorBytes / 8;

    static PLANTWRIGHT_EXPLAIN_INLINE void widen(const K& keys, I& wide) { wide = __builtin_convertvector(keys, I); }

    static PLANTWRIGHT_EXPLAIN_INLINE void fma(const F& a, const F& b, const F& c, F& r) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
        r = _mm512_fmadd_pd(a, b, c);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
        r = _mm256_fmadd_pd(a, b, c);
#else
        r = a * b + c;
#endif
    }
};

/// Numbers too small for the format count as zero while this object lives: weights of deep paths would otherwise slow
/// everything down a hundredfold.
class FlushToZero {
public:
#if defined(__SSE2__)
    FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
    ~FlushToZero() { _mm_setcsr(before_); }

private:
    unsigned before_;
#else
    FlushToZero() {}
    ~FlushToZero() {}
#endif
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;
};

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
