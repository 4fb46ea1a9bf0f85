// SPDX-License-Identifier: MIT
#include "forest/sliced_kernel.hpp"

#include <cstring>

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
#include <immintrin.h>
#endif

#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;

constexpr unsigned kHalf = 128;  // codes are compared as signed bytes

// ---- codes

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
/// Twice the number of sixteen thresholds that lie below x.
PLANTWRIGHT_INLINE unsigned twice_below(__m256 x, const float* thresholds) {
    const __m256 a = _mm256_cmp_ps(x, _mm256_loadu_ps(thresholds), _CMP_GT_OQ);
    const __m256 b = _mm256_cmp_ps(x, _mm256_loadu_ps(thresholds + 8), _CMP_GT_OQ);
    const __m256i both = _mm256_packs_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b));
    return static_cast<unsigned>(__builtin_popcount(static_cast<unsigned>(_mm256_movemask_epi8(both))));
}

PLANTWRIGHT_INLINE unsigned code_of(float x, const float* table) {
    const __m256 value = _mm256_set1_ps(x);
    const unsigned first = 8 * twice_below(value, table + 256);
    return first + twice_below(value, table + first) / 2;
}
#else
PLANTWRIGHT_INLINE unsigned code_of(float x, const float* table) {
    unsigned code = 0;
    for (int bit = 7; bit >= 0; --bit) code += static_cast<unsigned>(x > table[code + (1u << bit) - 1]) << bit;
    return code;
}
#endif

template <class T>
PLANTWRIGHT_INLINE void code_any(const T* x, std::ptrdiff_t stride, int n, bool missing, const float* table,
                                 u8* codes) {
    for (int i = 0; i < n; ++i) codes[i] = static_cast<u8>(code_of(static_cast<float>(x[i * stride]), table) - kHalf);
    std::memcpy(codes + kSlicedRows, codes, kSlicedRows);
    for (int i = 0; missing && i < n; ++i) {
        if (x[i * stride] != x[i * stride]) codes[i] = 255 - kHalf;
    }
}

void code(const float* x, std::ptrdiff_t stride, int n, bool missing, const float* table, u8* codes) {
    code_any(x, stride, n, missing, table, codes);
}
void code64(const double* x, std::ptrdiff_t stride, int n, bool missing, const float* table, u8* codes) {
    code_any(x, stride, n, missing, table, codes);
}

// ---- rows

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kLanes = 64;
constexpr SlicedCosts kCosts{0.027, 2.5, 0.15};  // of 32 lanes
#elif PLANTWRIGHT_LEVEL_NUMBER >= 3
constexpr int kLanes = 32;
constexpr SlicedCosts kCosts{0.027, 2.5, 0.15};
#else
constexpr int kLanes = 16;
constexpr SlicedCosts kCosts{0.07, 15, 0.5};
#endif
constexpr int kVectors = kSlicedRows / kLanes;
typedef u8 Bytes __attribute__((vector_size(kLanes), may_alias));
typedef std::int8_t Codes __attribute__((vector_size(kLanes), may_alias));
typedef u32 Words __attribute__((vector_size(kLanes)));

PLANTWRIGHT_INLINE void all_bytes(u32 four_times, Codes& codes) {
    codes = reinterpret_cast<Codes>(Words{} + four_times);
}

/// A line of bytes.
struct Line {
    Bytes* vectors;

    PLANTWRIGHT_INLINE Line(u8* lines, u32 place) : vectors(reinterpret_cast<Bytes*>(lines + place)) {}
    PLANTWRIGHT_INLINE Bytes& operator[](int k) const { return vectors[k]; }
};

struct CodeLine {
    const Codes* vectors;

    PLANTWRIGHT_INLINE CodeLine(const u8* lines, u32 place) : vectors(reinterpret_cast<const Codes*>(lines + place)) {}
    PLANTWRIGHT_INLINE const Codes& operator[](int k) const { return vectors[k]; }
};

// Ones are -1: to subtract them is to count. `passed` is `(kVectors,)`, in registers.

/// Rows to the lines of children.
PLANTWRIGHT_INLINE void pass_inner(const SlicedTrees& trees, const u8* codes, u8* rows, Bytes* passed) {
    for (const SlicedSplit *split = trees.inner, *end = split + trees.n_inner; split != end; ++split) {
        const Line own(rows, split->own), left(rows, split->left), right(rows, split->right);
        const CodeLine asked(codes, split->codes);
        Codes rank;
        all_bytes(split->rank, rank);
#pragma GCC unroll 8
        for (int k = 0; k < kVectors; ++k) {
            const Bytes here = own[k], goes_left = here & reinterpret_cast<Bytes>(rank > asked[k]);
            left[k] = goes_left;
            right[k] = here ^ goes_left;
            passed[k] -= here;
        }
    }
}

/// Rows to the counts of leaves.
PLANTWRIGHT_INLINE void pass_last(const SlicedTrees& trees, const u8* codes, u8* rows, u8* counts, Bytes* passed) {
    for (const SlicedSplit *split = trees.last, *end = split + trees.n_last; split != end; ++split) {
        const Line own(rows, split->own), left(counts, split->left), right(counts, split->right);
        const CodeLine asked(codes, split->codes);
        Codes rank;
        all_bytes(split->rank, rank);
#pragma GCC unroll 8
        for (int k = 0; k < kVectors; ++k) {
            const Bytes here = own[k], goes_left = here & reinterpret_cast<Bytes>(rank > asked[k]);
            left[k] -= goes_left;
            right[k] -= here ^ goes_left;
            passed[k] -= here;
        }
    }
}

void pass(const SlicedTrees& trees, const u8* codes, u8* rows, u8* depth, u8* counts) {
    std::memset(rows + kSlicedRows, 255, static_cast<std::size_t>(trees.n_trees) * kSlicedRows);
    const Line all(depth, 0);
    Bytes passed[kVectors];
    for (int k = 0; k < kVectors; ++k) passed[k] = all[k];
    pass_inner(trees, codes, rows, passed);
    pass_last(trees, codes, rows, counts, passed);
    for (std::ptrdiff_t i = 0; i < trees.n_even; ++i) {
        const Line own(rows, trees.even[i]);
#pragma GCC unroll 8
        for (int k = 0; k < kVectors; ++k) passed[k] -= own[k];
    }
    for (int k = 0; k < kVectors; ++k) all[k] = passed[k];
    for (std::ptrdiff_t i = 0; i < trees.n_leaves; ++i) {
        const Line own(rows, trees.leaves[i].own), count(counts, trees.leaves[i].count);
#pragma GCC unroll 8
        for (int k = 0; k < kVectors; ++k) count[k] -= own[k];
    }
}

void weigh(const u8* counts, const u8* weights, std::ptrdiff_t n, u16* sums) {
    for (std::ptrdiff_t k = 0; k < n; ++k, counts += kSlicedRows, weights += kSlicedDigits) {
        for (int d = 0; d < kSlicedDigits; ++d) {
            const u16 weight = weights[d];
            u16* sum = sums + d * kSlicedRows;
            for (int i = 0; i < kSlicedRows; ++i) sum[i] = static_cast<u16>(sum[i] + counts[i] * weight);
        }
    }
}

}  // namespace

const SlicedKernels kSlicedKernels = {kCosts, code, code64, pass, weigh};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
