// SPDX-License-Identifier: MIT
#include "forest/slicer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "forest/ordered_bits.hpp"

namespace plantwright {
namespace {

constexpr Index kBundle = 4;  // trees side by side

std::uint32_t line(std::size_t number) { return static_cast<std::uint32_t>(number * kSlicedRows); }

double value_of(const NodeParts& leaf) { return static_cast<double>(std::bit_cast<float>(leaf.low)); }

}  // namespace

Slicer::Slicer(const CompactForest& forest, SlicedForest& to)
    : forest_(forest), nodes_(format_of_nodes(forest)), half_(half_slots(forest.n_features)), to_(to),
      n_thresholds_(static_cast<std::size_t>(forest.n_features)) {
    to_.weights_.resize(kSlicedDigits);
    to_.groups_.emplace_back();
}

bool Slicer::run() {
    for (Index t = 0; t < forest_.n_trees();) {
        const Index end = end_of_bundle(t);
        if (!add_trees(t, end)) return false;
        t = end;
    }
    end_group();
    to_.groups_.pop_back();
    set_pointers();
    return most_sum_ < 0x1p52 * kSlicedUnit;
}

/// Of trees that surely fit one group, where each of them does.
Index Slicer::end_of_bundle(Index t) const {
    Index n_splits = 0, end = t;
    for (; end < forest_.n_trees() && end - t < kBundle; ++end) {
        n_splits += forest_.n_nodes(end) / 2;
        if (n_splits > kSlicedThresholds && end > t) break;
    }
    return end;
}

bool Slicer::add_trees(Index t, Index end) {
    inner_.clear();
    last_.clear();
    new_thresholds_.clear();
    const std::size_t n_even = to_.even_.size(), n_leaves = to_.leaves_.size();
    const int depth = grow(t, end);
    if (!fits_ || depth > kSlicedMostDepth) return false;
    if (!count_thresholds()) {
        end_group();
        if (!count_thresholds()) return false;
    }
    add_thresholds();
    to_.splits_.insert(to_.splits_.end(), inner_.begin(), inner_.end());
    to_.splits_.insert(to_.splits_.end(), last_.begin(), last_.end());
    sizes_.push_back({end - t, inner_.size(), last_.size(), to_.even_.size() - n_even, to_.leaves_.size() - n_leaves});
    to_.depth_.push_back(depth);
    return true;
}

// ---- trees

/// Returns the sum of the trees' depths.
int Slicer::grow(Index t, Index end) {
    start(t, end);
    for (int depth = 1; !level_.empty() && fits_; ++depth) {
        next_level_.clear();
        for (const Waiting& waiting : level_) split(waiting, depth);
        level_.swap(next_level_);
    }
    to_.n_lines_ = std::max(to_.n_lines_, static_cast<Index>(n_lines_));
    return std::accumulate(depth_of_tree_.begin(), depth_of_tree_.end(), 0);
}

void Slicer::start(Index t, Index end) {
    n_lines_ = 1;
    level_.clear();
    depth_of_tree_.assign(static_cast<std::size_t>(end - t), 0);
    for (std::size_t k = 0; k < depth_of_tree_.size(); ++k, ++t, ++n_lines_) {
        const std::uint64_t* root = forest_.nodes.data() + (forest_.tree_begin[t] + 1) * forest_.words_per_node();
        const NodeParts parts = nodes_.parts(root);
        if (parts.slot != 0) {
            level_.push_back({root, line(n_lines_), k});
        } else {
            units_above(parts, 0);
            to_.constant_ += value_of(parts);
        }
    }
}

/// `depth` is the children's.
void Slicer::split(const Waiting& waiting, int depth) {
    const NodeParts parts = nodes_.parts(waiting.node);
    const std::uint64_t* next = waiting.node + parts.distance * nodes_.words();
    const Child left = child(next, depth), right = child(next + nodes_.words(), depth);
    SlicedSplit split{.rank = 0, .codes = 0, .own = waiting.own, .left = left.count, .right = right.count};
    depth_of_tree_[waiting.tree] = depth;
    if (!left.is_asked() && !right.is_asked()) return to_.even_.push_back(waiting.own);
    if (left.is_leaf() && right.is_leaf()) {
        note_threshold(parts, last_.size(), true);
        last_.push_back(split);
        return;
    }
    split.left = left.is_asked() ? waiting.own : line(0);
    split.right = !right.is_asked() ? line(0) : left.is_asked() ? line(n_lines_++) : waiting.own;
    hand_on(left, split.left, waiting.tree);
    hand_on(right, split.right, waiting.tree);
    note_threshold(parts, inner_.size(), false);
    inner_.push_back(split);
}

Slicer::Child Slicer::child(const std::uint64_t* node, int depth) {
    Child child{node, nodes_.parts(node)};
    if (!child.is_leaf()) return child;
    const std::uint32_t units = units_above(child.parts, depth);
    if (units > 0) child.count = count_of(units);
    return child;
}

void Slicer::hand_on(const Child& child, std::uint32_t own, std::size_t tree) {
    if (!child.is_leaf())
        next_level_.push_back({child.node, own, tree});
    else if (child.is_asked())
        to_.leaves_.push_back({own, child.count});
}

/// What a leaf's value has above its depth.
std::uint32_t Slicer::units_above(const NodeParts& leaf, int depth) {
    const double value = value_of(leaf), units = (value - depth) / kSlicedUnit;
    fits_ &= units >= 0 && units < 0x1p32 && units == std::floor(units);
    most_sum_ += value;  // more than any row's sum
    return fits_ ? static_cast<std::uint32_t>(units) : 0;
}

std::uint32_t Slicer::count_of(std::uint32_t units) {
    const auto [found, is_new] = count_of_.try_emplace(units, line(to_.weights_.size() / kSlicedDigits));
    for (int d = 0; is_new && d < kSlicedDigits; ++d)
        to_.weights_.push_back(static_cast<std::uint8_t>(units >> (8 * d)));
    return found->second;
}

// ---- thresholds

/// `split` counts among the inner, or the last, ones of the trees at hand.
void Slicer::note_threshold(const NodeParts& parts, std::size_t split, bool is_last) {
    const bool missing_left = parts.slot > half_;
    const std::uint64_t feature = parts.slot - 1 - (missing_left ? half_ : 0);
    new_thresholds_.push_back({feature << 32 | parts.low, split << 1 | is_last, missing_left});
}

/// Whether the trees' thresholds fit beside those of the group.
bool Slicer::count_thresholds() {
    bool fit = true;
    for (const Threshold& t : new_thresholds_)
        fit &= ++n_thresholds_[static_cast<std::size_t>(t.feature_and_key >> 32)] <= kSlicedThresholds;
    return fit;
}

void Slicer::add_thresholds() {
    for (Threshold t : new_thresholds_) {
        t.split = to_.splits_.size() + (t.split & 1 ? inner_.size() : 0) + (t.split >> 1);
        thresholds_.push_back(t);
    }
}

/// The next group begins with the trees at hand.
void Slicer::end_group() {
    SlicedForest::Group& group = to_.groups_.back();
    group.end = std::ssize(to_.depth_);
    std::sort(thresholds_.begin(), thresholds_.end(),
              [](const Threshold& a, const Threshold& b) { return a.feature_and_key < b.feature_and_key; });
    for (const Threshold& t : thresholds_) {
        const auto feature = static_cast<Index>(t.feature_and_key >> 32);
        if (group.features.empty() || group.features.back() != feature) group.features.push_back(feature);
    }
    const Index n_features = std::ssize(group.features);
    group.tables = Buffer<float>(n_features * kSlicedTable, std::numeric_limits<float>::infinity());
    set_ranks(group.tables.data());
    for (float* table = group.tables.begin(); table != group.tables.end(); table += kSlicedTable) {
        for (int k = 0; k < 16; ++k) table[256 + k] = table[16 * k + 15];
    }
    to_.n_codes_ = std::max(to_.n_codes_, n_features);
    thresholds_.clear();
    std::fill(n_thresholds_.begin(), n_thresholds_.end(), 0);
    to_.groups_.push_back({.first = group.end, .end = group.end, .features = {}, .tables = {}});
}

/// Thresholds are sorted by feature, then by key.
void Slicer::set_ranks(float* table) {
    std::size_t feature = 0;  // of the group
    std::uint32_t n = 0;      // thresholds of the feature so far
    for (std::size_t i = 0; i < thresholds_.size(); ++i) {
        const Threshold &t = thresholds_[i], &before = thresholds_[i > 0 ? i - 1 : 0];
        if (t.feature_and_key >> 32 != before.feature_and_key >> 32) {
            ++feature;
            n = 0;
        }
        if (n == 0 || t.feature_and_key != before.feature_and_key) ++n;
        table[feature * kSlicedTable + n - 1] = from_ordered_bits(static_cast<std::uint32_t>(t.feature_and_key));
        SlicedSplit& split = to_.splits_[t.split];
        split.rank = ((n + 128) & 0xFF) * 0x01010101u;
        split.codes = line(2 * feature + (t.missing_left ? 1 : 0));
    }
}

/// Once the arrays do not grow any more.
void Slicer::set_pointers() {
    const SlicedSplit* split = to_.splits_.data();
    const std::uint32_t* even = to_.even_.data();
    const SlicedLeaf* leaf = to_.leaves_.data();
    for (const Sizes& n : sizes_) {
        to_.trees_.push_back({.n_trees = static_cast<int>(n.trees),
                              .inner = split,
                              .n_inner = static_cast<Index>(n.inner),
                              .last = split + n.inner,
                              .n_last = static_cast<Index>(n.last),
                              .even = even,
                              .n_even = static_cast<Index>(n.even),
                              .leaves = leaf,
                              .n_leaves = static_cast<Index>(n.leaves)});
        split += n.inner + n.last;
        even += n.even;
        leaf += n.leaves;
    }
}

}  // namespace plantwright
