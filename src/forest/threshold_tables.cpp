// SPDX-License-Identifier: MIT
#include "forest/threshold_tables.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "forest/ordered_bits.hpp"

namespace plantwright {
namespace {

constexpr std::uint32_t kHighestKey = 0xFFFFFFFFu;
constexpr std::uint32_t kInfinityKey = 0xFF800000u;
constexpr std::size_t kMostParts = 4096;
constexpr std::uint32_t kMostRounds = 4, kOfRound = 8;
constexpr float kMostPartsAUnit = 1e30f;  // far from where subnormal numbers would be flushed to zero

std::int32_t as_signed(std::uint32_t key) { return static_cast<std::int32_t>(key ^ 0x80000000u); }

}  // namespace

ThresholdTables::ThresholdTables(std::span<const std::uint32_t> keys)
    : levels_(static_cast<std::uint32_t>(std::bit_width(keys.size()))) {
    make_heap(keys);
    make_parts(keys);
}

/// Its leaves, from left to right, are the numbers of keys below.
void ThresholdTables::make_heap(std::span<const std::uint32_t> keys) {
    heap_ = Buffer<std::uint32_t>(Index{1} << levels_, kHighestKey);
    for (std::uint32_t level = 0; level < levels_; ++level) {
        for (std::size_t k = 0; k < std::size_t{1} << level; ++k) {
            const std::size_t place = ((2 * k + 1) << (levels_ - level - 1)) - 1;
            if (place < keys.size()) heap_[(Index{1} << level) + static_cast<Index>(k)] = keys[place];
        }
    }
}

/// As the kernel has it.
std::size_t ThresholdTables::part_of(std::uint32_t key) const {
    const float part = (from_ordered_bits(key) - parts_.low) * parts_.parts_a_unit;
    return static_cast<std::size_t>(std::clamp(part, 0.0f, parts_.last));
}

/// Sums, products and conversions are monotonic as they are rounded, so that a lower part has lower values alone.
void ThresholdTables::make_parts(std::span<const std::uint32_t> keys) {
    const std::size_t n_finite = keys.size() - (keys.back() == kInfinityKey);
    if (n_finite == 0) return;
    const std::size_t n = std::clamp(std::bit_ceil(2 * keys.size()), std::size_t{16}, kMostParts);
    parts_.low = from_ordered_bits(keys[0]);
    parts_.last = static_cast<float>(n - 1);
    const float width = from_ordered_bits(keys[n_finite - 1]) - parts_.low;
    parts_.parts_a_unit = n_finite > 1 ? static_cast<float>(n) / width : 1.0f;
    if (!(width < std::numeric_limits<float>::infinity()) || !(parts_.parts_a_unit < kMostPartsAUnit)) return;

    n_below_ = Buffer<std::uint16_t>(static_cast<Index>(n));
    std::uint32_t most = 0;
    for (std::size_t b = 0, begin = 0, end = 0; b < n; ++b, begin = end) {
        n_below_[static_cast<Index>(b)] = static_cast<std::uint16_t>(begin);
        while (end < keys.size() && part_of(keys[end]) == b) ++end;
        most = std::max(most, static_cast<std::uint32_t>(end - begin));
    }
    const std::uint32_t rounds = (most + kOfRound - 1) / kOfRound;
    if (rounds > kMostRounds) return;
    keys_ = Buffer<std::int32_t>(std::ssize(keys) + kMostRounds * kOfRound, as_signed(kHighestKey));
    std::transform(keys.begin(), keys.end(), keys_.begin(), as_signed);
    parts_.n_below = n_below_.data();
    parts_.keys = keys_.data();
    parts_.rounds = rounds;
}

}  // namespace plantwright
