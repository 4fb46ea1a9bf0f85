// SPDX-License-Identifier: MIT
/// How the large-node kernels read the bins of a row; all of internal linkage, compiled per level.
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

constexpr int kAhead = 12;  // rows: far enough for the second cache level
constexpr int kStrip = 64;  // rows whose positions are worked out before their sums are added

/// The bins of up to 16 features of a row. With kChunks > 0 rows hold at most 32 kChunks features and may be read that
/// far.
template <int kChunks>
struct BinPicker;

template <>
struct BinPicker<0> {
    const std::uint16_t* features;

    explicit BinPicker(const std::uint16_t* sixteen) : features(sixteen) {}
    PLANTWRIGHT_INLINE void pick(const std::uint8_t* row, std::uint8_t* out) const {
        for (int f = 0; f < kGroup; ++f) out[f] = row[features[f]];
    }
};

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
template <int kChunks>
struct BinPicker {
    __m256i mask[kChunks];

    explicit BinPicker(const std::uint16_t* sixteen) {
        alignas(16) std::uint8_t bytes[kGroup];
        for (int f = 0; f < kGroup; ++f) bytes[f] = static_cast<std::uint8_t>(sixteen[f]);
        const __m256i f = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(bytes)));
        for (int c = 0; c < kChunks; ++c) {
            const __m256i base = _mm256_setr_m128i(_mm_set1_epi8(static_cast<char>(32 * c)),
                                                   _mm_set1_epi8(static_cast<char>(32 * c + 16)));
            mask[c] = _mm256_adds_epu8(_mm256_sub_epi8(f, base), _mm256_set1_epi8(0x70));
        }
    }
    PLANTWRIGHT_INLINE void pick(const std::uint8_t* row, std::uint8_t* out) const {
        const auto* chunk = reinterpret_cast<const __m256i*>(row);
        __m256i z = _mm256_shuffle_epi8(_mm256_loadu_si256(chunk), mask[0]);
        for (int c = 1; c < kChunks; ++c)
            z = _mm256_or_si256(z, _mm256_shuffle_epi8(_mm256_loadu_si256(chunk + c), mask[c]));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                         _mm_or_si128(_mm256_castsi256_si128(z), _mm256_extracti128_si256(z, 1)));
    }
};
#endif

template <int kChunks>
void pick_strip(const BinTable& table, const std::uint32_t* slot, int n, int n_ahead, const BinPicker<kChunks>& picker,
                std::uint8_t* picked) {
    for (int i = 0; i < n; ++i) {
        const std::uint8_t* next = table.bins + slot[i + (i + kAhead < n_ahead ? kAhead : 0)] * table.stride;
        __builtin_prefetch(next);
        if constexpr (kChunks != 1) __builtin_prefetch(next + 64);
        picker.pick(table.bins + slot[i] * table.stride, picked + i * kGroup);
    }
}

/// Calls `run` with the picker that suits the table.
template <class Run>
PLANTWRIGHT_INLINE void with_picker([[maybe_unused]] const BinTable& table, const std::uint16_t* features,
                                    int n_features, const Run& run) {
    std::uint16_t sixteen[kGroup];
    for (int f = 0; f < kGroup; ++f) sixteen[f] = features[f < n_features ? f : 0];
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    if (table.n_features <= 32) return run(BinPicker<1>(sixteen));
    if (table.n_features <= 64) return run(BinPicker<2>(sixteen));
    if (table.n_features <= 96) return run(BinPicker<3>(sixteen));
    if (table.n_features <= 128) return run(BinPicker<4>(sixteen));
#endif
    run(BinPicker<0>(sixteen));
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
