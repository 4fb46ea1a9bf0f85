// SPDX-License-Identifier: MIT
#include "forest/principal_axis.hpp"

#include <algorithm>
#include <cmath>

namespace plantwright {
namespace {

constexpr int kRounds = 200;
constexpr double kStays = 1e-15;  // a coordinate of v that moves less

}  // namespace

std::span<const double> PrincipalAxis::scores(std::span<const double> points, std::span<const double> weight,
                                              std::size_t d) {
    d_ = d;
    centre(points, weight);
    add_up_covariance(weight);
    start_at_widest();
    for (int i = 0; i < kRounds && step(); ++i) continue;
    score_.assign(weight.size(), 0.0);
    for (std::size_t i = 0; i < weight.size(); ++i) {
        for (std::size_t k = 0; k < d_; ++k) score_[i] += centred_[i * d_ + k] * axis_[k];
    }
    return score_;
}

void PrincipalAxis::centre(std::span<const double> points, std::span<const double> weight) {
    next_.assign(d_, 0.0);
    double total = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        total += weight[i];
        for (std::size_t k = 0; k < d_; ++k) next_[k] += weight[i] * points[i * d_ + k];
    }
    centred_.assign(points.begin(), points.end());
    for (std::size_t i = 0; i < centred_.size(); ++i) centred_[i] -= next_[i % d_] / total;
}

void PrincipalAxis::add_up_covariance(std::span<const double> weight) {
    covariance_.assign(d_ * d_, 0.0);
    for (std::size_t i = 0; i < weight.size(); ++i) {
        const double* c = centred_.data() + i * d_;
        for (std::size_t a = 0; a < d_; ++a) {
            for (std::size_t b = 0; b < d_; ++b) covariance_[a * d_ + b] += weight[i] * c[a] * c[b];
        }
    }
}

void PrincipalAxis::start_at_widest() {
    std::size_t widest = 0;
    for (std::size_t k = 1; k < d_; ++k) {
        if (covariance_[k * (d_ + 1)] > covariance_[widest * (d_ + 1)]) widest = k;
    }
    axis_.assign(d_, 0.0);
    axis_[widest] = 1;
}

/// False where v stays, or C v vanishes.
bool PrincipalAxis::step() {
    double squares = 0;
    for (std::size_t a = 0; a < d_; ++a) {
        double sum = 0;
        for (std::size_t b = 0; b < d_; ++b) sum += covariance_[a * d_ + b] * axis_[b];
        next_[a] = sum;
        squares += sum * sum;
    }
    if (squares == 0) return false;
    const double norm = std::sqrt(squares);
    double moved = 0;
    for (std::size_t k = 0; k < d_; ++k) {
        moved = std::max(moved, std::abs(next_[k] / norm - axis_[k]));
        axis_[k] = next_[k] / norm;
    }
    return moved > kStays;
}

}  // namespace plantwright
