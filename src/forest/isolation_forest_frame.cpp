// SPDX-License-Identifier: MIT
/// Isolation forests on frames: category orders, the schema checked at predict.
#include <algorithm>
#include <numeric>

#include "forest/conformed_rows.hpp"
#include "forest/fit_isolation.hpp"

namespace plantwright {
namespace {

/// The most frequent level first, ties by level order; levels without rows come last.
Buffer<float> ranks_by_frequency(const Column& column) {
    const auto n_levels = static_cast<Index>(column.levels().size());
    std::vector<Index> count(static_cast<std::size_t>(n_levels)), order(count.size());
    const auto codes = column.codes();
    for (Index i = 0; i < codes.size(); ++i) {
        if (codes[i] >= 0) ++count[static_cast<std::size_t>(codes[i])];
    }
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        return count[static_cast<std::size_t>(a)] > count[static_cast<std::size_t>(b)];
    });
    Buffer<float> ranks(n_levels);
    for (std::size_t r = 0; r < order.size(); ++r) ranks[order[r]] = static_cast<float>(r);
    return ranks;
}

FeatureEncoder encoder_of(const Frame& frame) {
    FeatureEncoder encoder;
    encoder.schema = frame.schema();
    encoder.inputs = encoder.schema.input_names();
    for (const std::string& name : encoder.inputs) {
        const Column& column = frame.column(name);
        const bool category = column.kind() == ColumnKind::category;
        encoder.level_ranks.push_back(category ? ranks_by_frequency(column) : Buffer<float>{});
    }
    return encoder;
}

IsolationForest fit_frame(const Frame& frame, const IsolationForestOptions& options, ConstVectorView sample_weight,
                          const IsolationForest* start) {
    FeatureEncoder encoder = encoder_of(frame);
    const FeatureRows rows = encode(encoder, frame);
    return IsolationFit::run(rows, options, sample_weight, std::move(encoder), start);
}

}  // namespace

IsolationForest IsolationForest::fit(const Frame& frame, const IsolationForestOptions& options,
                                     ConstVectorView sample_weight) {
    return fit_frame(frame, options, sample_weight, nullptr);
}
IsolationForest IsolationForest::grow(const Frame& frame, const IsolationForestOptions& options,
                                      ConstVectorView sample_weight) const {
    return fit_frame(frame, options, sample_weight, this);
}
Vector IsolationForest::path_length(const Frame& frame, std::optional<int> n_jobs) const {
    return IsolationFit::path_length(*this, ConformedRows(model_, frame), n_jobs);
}
Vector IsolationForest::score_samples(const Frame& frame, std::optional<int> n_jobs) const {
    return IsolationFit::score_samples(*this, ConformedRows(model_, frame), n_jobs);
}
Table<std::int32_t> IsolationForest::apply(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.apply(ConformedRows(model_, frame), n_jobs);
}
DecisionPath IsolationForest::decision_path(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.decision_path(ConformedRows(model_, frame), n_jobs);
}

}  // namespace plantwright
