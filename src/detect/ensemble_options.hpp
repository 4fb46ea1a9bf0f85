// SPDX-License-Identifier: MIT
/// What options of an ensemble are allowed.
#pragma once

#include "plantwright/detect/ensemble_detector.hpp"

namespace plantwright::detect {

void require_options(const EnsembleOptions& options);  ///< throws InvalidArgument

}  // namespace plantwright::detect
