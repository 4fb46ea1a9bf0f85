// SPDX-License-Identifier: MIT
/// Rows as integer keys, a column for each way in which a feature is asked for.
#pragma once

#include <bit>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "explain/tree_shap_kernel.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {

inline constexpr std::int32_t kLowestKey = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int32_t kHighestKey = std::numeric_limits<std::int32_t>::max();

/// Both zeros are one key.
inline std::int32_t ordered_key(float x, bool missing_is_low) {
    if (x != x) return missing_is_low ? kLowestKey : kHighestKey;
    const auto bits = std::bit_cast<std::int32_t>(x + 0.0f);
    return bits ^ ((bits >> 31) & kHighestKey);
}

/// A feature's values as signed integers in their order, missing ones above or below all others. Of a category that is
/// split by lists of levels: one bit a list, set where a value goes right.
struct KeyColumn {
    std::int32_t feature;
    bool missing_is_low;
    std::vector<std::int32_t> right =
        {};  ///< by level, then of any other value, then of a missing one; empty: a number

    std::int32_t key(float x) const { return right.empty() ? ordered_key(x, missing_is_low) : right[place_of(x)]; }

private:
    std::size_t place_of(float x) const {
        const std::size_t n_levels = right.size() - 2;
        if (x != x) return n_levels + 1;
        const bool is_level =
            x >= 0 && x < static_cast<float>(n_levels) && x == static_cast<float>(static_cast<int>(x));
        return is_level ? static_cast<std::size_t>(x) : n_levels;
    }
};

/// The features and the key columns of a set of trees, numbered as they come.
class KeyColumns {
public:
    /// `n_levels` by feature, 0 for a number; empty where all are.
    KeyColumns(Index n_features, std::span<const std::int32_t> n_levels);

    /// Numbers what the tree asks for.
    void add(const TreeView& tree);
    /// What a node of such a tree asks.
    SplitQuestion question(const TreeView& tree, Index node) const;
    std::int32_t feature(std::int32_t feature) const { return local_[static_cast<std::size_t>(feature)]; }
    std::span<const std::int32_t> features() const { return features_; }
    std::span<const KeyColumn> columns() const { return columns_; }

private:
    struct LevelList {  // that goes left
        std::int32_t feature;
        bool missing_go_left;
        std::vector<std::uint16_t> levels;
        auto operator<=>(const LevelList&) const = default;
    };
    struct Bit {
        std::int32_t column;
        int bit;
    };
    static LevelList list_of(const TreeView& tree, std::size_t node);
    std::int32_t add_column(KeyColumn column);
    void add_number(std::int32_t feature, bool missing_is_low);
    void add_list(const LevelList& list);

    std::vector<std::int32_t> n_levels_;
    std::vector<std::int32_t> local_, column_;  // by feature; -1: not there
    std::vector<Bit> last_bit_;                 // by feature: of the last list
    std::map<LevelList, Bit> bits_;
    std::vector<std::int32_t> features_;
    std::vector<KeyColumn> columns_;
};

}  // namespace plantwright
