// SPDX-License-Identifier: MIT
#include "forest/isolation_grower.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "forest/compact_nodes.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

constexpr Index kSpare = 16;  // elements that kernels may touch behind a tree's rows

[[noreturn]] void refuse_infinite(RowId row, std::uint32_t column) {
    throw InvalidArgument(
        "IsolationForest: X must not hold infinity or values too large for float32, got one in column " +
        std::to_string(column) + ", row " + std::to_string(row) + "; missing values are NaN");
}

}  // namespace

double mean_path_length(Index n) {
    constexpr double kEulerGamma = 0.57721566490153286;
    if (n < 2) return 0;
    if (n == 2) return 1;
    const auto less = static_cast<double>(n - 1);
    return 2 * (elementary::log(less) + kEulerGamma) - 2 * less / static_cast<double>(n);
}

// ---- a tree's rows

ColumnBlock::ColumnBlock(Index n_rows, Index n_columns)
    : stride_((n_rows + 2 * kSpare - 1) / kSpare * kSpare), columns_(stride_ * n_columns) {}

void ColumnBlock::read(const FeatureRows& table, std::span<const RowId> rows, std::span<const std::uint32_t> features) {
    const auto& kernels = PLANTWRIGHT_KERNELS(kIsolationKernels);
    const bool all = static_cast<Index>(features.size()) == table.cols();
    const auto n = static_cast<std::uint32_t>(rows.size());
    bool finite = false;
    if (const float* x = table.dense_rows(0); x && all) {
        finite = kernels.copy(x, table.cols(), rows.data(), n, table.cols(), columns_.data(), stride_);
    } else if (const double* wide = table.dense_rows64(0); wide && all) {
        finite = kernels.copy64(wide, table.cols(), rows.data(), n, table.cols(), columns_.data(), stride_);
    } else {
        for (std::size_t k = 0; k < features.size(); ++k)
            table.read_column_at(features[k], rows, columns_.data() + static_cast<Index>(k) * stride_);
    }
    any_missing_ = false;
    if (!finite) look_for_missing(rows, features);
}

void ColumnBlock::look_for_missing(std::span<const RowId> rows, std::span<const std::uint32_t> features) {
    for (std::size_t k = 0; k < features.size(); ++k) {
        const float* column = columns_.data() + static_cast<Index>(k) * stride_;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            any_missing_ |= std::isnan(column[i]);
            if (std::isinf(column[i])) refuse_infinite(rows[i], features[k]);
        }
    }
}

IsolationPlan::IsolationPlan(const FeatureRows& table, const IsolationForestOptions& options, const Vector& weight)
    : table_(table), options_(options), sampler_(options, table.rows(), weight),
      max_depth_(
          static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::max<Index>(sampler_.max_samples(), 2) - 1)))),
      path_length_(Vector::uninitialized(sampler_.max_samples() + 1)) {
    for (Index n = 0; n < path_length_.size(); ++n) path_length_[n] = mean_path_length(n);
    if (!sampler_.takes_all_rows() || options.max_features.of(table.cols()) < table.cols()) return;
    RowSet unused;
    std::vector<RowId> rows;
    sampler_.sample(0, unused, rows);
    shared_ = std::make_unique<ColumnBlock>(table.rows(), table.cols());
    shared_->read(table, rows, features_of_isolation_tree({}, table.cols(), 0));
}

std::vector<std::uint32_t> IsolationPlan::features(Index tree) const {
    return features_of_isolation_tree(options_, table_.cols(), tree);
}

std::uint64_t IsolationPlan::key(Index tree) const {
    return RandomStream(options_.random_state, static_cast<std::uint64_t>(tree), Purpose::features).next();
}

IsolationDraws::IsolationDraws(const IsolationPlan& plan) : plan_(plan), numbers_(plan.features(0)) {
    if (!plan.shared_block()) block_ = ColumnBlock(plan.max_samples(), std::ssize(numbers_));
    features_.resize(numbers_.size());
}

void IsolationDraws::sample(Index tree, Rows& rows) {
    plan_.sampler().sample(tree, drawn_, rows.rows);
    rows.tree = tree;
}

/// Where rows lie as they are read.
IsolationNext IsolationDraws::next_rows() const {
    const FeatureRows& table = plan_.table();
    const auto n = static_cast<std::uint32_t>(next_.rows.size());
    if (const float* x = table.dense_rows(0))
        return {reinterpret_cast<const char*>(x), table.cols() * 4, next_.rows.data(), n};
    if (const double* x = table.dense_rows64(0))
        return {reinterpret_cast<const char*>(x), table.cols() * 8, next_.rows.data(), n};
    return {};
}

IsolationSample IsolationDraws::draw(Index tree, Index next) {
    if (std::ssize(numbers_) < plan_.table().cols()) numbers_ = plan_.features(tree);
    const ColumnBlock* shared = plan_.shared_block();
    for (std::size_t k = 0; k < numbers_.size(); ++k) features_[k] = {static_cast<std::uint32_t>(k), numbers_[k] + 1};
    if (shared) return {shared, plan_.max_samples(), features_, {}};
    std::swap(now_, next_);
    if (now_.tree != tree) sample(tree, now_);
    block_.read(plan_.table(), now_.rows, numbers_);
    constexpr Index kMostFetched = 65'536;  // values that stay in the cache until they are read
    if (plan_.max_samples() > kMostFetched / plan_.table().cols())
        return {&block_, std::ssize(now_.rows), features_, {}};
    sample(next, next_);
    return {&block_, std::ssize(now_.rows), features_, next_rows()};
}

// ---- a tree

IsolationGrower::IsolationGrower(const IsolationPlan& plan, unsigned slot_bits)
    : plan_(plan), draws_(plan), limits_{.max_depth = static_cast<std::uint32_t>(plan.max_depth()),
                                         .path_length = plan.path_length(),
                                         .slot_bits = slot_bits,
                                         .half = static_cast<std::uint32_t>(half_slots(plan.table().cols()))} {
    const Index n = plan.max_samples();
    const auto size = static_cast<std::size_t>(n);
    for (auto& rows : rows_) rows = Buffer<std::byte>((n + kSpare) * static_cast<Index>(sizeof(std::uint32_t)));
    for (auto& waiting : waiting_) waiting.resize(size / 2 + 2);
    values_ = Buffer<float>(n + kSpare);
    n_at_place_.resize(2 * size + 2);
    varying_.resize(static_cast<std::size_t>(plan.table().cols()));
    leaf_rows_.resize(size + 1);
    words_.resize((2 * size + 2) * (slot_bits == 0 ? 2 : 1));
}

const IsolationTree& IsolationGrower::grow(Index tree, Index next) {
    const IsolationSample sample = draws_.draw(tree, next);
    const IsolationRows rows{.columns = sample.block->columns(),
                             .stride = sample.block->stride(),
                             .n_rows = static_cast<std::uint32_t>(sample.n_rows),
                             .any_missing = sample.block->any_missing(),
                             .features = sample.features.data(),
                             .n_features = static_cast<std::uint32_t>(sample.features.size())};
    const IsolationScratch scratch{.rows = {rows_[0].data(), rows_[1].data()},
                                   .values = values_.data(),
                                   .waiting = {waiting_[0].data(), waiting_[1].data()},
                                   .n_at_place = n_at_place_.data(),
                                   .varying = varying_.data()};
    tree_.words = words_.data();
    tree_.leaf_rows = leaf_rows_.data();
    PLANTWRIGHT_KERNELS(kIsolationKernels).grow(rows, sample.next, limits_, plan_.key(tree), scratch, tree_);
    return tree_;
}

}  // namespace plantwright
