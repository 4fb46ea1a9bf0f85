// SPDX-License-Identifier: MIT
#include <cstring>

#include "forest/training_kernel.hpp"

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
#include <immintrin.h>
#endif

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// With missing_go_left all codes move up by one, so that the missing one wraps around to 0.
void decide(const std::uint16_t* codes, std::ptrdiff_t stride, const std::uint32_t* slot, int n, std::uint32_t bound,
            bool missing_go_left, std::uint8_t* left) {
    const std::uint32_t shift = missing_go_left;
    for (int i = 0; i < n; ++i) {
        const std::uint32_t code = codes[slot[i] * stride];
        left[i] = ((code + shift) & 0xFFFF) < bound + shift;
    }
}

/// Rows [begin, n), one by one, without a branch.
void move_each(const std::uint8_t* left, int begin, int n, MovingRows rows, MovingRows scratch, int& n_left,
               int& n_right, std::uint64_t& left_sum) {
    for (int i = begin; i < n; ++i) {
        const std::uint32_t slot = rows.slot[i];
        const std::uint64_t packed = rows.packed[i];
        rows.slot[n_left] = scratch.slot[n_right] = slot;
        rows.packed[n_left] = scratch.packed[n_right] = packed;
        left_sum += packed & (0 - static_cast<std::uint64_t>(left[i]));
        n_left += left[i];
        n_right += 1 - left[i];
    }
}

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
/// For each mask, the order that brings the elements of the set bits to the front: of eight 32-bit ones, and of four
/// 64-bit ones as pairs.
struct Orders {
    alignas(32) std::uint32_t of_eight[256][8] = {};
    alignas(32) std::uint32_t of_four[16][8] = {};

    constexpr Orders() {
        for (unsigned mask = 0; mask < 256; ++mask) {
            unsigned at = 0;
            for (unsigned i = 0; i < 8; ++i)
                if (mask >> i & 1) of_eight[mask][at++] = i;
            for (unsigned i = 0; i < 8; ++i)
                if (!(mask >> i & 1)) of_eight[mask][at++] = i;
        }
        for (unsigned mask = 0; mask < 16; ++mask) {
            for (unsigned k = 0; k < 8; ++k) {
                unsigned seen = 0, from = 0;
                for (unsigned i = 0; i < 4; ++i)
                    if (mask >> i & 1) {
                        if (seen++ == k / 2) from = i;
                    }
                of_four[mask][k] = 2 * from + k % 2;
            }
        }
    }
};

constexpr Orders kOrders;

inline __m256i ordered(__m256i v, const std::uint32_t* order) {
    return _mm256_permutevar8x32_epi32(v, _mm256_load_si256(reinterpret_cast<const __m256i*>(order)));
}
inline void store(void* out, __m256i v) { _mm256_storeu_si256(static_cast<__m256i*>(out), v); }
inline __m256i load(const void* in) { return _mm256_loadu_si256(static_cast<const __m256i*>(in)); }

/// The elements of `mask` of eight slots and packed sums, to `to` from element `at` on; what lies behind them is
/// garbage.
inline void put(MovingRows to, int at, unsigned mask, __m256i slots, __m256i low, __m256i high) {
    store(to.slot + at, ordered(slots, kOrders.of_eight[mask]));
    store(to.packed + at, ordered(low, kOrders.of_four[mask & 15]));
    store(to.packed + at + __builtin_popcount(mask & 15), ordered(high, kOrders.of_four[mask >> 4]));
}

int move_eights(const std::uint8_t* left, int n, MovingRows rows, MovingRows scratch, int& n_left, int& n_right,
                std::uint64_t& left_sum) {
    __m256i sum = _mm256_setzero_si256();
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256i slots = load(rows.slot + i), low = load(rows.packed + i), high = load(rows.packed + i + 4);
        std::uint64_t bytes;
        std::memcpy(&bytes, left + i, sizeof bytes);
        const auto mask = static_cast<unsigned>(_pext_u64(bytes, 0x0101010101010101u));
        const __m128i flags = _mm_cvtsi64_si128(static_cast<long long>(bytes));
        const __m256i zero = _mm256_setzero_si256();
        sum = _mm256_add_epi64(sum, _mm256_and_si256(low, _mm256_sub_epi64(zero, _mm256_cvtepu8_epi64(flags))));
        sum = _mm256_add_epi64(
            sum, _mm256_and_si256(high, _mm256_sub_epi64(zero, _mm256_cvtepu8_epi64(_mm_srli_si128(flags, 4)))));
        put(scratch, n_right, ~mask & 255, slots, low, high);
        put(rows, n_left, mask, slots, low, high);  // never beyond what has been read
        n_left += __builtin_popcount(mask);
        n_right += 8 - __builtin_popcount(mask);
    }
    alignas(32) std::uint64_t parts[4];
    store(parts, sum);
    left_sum += parts[0] + parts[1] + parts[2] + parts[3];
    return i;
}
#endif

int move(const std::uint8_t* left, int n, MovingRows rows, MovingRows scratch, std::uint64_t& left_sum) {
    int n_left = 0, n_right = 0, begin = 0;
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    begin = move_eights(left, n, rows, scratch, n_left, n_right, left_sum);
#endif
    move_each(left, begin, n, rows, scratch, n_left, n_right, left_sum);
    std::memcpy(rows.slot + n_left, scratch.slot, static_cast<std::size_t>(n_right) * sizeof *rows.slot);
    std::memcpy(rows.packed + n_left, scratch.packed, static_cast<std::size_t>(n_right) * sizeof *rows.packed);
    return n_left;
}

}  // namespace

const PartitionKernels kPartitionKernels = {decide, move};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
