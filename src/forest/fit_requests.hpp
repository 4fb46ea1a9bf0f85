// SPDX-License-Identifier: MIT
/// The way into the estimators' private constructors, shared by the files that fit from arrays and from frames.
#pragma once

#include "forest/fit_forest.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright {

struct RegressorFit {
    static RandomForestRegressor run(const FeatureRows& rows, ConstVectorView y, const RandomForestOptions& options,
                                     ConstVectorView sample_weight, FeatureEncoder encoder);
};

struct ClassifierFit {
    static RandomForestClassifier run(const FeatureRows& rows, RandomForestClassifier::Labels y,
                                      const RandomForestOptions& options, ConstVectorView sample_weight,
                                      std::vector<std::string> classes, FeatureEncoder encoder);
};

Vector first_column(const Matrix& values);
Buffer<std::int32_t> most_likely(const Matrix& share);  ///< of each row the first class of the largest share

}  // namespace plantwright
