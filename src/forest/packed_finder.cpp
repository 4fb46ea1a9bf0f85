// SPDX-License-Identifier: MIT
/// `splitter = fast` for squared error, and for gini of two classes: packed integer sums over rank codes.
///
/// Nodes of more than kSmallNode rows go through HistogramSearch; smaller ones sort each drawn feature's codes. Subtrees of at
/// most kLocalRows rows get a copy of their codes, so that their rows lie together in the cache.
#include <algorithm>

#include "forest/code_kernels.hpp"
#include "forest/histogram_search.hpp"
#include "forest/node_random.hpp"
#include "forest/packed_target.hpp"
#include "forest/training_data.hpp"

namespace plantwright {
namespace {

constexpr Index kLocalRows = 1024;

template <class Code>
class PackedFinder : public SplitFinder {
public:
    PackedFinder(const TrainingData& data, const RankCodes<Code>& codes, const GrowSettings& settings)
        : codes_(codes), target_(data.packed), settings_(settings), draws_(data.n_features),
          local_(settings.max_leaf_nodes > 0 ? 0 : kLocalRows * codes.stride),  // best first jumps between subtrees
          gathered_(Buffer<Code>::uninitialized(data.n_rows)) {}

    void start_tree(TreeSample& sample) override {
        const Index n = sample.rows.size();
        rows_ = sample.rows.data();
        slot_ = sample.rows;
        packed_ = Buffer<std::uint64_t>::uninitialized(n);
        if (scratch_packed_.size() < n) {
            scratch_row_ = scratch_slot_ = Buffer<std::uint32_t>::uninitialized(n);
            scratch_packed_ = Buffer<std::uint64_t>::uninitialized(n);
        }
        for (Index i = 0; i < n; ++i) packed_[i] = target_.pack(rows_[i], static_cast<std::uint64_t>(sample.weight[rows_[i]]));
        min_weight_leaf_ = settings_.min_weight_fraction_leaf * sample.total_weight;
        local_begin_ = local_end_ = 0;
    }

    Split find(const NodeRange& range) override {
        copy_small_subtree(range);
        if (range.size() == 2 && min_weight_leaf_ == 0) return part_two(range);
        const PackedNode node = describe(range);
        return range.size() <= kSmallNode ? find_small(range, node) : find_large(range, node);
    }

    Index partition(const NodeRange& range, const Split& split) override {
        gather(range, split.feature);
        const MovingRows rows{rows_ + range.begin, slot_.data() + range.begin, packed_.data() + range.begin};
        const MovingRows scratch{scratch_row_.data(), scratch_slot_.data(), scratch_packed_.data()};
        return kernels_.partition(gathered_.data(), range.size(), split.code, split.missing_go_left, rows, scratch);
    }

private:
    using Key = typename CodeKernels<Code>::Key;
    static constexpr Code kMissing = RankCodes<Code>::kMissing;
    static constexpr int kKeyShift = 8 * sizeof(Code);

    bool is_local(const NodeRange& range) const { return range.begin >= local_begin_ && range.end <= local_end_; }

    void copy_small_subtree(const NodeRange& range) {
        if (range.size() > kLocalRows || local_.empty() || is_local(range)) return;
        local_begin_ = range.begin;
        local_end_ = range.end;
        Code* out = local_.data();
        for (Index i = range.begin; i < range.end; ++i, out += codes_.stride) {
            std::copy_n(codes_.row(slot_[i]), codes_.stride, out);
            slot_[i] = static_cast<std::uint32_t>(i - range.begin);
        }
    }

    PackedNode describe(const NodeRange& range) const {
        std::uint64_t total = 0;
        for (Index i = range.begin; i < range.end; ++i) total += packed_[i];
        return {total, target_.shift(), static_cast<std::uint32_t>(range.size()),
                static_cast<std::uint32_t>(std::min<Index>(settings_.min_samples_leaf, range.size())), min_weight_leaf_};
    }

    /// The codes of one feature in the node, in the order of its rows, to `gathered_`.
    CodeRange gather(const NodeRange& range, std::int32_t feature) {
        const std::uint32_t* slot = slot_.data() + range.begin;
        if (is_local(range)) return kernels_.gather(local_.data() + feature, codes_.stride, slot, range.size(), gathered_.data());
        if (range.size() > kLocalRows) return kernels_.gather(codes_.column(feature), 1, slot, range.size(), gathered_.data());
        return kernels_.gather(codes_.rows.data() + feature, codes_.stride, slot, range.size(), gathered_.data());
    }

    static bool varies(const CodeRange& range) {
        return range.low < range.high || (range.low == range.high && range.n_missing > 0);
    }

    /// Two rows part alike by every feature in which they differ, so the first one drawn is the best.
    Split part_two(const NodeRange& range) {
        Split split;
        draws_.start(range.key);
        while (!draws_.exhausted() && !split.found()) {
            const std::int32_t feature = draws_.next();
            const CodeRange codes = gather(range, feature);
            if (varies(codes)) split = split_at(feature, codes.low, codes.n_missing > 0 ? kMissing : codes.high, false);
        }
        return split;
    }

    Split find_small(const NodeRange& range, const PackedNode& node) {
        PackedParting best{-std::numeric_limits<double>::infinity(), 0, 0};
        std::int32_t best_feature = -1;
        std::uint32_t n_missing = 0;
        for_each_drawn_feature(draws_, range.key, settings_.max_features, [&](std::int32_t feature) {
            const CodeRange codes = gather(range, feature);
            if (!varies(codes)) return false;
            Key sorted[kSmallNode];
            kernels_.sort_small(gathered_.data(), range.size(), sorted);
            if (kernels_.scan_small(node, sorted, codes.n_missing, packed_.data() + range.begin, best)) {
                best_feature = feature;
                n_missing = codes.n_missing;
                best_left_ = static_cast<Code>(sorted[best.position - 1] >> kKeyShift);
                best_right_ = static_cast<Code>(sorted[best.position] >> kKeyShift);
            }
            return true;
        });
        if (best_feature < 0) return {};
        const bool larger_left = 2 * best.position > node.n_rows;
        return split_at(best_feature, best_left_, best_right_, n_missing > 0 ? best.missing_go_left != 0 : larger_left, best.gain);
    }

    Split find_large(const NodeRange& range, const PackedNode& node) {
        search_.start(node, packed_.data() + range.begin, extremes(range));
        for_each_drawn_feature(draws_, range.key, settings_.max_features, [&](std::int32_t feature) {
            const CodeRange codes = gather(range, feature);
            if (!varies(codes)) return false;
            search_.add(feature, static_cast<std::int32_t>(draws_.n_drawn()), gathered_.data(), codes);
            return true;
        });
        const CodeSplit& best = search_.finish([&](std::int32_t feature) {
            gather(range, feature);
            return gathered_.data();
        });
        return best.feature < 0 ? Split{} : split_between(range, best);
    }

    TargetExtremes extremes(const NodeRange& range) const {
        std::uint64_t low = ~std::uint64_t{0}, high = 0;
        for (Index i = range.begin; i < range.end; ++i) {
            const std::uint64_t q = target_.quantised(rows_[i]);
            low = std::min(low, q);
            high = std::max(high, q);
        }
        return {static_cast<double>(low), static_cast<double>(high)};
    }

    /// The node's own codes next to the boundary, on both sides.
    Split split_between(const NodeRange& range, const CodeSplit& best) {
        const CodeRange codes = gather(range, best.feature);
        Code left = 0, right = kMissing;
        Index n_left = 0;
        for (Index i = 0; i < range.size(); ++i) {
            const Code code = gathered_[i];
            const bool goes_left = code < best.code && code != kMissing;
            if (goes_left) left = std::max(left, code);
            else right = std::min(right, code);
            n_left += goes_left;
        }
        const bool larger_left = 2 * n_left > range.size();
        return split_at(best.feature, left, right, codes.n_missing > 0 ? best.missing_go_left : larger_left, best.gain);
    }

    /// Between two neighbouring codes of the node; `right` is kMissing where present parts from missing.
    Split split_at(std::int32_t feature, std::uint32_t left, std::uint32_t right, bool missing_go_left, double gain = 0) const {
        const Buffer<float>& values = codes_.values[static_cast<std::size_t>(feature)];
        Split split{.feature = feature, .missing_go_left = missing_go_left, .gain = gain, .code = right};
        split.threshold = right == kMissing ? std::numeric_limits<float>::infinity() : threshold_between(values[left], values[right]);
        return split;
    }

    const RankCodes<Code>& codes_;
    const PackedTarget& target_;
    GrowSettings settings_;
    FeatureDraws draws_;
    CodeKernels<Code> kernels_;
    HistogramSearch<Code> search_;
    RowId* rows_ = nullptr;
    Buffer<std::uint32_t> slot_;          // by position: the row in `codes_`, or in `local_` within the local range
    Buffer<std::uint64_t> packed_;        // by position
    Buffer<Code> local_;                  // `(kLocalRows, stride)`: codes of rows [local_begin_, local_end_)
    Index local_begin_ = 0, local_end_ = 0;
    Buffer<Code> gathered_;
    Buffer<std::uint32_t> scratch_row_, scratch_slot_;
    Buffer<std::uint64_t> scratch_packed_;
    double min_weight_leaf_ = 0;
    Code best_left_ = 0, best_right_ = 0;
};

}  // namespace

std::unique_ptr<SplitFinder> make_packed_finder(const TrainingData& data, const GrowSettings& settings) {
    if (data.codes16) return std::make_unique<PackedFinder<std::uint16_t>>(data, *data.codes16, settings);
    return std::make_unique<PackedFinder<std::uint32_t>>(data, *data.codes32, settings);
}

}  // namespace plantwright
