// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__) && !defined(PLANTWRIGHT_PORTABLE)
#define PLANTWRIGHT_CSV_VECTORS
#include <immintrin.h>
#endif

#include "frame/csv_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr std::size_t kChunk = 64;

/// The bit i of the result says whether chunk[i] is `value`. 64 bytes are read.
#if PLANTWRIGHT_LEVEL_NUMBER == 4
std::uint64_t equal_bits(const char* chunk, char value) {
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(chunk), _mm512_set1_epi8(value));
}
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
std::uint64_t equal_bits_32(const char* chunk, __m256i value) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(chunk));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, value)));
}
std::uint64_t equal_bits(const char* chunk, char value) {
    const __m256i all = _mm256_set1_epi8(value);
    return equal_bits_32(chunk, all) | equal_bits_32(chunk + 32, all) << 32;
}
#elif defined(PLANTWRIGHT_CSV_VECTORS)
std::uint64_t equal_bits_16(const char* chunk, __m128i value) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(chunk));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, value)));
}
std::uint64_t equal_bits(const char* chunk, char value) {
    const __m128i all = _mm_set1_epi8(value);
    return equal_bits_16(chunk, all) | equal_bits_16(chunk + 16, all) << 16 | equal_bits_16(chunk + 32, all) << 32 |
           equal_bits_16(chunk + 48, all) << 48;
}
#else
std::uint64_t equal_bits(const char* chunk, char value) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kChunk; ++i) bits |= static_cast<std::uint64_t>(chunk[i] == value) << i;
    return bits;
}
#endif

std::uint64_t shaping_bits(const char* chunk, char delimiter, char newline) {
    return equal_bits(chunk, delimiter) | equal_bits(chunk, newline) | equal_bits(chunk, '"');
}

/// Eight at a time without asking how many are left: a chunk of numbers has about seven (benchmarks/frame/read_csv.py).
std::uint32_t* store_positions(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
    const int n = __builtin_popcountll(bits);
    for (int stored = 0; stored < n; stored += 8) {
        for (int k = 0; k < 8; ++k) {
            out[stored + k] = base + static_cast<std::uint32_t>(__builtin_ctzll(bits | (1ull << 63)));
            bits &= bits - 1;
        }
    }
    return out + n;
}

std::uint64_t bits_below(std::size_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }

std::size_t index(const char* text, std::size_t size, char delimiter, char newline, std::uint32_t* positions) {
    std::uint32_t* out = positions;
    std::size_t at = 0;
    for (; at + kChunk <= size; at += kChunk) {
        out = store_positions(shaping_bits(text + at, delimiter, newline), static_cast<std::uint32_t>(at), out);
    }
    if (at < size) {
        char tail[kChunk] = {};
        std::memcpy(tail, text + at, size - at);
        const std::uint64_t bits = shaping_bits(tail, delimiter, newline) & bits_below(size - at);
        out = store_positions(bits, static_cast<std::uint32_t>(at), out);
    }
    return static_cast<std::size_t>(out - positions);
}

std::size_t count(const char* text, std::size_t size, char value) {
    std::size_t n = 0;
    std::size_t at = 0;
    for (; at + kChunk <= size; at += kChunk)
        n += static_cast<std::size_t>(__builtin_popcountll(equal_bits(text + at, value)));
    for (; at < size; ++at) n += text[at] == value ? 1 : 0;
    return n;
}

}  // namespace

const CsvKernels csv_kernels = {index, count};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
