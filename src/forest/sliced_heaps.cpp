// SPDX-License-Identifier: MIT
#include "forest/sliced_heaps.hpp"

#include <algorithm>

#include "forest/heap_builder.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr double kWalkCost[kHeapLevels + 1] = {2, 3, 3, 3, 3, 6, 6, 6, 6};

constexpr Index kCodeBytes = Index{24} << 10;  // of a block, beside a tree in the first cache
constexpr Index kMostGroups = 32;

constexpr Index kMostNodes = 2 * kHeapNodes - 1;  // of a tree of kHeapLevels
constexpr Index kMostTrees = 20'000;              // 46 MB, however few nodes they have

}  // namespace

std::unique_ptr<const SlicedHeaps> SlicedHeaps::make(const CompactForest& forest) {
    if (forest.has_categories() || forest.n_trees() > kMostTrees) return nullptr;
    for (Index t = 0; t < forest.n_trees(); ++t) {
        if (forest.n_nodes(t) > kMostNodes) return nullptr;
    }
    std::unique_ptr<SlicedHeaps> sliced(new SlicedHeaps);
    if (!HeapBuilder(forest, *sliced).run()) return nullptr;
    return sliced;
}

double SlicedHeaps::cost_of_rows(Index rows) const {
    const HeapCosts& cost = PLANTWRIGHT_KERNELS(kHeapKernels).costs;
    double codes = 0, trees = 0;
    for (const CodedFeature& feature : features_) codes += cost.feature + cost.code * feature.levels;
    for (const SlicedHeap& heap : heaps_) trees += cost.tree[heap.depth];
    return codes * static_cast<double>(rows) + trees * static_cast<double>(padded(rows));
}

double SlicedHeaps::cost_of_walks(Index rows) const {
    double trees = 0;
    for (const SlicedHeap& heap : heaps_) trees += kWalkCost[heap.depth];
    return trees * static_cast<double>(rows);
}

Index SlicedHeaps::block_rows() const {
    const Index bytes = std::max<Index>(n_lines_, 1) * kHeapRows * Index{sizeof(std::uint16_t)};
    return std::clamp<Index>(kCodeBytes / bytes, 1, kMostGroups) * kHeapRows;
}

void SlicedHeaps::Codes::read(const SlicedHeaps& heaps, const KeyRows& rows) {
    n_groups_ = padded(rows.n_rows) / kHeapRows;
    const Index n_codes = n_groups_ * heaps.n_lines_ * kHeapRows;
    if (codes_.size() < n_codes) codes_ = Buffer<std::uint16_t>(n_codes);
    PLANTWRIGHT_KERNELS(kHeapKernels)
        .code(rows, heaps.features_.data(), std::ssize(heaps.features_), heaps.n_lines_, codes_.data());
}

void SlicedHeaps::leaves_of_tree(const Codes& codes, Index tree, std::uint32_t* leaf) const {
    PLANTWRIGHT_KERNELS(kHeapKernels)
        .leaves(heaps_[static_cast<std::size_t>(tree)], codes.codes_.data(), codes.n_groups_, n_lines_, leaf);
}

}  // namespace plantwright
