// SPDX-License-Identifier: MIT
/// The way into the estimators' private parts, shared by the files that fit from arrays and frames, merge and import.
#pragma once

#include "forest/fit_forest.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright {

struct RegressorFit {
    /// y `(n_rows, n_outputs)`.
    static RandomForestRegressor run(const FeatureRows& rows, ConstMatrixView y, const RandomForestOptions& options,
                                     ConstVectorView sample_weight, FeatureEncoder encoder,
                                     const RandomForestRegressor* start = nullptr);
    static const ForestModel& model(const RandomForestRegressor& forest) { return forest.model_; }
};

struct ClassifierFit {
    static RandomForestClassifier run(const FeatureRows& rows, RandomForestClassifier::Labels y,
                                      const RandomForestOptions& options, ConstVectorView sample_weight,
                                      std::vector<std::string> classes, FeatureEncoder encoder,
                                      const RandomForestClassifier* start = nullptr);
    /// Y `(n_rows, n_outputs)`; without names classes are numbered.
    static RandomForestClassifier run_outputs(const FeatureRows& rows, RandomForestClassifier::LabelTable Y,
                                              const RandomForestOptions& options, ConstVectorView sample_weight,
                                              const RandomForestClassifier::ClassNames& classes, FeatureEncoder encoder,
                                              const RandomForestClassifier* start = nullptr);
    static const ForestModel& model(const RandomForestClassifier& forest) { return forest.model_; }
};

Criterion classification_criterion(const char* who, const RandomForestOptions& options);  ///< gini or entropy
std::vector<std::string> numbered_classes(RandomForestClassifier::Labels y);  ///< "0", "1", ... up to the largest
Vector first_column(const Matrix& values);
inline ConstMatrixView as_column(ConstVectorView y) { return {y.data(), y.size(), 1, y.stride(), 1}; }
Buffer<std::int32_t> most_likely(const Matrix& share);  ///< of each row the first class of the largest share

}  // namespace plantwright
