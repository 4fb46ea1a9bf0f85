// SPDX-License-Identifier: MIT
/// Fits the generalised Pareto distribution to exceedances.
#pragma once

#include <vector>

namespace plantwright::detect {

struct ParetoFit {
    double shape, scale;
};

/// Of highest likelihood with the shape in [lowest, highest]; exponential where exceedances, all > 0, are few or equal.
ParetoFit fit_generalised_pareto(const std::vector<double>& exceedances, double lowest, double highest);

/// By probability-weighted moments; shape may be anything. `rising`: sorted.
ParetoFit probability_weighted_moments(const std::vector<double>& rising);

/// P(exceedance >= y).
double pareto_survival(const ParetoFit& fit, double y);

/// The y with that survival.
double pareto_quantile(const ParetoFit& fit, double survival);

}  // namespace plantwright::detect
