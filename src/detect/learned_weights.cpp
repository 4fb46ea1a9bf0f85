// SPDX-License-Identifier: MIT
#include "detect/learned_weights.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright::detect {
namespace {

constexpr int kMostSteps = 200, kMostHalvings = 60, kMostSweeps = 10'000;
constexpr double kSettled = 1e-13;  // what the model promises of an objective that begins at log 2

/// log(1 + exp(-z)), without overflow.
double logistic_loss(double z) {
    const double tail = elementary::log(1 + elementary::exp(-std::fabs(z)));
    return z > 0 ? tail : tail - z;
}

/// The objective about a point `(w, b)`; the intercept is the last of `n` variables.
class Objective {
public:
    Objective(ConstMatrixView x, const std::vector<bool>& anomalous, double penalty);
    Index n() const { return x_.cols() + 1; }
    double value(const std::vector<double>& point) const;
    void derive(const std::vector<double>& point, std::vector<double>& gradient, Matrix& hessian) const;

private:
    double sign(Index i) const { return anomalous_[static_cast<std::size_t>(i)] ? 1 : -1; }
    double share(Index i) const { return share_[anomalous_[static_cast<std::size_t>(i)] ? 1 : 0]; }  // c
    double input(Index i, Index k) const { return k < x_.cols() ? x_(i, k) : 1; }
    double margin(const std::vector<double>& point, Index i) const;

    ConstMatrixView x_;
    const std::vector<bool>& anomalous_;
    double penalty_;
    double share_[2];
};

Objective::Objective(ConstMatrixView x, const std::vector<bool>& anomalous, double penalty)
    : x_(x), anomalous_(anomalous), penalty_(penalty) {
    const auto bad = static_cast<double>(std::count(anomalous.begin(), anomalous.end(), true));
    share_[0] = 0.5 / (static_cast<double>(anomalous.size()) - bad);
    share_[1] = 0.5 / bad;
}

double Objective::margin(const std::vector<double>& point, Index i) const {
    double sum = point.back();
    for (Index k = 0; k < x_.cols(); ++k) sum += point[static_cast<std::size_t>(k)] * x_(i, k);
    return sign(i) * sum;
}

double Objective::value(const std::vector<double>& point) const {
    double sum = 0, squares = 0;
    for (Index i = 0; i < x_.rows(); ++i) sum += share(i) * logistic_loss(margin(point, i));
    for (Index k = 0; k < x_.cols(); ++k)
        squares += point[static_cast<std::size_t>(k)] * point[static_cast<std::size_t>(k)];
    return sum + penalty_ / 2 * squares;
}

void Objective::derive(const std::vector<double>& point, std::vector<double>& gradient, Matrix& hessian) const {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    std::fill(hessian.data(), hessian.data() + n() * n(), 0.0);
    for (Index i = 0; i < x_.rows(); ++i) {
        const double miss = 1 / (1 + elementary::exp(margin(point, i)));
        const double slope = -sign(i) * share(i) * miss, curvature = share(i) * miss * (1 - miss);
        for (Index k = 0; k < n(); ++k) {
            gradient[static_cast<std::size_t>(k)] += slope * input(i, k);
            const double part = curvature * input(i, k);
            for (Index l = 0; l <= k; ++l) hessian(k, l) += part * input(i, l);
        }
    }
    for (Index k = 0; k < n(); ++k) {
        for (Index l = k + 1; l < n(); ++l) hessian(k, l) = hessian(l, k);
        if (k == x_.cols()) continue;
        gradient[static_cast<std::size_t>(k)] += penalty_ * point[static_cast<std::size_t>(k)];
        hessian(k, k) += penalty_;
    }
    hessian(n() - 1, n() - 1) = std::max(hessian(n() - 1, n() - 1), 1e-12);  // rows far off weigh nothing
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
}

/// The step d of least g'd + d'H d / 2 that leaves all variables but the last at or above 0; `curved` is H d.
std::vector<double> best_step(const std::vector<double>& point, const std::vector<double>& g, const Matrix& h,
                              std::vector<double>& curved) {
    std::vector<double> step(g.size(), 0.0);
    std::fill(curved.begin(), curved.end(), 0.0);
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
        double largest = 0;
        for (std::size_t k = 0; k < g.size(); ++k) {
            const auto row = static_cast<Index>(k);
            double next = step[k] - (g[k] + curved[k]) / h(row, row);
            if (k + 1 < g.size()) next = std::max(next, -point[k]);
            const double change = next - step[k];
            for (std::size_t l = 0; l < g.size(); ++l) curved[l] += change * h(row, static_cast<Index>(l));
            step[k] = next;
            largest = std::max(largest, std::fabs(change));
        }
        if (largest <= 1e-12) break;
    }
    return step;
}

std::vector<double> moved(const std::vector<double>& point, const std::vector<double>& step, double part) {
    std::vector<double> next(point.size());
    for (std::size_t k = 0; k < point.size(); ++k) next[k] = point[k] + part * step[k];
    for (std::size_t k = 0; k + 1 < point.size(); ++k) next[k] = std::max(0.0, next[k]);  // rounding
    return next;
}

}  // namespace

LogisticWeights fit_logistic_weights(ConstMatrixView severities, const std::vector<bool>& anomalous, double penalty) {
    const Objective objective(severities, anomalous, penalty);
    std::vector<double> point(static_cast<std::size_t>(objective.n()), 0.0), gradient = point, curved = point;
    Matrix hessian(objective.n(), objective.n());
    double value = objective.value(point);
    for (int taken = 0; taken < kMostSteps; ++taken) {
        objective.derive(point, gradient, hessian);
        const std::vector<double> step = best_step(point, gradient, hessian, curved);
        const double slope = dot(gradient, step);
        if (-(slope + dot(step, curved) / 2) <= kSettled) break;
        double part = 1;
        std::vector<double> next = moved(point, step, part);
        double there = objective.value(next);
        for (int h = 0; h < kMostHalvings && !(there <= value + 1e-4 * part * slope); ++h) {
            part /= 2;
            next = moved(point, step, part);
            there = objective.value(next);
        }
        if (!(there < value)) break;  // no descent is left but rounding
        point = std::move(next);
        value = there;
    }
    LogisticWeights found;
    found.intercept = point.back();
    point.pop_back();
    found.weights = std::move(point);
    return found;
}

}  // namespace plantwright::detect
