// SPDX-License-Identifier: MIT
/// Every type of step there is.
#pragma once

#include "plantwright/preprocessing/expanding.hpp"
#include "plantwright/preprocessing/exponential_average.hpp"
#include "plantwright/preprocessing/lags.hpp"
#include "plantwright/preprocessing/rolling_features.hpp"
#include "plantwright/preprocessing/standard_scaler.hpp"

namespace plantwright {

template <class... Steps>
struct StepTypeList {
    /// Calls `f.operator()<Step>()` for each until one returns true; whether one did.
    template <class F>
    static bool any(F&& f) {
        return (f.template operator()<Steps>() || ...);
    }
};

using StepTypes = StepTypeList<StandardScaler, RollingFeatures, Lags, Differences, Expanding, ExponentialAverage>;

}  // namespace plantwright
