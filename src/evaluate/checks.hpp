// SPDX-License-Identifier: MIT
/// What every metric asks of its input; each throws InvalidArgument with who, which, got, allowed.
#pragma once

#include <string>

#include "plantwright/core/types.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"

namespace plantwright::evaluate {

void require_length(const char* who, const char* name, Index size, Index expected);
void require_rows(const char* who, Index rows);
void require_finite(const char* who, const char* name, ConstVectorView values);
void require_labels(const char* who, const char* name, ConstLabelView labels, Index n_classes);
void require_weights(const char* who, ConstVectorView weights, Index rows);  // empty is allowed
void require_probabilities(const char* who, ConstVectorView values);

}  // namespace plantwright::evaluate
