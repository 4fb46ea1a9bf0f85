// SPDX-License-Identifier: MIT
/// The best split of a large node: packed sums over bins of codes first, then exact scans of the few bins that could
/// hide a better one.
///
/// Each feature's codes within the node are cut into about n / 2 bins of equal width. Boundaries between bins are exact
/// candidates. Inside a bin, gain is a convex function of (weight, target sum), and every partial sum of the bin lies
/// in the parallelogram spanned by the node's extreme targets; so the gain at its corners bounds them all, and a bin
/// whose bound is below the best split found cannot win. The result is that of sorting every feature, ties included.
#pragma once

#include <cstdint>
#include <vector>

#include "forest/packed_kernel.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright {

/// A split of codes: those below `code` go left. Ordered by gain; equal gains by draw, missing right first, lower code.
struct CodeSplit {
    double gain;
    std::int32_t feature = -1;
    std::int32_t draw = 0;
    bool missing_go_left = false;
    std::uint32_t code = 0;

    bool better_than(const CodeSplit& other) const {
        if (gain != other.gain) return gain > other.gain;
        if (draw != other.draw) return draw < other.draw;
        return missing_go_left != other.missing_go_left ? other.missing_go_left : code < other.code;
    }
};

/// Targets of a node, quantised.
struct TargetExtremes {
    double low;
    double high;
};

template <class Code>
class HistogramSearch {
public:
    /// `packed` are the node's rows; both must stay until the node is done.
    void start(const PackedNode& node, const std::uint64_t* packed, TargetExtremes extremes);

    /// One feature's codes, in the order of the rows; draws come in ascending order.
    void add(std::int32_t feature, std::int32_t draw, const Code* codes, const CodeRange& range);

    /// Scans what might still win; `gather(feature)` gives the codes again.
    template <class Gather>
    const CodeSplit& finish(Gather&& gather) {
        for (std::size_t i = 0; i < suspects_.size();) {
            std::size_t end = i;
            while (end < suspects_.size() && suspects_[end].draw == suspects_[i].draw) ++end;
            if (keep_possible(i, end)) refine(gather(suspects_[i].feature));
            i = end;
        }
        return best_;
    }

private:
    struct Binning {
        std::uint32_t low;
        int bits;
        std::uint32_t n_bins;
    };
    struct Ratio {  // a gain or a bound on one, not yet divided
        double numerator, denominator;
        bool below(double gain) const {
            return numerator * (1 + 1e-9) < gain * denominator;
        }  // surely, despite rounding
    };
    struct Suspect {  // a bin that might hold a better split
        std::int32_t feature, draw;
        bool missing_go_left;
        Binning binning;
        std::uint32_t bin;
        std::uint64_t before, sum;    // left of the bin; in it
        std::uint32_t n_rows_before;  // counted only where min_samples_leaf needs it
        Ratio bound;
    };
    using KeyedRow = std::uint64_t;  // code << 32 | row

    Binning bin_codes(const Code* codes, const CodeRange& range);
    void scan_bins(CodeSplit at, const Binning& binning, std::uint64_t missing, std::uint32_t n_missing);
    void suspect(const CodeSplit& at, const Binning& binning, std::uint32_t bin, std::uint64_t before,
                 std::uint32_t n_before);
    Ratio rough_bound(std::uint64_t before, std::uint64_t sum) const;
    double corner_bound(std::uint64_t before, std::uint64_t sum) const;
    double gain(double weight, double target) const;
    void consider(CodeSplit at, std::uint64_t left, std::uint32_t n_left);
    bool keep_possible(std::size_t begin, std::size_t end);
    void refine(const Code* codes);
    void scan_bin(const Suspect& suspect);

    PackedNode node_{};
    const std::uint64_t* packed_ = nullptr;
    TargetExtremes extremes_{};
    double weight_ = 0, target_ = 0, mean_ = 0, reach_ = 0;
    CodeSplit best_{};
    std::vector<std::uint64_t> bins_;
    std::vector<std::uint32_t> counts_;  // rows by bin, where min_samples_leaf > 1
    std::vector<Suspect> suspects_, possible_;
    std::vector<std::uint8_t> wanted_;  // by bin
    std::vector<KeyedRow> keyed_;
};

extern template class HistogramSearch<std::uint16_t>;
extern template class HistogramSearch<std::uint32_t>;

}  // namespace plantwright
