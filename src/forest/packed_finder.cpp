// SPDX-License-Identifier: MIT
/// `splitter = fast` for squared error, and for gini of two classes: packed integer sums over rank codes.
///
/// Nodes of more than kSmallNode rows go through HistogramSearch; smaller ones sort each drawn feature's codes.
/// Subtrees of at most kLocalRows rows get a copy of their codes, so that their rows lie together in the cache.
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
        for (Index i = 0; i < n; ++i)
            packed_[i] = target_.pack(rows_[i], static_cast<std::uint64_t>(sample.weight[rows_[i]]));
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
    static constexpr Code kMissing = RankCodes<Code>::kMissing;

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
                static_cast<std::uint32_t>(std::min<Index>(settings_.min_samples_leaf, range.size())),
                min_weight_leaf_};
    }

    /// By rows within small nodes, by columns in large ones.
    NodeCodes<Code> codes_of(const NodeRange& range) const {
        const Code* table = is_local(range) ? local_.data() : codes_.rows.data();
        return {table, codes_.stride, slot_.data() + range.begin, packed_.data() + range.begin};
    }

    /// The codes of one feature in the node, in the order of its rows, to `gathered_`.
    CodeRange gather(const NodeRange& range, std::int32_t feature) {
        const NodeCodes<Code> by_row = codes_of(range);
        const bool by_column = range.size() > kLocalRows;
        const Code* table = by_column ? codes_.column(feature) : by_row.table + feature;
        return kernels_.gather(table, by_column ? 1 : by_row.stride, by_row.slot, range.size(), gathered_.data());
    }

    static bool varies(const CodeRange& range) {
        return range.low < range.high || (range.low == range.high && range.n_missing > 0);
    }

    /// Two rows part alike by every feature in which they differ, so the first one drawn is the best.
    Split part_two(const NodeRange& range) {
        const NodeCodes<Code> codes = codes_of(range);
        const Code* a = codes.table + static_cast<std::ptrdiff_t>(codes.slot[0]) * codes.stride;
        const Code* b = codes.table + static_cast<std::ptrdiff_t>(codes.slot[1]) * codes.stride;
        draws_.start(range.key);
        while (!draws_.exhausted()) {
            const std::int32_t feature = draws_.next();
            if (a[feature] != b[feature])
                return split_at(feature, std::min(a[feature], b[feature]), std::max(a[feature], b[feature]), false);
        }
        return {};
    }

    Split find_small(const NodeRange& range, const PackedNode& node) {
        PackedParting best{-std::numeric_limits<double>::infinity(), -1, 0, 0, 0, 0, 0};
        const NodeCodes<Code> codes = codes_of(range);
        draws_.start(range.key);
        const std::span<const std::int32_t> drawn = draws_.next(settings_.max_features);
        std::ptrdiff_t n_varying = kernels_.search(node, codes, drawn.data(), std::ssize(drawn), best);
        while (n_varying == 0 && !draws_.exhausted())
            n_varying = kernels_.search(node, codes, draws_.next(1).data(), 1, best);
        if (best.feature < 0) return {};
        const bool larger_left = 2 * best.n_left_present > node.n_rows;
        return split_at(best.feature, best.left, best.right,
                        best.n_missing > 0 ? best.missing_go_left != 0 : larger_left, best.gain);
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
            if (goes_left)
                left = std::max(left, code);
            else
                right = std::min(right, code);
            n_left += goes_left;
        }
        const bool larger_left = 2 * n_left > range.size();
        return split_at(best.feature, left, right, codes.n_missing > 0 ? best.missing_go_left : larger_left, best.gain);
    }

    /// Between two neighbouring codes of the node; `right` is kMissing where present parts from missing.
    Split split_at(std::int32_t feature, std::uint32_t left, std::uint32_t right, bool missing_go_left,
                   double gain = 0) const {
        const Buffer<float>& values = codes_.values[static_cast<std::size_t>(feature)];
        Split split{.feature = feature, .missing_go_left = missing_go_left, .gain = gain, .code = right};
        split.threshold =
            right == kMissing ? std::numeric_limits<float>::infinity() : threshold_between(values[left], values[right]);
        return split;
    }

    const RankCodes<Code>& codes_;
    const PackedTarget& target_;
    GrowSettings settings_;
    FeatureDraws draws_;
    CodeKernels<Code> kernels_;
    HistogramSearch<Code> search_;
    RowId* rows_ = nullptr;
    Buffer<std::uint32_t> slot_;    // by position: the row in `codes_`, or in `local_` within the local range
    Buffer<std::uint64_t> packed_;  // by position
    Buffer<Code> local_;            // `(kLocalRows, stride)`: codes of rows [local_begin_, local_end_)
    Index local_begin_ = 0, local_end_ = 0;
    Buffer<Code> gathered_;
    Buffer<std::uint32_t> scratch_row_, scratch_slot_;
    Buffer<std::uint64_t> scratch_packed_;
    double min_weight_leaf_ = 0;
};

}  // namespace

std::unique_ptr<SplitFinder> make_packed_finder(const TrainingData& data, const GrowSettings& settings) {
    if (data.codes16) return std::make_unique<PackedFinder<std::uint16_t>>(data, *data.codes16, settings);
    return std::make_unique<PackedFinder<std::uint32_t>>(data, *data.codes32, settings);
}

}  // namespace plantwright
