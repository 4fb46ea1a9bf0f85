// SPDX-License-Identifier: MIT
#include "explain/groups_kernel.hpp"
#include "explain/lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using F = Lanes<double>::F;
using I = Lanes<double>::I;
using Loaded __attribute__((aligned(8), may_alias)) = I;
constexpr int kLanes = Lanes<double>::kCount;
constexpr int kVectors = static_cast<int>(kGroupLanes) / kLanes;

/// The same order of additions at every level.
double sum_of_disjoint(const std::uint64_t* fails, const double* weight, std::ptrdiff_t n, std::uint64_t with) {
    F sum[kVectors] = {};
    const I all_with = I{} + static_cast<std::int64_t>(with);
    for (std::ptrdiff_t at = 0; at < n; at += kGroupLanes) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
            const auto failed = *reinterpret_cast<const Loaded*>(fails + at + v * kLanes);
            const auto value = *reinterpret_cast<const Loaded*>(weight + at + v * kLanes);
            sum[v] += reinterpret_cast<F>(value & ((failed & all_with) == 0));
        }
    }
    double lanes[kGroupLanes];
    __builtin_memcpy(lanes, sum, sizeof lanes);
    double total = 0;
    for (const double lane : lanes) total += lane;
    return total;
}

PLANTWRIGHT_EXPLAIN_INLINE I load(const std::uint64_t* at) { return *reinterpret_cast<const Loaded*>(at); }

PLANTWRIGHT_EXPLAIN_INLINE bool any(I lanes) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(lanes), reinterpret_cast<__m512i>(lanes)) != 0;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return _mm256_testz_si256(reinterpret_cast<__m256i>(lanes), reinterpret_cast<__m256i>(lanes)) == 0;
#else
    return (lanes[0] | lanes[1]) != 0;
#endif
}

PLANTWRIGHT_EXPLAIN_INLINE bool any_disjoint(const std::uint64_t* fails, std::ptrdiff_t n, I with) {
    for (std::ptrdiff_t at = 0; at < n; at += kGroupLanes) {
        I found = {};
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) found |= (load(fails + at + v * kLanes) & with) == 0;
        if (any(found)) return true;  // mostly one of the first few will do
    }
    return false;
}

std::ptrdiff_t with_partners(const std::uint64_t* fails, std::ptrdiff_t n, const std::uint64_t* others,
                             std::ptrdiff_t n_others, std::uint32_t* places) {
    std::ptrdiff_t n_kept = 0;
    for (std::ptrdiff_t k = 0; n_others > 0 && k < n; ++k) {
        places[n_kept] = static_cast<std::uint32_t>(k);
        n_kept += any_disjoint(others, n_others, I{} + static_cast<std::int64_t>(fails[k])) ? 1 : 0;
    }
    return n_kept;
}

/// Bit k of the result: whether lane k is set.
PLANTWRIGHT_EXPLAIN_INLINE std::uint64_t bits_of(I lanes) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(lanes), reinterpret_cast<__m512i>(lanes));
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return static_cast<std::uint64_t>(_mm256_movemask_pd(reinterpret_cast<__m256d>(lanes)));
#else
    return (lanes[0] != 0 ? 1u : 0u) | (lanes[1] != 0 ? 2u : 0u);
#endif
}

void partners(const std::uint64_t* fails, std::ptrdiff_t n, const std::uint64_t* others, std::ptrdiff_t n_others,
              std::uint64_t* found) {
    for (std::ptrdiff_t k = 0; k < n; ++k) {
        const I with = I{} + static_cast<std::int64_t>(fails[k]);
        std::uint64_t bits = 0;
        for (std::ptrdiff_t at = 0; at < n_others; at += kLanes) bits |= bits_of((load(others + at) & with) == 0) << at;
        found[k] = n_others < 64 ? bits & ((std::uint64_t{1} << n_others) - 1) : bits;
    }
}

void add_by_bit(const std::uint64_t* fails, const double* part, std::ptrdiff_t n, int n_bits, double* sums) {
    for (int k = 0; k < n_bits; ++k) {
        const I bit = I{} + static_cast<std::int64_t>(std::uint64_t{1} << k);
        F sum = {};
        for (std::ptrdiff_t at = 0; at < n; at += kLanes) {
            const I value = load(reinterpret_cast<const std::uint64_t*>(part + at));
            sum += reinterpret_cast<F>(value & ((load(fails + at) & bit) != 0));
        }
        for (int lane = 0; lane < kLanes; ++lane) sums[k] += sum[lane];
    }
}

}  // namespace

const GroupKernels kGroupKernels = {sum_of_disjoint, with_partners, partners, add_by_bit};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
