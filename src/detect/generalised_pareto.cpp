// SPDX-License-Identifier: MIT
#include "detect/generalised_pareto.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plantwright/core/elementary.hpp"

namespace plantwright::detect {
namespace {

constexpr double kExponential = 1e-6;  // shapes below it in size are taken as 0
constexpr std::size_t kFewest = 20;

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Derivative of the likelihood by the scale, times the scale: falls with the scale, one root.
double scale_equation(const std::vector<double>& y, double shape, double scale) {
    double sum = 0;
    for (const double v : y) sum += v / (scale + shape * v);
    return (1 + shape) * sum - static_cast<double>(y.size());
}

double best_scale(const std::vector<double>& y, double mean, double shape) {
    if (std::fabs(shape) < kExponential) return mean;
    const double greatest = *std::max_element(y.begin(), y.end());
    double low = shape < 0 ? -shape * greatest * (1 + 1e-12) : 0, high = low + mean;
    while (scale_equation(y, shape, high) > 0) high = low + 2 * (high - low);
    for (int i = 0; i < 60; ++i) {
        const double middle = low + (high - low) / 2;
        (scale_equation(y, shape, middle) > 0 ? low : high) = middle;
    }
    return high;
}

/// Mean log likelihood of the best scale at this shape.
double profile(const std::vector<double>& y, double mean, double shape) {
    const double scale = best_scale(y, mean, shape);
    if (std::fabs(shape) < kExponential) return -elementary::log(scale) - 1;
    double sum = 0;
    for (const double v : y) sum += elementary::log(1 + shape * v / scale);
    return -elementary::log(scale) - (1 + 1 / shape) * sum / static_cast<double>(y.size());
}

/// The shape of the greatest profile: the best of a grid and of the start, then golden section about it.
double best_shape(const std::vector<double>& y, double mean, double start, double lowest, double highest) {
    constexpr int kGrid = 8;
    const auto likelihood = [&](double shape) { return profile(y, mean, shape); };
    const double step = (highest - lowest) / kGrid;
    double best = std::clamp(start, lowest, highest), most = likelihood(best);
    for (int k = 0; k <= kGrid; ++k) {
        const double shape = lowest + step * k, value = likelihood(shape);
        if (value > most) best = shape, most = value;
    }
    constexpr double kGolden = 0.6180339887498949;
    double low = std::max(lowest, best - step), high = std::min(highest, best + step);
    double a = high - kGolden * (high - low), b = low + kGolden * (high - low), at_a = likelihood(a),
           at_b = likelihood(b);
    for (int i = 0; i < 25; ++i) {
        if (at_a > at_b) {
            high = b, b = a, at_b = at_a;
            a = high - kGolden * (high - low), at_a = likelihood(a);
        } else {
            low = a, a = b, at_a = at_b;
            b = low + kGolden * (high - low), at_b = likelihood(b);
        }
    }
    const double refined = low + (high - low) / 2;
    return likelihood(refined) >= most ? refined : best;
}

}  // namespace

ParetoFit probability_weighted_moments(const std::vector<double>& rising) {
    const auto n = static_cast<double>(rising.size());
    double a0 = 0, a1 = 0;  // mean, and mean of y times the share of values above it
    for (std::size_t i = 0; i < rising.size(); ++i) {
        a0 += rising[i] / n;
        a1 += rising[i] * (n - 1 - static_cast<double>(i)) / (n - 1) / n;
    }
    return {2 - a0 / (a0 - 2 * a1), 2 * a0 * a1 / (a0 - 2 * a1)};
}

ParetoFit fit_generalised_pareto(const std::vector<double>& exceedances, double lowest, double highest) {
    std::vector<double> y = exceedances;
    std::sort(y.begin(), y.end());
    const double mean = mean_of(y);
    if (y.size() < kFewest || y.back() - y.front() < 1e-9 * mean) return {0, mean};
    for (double& v : y) v /= mean;
    const double start = probability_weighted_moments(y).shape;
    const double shape = best_shape(y, 1, std::isfinite(start) ? start : 0, lowest, highest);
    const bool is_exponential = std::fabs(shape) < kExponential;
    return {is_exponential ? 0 : shape, is_exponential ? mean : best_scale(y, 1, shape) * mean};
}

double pareto_survival(const ParetoFit& fit, double y) {
    if (fit.shape == 0) return elementary::exp(-y / fit.scale);
    const double base = 1 + fit.shape * y / fit.scale;
    return base > 0 ? elementary::exp(-elementary::log(base) / fit.shape) : 0;  // 0: beyond the end of a short tail
}

double pareto_quantile(const ParetoFit& fit, double survival) {
    const double log_survival = elementary::log(survival);
    if (fit.shape == 0) return -fit.scale * log_survival;
    return fit.scale / fit.shape * (elementary::exp(-fit.shape * log_survival) - 1);
}

}  // namespace plantwright::detect
