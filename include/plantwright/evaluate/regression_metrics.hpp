// SPDX-License-Identifier: MIT
/// How far predictions of a number are from the truth; scikit-learn's definitions and names.
///
///     e_i = y_i - p_i,   MSE = sum w e^2 / sum w,   MAE = sum w |e| / sum w,
///     R2 = 1 - sum w e^2 / sum w (y - mean(y))^2
///
/// Sums are pairwise in a fixed order (error growth O(log n); Higham, "The accuracy of floating point summation", SIAM
/// J. Sci. Comput. 14, 1993), so that the same rows give the same bits everywhere. O(n). Pure functions. Each throws
/// InvalidArgument on empty input, unequal lengths, NaN, infinity, negative weights or weights that are all zero.
#pragma once

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

/// `sample_weight` empty means that every row counts once.
PLANTWRIGHT_API double mean_squared_error(ConstVectorView y_true, ConstVectorView y_pred,
                                          ConstVectorView sample_weight = {});
PLANTWRIGHT_API double root_mean_squared_error(ConstVectorView y_true, ConstVectorView y_pred,
                                               ConstVectorView sample_weight = {});
PLANTWRIGHT_API double mean_absolute_error(ConstVectorView y_true, ConstVectorView y_pred,
                                           ConstVectorView sample_weight = {});
PLANTWRIGHT_API double max_error(ConstVectorView y_true, ConstVectorView y_pred);

/// For a constant truth, 1 where every prediction is right and 0 otherwise; NaN for a single row.
PLANTWRIGHT_API double r2_score(ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight = {});

}  // namespace plantwright::evaluate
