// SPDX-License-Identifier: MIT
/// The best split of a node of many rows: sums over coarse bins, then exact scans of the bins that could hide a better
/// one.
///
/// One pass over the rows adds each row to one bin of every drawn feature. Boundaries between bins are scanned first;
/// then, per feature, the bins on both sides of the best boundary and the two outermost ones are sorted by code and
/// scanned exactly, unless a bound on their gain lies below the best one found:
///
///     |c| <= max(|c at the bin's ends|) + w_bin reach / 2,     gain <= c^2 / min(w (W - w) at the ends)
///
/// with reach = 2 standard deviations of all targets (classes: sqrt 2, which is rigorous). For squared error the bound
/// is a heuristic, since a bin's targets may lie further off on average, and so is the choice of four bins: plain bins
/// lose .02 of R2 on data of much noise and few drawn features, these four restore what exact splits reach
/// (benchmarks/forest/parity.py).
#pragma once

#include <vector>

#include "forest/node_sums.hpp"
#include "forest/rank_codes.hpp"

namespace plantwright {

/// Codes up to `left` go left; `right` is the next code of the node, or kMissingRank.
struct LargeSplit {
    double gain = -std::numeric_limits<double>::infinity();
    std::int32_t feature = -1;
    std::uint32_t left = 0, right = 0;
    bool missing_go_left = false;
    bool has_missing = false;  ///< the node holds missing values of the feature
};

template <class Sums>
class LargeSearch {
public:
    explicit LargeSearch(const RankCodes& codes) : codes_(codes), found_(4096) {}

    /// Improves `best` by the partings of the features. `sums` has been started on the node.
    void search(Sums& sums, const LargeNode& node, const std::uint16_t* features, Index n_features, LargeSplit& best);

    /// left[i] = row i of the node goes left by the split last found, from the bins that were read for it. Returns
    /// false where those are gone, because the split is of an earlier group of features or the node has several parts.
    bool decide(const LargeNode& node, std::uint8_t* left) const;

private:
    struct Boundary {  // within the group that is being searched
        int lane = -1;
        int bin = -1;          // the last bin on the left
        bool is_fine = false;  // the boundary lies inside the bin
        LargeSplit split;
    };

    template <class Body>
    void for_each_picked_part(const LargeNode& node, Body&& body);
    void search_group(Sums& sums, const LargeNode& node, const std::uint16_t* features, int n_features,
                      LargeSplit& best);
    void take_boundary(Sums& sums, int lane);
    void scan_missing_left(Sums& sums, int lane);
    void add_suspects(Sums& sums, int lane);
    std::ptrdiff_t collect(const LargeNode& node);
    void refine(Sums& sums, const LargeNode& node);
    void scan_suspect(Sums& sums, const LargeNode& node, const std::uint64_t* begin, const std::uint64_t* end);
    void name_neighbours(const Sums& sums, const LargeNode& node);

    const CodedColumn& column(int lane) const { return codes_.columns[features_[lane]]; }
    bool has_missing(const Sums& sums, int lane) const {
        return column(lane).has_missing && !is_empty(sums, lane, kMissingBin);
    }
    int end_of_present(int lane) const { return column(lane).has_missing ? kMissingBin : codes_.n_bins; }
    static bool is_empty(const Sums& sums, int lane, int bin) {
        return sums.weight(lane, bin) <= sums.weight(lane, bin - 1);
    }
    static int next_bin(const Sums& sums, int lane, int bin, int end);
    void set_left(Sums& sums, int lane, int bin) const;

    const RankCodes& codes_;
    const std::uint16_t* features_ = nullptr;
    int n_features_ = 0;
    Buffer<std::uint8_t> picked_;  // `(rows of a part, kGroup)`
    BinScan scan_{};
    bool missing_left_[kGroup] = {};
    Boundary best_{};
    std::uint8_t wanted_bin_[4 * kGroup] = {};  // k-th wanted bin of feature f at 16 k + f
    std::uint64_t wanted_ = 0;
    std::vector<std::uint64_t> found_;
};

extern template class LargeSearch<SquaredErrorSums>;
extern template class LargeSearch<ClassSums>;

}  // namespace plantwright
