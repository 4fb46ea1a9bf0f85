// SPDX-License-Identifier: MIT
/// What options of an ensemble are allowed.
#pragma once

#include "detect/alarm_budget.hpp"
#include "plantwright/detect/ensemble_detector.hpp"

namespace plantwright::detect {

void require_options(const EnsembleOptions& options);  ///< throws InvalidArgument

inline AskedRate asked_of(const EnsembleOptions& o) { return {o.alarms_per_day, o.false_alarm_rate, o.contamination}; }

}  // namespace plantwright::detect
