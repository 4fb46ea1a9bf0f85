// SPDX-License-Identifier: MIT
/// Trees made into the steps that the kernels of tree_shap_kernel.hpp run.
#pragma once

#include <bit>
#include <limits>
#include <span>
#include <vector>

#include "explain/quadrature.hpp"
#include "explain/split_shares.hpp"
#include "explain/tree_shap_kernel.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// A column of keys: a feature's values as signed integers in their order, missing ones above or below all others.
struct KeyColumn {
    std::int32_t feature;
    bool missing_is_low;
    bool operator==(const KeyColumn&) const = default;
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
class ShapColumns {
public:
    explicit ShapColumns(Index n_features);

    /// Numbers what the tree asks for.
    void add(const TreeView& tree);
    std::int32_t feature(std::int32_t feature) const { return local_[static_cast<std::size_t>(feature)]; }
    std::int32_t column(std::int32_t feature, bool missing_is_low) const {
        return column_[2 * static_cast<std::size_t>(feature) + missing_is_low];
    }
    std::span<const std::int32_t> features() const { return features_; }
    std::span<const KeyColumn> columns() const { return columns_; }

private:
    std::vector<std::int32_t> local_, column_;  // by feature; -1: not there
    std::vector<std::int32_t> features_;
    std::vector<KeyColumn> columns_;
};

/// A rule's numbers as a kernel reads them.
template <class T>
struct TypedRule {
    explicit TypedRule(const GaussRule& rule)
        : points(rule.points.begin(), rule.points.end()), weights(rule.weights.begin(), rule.weights.end()) {}
    std::vector<T> points, weights;
};

/// One tree's steps. Values are divided by `scale` so that they fit T.
template <class T>
struct ShapProgram {
    ShapProgram() = default;
    ShapProgram(const SplitShares& tree, const ShapColumns& columns, const GaussRule& rule,
                std::span<const double> scale);

    ShapTree<T> with(const TypedRule<T>& rule) const {
        return {steps.data(),
                static_cast<Index>(steps.size()),
                depth,
                records.data(),
                n_outputs,
                rule.points.data(),
                rule.weights.data(),
                n_points};
    }

    std::vector<ShapStep> steps;
    std::vector<T> records;
    Index n_points = 0, n_outputs = 1, depth = 0;
};

}  // namespace plantwright
