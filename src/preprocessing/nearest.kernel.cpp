// SPDX-License-Identifier: MIT
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "preprocessing/nearest_kernel.hpp"

#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kVectorBytes = 64, kVectors = 4;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
constexpr int kVectorBytes = 32, kVectors = 2;
#else
constexpr int kVectorBytes = 16, kVectors = 2;
#endif
constexpr int kLanes = kVectorBytes / 4, kQueries = static_cast<int>(kNearestQueries);
using F = float __attribute__((vector_size(kVectorBytes)));

PLANTWRIGHT_INLINE void multiply_add(F& sum, const F& a, float b) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    sum = _mm512_fmadd_ps(a, _mm512_set1_ps(b), sum);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    sum = _mm256_fmadd_ps(a, _mm256_set1_ps(b), sum);
#else
    sum += a * b;
#endif
}

PLANTWRIGHT_INLINE bool any_within(const F& x, float bound) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_cmp_ps_mask(x, _mm512_set1_ps(bound), _CMP_LE_OQ) != 0;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return _mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_set1_ps(bound), _CMP_LE_OQ)) != 0;
#else
    bool any = false;
    for (int lane = 0; lane < kLanes; ++lane) any |= x[lane] <= bound;
    return any;
#endif
}

PLANTWRIGHT_INLINE void keep_passed(const F& x, float bound, std::ptrdiff_t first, int q, NearestPassed& passed) {
    if (__builtin_expect(!any_within(x, bound), 1)) return;
    for (int lane = 0; lane < kLanes; ++lane) {
        if (!(x[lane] <= bound)) continue;
        const std::int32_t at = passed.n[q]++;
        passed.points[q][at] = static_cast<std::int32_t>(first + lane);
        passed.distances[q][at] = x[lane];
    }
}

/// kVectors vectors of points from the block's i-th on, all queries.
PLANTWRIGHT_INLINE void pass_some(const NearestBlock& block, std::ptrdiff_t i, const float* queries,
                                  const float* bounds, NearestPassed& passed) {
    F sums[kQueries][kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
        F square;
        std::memcpy(&square, block.squares + i + v * kLanes, sizeof square);
#pragma GCC unroll 8
        for (int q = 0; q < kQueries; ++q) sums[q][v] = square;
    }
    for (std::ptrdiff_t j = 0; j < block.n_coordinates; ++j) {
        const float* at = block.points + j * kNearestBlock + i;
        F points[kVectors];
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) std::memcpy(&points[v], at + v * kLanes, sizeof(F));
#pragma GCC unroll 8
        for (int q = 0; q < kQueries; ++q) {
            const float query = queries[j * kQueries + q];
#pragma GCC unroll 8
            for (int v = 0; v < kVectors; ++v) multiply_add(sums[q][v], points[v], query);
        }
    }
#pragma GCC unroll 8
    for (int q = 0; q < kQueries; ++q) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) keep_passed(sums[q][v], bounds[q], block.first + i + v * kLanes, q, passed);
    }
}

void pass(const NearestBlock& block, const float* queries, const float* bounds, NearestPassed& passed) {
    for (int q = 0; q < kQueries; ++q) passed.n[q] = 0;
    for (std::ptrdiff_t i = 0; i < kNearestBlock; i += kVectors * kLanes) pass_some(block, i, queries, bounds, passed);
}

}  // namespace

const NearestKernels kNearestKernels = {pass};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
