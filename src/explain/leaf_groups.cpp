// SPDX-License-Identifier: MIT
#include "explain/leaf_groups.hpp"

#include <algorithm>
#include <bit>

#include "explain/groups_kernel.hpp"

namespace plantwright {

void LeafGroups::gather(const RowGroups& groups, int n_features) {
    merge(groups);
    sort(n_features);
}

/// A feature that is asked for more than once parts rows that have failed the same in the end.
void LeafGroups::merge(const RowGroups& groups) {
    const std::size_t size = std::bit_ceil(2 * static_cast<std::size_t>(groups.size()) + 2);
    const int shift = 64 - std::countr_zero(size);
    place_.assign(size, 0);
    patterns_.clear();
    for (Index k = 0; k < groups.size(); ++k) {
        const FailedFeatures fails = groups.fails(k);
        std::size_t at = fails * 0x9e3779b97f4a7c15u >> shift;
        while (place_[at] != 0 && patterns_[place_[at] - 1].fails != fails) at = (at + 1) & (size - 1);
        if (place_[at] == 0) {
            patterns_.push_back({fails, groups.range(k).n_fails, 0});
            place_[at] = static_cast<std::uint32_t>(patterns_.size());
        }
        patterns_[place_[at] - 1].rows += groups.range(k).n_rows();
    }
}

void LeafGroups::sort(int n_features) {
    const auto n = static_cast<std::size_t>(n_features) + 2;
    std::fill_n(begin_.begin(), n, 0);
    for (const Pattern& pattern : patterns_) ++begin_[static_cast<std::size_t>(pattern.n_fails) + 1];
    for (std::size_t k = 1; k < n; ++k) begin_[k] += begin_[k - 1];
    const std::size_t padded = patterns_.size() + static_cast<std::size_t>(kGroupLanes);
    fails_.resize(padded);
    rows_.resize(padded);
    std::array<Index, kMostGroupedFeatures + 2> next;
    std::copy_n(begin_.begin(), n, next.begin());
    for (const Pattern& pattern : patterns_) {
        const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(pattern.n_fails)]++);
        fails_[at] = pattern.fails;
        rows_[at] = pattern.rows;
    }
    for (std::size_t at = patterns_.size(); at < padded; ++at) fails_[at] = ~FailedFeatures{0};
}

}  // namespace plantwright
