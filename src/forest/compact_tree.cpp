// SPDX-License-Identifier: MIT
#include "forest/compact_tree.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/huge_pages.hpp"
#include "forest/compact_nodes.hpp"
#include "forest/level_sets.hpp"
#include "forest/ordered_bits.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

float finite(float rounded, double value) {
    if (std::isfinite(rounded)) return rounded;
    throw InvalidArgument("forest: a leaf's value must be a float32 after base and scale, got " +
                          std::to_string(value));
}

bool follows_classes(const CompactFormat& format) {
    return format.inner_statistics == InnerStatistics::gini || format.inner_statistics == InnerStatistics::entropy;
}

/// Classes; and as many outputs as a file may claim without a row of the leaf table to show for them.
bool has_unit_leaves(const CompactFormat& format) {
    return follows_classes(format) || format.n_outputs <= kMostUnitOutputs;
}

/// Gives each node its place and writes it: a node that comes off the stack places its two children.
class TreePacker {
public:
    TreePacker(const TreeView& tree, const CompactFormat& format)
        : tree_(tree), format_(format), half_(half_slots(format.n_features)),
          plain_(format.base == 0 && format.scale == 1), stored_(format.inner_statistics == InnerStatistics::stored) {}

    CompactTree pack() {
        const NodeFormat narrow = narrow_format(format_.n_features, format_.has_categories());
        if (narrow.slot_bits == 0 || !pack_nodes(narrow)) pack_nodes({0, narrow.has_categories});
        return std::move(out_);
    }

private:
    struct Placed {
        std::int32_t node;
        std::uint32_t place;
        NodeParts parts;  // but for the distance
    };

    /// False where a distance does not fit.
    bool pack_nodes(const NodeFormat& nodes) {
        start(nodes);
        std::uint32_t n_placed = 1;  // the word of zeros
        place(0, n_placed++);
        while (!stack_.empty()) {
            Placed at = stack_.back();
            stack_.pop_back();
            const auto node = static_cast<std::size_t>(at.node);
            const std::int32_t left = tree_.children_left[node], right = tree_.children_right[node];
            at.parts.distance = n_placed - at.place;
            if (!out_.wide && !nodes.fits(at.parts)) return false;
            nodes.put(at.parts, out_.words.data() + std::size_t{at.place} * words_);
            const std::size_t n_waiting = stack_.size();
            place(left, n_placed++);
            place(right, n_placed++);
            const bool both = stack_.size() == n_waiting + 2;
            if (both && rows(left) >= rows(right))
                std::swap(stack_[n_waiting], stack_[n_waiting + 1]);  // heavier on top
        }
        return true;
    }

    void start(const NodeFormat& nodes) {
        const std::size_t n = tree_.feature.size(), n_leaves = n / 2 + 1;
        out_ = {};
        out_.wide = nodes.slot_bits == 0;
        words_ = nodes.words();
        out_.words.assign((n + 1) * words_, 0);
        stack_.clear();
        for (auto* statistics : {&out_.leaves, &out_.inner}) {
            const std::size_t size = statistics == &out_.leaves ? n_leaves : stored_ ? n - n_leaves : 0;
            statistics->n_node_samples.reserve(size);
            statistics->weight.reserve(size);
        }
    }

    /// Places come in ascending order, so statistics and level sets are written in theirs.
    void place(std::int32_t node, std::uint32_t place) {
        if (tree_.children_left[static_cast<std::size_t>(node)] == kNoChild) {
            out_.words[std::size_t{place} * words_] = payload(node);
            add_statistics(out_.leaves, static_cast<std::size_t>(node));
            return;
        }
        stack_.push_back({node, place, split_parts(node)});
        if (!stored_) return;
        add_statistics(out_.inner, static_cast<std::size_t>(node));
        const double* value = tree_.value.data() + node * format_.n_outputs;
        out_.inner_value.insert(out_.inner_value.end(), value, value + format_.n_outputs);
    }

    std::int32_t rows(std::int32_t node) const { return tree_.n_node_samples[static_cast<std::size_t>(node)]; }

    NodeParts split_parts(std::int32_t node) {
        const auto k = static_cast<std::size_t>(node);
        const auto feature = static_cast<std::size_t>(tree_.feature[k]);
        const std::int32_t n_levels = format_.has_categories() ? format_.n_levels[feature] : 0;
        const bool missing_left = tree_.missing_go_left[k] != 0;
        if (n_levels == 0) return {ordered_bits(tree_.threshold[k]), 1 + feature + (missing_left ? half_ : 0)};
        const LevelSplit split{tree_.levels_left(node), missing_left};
        if (n_levels <= kMaskLevels) return {mask_of(split), 1 + feature, 0, true};
        const auto begin = static_cast<std::uint32_t>(out_.level_sets.size());
        append_set(split, out_.level_sets);
        return {begin, 1 + feature + half_, 0, true};
    }

    std::uint32_t payload(std::int32_t leaf) {
        if (format_.n_outputs == 1) {
            const double value = tree_.value(leaf, 0);
            const float v =
                plain_ ? finite(static_cast<float>(value), value) : leaf_offset(value, format_.base, format_.scale);
            return std::bit_cast<std::uint32_t>(v);
        }
        const double* value = tree_.value.data() + leaf * format_.n_outputs;
        const double* end = value + format_.n_outputs;
        const double* one = has_unit_leaves(format_) ? std::find(value, end, 1.0) : end;
        const bool pure = one != end && std::all_of(value, end, [&](const double& v) { return &v == one || v == 0; });
        if (pure) return static_cast<std::uint32_t>(one - value);
        const std::size_t row = out_.leaf_table.size() / static_cast<std::size_t>(format_.n_outputs);
        out_.leaf_table.insert(out_.leaf_table.end(), value, end);
        return static_cast<std::uint32_t>(static_cast<std::size_t>(format_.n_outputs) + row);
    }

    void add_statistics(CompactTree::Statistics& statistics, std::size_t node) const {
        statistics.n_node_samples.push_back(static_cast<std::uint32_t>(tree_.n_node_samples[node]));
        statistics.weight.push_back(tree_.weighted_n_node_samples[node]);
        if (!follows_classes(format_)) add_impurity(statistics, tree_.impurity[node]);
    }

    /// Leaves of full-grown trees have none, so that no memory is touched for it.
    static void add_impurity(CompactTree::Statistics& statistics, double impurity) {
        if (impurity == 0 && statistics.impurity.empty()) return;
        statistics.impurity.resize(statistics.n_node_samples.size());
        statistics.impurity.back() = impurity;
    }

    const TreeView& tree_;
    const CompactFormat& format_;
    std::uint64_t half_;
    bool plain_, stored_;
    std::size_t words_ = 1;
    std::vector<Placed> stack_;
    CompactTree out_;
};

/// Puts the trees one after the other.
class Joiner {
public:
    Joiner(const CompactFormat& format, std::vector<CompactTree> trees)
        : format_(format), trees_(std::move(trees)), half_(half_slots(format.n_features)),
          narrow_(narrow_format(format.n_features, format.has_categories())) {
        const bool wide = std::any_of(trees_.begin(), trees_.end(), [](const CompactTree& t) { return t.wide; });
        nodes_ = wide ? NodeFormat{0, format.has_categories()} : narrow_;
    }

    CompactForest join() {
        CompactForest forest;
        forest.n_features = format_.n_features;
        forest.n_outputs = format_.n_outputs;
        forest.base = format_.base;
        forest.scale = format_.scale;
        forest.inner_statistics = format_.inner_statistics;
        forest.slot_bits = static_cast<std::uint8_t>(nodes_.slot_bits);
        forest.tree_begin = tree_begin();
        forest.nodes = nodes(forest.tree_begin);
        forest.leaf_table = all(&CompactTree::leaf_table);
        forest.inner_value = all(&CompactTree::inner_value);
        forest.n_levels = Buffer<std::int32_t>(std::span<const std::int32_t>(format_.n_levels));
        forest.level_sets = all(&CompactTree::level_sets);
        join_statistics(forest);
        return forest;
    }

private:
    static std::size_t n_places(const CompactTree& tree) { return tree.words.size() / (tree.wide ? 2 : 1); }

    Buffer<std::int64_t> tree_begin() const {
        Buffer<std::int64_t> begin(static_cast<Index>(trees_.size()) + 1);
        for (std::size_t t = 0; t < trees_.size(); ++t) {
            const auto i = static_cast<Index>(t);
            begin[i + 1] = begin[i] + static_cast<std::int64_t>(n_places(trees_[t]));
        }
        return begin;
    }

    Buffer<std::uint64_t> nodes(const SharedArray<std::int64_t>& begin) {
        const auto words = static_cast<Index>(nodes_.words());
        auto all = Buffer<std::uint64_t>::uninitialized(begin[begin.size() - 1] * words);
        advise_huge_pages(all.data(), static_cast<std::size_t>(all.size()) * sizeof(std::uint64_t));
        std::size_t first_row = 0, first_set = 0;
        for (std::size_t t = 0; t < trees_.size(); ++t) {
            write_nodes(trees_[t], static_cast<std::uint32_t>(first_row), static_cast<std::uint32_t>(first_set),
                        all.data() + begin[static_cast<Index>(t)] * words);
            first_row += trees_[t].leaf_table.size() / static_cast<std::size_t>(format_.n_outputs);
            first_set += trees_[t].level_sets.size();
        }
        if (first_set <= 0xFFFFFFFFu) return all;
        throw InvalidArgument("forest: splits of categories must take at most 2^32 words of levels, got " +
                              std::to_string(first_set));
    }

    void write_nodes(const CompactTree& tree, std::uint32_t first_row, std::uint32_t first_set,
                     std::uint64_t* out) const {
        const NodeFormat own = tree.wide ? NodeFormat{0, narrow_.has_categories} : narrow_;
        if (own.slot_bits == nodes_.slot_bits && first_row == 0 && first_set == 0) {
            std::copy(tree.words.begin(), tree.words.end(), out);
            return;
        }
        std::fill_n(out, nodes_.words(), std::uint64_t{0});
        for (std::size_t k = 1; k < n_places(tree); ++k) {
            NodeParts parts = own.parts(tree.words.data() + k * own.words());
            const bool row = format_.n_outputs > 1 && parts.slot == 0 && parts.low >= format_.n_outputs;
            if (row) parts.low += first_row;
            if (parts.is_category && parts.slot > half_) parts.low += first_set;
            nodes_.put(parts, out + k * nodes_.words());
        }
    }

    template <class T>
    Buffer<T> all(std::vector<T> CompactTree::*member) const {
        std::vector<const std::vector<T>*> pieces;
        for (const CompactTree& tree : trees_) pieces.push_back(&(tree.*member));
        return concatenated(pieces);
    }

    /// Of the leaves of all trees, then of the inner nodes.
    template <class T>
    Buffer<T> all(std::vector<T> CompactTree::Statistics::*member) const {
        std::vector<const std::vector<T>*> pieces;
        for (const CompactTree& tree : trees_) pieces.push_back(&(tree.leaves.*member));
        for (const CompactTree& tree : trees_) pieces.push_back(&(tree.inner.*member));
        return concatenated(pieces);
    }

    template <class T>
    static Buffer<T> concatenated(const std::vector<const std::vector<T>*>& pieces) {
        std::size_t n = 0;
        for (const auto* piece : pieces) n += piece->size();
        auto out = Buffer<T>::uninitialized(static_cast<Index>(n));
        advise_huge_pages(out.data(), n * sizeof(T));
        T* at = out.data();
        for (const auto* piece : pieces) at = std::copy(piece->begin(), piece->end(), at);
        return out;
    }

    void join_statistics(CompactForest& forest) const {
        Buffer<std::uint32_t> rows = all(&CompactTree::Statistics::n_node_samples);
        Buffer<double> weight = all(&CompactTree::Statistics::weight);
        const bool as_rows = std::equal(weight.begin(), weight.end(), rows.begin());
        const bool whole =
            std::all_of(weight.begin(), weight.end(), [](double w) { return w < 4294967296.0 && w == std::floor(w); });
        if (!as_rows && whole) {
            auto whole_weight = Buffer<std::uint32_t>::uninitialized(weight.size());
            advise_huge_pages(whole_weight.data(), static_cast<std::size_t>(weight.size()) * sizeof(std::uint32_t));
            std::transform(weight.begin(), weight.end(), whole_weight.begin(),
                           [](double w) { return static_cast<std::uint32_t>(w); });
            forest.whole_weight = std::move(whole_weight);
        } else if (!as_rows) {
            forest.weight = std::move(weight);
        }
        forest.n_node_samples = std::move(rows);
        if (!follows_classes(format_)) join_impurities(forest);
    }

    void join_impurities(CompactForest& forest) const {
        std::vector<const CompactTree::Statistics*> pieces;
        for (const CompactTree& tree : trees_) pieces.push_back(&tree.leaves);
        for (const CompactTree& tree : trees_) pieces.push_back(&tree.inner);
        const auto is_zero = [](const CompactTree::Statistics* piece) {
            return std::all_of(piece->impurity.begin(), piece->impurity.end(), [](double i) { return i == 0; });
        };
        if (std::all_of(pieces.begin(), pieces.end(), is_zero)) return;
        auto impurity = Buffer<double>(forest.n_node_samples.size());
        double* at = impurity.data();
        for (const auto* piece : pieces) {
            std::copy(piece->impurity.begin(), piece->impurity.end(), at);
            at += piece->n_node_samples.size();
        }
        forest.impurity = std::move(impurity);
    }

    const CompactFormat& format_;
    std::vector<CompactTree> trees_;
    std::uint64_t half_;
    NodeFormat narrow_, nodes_;
};

}  // namespace

float leaf_offset(double value, double base, double scale) {
    const double inverse = 1 / scale;  // exact: a power of two
    const float rounded = finite(static_cast<float>((value - base) * inverse), value);
    return static_cast<float>((base + scale * static_cast<double>(rounded) - base) * inverse);
}

void choose_base(std::span<const double> targets, double& base, double& scale) {
    constexpr double kSmallRange = 16;  // float32 keeps 1e-6 of the range without a base
    base = 0;
    scale = 1;
    if (targets.empty()) return;
    std::vector<double> sorted(targets.begin(), targets.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const double typical = *middle;  // one of the targets, so that differences of whole numbers stay whole
    const auto [low, high] = std::minmax_element(sorted.begin(), sorted.end());
    if (kSmallRange * (*high - *low) < std::abs(typical)) base = typical;
    const double largest = std::max(std::abs(*high - base), std::abs(*low - base));
    // The largest becomes some 2^120, so that small ones beside it keep their digits.
    if (largest > 0 && (largest > 1e30 || largest < 1e-20)) scale = std::ldexp(1.0, std::ilogb(largest) - 120);
}

CompactTree compact_tree(const TreeView& tree, const CompactFormat& format) { return TreePacker(tree, format).pack(); }

CompactForest join_trees(const CompactFormat& format, std::vector<CompactTree> trees) {
    return Joiner(format, std::move(trees)).join();
}

CompactForest::CompactForest(const Forest& forest) {
    CompactFormat format{forest.n_features, forest.n_outputs, forest.base, forest.scale, forest.inner_statistics};
    const bool has_categories =
        std::any_of(forest.n_levels.begin(), forest.n_levels.end(), [](auto n) { return n > 0; });
    if (has_categories) format.n_levels.assign(forest.n_levels.begin(), forest.n_levels.end());
    std::vector<CompactTree> trees;
    for (Index t = 0; t < forest.n_trees(); ++t) trees.push_back(compact_tree(forest.tree(t), format));
    *this = join_trees(format, std::move(trees));
}

}  // namespace plantwright
