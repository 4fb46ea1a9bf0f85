// SPDX-License-Identifier: MIT
#include "forest/level_sets.hpp"

#include <algorithm>
#include <bit>

#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

constexpr std::uint32_t kLevelBits = (1u << kMaskLevels) - 1, kOtherBit = 1u << 30, kMissingBit = 1u << 31;
constexpr std::uint32_t kMissingLeft = 1u << 24, kList = 1u << 25, kPresentLeft = 1u << 26;

std::uint32_t first_of(std::uint32_t head) { return head & 0xFFF; }
std::uint32_t n_of(std::uint32_t head) { return head >> 12 & 0xFFF; }

std::uint16_t listed(const std::uint32_t* set, std::uint32_t i) {
    return static_cast<std::uint16_t>(set[1 + i / 2] >> (i % 2 * 16));
}

bool is_sound_list(const std::uint32_t* set, std::int32_t n_levels) {
    const std::uint32_t n = n_of(*set);
    for (std::uint32_t i = 1; i < n; ++i) {
        if (listed(set, i - 1) >= listed(set, i)) return false;
    }
    const bool filled_up = n % 2 == 0 || set[1 + n / 2] >> 16 == 0;
    return n > 0 && first_of(*set) == 0 && filled_up && listed(set, n - 1) < n_levels &&
           (n + 1) / 2 < listed(set, n - 1) / 32u - listed(set, 0) / 32u + 1;
}

bool is_sound_bitset(const std::uint32_t* set, std::int32_t n_levels) {
    const std::uint32_t n = n_of(*set);
    if (n == 0 || set[1] == 0 || set[n] == 0) return false;
    const auto last = 32 * (first_of(*set) + n) - 1 - static_cast<std::uint32_t>(std::countl_zero(set[n]));
    std::uint32_t n_set = 0;
    for (std::uint32_t i = 1; i <= n; ++i) n_set += static_cast<std::uint32_t>(std::popcount(set[i]));
    return last < static_cast<std::uint32_t>(n_levels) && (n_set + 1) / 2 >= n;
}

}  // namespace

std::uint32_t mask_of(const LevelSplit& split) {
    if (split.levels.empty()) return kMissingBit;
    std::uint32_t left = split.missing_go_left ? kMissingBit : 0;
    for (const std::uint16_t level : split.levels) left |= 1u << level;
    return ~left;
}

void append_set(const LevelSplit& split, std::vector<std::uint32_t>& sets) {
    const std::span<const std::uint16_t> levels = split.levels;
    if (levels.empty()) return sets.push_back(kPresentLeft);
    const std::uint32_t missing = split.missing_go_left ? kMissingLeft : 0;
    const std::uint32_t first = levels.front() / 32u, n_words = levels.back() / 32u - first + 1;
    const std::size_t head = sets.size(), n_listed = (levels.size() + 1) / 2;
    if (n_listed < n_words) {
        sets.push_back(missing | kList | static_cast<std::uint32_t>(levels.size()) << 12);
        sets.resize(head + 1 + n_listed);
        for (std::size_t i = 0; i < levels.size(); ++i)
            sets[head + 1 + i / 2] |= static_cast<std::uint32_t>(levels[i]) << (i % 2 * 16);
        return;
    }
    sets.push_back(missing | n_words << 12 | first);
    sets.resize(head + 1 + n_words);
    for (const std::uint16_t level : levels) sets[head + 1 + level / 32u - first] |= 1u << (level % 32);
}

Index n_words_of_set(std::uint32_t head) {
    const std::uint32_t n = n_of(head);
    return 1 + static_cast<Index>(head & kPresentLeft ? 0 : head & kList ? (n + 1) / 2 : n);
}

bool read_mask(std::uint32_t mask, std::vector<std::uint16_t>& levels) {
    if (!(mask & kOtherBit)) return false;
    for (std::uint32_t left = ~mask & kLevelBits; left != 0; left &= left - 1)
        levels.push_back(static_cast<std::uint16_t>(std::countr_zero(left)));
    return !(mask & kMissingBit);
}

bool read_set(const std::uint32_t* set, std::vector<std::uint16_t>& levels) {
    const std::uint32_t head = *set, n = n_of(head);
    if (head & kPresentLeft) return false;
    for (std::uint32_t i = 0; i < n; ++i) {
        if (head & kList) {
            levels.push_back(listed(set, i));
            continue;
        }
        for (std::uint32_t bits = set[1 + i]; bits != 0; bits &= bits - 1) {
            const auto bit = static_cast<std::uint32_t>(std::countr_zero(bits));
            levels.push_back(static_cast<std::uint16_t>(32 * (first_of(head) + i) + bit));
        }
    }
    return head & kMissingLeft;
}

bool is_sound_mask(std::uint32_t mask, std::int32_t n_levels) {
    if (!(mask & kOtherBit)) return mask == kMissingBit;
    const std::uint32_t left = ~mask & kLevelBits;
    return left != 0 && left >> n_levels == 0;
}

bool is_sound_set(const std::uint32_t* set, std::int32_t n_levels) {
    if (*set == kPresentLeft) return true;
    if (*set >> 26 != 0) return false;
    return *set & kList ? is_sound_list(set, n_levels) : is_sound_bitset(set, n_levels);
}

}  // namespace plantwright
