// SPDX-License-Identifier: MIT
/// Rows of a table at a node of a tree, in groups that have failed the same features of the path above.
///
/// What a row takes from a leaf depends on nothing else, so that a group counts as one row with a weight; and a group
/// that has failed a split's feature before need not be asked.
#pragma once

#include <cstdint>
#include <vector>

#include "explain/tree_shap_kernel.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright {

/// A bit for each feature of a path: set where a split of that feature sends the row elsewhere.
using FailedFeatures = std::uint64_t;

inline constexpr int kMostGroupedFeatures = 64;  // of a path

class RowGroups {
public:
    struct Group {
        FailedFeatures fails;
        int n_fails;
        std::uint32_t begin, end;  // of rows

        std::uint32_t n_rows() const { return end - begin; }
    };

    bool empty() const { return groups_.empty(); }
    const std::vector<Group>& groups() const { return groups_; }  ///< several may have failed the same
    /// All rows of a table, at the root.
    void start(Index n_rows);
    /// The same rows as they arrive at the children of a split, whose feature has the bit. `keys` by row.
    void split(const std::int32_t* keys, const SplitQuestion& ask, FailedFeatures bit, RowGroups& left,
               RowGroups& right);
    /// Leaves out groups that share failed features with each group of `others`: no mixture of the two reaches the
    /// node.
    void keep_partners_of(const RowGroups& others);

private:
    void clear();
    void take(const std::uint32_t* begin, const std::uint32_t* end, FailedFeatures fails, int n_fails);

    std::vector<Group> groups_;
    std::vector<std::uint32_t> rows_;
    std::vector<std::uint32_t> left_, right_;  // of one group
};

}  // namespace plantwright
