// SPDX-License-Identifier: MIT
/// Words of compact nodes put together and taken apart; the format stands in compact_forest.hpp.
#pragma once

#include <bit>
#include <cstdint>

#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// A regression of more outputs has a leaf table, so that a small file cannot ask for wide predictions.
inline constexpr std::int64_t kMostUnitOutputs = 1024;

/// The slot of a feature whose missing values go left is this much above the one whose missing values go right.
inline std::uint64_t half_slots(std::int64_t n_features) {
    return std::bit_ceil(static_cast<std::uint64_t>(n_features) + 1);
}

/// As many as the features need, at least 8; 0 (wide) where no distance would be left.
inline unsigned slot_bits_for(std::int64_t n_features) {
    const auto bits = static_cast<unsigned>(std::bit_width(half_slots(n_features)));
    return bits <= 8 ? 8 : bits <= 20 ? bits : 0;
}

/// A node taken apart; `slot` is 0 at a leaf.
struct NodeParts {
    std::uint32_t low = 0;  ///< key or payload
    std::uint64_t slot = 0;
    std::uint64_t distance = 0;
};

inline NodeParts parts_of_word(std::uint64_t word, unsigned slot_bits) {
    const auto high = static_cast<std::uint32_t>(word >> 32);
    return {static_cast<std::uint32_t>(word), high & ((1u << slot_bits) - 1), high >> slot_bits};
}

/// The node at `words`, which is one word, or two where slot_bits is 0.
inline NodeParts parts_of(const std::uint64_t* words, unsigned slot_bits) {
    if (slot_bits == 0) return {static_cast<std::uint32_t>(words[0]), words[0] >> 32, words[1]};
    return parts_of_word(words[0], slot_bits);
}

inline bool fits(const NodeParts& parts, unsigned slot_bits) {
    return slot_bits != 0 && parts.distance < (std::uint64_t{1} << (32 - slot_bits));
}

inline void put_parts(const NodeParts& parts, unsigned slot_bits, std::uint64_t* words) {
    if (slot_bits == 0) {
        words[0] = parts.low | parts.slot << 32;
        words[1] = parts.distance;
    } else {
        words[0] = parts.low | (parts.distance << slot_bits | parts.slot) << 32;
    }
}

}  // namespace plantwright
