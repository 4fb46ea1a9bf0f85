// SPDX-License-Identifier: MIT
/// Rows as integer keys, a column for each way in which a feature is asked for.
#pragma once

#include <bit>
#include <limits>
#include <span>
#include <vector>

#include "plantwright/forest/forest.hpp"

namespace plantwright {

/// A feature's values as signed integers in their order, missing ones above or below all others.
struct KeyColumn {
    std::int32_t feature;
    bool missing_is_low;
};

inline constexpr std::int32_t kLowestKey = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int32_t kHighestKey = std::numeric_limits<std::int32_t>::max();

/// Both zeros are one key.
inline std::int32_t ordered_key(float x, bool missing_is_low) {
    if (x != x) return missing_is_low ? kLowestKey : kHighestKey;
    const auto bits = std::bit_cast<std::int32_t>(x + 0.0f);
    return bits ^ ((bits >> 31) & kHighestKey);
}

/// The features and the key columns of a set of trees, numbered as they come.
class KeyColumns {
public:
    explicit KeyColumns(Index n_features);

    /// Numbers what the tree asks for.
    void add(const TreeView& tree);
    std::int32_t feature(std::int32_t feature) const { return local_[static_cast<std::size_t>(feature)]; }
    std::int32_t column(std::int32_t feature, bool missing_is_low) const {
        return column_[2 * static_cast<std::size_t>(feature) + (missing_is_low ? 1 : 0)];
    }
    std::span<const std::int32_t> features() const { return features_; }
    std::span<const KeyColumn> columns() const { return columns_; }

private:
    std::vector<std::int32_t> local_, column_;  // by feature; -1: not there
    std::vector<std::int32_t> features_;
    std::vector<KeyColumn> columns_;
};

}  // namespace plantwright
