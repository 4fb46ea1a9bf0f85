// SPDX-License-Identifier: MIT
#include "forest/heap_builder.hpp"

#include <algorithm>
#include <bit>

namespace plantwright {
namespace {

constexpr std::uint32_t kHighestKey = 0xFFFFFFFFu;

int level_of(std::uint32_t node) { return std::bit_width(node) - 1; }

/// Sorted keys as a heap whose leaves, from left to right, are the numbers of keys below. The highest key fills it up.
Buffer<std::uint32_t> as_heap(std::span<const std::uint32_t> keys, int levels) {
    Buffer<std::uint32_t> heap(Index{1} << levels, kHighestKey);
    for (std::uint32_t node = 1; node < std::uint32_t{1} << levels; ++node) {
        const int level = level_of(node);
        const std::uint32_t place = ((2 * (node - (1u << level)) + 1) << (levels - level - 1)) - 1;
        if (place < keys.size()) heap[node] = keys[place];
    }
    return heap;
}

}  // namespace

HeapBuilder::HeapBuilder(const CompactForest& forest, SlicedHeaps& to)
    : forest_(forest), nodes_(format_of_nodes(forest)), half_(half_slots(forest.n_features)), to_(to) {}

bool HeapBuilder::run() {
    to_.heaps_.resize(static_cast<std::size_t>(forest_.n_trees()));
    for (Index t = 0; t < forest_.n_trees(); ++t) {
        if (!take_tree(t)) return false;
    }
    std::sort(splits_.begin(), splits_.end(),
              [](const Split& a, const Split& b) { return a.feature_and_key < b.feature_and_key; });
    for (std::size_t begin = 0, end; begin < splits_.size(); begin = end) {
        for (end = begin; end < splits_.size() && splits_[end].feature() == splits_[begin].feature();) ++end;
        if (!take_feature(std::span(splits_).subspan(begin, end - begin))) return false;
    }
    return to_.n_lines_ <= kHeapLines;
}

// ---- trees

/// Whether it is shallow enough.
bool HeapBuilder::take_tree(Index t) {
    SlicedHeap& heap = to_.heaps_[static_cast<std::size_t>(t)];
    std::fill(std::begin(heap.top), std::end(heap.top), kEveryoneLeft * 0x10001u);
    std::fill(std::begin(heap.rank), std::end(heap.rank), kEveryoneLeft);
    leaves_.clear();
    waiting_.assign(1, {forest_.nodes.data() + (forest_.tree_begin[t] + 1) * forest_.words_per_node(), 1});
    int depth = 0;
    while (!waiting_.empty()) {
        const Place place = waiting_.back();
        waiting_.pop_back();
        const NodeParts parts = nodes_.parts(place.words);
        if (parts.slot == 0) {
            leaves_.push_back({place.node, parts.low});
            depth = std::max(depth, level_of(place.node));
        } else {
            if (level_of(place.node) == kHeapLevels) return false;
            take_split(t, place, parts);
        }
    }
    put_leaves(heap, depth);
    return true;
}

void HeapBuilder::take_split(Index t, const Place& place, const NodeParts& parts) {
    const bool missing_left = parts.slot > half_;
    const std::uint64_t feature = parts.slot - 1 - (missing_left ? half_ : 0);
    splits_.push_back({feature << 32 | parts.low, static_cast<std::uint32_t>(t), static_cast<std::uint16_t>(place.node),
                       missing_left});
    const std::uint64_t* left = place.words + parts.distance * nodes_.words();
    waiting_.push_back({left + nodes_.words(), 2 * place.node + 1});
    waiting_.push_back({left, 2 * place.node});
}

/// Below a leaf everyone goes left.
void HeapBuilder::put_leaves(SlicedHeap& heap, int depth) const {
    heap.depth = depth;
    for (const Leaf& leaf : leaves_)
        heap.payload[(leaf.node << (depth - level_of(leaf.node))) - (1u << depth)] = leaf.payload;
}

// ---- features

/// All splits by one feature, by threshold; whether its thresholds are not too many.
bool HeapBuilder::take_feature(std::span<const Split> splits) {
    const std::vector<std::uint32_t> keys = rank(splits);
    if (keys.size() > kHeapThresholds) return false;
    CodedFeature feature{.thresholds = {},
                         .levels = static_cast<std::uint32_t>(std::bit_width(keys.size())),
                         .slot = 1 + splits[0].feature(),
                         .right = next_line(),
                         .left = 0};
    const bool any_left = std::ranges::any_of(splits, &Split::missing_left);
    feature.left = any_left ? next_line() : feature.right;
    to_.thresholds_.push_back(as_heap(keys, static_cast<int>(feature.levels)));
    feature.thresholds = to_.thresholds_.back().data();
    to_.features_.push_back(feature);
    for (const Split& split : splits) {
        const std::uint32_t line = split.missing_left ? feature.left : feature.right;
        to_.heaps_[split.tree].line[split.node] = static_cast<std::uint16_t>(line * 2 * kHeapRows);
    }
    return true;
}

/// Returns the distinct thresholds.
std::vector<std::uint32_t> HeapBuilder::rank(std::span<const Split> splits) {
    std::vector<std::uint32_t> keys;
    for (const Split& split : splits) {
        const auto key = static_cast<std::uint32_t>(split.feature_and_key);
        if (keys.empty() || keys.back() != key) keys.push_back(key);
        SlicedHeap& heap = to_.heaps_[split.tree];
        heap.rank[split.node] = static_cast<std::uint16_t>(keys.size() - 1);
        if (split.node < std::size(heap.top)) heap.top[split.node] = static_cast<std::uint32_t>(keys.size()) * 0x10001u;
    }
    return keys;
}

}  // namespace plantwright
