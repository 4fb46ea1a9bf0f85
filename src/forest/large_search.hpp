// SPDX-License-Identifier: MIT
/// The best split of a node of many rows: packed sums over coarse bins, then exact scans of the bins that could hide a better one.
///
/// One pass over the rows adds each row's packed sum to one bin of every drawn feature. Boundaries between bins are scanned
/// first; then, per feature, the bins on both sides of the best boundary and the two outermost ones are sorted by code and
/// scanned exactly, unless a bound on their gain lies below the best one found:
///
///     |c| <= max(|c at the bin's ends|) + w_bin sd,   gain <= c^2 / min(w_L w_R at the ends)
///
/// with sd the standard deviation of all targets. The bound is a heuristic (a bin's targets may lie on one side of the mean by more than
/// 2 sd on average), and so is the choice of four bins: plain bins lose .02 of R2 on data of much noise and few drawn
/// features, these four restore what exact splits reach (benchmarks/forest/parity.py).
#pragma once

#include <vector>

#include "forest/rank_codes.hpp"

namespace plantwright {

/// Codes up to `left` go left; `right` is the next code of the node, or kMissingRank.
struct LargeSplit {
    double gain = -1;
    std::int32_t feature = -1;
    std::uint32_t left = 0, right = 0;
    bool missing_go_left = false;
    bool has_missing = false;  ///< the node holds missing values of the feature
};

/// A node's rows in both tables.
struct LargeNode {
    NodeRows rows;
    BinTable bins;
    NodeTotals totals;
};

class LargeSearch {
public:
    /// `variance` of the quantised targets over all rows.
    LargeSearch(const RankCodes& codes, double variance);

    /// Improves `best` by the partings of the features.
    void search(const LargeNode& node, const std::uint16_t* features, Index n_features, LargeSplit& best);

private:
    struct Boundary {  // within the group that is being searched
        int lane = -1;
        int bin = -1;         // the last bin on the left
        int fine_bin = -1;    // within that bin, where the boundary lies inside one
        LargeSplit split;
    };
    struct Suspect {  // a bin that might hold a better boundary
        int lane, bin;
        std::uint64_t before;  // the sum left of it
    };

    void search_group(const LargeNode& node, const std::uint16_t* features, int n_features, LargeSplit& best);
    void take_boundaries(const LargeNode& node, int n_features);
    void scan_missing_left(const LargeNode& node, int lane);
    void consider(const LargeNode& node, int lane, int bin);
    void add_suspects(const LargeNode& node, int lane);
    void suspect(const LargeNode& node, int lane, int bin);
    double bound(const LargeNode& node, std::uint64_t before, std::uint64_t after) const;
    void refine(const LargeNode& node);
    void scan_suspect(const LargeNode& node, const std::uint64_t* begin, const std::uint64_t* end);
    void name_neighbours(const LargeNode& node);

    std::uint64_t prefix(int lane, int bin) const { return bin < 0 ? 0 : sums_[static_cast<std::size_t>(bin * width_ + lane)]; }
    std::uint64_t sum_of(int lane, int bin) const { return prefix(lane, bin) - prefix(lane, bin - 1); }
    std::uint64_t missing(int lane) const;
    bool has_missing(int lane) const { return column(lane).has_missing; }
    const CodedColumn& column(int lane) const { return codes_.columns[features_[lane]]; }

    const RankCodes& codes_;
    double deviation_;
    const std::uint16_t* features_ = nullptr;
    int width_ = 0;
    Buffer<std::uint64_t> sums_;   // `(kBins, width)`; prefix sums after the scan
    Buffer<std::uint8_t> picked_;  // `(rows, kGroup)`
    BinScan scan_{};
    bool missing_left_[kGroup] = {};
    Boundary best_{};
    double weight_ = 0, mean_ = 0, least_weight_ = 1;
    std::uint64_t target_mask_ = 0;
    int shift_ = 0;
    Suspect suspects_[4 * kGroup] = {};
    std::uint8_t wanted_bin_[4 * kGroup] = {};
    std::uint64_t wanted_ = 0;
    std::vector<std::uint64_t> found_;
};

}  // namespace plantwright
