// SPDX-License-Identifier: MIT
/// What the small-node kernels share: eight lanes, or with AVX-512 sixteen where more features are drawn, one drawn
/// feature each; all of internal linkage, compiled per level.
///
/// A key is `code << 16 | i`: the code of row i of the node in the lane's feature. Lanes are sorted together by a
/// network of comparisons (Batcher, "Sorting networks and their applications", 1968): no branch depends on the data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
#include <immintrin.h>
#endif

#include "forest/training_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int kLanes = 8;
using U32x8 = std::uint32_t __attribute__((vector_size(32)));
using I32x8 = std::int32_t __attribute__((vector_size(32)));
using F32x8 = float __attribute__((vector_size(32)));

template <int kWidth>
struct Vectors {
    using U32 = U32x8;
    using I32 = I32x8;
    using F32 = F32x8;
};

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kMostLanes = 16;
using U32x16 = std::uint32_t __attribute__((vector_size(64)));
using I32x16 = std::int32_t __attribute__((vector_size(64)));
using F32x16 = float __attribute__((vector_size(64)));

template <>
struct Vectors<16> {
    using U32 = U32x16;
    using I32 = I32x16;
    using F32 = F32x16;
};
#else
constexpr int kMostLanes = kLanes;
#endif

template <class U32>
PLANTWRIGHT_INLINE void all_lanes(U32& v, std::uint32_t x) {
    v = U32{} + x;
}

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr __mmask16 kAll = 0xFFFF;  // "masked" by it: the plain ones leave GCC 12 guessing what is initialised

PLANTWRIGHT_INLINE void min_max(U32x16& a, U32x16& b) {
    const auto x = reinterpret_cast<__m512i>(a), y = reinterpret_cast<__m512i>(b);
    a = reinterpret_cast<U32x16>(_mm512_maskz_min_epu32(kAll, x, y));
    b = reinterpret_cast<U32x16>(_mm512_maskz_max_epu32(kAll, x, y));
}
#endif

PLANTWRIGHT_INLINE void min_max(U32x8& a, U32x8& b) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    const __m256i x = reinterpret_cast<__m256i>(a), y = reinterpret_cast<__m256i>(b);
    a = reinterpret_cast<U32x8>(_mm256_min_epu32(x, y));
    b = reinterpret_cast<U32x8>(_mm256_max_epu32(x, y));
#else
    for (int lane = 0; lane < kLanes; ++lane) {
        const std::uint32_t x = a[lane], y = b[lane];
        a[lane] = x < y ? x : y;
        b[lane] = x < y ? y : x;
    }
#endif
}

/// The codes of kWidth features of a row. With `kChunks` > 0 rows hold at most 16 kChunks features and may be read 32
/// kChunks bytes far (of sixteen lanes up to 64 bytes further); the codes are picked by shuffles within registers. With
/// 0, one by one.
template <int kChunks, int kWidth = kLanes>
struct Picker;

template <>
struct Picker<0> {
    const std::uint16_t* features;

    explicit Picker(const std::uint16_t* eight) : features(eight) {}
    PLANTWRIGHT_INLINE void pick(const std::uint16_t* row, std::uint32_t i, U32x8& key) const {
        key = U32x8{row[features[0]], row[features[1]], row[features[2]], row[features[3]],
                    row[features[4]], row[features[5]], row[features[6]], row[features[7]]};
        key = key << 16 | i;
    }
};

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
template <int kChunks>
struct Picker<kChunks, kLanes> {
    __m256i mask[kChunks];

    /// Byte 2 f of the row is byte 2 f - 32 c - 16 h of half h of chunk c; a mask byte of 0x80 or more gives 0.
    explicit Picker(const std::uint16_t* eight) {
        const __m128i f = _mm_loadu_si128(reinterpret_cast<const __m128i*>(eight));
        const __m128i bytes = _mm_add_epi16(_mm_mullo_epi16(f, _mm_set1_epi16(0x0202)), _mm_set1_epi16(0x0100));
        for (int c = 0; c < kChunks; ++c) {
            const __m256i base = _mm256_setr_m128i(_mm_set1_epi8(static_cast<char>(32 * c)),
                                                   _mm_set1_epi8(static_cast<char>(32 * c + 16)));
            const __m256i within = _mm256_sub_epi8(_mm256_broadcastsi128_si256(bytes), base);
            mask[c] = _mm256_adds_epu8(within, _mm256_set1_epi8(0x70));
        }
    }
    PLANTWRIGHT_INLINE void pick(const std::uint16_t* row, std::uint32_t i, U32x8& key) const {
        const auto* chunk = reinterpret_cast<const __m256i*>(row);
        __m256i z = _mm256_shuffle_epi8(_mm256_loadu_si256(chunk), mask[0]);
        for (int c = 1; c < kChunks; ++c)
            z = _mm256_or_si256(z, _mm256_shuffle_epi8(_mm256_loadu_si256(chunk + c), mask[c]));
        const __m128i codes = _mm_or_si128(_mm256_castsi256_si128(z), _mm256_extracti128_si256(z, 1));
        key = reinterpret_cast<U32x8>(_mm256_slli_epi32(_mm256_cvtepu16_epi32(codes), 16)) | i;
    }
};
#endif

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
template <>
struct Picker<0, 16> {
    Picker<0> low, high;

    explicit Picker(const std::uint16_t* sixteen) : low(sixteen), high(sixteen + kLanes) {}
    PLANTWRIGHT_INLINE void pick(const std::uint16_t* row, std::uint32_t i, U32x16& key) const {
        U32x8 halves[2];
        low.pick(row, i, halves[0]);
        high.pick(row, i, halves[1]);
        std::memcpy(&key, halves, sizeof key);
    }
};

/// Rows of at most 96 features, in registers of 32.
template <int kChunks>
struct Picker<kChunks, 16> {
    static constexpr int kRegisters = (kChunks + 1) / 2;
    static_assert(kRegisters <= 3);
    __m512i which;
    __mmask32 in_third;

    explicit Picker(const std::uint16_t* sixteen)
        : which(_mm512_zextsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sixteen)))),
          in_third(_mm512_cmpge_epu16_mask(which, _mm512_set1_epi16(64))) {}
    PLANTWRIGHT_INLINE void pick(const std::uint16_t* row, std::uint32_t i, U32x16& key) const {
        const auto part = [&](int k) { return _mm512_loadu_si512(row + 32 * k); };
        __m512i codes;
        if constexpr (kRegisters == 1)
            codes = _mm512_maskz_permutexvar_epi16(~__mmask32{0}, which, part(0));
        else
            codes = _mm512_permutex2var_epi16(part(0), which, part(1));
        if constexpr (kRegisters == 3) codes = _mm512_mask_permutexvar_epi16(codes, in_third, which, part(2));
        const __m512i wide = _mm512_maskz_cvtepu16_epi32(kAll, _mm512_castsi512_si256(codes));
        key = reinterpret_cast<U32x16>(wide) << 16 | i;
    }
};
#endif

// ---- sorting

struct Comparator {
    std::uint8_t low, high;
};

/// Batcher's odd-even merge sort of kSize keys, as a list made at compile time: unrolled loops would leave divisions
/// behind.
template <int kSize>
struct Network {
    int size = 0;
    Comparator at[200] = {};

    constexpr Network() {
        int full = 1;
        while (full < kSize) full *= 2;
        for (int p = 1; p < full; p *= 2) {
            for (int k = p; k >= 1; k /= 2) {
                for (int j = k % p; j < full - k; j += 2 * k) add_run(p, k, j);
            }
        }
    }
    constexpr void add_run(int p, int k, int j) {
        for (int i = 0; i < k; ++i) {
            const int low = i + j, high = i + j + k;
            if (low / (2 * p) != high / (2 * p) || high >= kSize) continue;
            at[size++] = {static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high)};
        }
    }
};

template <int... kIndex>
struct Indices {};
template <int kCount, int... kIndex>
struct MakeIndices : MakeIndices<kCount - 1, kCount - 1, kIndex...> {};
template <int... kIndex>
struct MakeIndices<0, kIndex...> {
    using type = Indices<kIndex...>;
};

template <int kSize>
constexpr Network<kSize> kNetwork{};

template <int kSize, class U32, int... kIndex>
PLANTWRIGHT_INLINE void compare_all(U32* v, Indices<kIndex...>) {
    (min_max(v[kNetwork<kSize>.at[kIndex].low], v[kNetwork<kSize>.at[kIndex].high]), ...);
}

/// Sorts kSize <= 16 vectors; they stay in registers as far as there are any.
template <int kSize, class U32>
PLANTWRIGHT_INLINE void sort_block(U32* v) {
    U32 t[kSize];
#pragma GCC unroll 16
    for (int i = 0; i < kSize; ++i) t[i] = v[i];
    compare_all<kSize>(t, typename MakeIndices<kNetwork<kSize>.size>::type{});
#pragma GCC unroll 16
    for (int i = 0; i < kSize; ++i) v[i] = t[i];
}

constexpr int kBlock = 16;

template <class U32>
__attribute__((noinline)) void sort_sixteen(U32* v) {
    sort_block<kBlock>(v);
}

/// One stage of the merge of neighbouring runs of kRun: pairs at distance kDistance.
template <int kRun, int kDistance, class U32>
PLANTWRIGHT_INLINE void merge_stage(U32* v, int size) {
    constexpr int kFirst = kDistance == kRun ? 0 : kDistance;
    for (int base = 0; base + kRun < size; base += 2 * kRun) {
        const int end = base + 2 * kRun < size ? base + 2 * kRun : size;
        for (int j = base + kFirst; j + kDistance < end; j += 2 * kDistance) {
            const int n = end - j - kDistance < kDistance ? end - j - kDistance : kDistance;
            for (int i = j; i < j + n; ++i) min_max(v[i], v[i + kDistance]);
        }
    }
}

template <int kRun, int kDistance, class U32>
PLANTWRIGHT_INLINE void merge_from(U32* v, int size) {
    merge_stage<kRun, kDistance>(v, size);
    if constexpr (kDistance > 1) merge_from<kRun, kDistance / 2>(v, size);
}

template <int kRun, class U32>
__attribute__((noinline)) void merge_runs(U32* v, int size) {
    merge_from<kRun, kRun>(v, size);
}

/// Sorts each lane of v[0 .. kSize), ascending. kSize is 4, 8, 12 or a multiple of 16 up to 256.
template <int kSize, class U32>
PLANTWRIGHT_INLINE void sort_lanes(U32* v) {
    if constexpr (kSize <= kBlock) {
        sort_block<kSize>(v);
    } else {
        for (int base = 0; base + kBlock <= kSize; base += kBlock) sort_sixteen(v + base);
        if constexpr (kSize % kBlock != 0) sort_block<kSize % kBlock>(v + kSize / kBlock * kBlock);
        merge_runs<16>(v, kSize);
        if constexpr (kSize > 32) merge_runs<32>(v, kSize);
        if constexpr (kSize > 64) merge_runs<64>(v, kSize);
        if constexpr (kSize > 128) merge_runs<128>(v, kSize);
    }
}

/// The first of the eight lanes from `first` on that hold the largest value, and the value.
template <class F32>
PLANTWRIGHT_INLINE int first_best_lane(const F32& value, int first, float& best) {
    int lane = first;
    for (int k = first + 1; k < first + kLanes; ++k) lane = value[k] > value[lane] ? k : lane;
    best = value[lane];
    return lane;
}

/// Calls body.template operator()<kWidth>(features (kWidth,), n) for group after group of features, kWidth being
/// kWidest where more than eight are left; lanes beyond n repeat the first feature. The order of lanes, eight by eight,
/// is that of every level.
template <int kWidest, class Body>
PLANTWRIGHT_INLINE void for_each_group(const std::uint16_t* features, int n_features, const Body& body) {
    for (int begin = 0; begin < n_features; begin += kWidest) {
        const int left = n_features - begin, n = left < kWidest ? left : kWidest;
        std::uint16_t group[kWidest];
        for (int k = 0; k < kWidest; ++k) group[k] = features[begin + (k < n ? k : 0)];
        if constexpr (kWidest > kLanes) {
            if (n > kLanes) {
                body.template operator()<kWidest>(group, n);
                continue;
            }
        }
        body.template operator()<kLanes>(group, n);
    }
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
