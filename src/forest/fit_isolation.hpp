// SPDX-License-Identifier: MIT
/// From checked inputs to a fitted isolation forest.
#pragma once

#include <string_view>

#include "forest/isolation_grower.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright {

/// The way into the forest's private parts.
struct IsolationFit {
    static IsolationForest run(const FeatureRows& rows, const IsolationForestOptions& options,
                               ConstVectorView sample_weight, FeatureEncoder encoder,
                               const IsolationForest* start = nullptr);
    static IsolationForest grow(const IsolationPlan& plan, FeatureEncoder encoder, const IsolationForest* start);
    static Vector score_samples(const IsolationForest& forest, const FeatureRows& rows, std::optional<int> n_jobs);
    static Vector path_length(const IsolationForest& forest, const FeatureRows& rows, std::optional<int> n_jobs);
    static Table<std::int32_t> apply(const IsolationForest& forest, const FeatureRows& rows, std::optional<int> n_jobs);
    static DecisionPath decision_path(const IsolationForest& forest, const FeatureRows& rows,
                                      std::optional<int> n_jobs);
    static void require_columns(const IsolationForest& forest, Index n_columns);
};

/// These throw InvalidArgument where options are out of range, or do not fit the number of features.
void check_isolation_options(const IsolationForestOptions& options);
void check_isolation_features(const IsolationForestOptions& options, Index n_features);
void check_isolation_rows(Index n_rows);

/// The weights; empty where none are given. Throws InvalidArgument where they do not fit or cannot be.
Vector isolation_weights(ConstVectorView sample_weight, Index n_rows);

/// numpy.percentile(values, 100 share), by linear interpolation.
double quantile_of(Vector values, double share);

}  // namespace plantwright
