// SPDX-License-Identifier: MIT
/// From checked inputs to a fitted `ForestModel`: options worked out, trees grown in parallel, out-of-bag estimate.
#pragma once

#include <string>

#include "forest/feature_rows.hpp"
#include "forest/training.hpp"

namespace plantwright {

struct FitRequest {
    const char* who;  ///< the estimator, for messages
    const FeatureRows& rows;
    const Target& target;
    const RandomForestOptions& options;
    ConstVectorView sample_weight;
    FeatureEncoder encoder;
    const ForestModel* start = nullptr;  ///< the first trees, grown before with the same options (warm start)
};

/// Throws InvalidArgument on options out of range, sizes that differ, weights that are not finite and >= 0 or sum to 0,
/// infinite values in X, a start that does not fit; Stopped by the progress callback.
ForestModel fit_forest(FitRequest request);

/// Checks a regression target `(n_rows, n_outputs)` and centres it.
Target regression_target(const char* who, ConstMatrixView y, Criterion criterion);
Target class_target(const char* who, VectorView<const std::int32_t> y, Index n_classes, Criterion criterion);
/// Several labels a row, `(n_rows, n_labels)`, for gini or entropy: see Target::class_begin.
Target class_outputs_target(const char* who, MatrixView<const std::int32_t> y,
                            const std::vector<std::int64_t>& n_classes, Criterion criterion);

}  // namespace plantwright
