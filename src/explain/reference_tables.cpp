// SPDX-License-Identifier: MIT
#include "explain/reference_tables.hpp"

#include <algorithm>
#include <cstring>

namespace plantwright {

ReferenceTables::ReferenceTables(const ExplainedTrees& trees, const ForestPlan& plan, Precision precision,
                                 const FeatureRows& reference, int n_threads)
    : engine_(engine_of(trees, plan, precision, reference, n_threads)) {}

ReferenceTables::Engine ReferenceTables::engine_of(const ExplainedTrees& trees, const ForestPlan& plan,
                                                   Precision precision, const FeatureRows& reference, int n_threads) {
    constexpr auto left_out = DeepTrees::left_out;
    if (precision == Precision::audit)
        return Engine(std::in_place_type<InterventionalForest<double>>, trees, plan, reference, n_threads, left_out);
    return Engine(std::in_place_type<InterventionalForest<float>>, trees, plan, reference, n_threads, left_out);
}

const Vector& ReferenceTables::expected() const {
    return std::visit([](const auto& engine) -> const Vector& { return engine.expected(); }, engine_);
}
Index ReferenceTables::n_trees_by_tables() const {
    return std::visit([](const auto& engine) { return engine.n_trees_by_tables(); }, engine_);
}
bool ReferenceTables::goes_by_tables(Index tree) const {
    return std::visit([&](const auto& engine) { return engine.goes_by_tables(tree); }, engine_);
}
Index ReferenceTables::table_bytes() const {
    return std::visit([](const auto& engine) { return engine.table_bytes(); }, engine_);
}
Matrix ReferenceTables::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    return std::visit([&](const auto& engine) { return engine.values(rows, n_threads, progress); }, engine_);
}

ReferenceCache::Values ReferenceCache::values_of(const FeatureRows& reference) {
    Values values(static_cast<std::size_t>(reference.rows() * reference.cols()));
    reference.read_rows(0, reference.rows(), values.data());
    return values;
}

/// Bit by bit: missing values are equal to themselves.
bool ReferenceCache::Entry::is_of(const Values& others) const {
    return values.size() == others.size() &&
           std::memcmp(values.data(), others.data(), values.size() * sizeof(float)) == 0;
}

ReferenceCache::Tables ReferenceCache::find(const Values& values) {
    const std::lock_guard lock(mutex_);
    const auto at =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.is_of(values); });
    if (at == entries_.end()) return nullptr;
    std::rotate(entries_.begin(), at, at + 1);
    return entries_.front().tables;
}

void ReferenceCache::keep(Values values, Tables tables) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& entry) { return entry.is_of(values); });  // by another thread meanwhile
    entries_.push_front({std::move(values), std::move(tables)});
    Index bytes = 0;
    std::size_t n = 0;
    for (; n < std::min(entries_.size(), kMostKept); ++n) {
        bytes += entries_[n].tables->table_bytes() + static_cast<Index>(entries_[n].values.size() * sizeof(float));
        if (bytes > kMostKeptBytes) break;
    }
    entries_.resize(n);
}

std::size_t ReferenceCache::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace plantwright
