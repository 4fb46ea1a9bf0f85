// SPDX-License-Identifier: MIT
/// Isolation forests on frames: category orders, the schema checked at predict.
#include <algorithm>
#include <numeric>

#include "forest/fit_isolation.hpp"
#include "plantwright/core/error.hpp"

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

/// A frame as the forest expects it, and its features.
class ScoredRows {
public:
    ScoredRows(const IsolationForest& forest, const Frame& frame)
        : frame_(checked(forest, frame)), rows_(encode(forest.encoder(), frame_)) {}
    operator const FeatureRows&() const { return rows_; }

private:
    static Frame checked(const IsolationForest& forest, const Frame& frame) {
        IsolationFit::require_columns(forest, forest.n_features());
        if (forest.schema().size() == 0) {
            throw SchemaMismatch(
                "IsolationForest: this forest was fitted on a plain array without a schema; it scores arrays too");
        }
        return conform(frame, forest.schema());
    }

    Frame frame_;
    FeatureRows rows_;
};

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
    return IsolationFit::path_length(*this, ScoredRows(*this, frame), n_jobs);
}
Vector IsolationForest::score_samples(const Frame& frame, std::optional<int> n_jobs) const {
    return IsolationFit::score_samples(*this, ScoredRows(*this, frame), n_jobs);
}
Table<std::int32_t> IsolationForest::apply(const Frame& frame, std::optional<int> n_jobs) const {
    return IsolationFit::apply(*this, ScoredRows(*this, frame), n_jobs);
}
DecisionPath IsolationForest::decision_path(const Frame& frame, std::optional<int> n_jobs) const {
    return IsolationFit::decision_path(*this, ScoredRows(*this, frame), n_jobs);
}

}  // namespace plantwright
