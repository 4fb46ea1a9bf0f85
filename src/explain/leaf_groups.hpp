// SPDX-License-Identifier: MIT
/// Rows of a table at a leaf, as the set of the patterns of failed features that are there.
#pragma once

#include <array>
#include <vector>

#include "explain/row_groups.hpp"

namespace plantwright {

/// Each pattern once, in the order of how many features it fails.
class LeafGroups {
public:
    /// At a path of so many features.
    void gather(const RowGroups& groups, int n_features);

    /// Where patterns of that many failed features begin; one more than n_features ends the last ones.
    Index begin(int n_fails) const { return begin_[static_cast<std::size_t>(n_fails)]; }
    /// Of the pattern at a place; readable to the next multiple of kGroupLanes.
    const FailedFeatures* fails() const { return fails_.data(); }
    const double* rows() const { return rows_.data(); }  ///< how many there are of each
    double rows_that_reach() const { return begin(1) > 0 ? rows_[0] : 0; }

private:
    struct Pattern {
        FailedFeatures fails;
        int n_fails;
        double rows;
    };
    void merge(const RowGroups& groups);
    void sort(int n_features);

    std::vector<std::uint32_t> place_;  // a hash table of patterns, counted from 1
    std::vector<Pattern> patterns_;
    std::array<Index, kMostGroupedFeatures + 2> begin_{};
    std::vector<FailedFeatures> fails_;
    std::vector<double> rows_;
};

}  // namespace plantwright
