// SPDX-License-Identifier: MIT
/// Every type of step there is.
#pragma once

#include "plantwright/preprocessing/clipper.hpp"
#include "plantwright/preprocessing/expanding.hpp"
#include "plantwright/preprocessing/exponential_average.hpp"
#include "plantwright/preprocessing/formula.hpp"
#include "plantwright/preprocessing/iterative_imputer.hpp"
#include "plantwright/preprocessing/knn_imputer.hpp"
#include "plantwright/preprocessing/lags.hpp"
#include "plantwright/preprocessing/max_abs_scaler.hpp"
#include "plantwright/preprocessing/min_max_scaler.hpp"
#include "plantwright/preprocessing/missing_indicator.hpp"
#include "plantwright/preprocessing/one_hot_encoder.hpp"
#include "plantwright/preprocessing/ordinal_encoder.hpp"
#include "plantwright/preprocessing/power_transformer.hpp"
#include "plantwright/preprocessing/quantile_transformer.hpp"
#include "plantwright/preprocessing/robust_scaler.hpp"
#include "plantwright/preprocessing/rolling_features.hpp"
#include "plantwright/preprocessing/sensor_quality.hpp"
#include "plantwright/preprocessing/simple_imputer.hpp"
#include "plantwright/preprocessing/standard_scaler.hpp"
#include "plantwright/preprocessing/target_encoder.hpp"
#include "plantwright/preprocessing/time_features.hpp"

namespace plantwright {

template <class... Steps>
struct StepTypeList {
    /// Calls `f.operator()<Step>()` for each until one returns true; whether one did.
    template <class F>
    static bool any(F&& f) {
        return (f.template operator()<Steps>() || ...);
    }
};

using StepTypes =
    StepTypeList<StandardScaler, RollingFeatures, Lags, Differences, Expanding, ExponentialAverage, MinMaxScaler,
                 MaxAbsScaler, RobustScaler, QuantileTransformer, PowerTransformer, SimpleImputer, MissingIndicator,
                 Clipper, OrdinalEncoder, FrequencyEncoder, OneHotEncoder, TargetEncoder, TimeFeatures, SensorQuality,
                 KNNImputer, IterativeImputer, Formula>;

}  // namespace plantwright
