// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/regression_metrics.hpp"

#include <algorithm>
#include <cmath>

#include "checks.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

void require_regression(const char* who, ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView weight) {
    require_rows(who, y_true.size());
    require_length(who, "y_pred", y_pred.size(), y_true.size());
    require_weights(who, weight, y_true.size());
    require_finite(who, "y_true", y_true);
    require_finite(who, "y_pred", y_pred);
}

double squared_error(ConstVectorView y, ConstVectorView p, const Weights& weight) {
    return weighted_mean(y.size(), weight, [&](Index i) { return (y[i] - p[i]) * (y[i] - p[i]); });
}

/// Compared by value: the rounding of a mean must not invent a variance.
bool is_constant(ConstVectorView y) {
    for (Index i = 1; i < y.size(); ++i) {
        if (y[i] != y[0]) return false;
    }
    return true;
}

}  // namespace

double mean_squared_error(ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight) {
    require_regression("mean_squared_error", y_true, y_pred, sample_weight);
    return squared_error(y_true, y_pred, Weights(sample_weight));
}

double root_mean_squared_error(ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight) {
    require_regression("root_mean_squared_error", y_true, y_pred, sample_weight);
    return std::sqrt(squared_error(y_true, y_pred, Weights(sample_weight)));
}

double mean_absolute_error(ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight) {
    require_regression("mean_absolute_error", y_true, y_pred, sample_weight);
    return weighted_mean(y_true.size(), Weights(sample_weight),
                         [&](Index i) { return std::fabs(y_true[i] - y_pred[i]); });
}

double max_error(ConstVectorView y_true, ConstVectorView y_pred) {
    require_regression("max_error", y_true, y_pred, {});
    double largest = 0;
    for (Index i = 0; i < y_true.size(); ++i) largest = std::max(largest, std::fabs(y_true[i] - y_pred[i]));
    return largest;
}

double r2_score(ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight) {
    require_regression("r2_score", y_true, y_pred, sample_weight);
    const Index n = y_true.size();
    if (n < 2) return kNaN;
    const Weights weight(sample_weight);
    const double mean = weighted_mean(n, weight, [&](Index i) { return y_true[i]; });
    const double error = squared_error(y_true, y_pred, weight);
    const double variance = weighted_mean(n, weight, [&](Index i) { return (y_true[i] - mean) * (y_true[i] - mean); });
    if (is_constant(y_true) || variance == 0) return error == 0 ? 1 : 0;
    return 1 - error / variance;
}

}  // namespace plantwright::evaluate
