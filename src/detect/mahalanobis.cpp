// SPDX-License-Identifier: MIT
#include "plantwright/detect/mahalanobis.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/second_moments.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "Mahalanobis";

double trace(const Matrix& matrix) {
    double sum = 0;
    for (Index j = 0; j < matrix.rows(); ++j) sum += matrix(j, j);
    return sum;
}

/// Mean fourth power of the rows' lengths about their mean.
double mean_fourth_power(const Matrix& z) {
    Vector mean(z.cols(), 0.0);
    const auto n = static_cast<double>(z.rows());
    for (Index i = 0; i < z.rows(); ++i) {
        for (Index j = 0; j < z.cols(); ++j) mean[j] += z(i, j) / n;
    }
    double sum = 0;
    for (Index i = 0; i < z.rows(); ++i) {
        double length = 0;
        for (Index j = 0; j < z.cols(); ++j) length += (z(i, j) - mean[j]) * (z(i, j) - mean[j]);
        sum += length * length;
    }
    return sum / n;
}

/// With S the covariance by 1 / n and m = trace(S) / d: b2 / d2, d2 = |S - m I|^2 / d and b2 the mean over rows of
/// |x x' - S|^2 / (n d), at most d2.
double ledoit_wolf(const Matrix& z, const Matrix& correlation) {
    const auto n = static_cast<double>(z.rows()), d = static_cast<double>(z.cols());
    const double to_biased = (n - 1) / n, m = trace(correlation) * to_biased / d;
    double norm = 0;
    for (Index k = 0; k < correlation.rows() * correlation.cols(); ++k) {
        const double s = correlation.data()[k] * to_biased;
        norm += s * s;
    }
    const double spread = (norm - m * m * d) / d, noise = (mean_fourth_power(z) - norm) / (n * d);
    return spread > 0 ? std::clamp(noise / spread, 0.0, 1.0) : 1;
}

/// `a x = b` in place of b, of a symmetric positive definite matrix in the first m rows, by Cholesky; a is destroyed.
void solve_in_place(Matrix& a, double* b, Index m) {
    for (Index k = 0; k < m; ++k) {
        for (Index j = 0; j < k; ++j) a(k, k) -= a(k, j) * a(k, j);
        a(k, k) = std::sqrt(a(k, k));
        for (Index i = k + 1; i < m; ++i) {
            for (Index j = 0; j < k; ++j) a(i, k) -= a(i, j) * a(k, j);
            a(i, k) /= a(k, k);
        }
    }
    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < i; ++j) b[i] -= a(i, j) * b[j];
        b[i] /= a(i, i);
    }
    for (Index i = m; i-- > 0;) {
        for (Index j = i + 1; j < m; ++j) b[i] -= a(j, i) * b[j];
        b[i] /= a(i, i);
    }
}

}  // namespace

void Mahalanobis::learn(ConstMatrixView rows, RunBegins /*runs*/) {
    const double given = options_.shrinkage.value_or(0);
    detect::require(given >= 0 && given <= 1, kWho, "shrinkage", given, "in [0, 1], or absent");
    const Matrix z = detect::complete_rows(kWho, sensors_, rows);
    Matrix s = detect::correlation(z);
    const double w = options_.shrinkage ? given : ledoit_wolf(z, s);
    const double m = trace(s) / static_cast<double>(s.rows());
    for (Index i = 0; i < s.rows(); ++i) {
        for (Index j = 0; j < s.cols(); ++j) s(i, j) = (1 - w) * s(i, j) + (i == j ? w * m : 0);
    }
    shrinkage_ = w;
    root_ = detect::inverse_root(kWho, s);
}

Mahalanobis::State Mahalanobis::start() const {
    const Index d = n_sensors();
    State state{Vector(d), Vector(d), Vector(d), Matrix(d, d), {}, false};
    state.missing.reserve(static_cast<std::size_t>(d));
    return state;
}

/// The missing readings m where D2 is least: inv(S)_mm z_m = -(inv(S) z_o)_m.
void Mahalanobis::fill_missing(State& state) const {
    const Index d = n_sensors();
    Vector& z = state.reading;
    double* right = state.scratch.data();
    std::vector<Index>& missing = state.missing;
    missing.clear();
    for (Index j = 0; j < d; ++j) {
        if (!std::isnan(z[j])) continue;
        missing.push_back(j);
        z[j] = 0;
    }
    detect::multiply(root_, z.data(), state.whitened.data());
    const Index m = std::ssize(missing);
    for (Index a = 0; a < m; ++a) {
        const double* row = root_.data() + missing[static_cast<std::size_t>(a)] * d;
        right[a] = 0;
        for (Index k = 0; k < d; ++k) right[a] -= row[k] * state.whitened[k];
        for (Index b = 0; b <= a; ++b) {
            const double* other = root_.data() + missing[static_cast<std::size_t>(b)] * d;
            double sum = 0;
            for (Index k = 0; k < d; ++k) sum += row[k] * other[k];
            state.system(a, b) = sum;
        }
    }
    solve_in_place(state.system, right, m);
    for (Index a = 0; a < m; ++a) z[missing[static_cast<std::size_t>(a)]] = right[a];
}

double Mahalanobis::update(State& state, ConstVectorView row) const {
    require_row(row);
    sensors_.standardize(row, state.reading.data());
    const auto n_missing =
        std::count_if(state.reading.begin(), state.reading.end(), [](double z) { return std::isnan(z); });
    state.scored = n_missing < n_sensors();
    if (!state.scored) return kNaN;
    if (n_missing > 0) fill_missing(state);
    detect::multiply(root_, state.reading.data(), state.whitened.data());
    double d2 = 0;
    for (const double w : state.whitened) d2 += w * w;
    return d2;
}

Vector Mahalanobis::contributions(const State& state) const {
    Vector shares(n_sensors(), kNaN);
    if (!state.scored) return shares;
    for (Index j = 0; j < shares.size(); ++j) shares[j] = state.whitened[j] * state.whitened[j];
    return shares;
}

Vector Mahalanobis::unexplained(ConstVectorView row) const {
    State state = start();
    Vector left(n_sensors(), kNaN);
    if (std::isnan(update(state, row))) return left;
    detect::multiply(root_, state.whitened.data(), left.data());  // inv(S) z
    for (Index j = 0; j < left.size(); ++j) {
        double diagonal = 0;
        for (Index k = 0; k < left.size(); ++k) diagonal += root_(j, k) * root_(j, k);
        left[j] = std::isfinite(row[j]) ? left[j] / diagonal * sensors_.deviation()[j] : kNaN;
    }
    return left;
}

void Mahalanobis::describe_options(io::Json& json) const { json["shrinkage"] = shrinkage_; }

void Mahalanobis::validate() const {
    sensors_.validate();
    const bool good = options_.shrinkage.value_or(shrinkage_) == shrinkage_ && shrinkage_ >= 0 && shrinkage_ <= 1 &&
                      detect::is_finite_table(root_, n_sensors(), n_sensors());
    if (!good) throw CorruptModel("Mahalanobis: its shrinkage and matrix do not fit its sensors");
}

template class SensorDetector<Mahalanobis, MahalanobisOptions>;

}  // namespace plantwright
