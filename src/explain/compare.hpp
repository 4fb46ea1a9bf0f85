// SPDX-License-Identifier: MIT
/// Two tables compared; see Comparison.
#pragma once

#include <memory>

#include "explain/explained_model.hpp"

namespace plantwright {

Comparison compared(const std::shared_ptr<const ExplainedModel>& model, const FeatureRows& rows,
                    const FeatureRows& reference, const CompareOptions& options);

}  // namespace plantwright
