// SPDX-License-Identifier: MIT
/// What a Model asks of its estimator, of whatever type.
#pragma once

#include <algorithm>
#include <span>

#include "plantwright/model/model.hpp"

namespace plantwright {

inline const FeatureEncoder& encoder_of(const Estimator& estimator) {
    return std::visit(
        [](const auto& fitted) -> const FeatureEncoder& {
            if constexpr (requires { fitted.encoder(); })
                return fitted.encoder();
            else
                return fitted.model().encoder();
        },
        estimator);
}

// `outputs_of`: `(rows, n_outputs)`, of a frame that the steps have made ready; and of one row's features as the
// encoder makes them, `outputs (n_outputs,)`.

inline Matrix outputs_of(const RandomForestRegressor& forest, const Frame& ready, std::optional<int> n_jobs) {
    return forest.predict_outputs(ready, n_jobs);
}
inline Matrix outputs_of(const RandomForestClassifier& forest, const Frame& ready, std::optional<int> n_jobs) {
    return forest.predict_proba(ready, n_jobs);
}
inline Matrix outputs_of(const IsolationForest& forest, const Frame& ready, std::optional<int> n_jobs) {
    const Vector scores = forest.score_samples(ready, n_jobs);
    Matrix out(scores.size(), 1);
    std::copy(scores.begin(), scores.end(), out.data());
    return out;
}

template <class Forest>
void outputs_of(const Forest& forest, std::span<const float> features, std::span<double> outputs) {
    forest.model().mean_of_features(features, outputs);
}
inline void outputs_of(const IsolationForest& forest, std::span<const float> features, std::span<double> outputs) {
    outputs[0] = forest.score_of_features(features);
}

template <class Forest>
Index n_outputs_of(const Forest& forest) {
    return forest.model().n_outputs();
}
inline Index n_outputs_of(const IsolationForest&) { return 1; }

}  // namespace plantwright
