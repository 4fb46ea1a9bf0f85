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

/// As many as the features need, one more where some are categories, at least 8; 0 (wide) where no distance would be
/// left.
inline unsigned slot_bits_for(std::int64_t n_features, bool has_categories) {
    const auto bits = static_cast<unsigned>(std::bit_width(half_slots(n_features))) + has_categories;
    return bits <= 8 ? 8 : bits <= 20 ? bits : 0;
}

/// A node taken apart; `slot` is 0 at a leaf.
struct NodeParts {
    std::uint32_t low = 0;  ///< key, payload, or what a category is split by
    std::uint64_t slot = 0;
    std::uint64_t distance = 0;
    bool is_category = false;
};

inline NodeParts parts_of_word(std::uint64_t word, unsigned slot_bits) {
    const auto high = static_cast<std::uint32_t>(word >> 32);
    return {static_cast<std::uint32_t>(word), high & ((1u << slot_bits) - 1), high >> slot_bits};
}

/// How the words of a forest's nodes are divided.
struct NodeFormat {
    unsigned slot_bits = 8;  ///< 0: two words a node
    bool has_categories = false;

    std::size_t words() const { return slot_bits == 0 ? 2 : 1; }
    /// The bit of a slot that tells a split of a category.
    std::uint64_t category_bit() const { return std::uint64_t{1} << (slot_bits == 0 ? 31 : slot_bits - 1); }

    NodeParts parts(const std::uint64_t* words) const {
        NodeParts parts = slot_bits != 0 ? parts_of_word(words[0], slot_bits)
                                         : NodeParts{static_cast<std::uint32_t>(words[0]), words[0] >> 32, words[1]};
        if (!has_categories) return parts;
        parts.is_category = parts.slot & category_bit();
        parts.slot &= ~category_bit();
        return parts;
    }
    bool fits(const NodeParts& parts) const {
        return slot_bits != 0 && parts.distance < (std::uint64_t{1} << (32 - slot_bits));
    }
    void put(const NodeParts& parts, std::uint64_t* words) const {
        const std::uint64_t slot = parts.slot | (parts.is_category ? category_bit() : 0);
        if (slot_bits == 0) {
            words[0] = parts.low | slot << 32;
            words[1] = parts.distance;
        } else {
            words[0] = parts.low | (parts.distance << slot_bits | slot) << 32;
        }
    }
};

/// Of trees that need no wide nodes.
inline NodeFormat narrow_format(std::int64_t n_features, bool has_categories) {
    return {slot_bits_for(n_features, has_categories), has_categories};
}
inline NodeFormat format_of_nodes(const CompactForest& forest) { return {forest.slot_bits, forest.has_categories()}; }

}  // namespace plantwright
