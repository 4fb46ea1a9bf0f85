// SPDX-License-Identifier: MIT
/// What a node that splits a category holds: a mask of few levels, or the place of a set of many.
///
/// A category of at most kMaskLevels levels fits 32 bits: bit l is set where level l goes right, bit 30 for values that
/// are no level's, bit 31 for missing ones. A row's key is the one bit of its value, and goes right if both have it.
///
/// Otherwise the node says where its set begins among the words of all sets, and a row's key is the number of its level
/// (or kNoLevel, kMissingLevel). A set is a head
///
///     bits 0-11     first: the least level over 32 (bitset), else 0
///     bits 12-23    n: words (bitset) or levels (list) that follow
///     bit 24        missing values go left
///     bit 25        a list, two levels a word in ascending order, the last word filled up with 0; else a bitset
///     bit 26        present | missing: everything that is there goes left, and nothing follows
///
/// and then levels that go left: 32 a word from 32 first on, without words of zeros at either end, or a list where
/// that takes fewer words. Sets stand in the order of their nodes. A set takes at most 2 bytes a level.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright {

inline constexpr std::int32_t kMaskLevels = 30;
inline constexpr std::uint32_t kNoLevel = 65'535, kMissingLevel = 65'536;

/// Which values of a category go left.
struct LevelSplit {
    std::span<const std::uint16_t> levels;  ///< ascending; empty: present | missing
    bool missing_go_left = false;
};

std::uint32_t mask_of(const LevelSplit& split);
void append_set(const LevelSplit& split, std::vector<std::uint32_t>& sets);

/// The words that a set with this head takes, itself included.
Index n_words_of_set(std::uint32_t head);

/// Appends the levels that go left, none for present | missing; returns whether missing values do.
bool read_mask(std::uint32_t mask, std::vector<std::uint16_t>& levels);
bool read_set(const std::uint32_t* set, std::vector<std::uint16_t>& levels);

/// Whether a mask, or a set whose words are all there, is as written above, with levels below n_levels.
bool is_sound_mask(std::uint32_t mask, std::int32_t n_levels);
bool is_sound_set(const std::uint32_t* set, std::int32_t n_levels);

/// The key of a row whose value of the category is x.
inline std::uint32_t category_key(float x, std::int32_t n_levels) {
    const bool few = n_levels <= kMaskLevels;
    if (x != x) return few ? 1u << 31 : kMissingLevel;
    const bool in_range = x >= 0 && x < static_cast<float>(n_levels);
    const auto level = static_cast<std::uint32_t>(in_range ? x : 0);
    if (!in_range || static_cast<float>(level) != x) return few ? 1u << 30 : kNoLevel;
    return few ? 1u << level : level;
}

}  // namespace plantwright
