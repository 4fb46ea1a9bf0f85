// SPDX-License-Identifier: MIT
/// Blame of an isolation forest's score by occlusion.
#pragma once

#include "plantwright/core/types.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright::detect {

/// Of each column its median, NaN of a column without numbers.
Vector medians_of(ConstMatrixView table);

/// By how much more normal `features`, `(n_sensors * per_sensor)`, would score with each sensor's own at their medians,
/// at least 0, `(n_sensors,)`. What is missing, in the row or among the medians, stays as it is.
Vector occluded_gains(const IsolationForest& forest, const Vector& features, const Vector& medians, Index per_sensor);

}  // namespace plantwright::detect
