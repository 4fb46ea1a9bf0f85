// SPDX-License-Identifier: MIT
#include "forest/sliced_forest.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "forest/slicer.hpp"
#include "forest/walk_kernel.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr double kStepCost = 1.05;   // ns a row and tree, for a step of a walk (benchmarks/forest/isolation.py)
constexpr Index kMostSplits = 1024;  // of a tree, on average: more never pay

}  // namespace

std::unique_ptr<const SlicedForest> SlicedForest::make(const CompactForest& forest) {
    const Index n_splits = forest.n_nodes() - forest.n_leaves();
    if (forest.n_outputs != 1 || forest.has_categories() || n_splits > kMostSplits * forest.n_trees()) return nullptr;
    std::unique_ptr<SlicedForest> sliced(new SlicedForest);
    if (!Slicer(forest, *sliced).run()) return nullptr;
    return sliced;
}

bool SlicedForest::pays() const {
    double steps = 0;
    for (const int depth : depth_) steps += depth;
    return cost_of_rows(1) < kStepCost * steps;
}

double SlicedForest::cost_of_rows(Index rows) const {
    double codes = 0;
    for (const Group& group : groups_) codes += static_cast<double>(group.features.size());
    const SlicedCosts cost = PLANTWRIGHT_KERNELS(kSlicedKernels).costs;
    const double splits = static_cast<double>(splits_.size()) + static_cast<double>(even_.size()) / 4;
    const double counts = static_cast<double>(weights_.size()) / kSlicedDigits;
    return (cost.split * splits + cost.count * counts + cost.code * codes) * static_cast<double>(rows);
}

SlicedForest::Scratch::Scratch(const SlicedForest& forest)
    : codes_(2 * forest.n_codes_ * kSlicedRows), rows_(forest.n_lines_ * kSlicedRows),
      counts_(std::ssize(forest.weights_) / kSlicedDigits * kSlicedRows), depth_(kSlicedRows) {}

void SlicedForest::add(const FeatureRows& table, Index begin, Index end, Scratch& scratch, double* sum) const {
    for (Index i = begin; i < end; i += kSlicedRows)
        add_block(table, i, std::min<Index>(kSlicedRows, end - i), scratch, sum + (i - begin));
}

void SlicedForest::add_block(const FeatureRows& table, Index begin, Index n, Scratch& scratch, double* sum) const {
    const auto& kernels = PLANTWRIGHT_KERNELS(kSlicedKernels);
    const Block block = read(table, begin, n, scratch);
    for (Index i = 0; i < n; ++i) sum[i] += constant_;
    int depth = 0, n_trees = 0;  // since bytes were added to the sums
    for (const Group& group : groups_) {
        code(group, block, scratch.codes_.data());
        for (auto t = static_cast<std::size_t>(group.first); t < static_cast<std::size_t>(group.end); ++t) {
            if (depth + depth_[t] > kSlicedMostDepth) add_depth(n, scratch, sum), depth = 0;
            if (n_trees + trees_[t].n_trees > kSlicedMostCount) add_counts(n, scratch, sum), n_trees = 0;
            kernels.pass(trees_[t], scratch.codes_.data(), scratch.rows_.data(), scratch.depth_.data(),
                         scratch.counts_.data());
            depth += depth_[t];
            n_trees += trees_[t].n_trees;
        }
    }
    add_depth(n, scratch, sum);
    add_counts(n, scratch, sum);
}

SlicedForest::Block SlicedForest::read(const FeatureRows& table, Index begin, Index n, Scratch& scratch) const {
    const auto& kernels = PLANTWRIGHT_KERNELS(kWalkKernels);
    const Index cols = table.cols();
    Block block{.x = nullptr, .wide = table.dense_rows64(begin), .n = static_cast<int>(n), .cols = cols};
    if (block.wide) {
        block.missing = kernels.any_missing64(block.wide, n * cols);
        return block;
    }
    block.x = table.dense_rows(begin);
    if (!block.x) {
        scratch.copy_.resize(static_cast<std::size_t>(kSlicedRows * cols));
        table.read_rows(begin, begin + n, scratch.copy_.data());
        block.x = scratch.copy_.data();
    }
    block.missing = kernels.any_missing(block.x, n * cols);
    return block;
}

void SlicedForest::code(const Group& group, const Block& block, std::uint8_t* codes) const {
    const auto& kernels = PLANTWRIGHT_KERNELS(kSlicedKernels);
    const float* thresholds = group.tables.data();
    for (const Index feature : group.features) {
        if (block.wide)
            kernels.code64(block.wide + feature, block.cols, block.n, block.missing, thresholds, codes);
        else
            kernels.code(block.x + feature, block.cols, block.n, block.missing, thresholds, codes);
        thresholds += kSlicedTable;
        codes += 2 * kSlicedRows;
    }
}

void SlicedForest::add_depth(Index n, Scratch& scratch, double* sum) const {
    for (Index i = 0; i < n; ++i) sum[i] += scratch.depth_[i];
    std::memset(scratch.depth_.data(), 0, kSlicedRows);
}

/// Digits of sums of units: exact.
void SlicedForest::add_counts(Index n, Scratch& scratch, double* sum) const {
    std::uint16_t digits[kSlicedDigits * kSlicedRows] = {};
    const Index n_counts = std::ssize(weights_) / kSlicedDigits - 1;
    PLANTWRIGHT_KERNELS(kSlicedKernels)
        .weigh(scratch.counts_.data() + kSlicedRows, weights_.data() + kSlicedDigits, n_counts, digits);
    for (int d = 0; d < kSlicedDigits; ++d) {
        const double unit = std::ldexp(kSlicedUnit, 8 * d);
        for (Index i = 0; i < n; ++i) sum[i] += digits[d * kSlicedRows + i] * unit;
    }
    std::memset(scratch.counts_.data(), 0, static_cast<std::size_t>(scratch.counts_.size()));
}

}  // namespace plantwright
