// SPDX-License-Identifier: MIT
#include "plantwright/detect/dynamic_pca.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/second_moments.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "DynamicPCA";
constexpr Index kMostLags = 100;
constexpr double kNoVariance = 1e-12;  // of the first component's: rounding

void require_options(const DynamicPcaOptions& options) {
    detect::require(options.lags >= 0 && options.lags <= kMostLags, kWho, "lags", options.lags, "in [0, 100]");
    detect::require(options.variance > 0 && options.variance <= 1, kWho, "variance", options.variance, "in (0, 1]");
}

/// Standardised readings of one run; a missing one stands where the sensor stood, at its mean before the first.
Matrix held_rows(const Sensors& sensors, ConstMatrixView rows) {
    Matrix z(rows.rows(), rows.cols());
    for (Index i = 0; i < z.rows(); ++i) {
        sensors.standardize(rows.row(i), z.data() + i * z.cols());
        for (Index j = 0; j < z.cols(); ++j) {
            if (std::isnan(z(i, j))) z(i, j) = i > 0 ? z(i - 1, j) : 0;
        }
    }
    return z;
}

/// Adds the sums of x[t-a] x[t-b]' over t = lags .. n-1 to block (a, b) of `(n_lagged, n_lagged)`. Block (a + 1, b + 1)
/// sums over the same pairs of rows as block (a, b), one row earlier: it gains the first pair and loses the last.
void add_lagged_products(const Matrix& z, Index lags, Matrix& products) {
    const Index n = z.rows(), d = z.cols();
    const auto row = [&](Index i) { return z.data() + i * d; };
    for (Index k = 0; k <= lags; ++k) {  // b - a
        Matrix block = detect::cross_products(row(lags), row(lags - k), n - lags, d);
        for (Index a = 0; a + k <= lags; ++a) {
            for (Index i = 0; i < d; ++i) {
                for (Index j = 0; j < d; ++j) {
                    products(a * d + i, (a + k) * d + j) += block(i, j);
                    if (k > 0) products((a + k) * d + j, a * d + i) += block(i, j);
                }
            }
            if (a + k == lags) break;
            const double *gained = row(lags - a - 1), *lost = row(n - 1 - a);
            for (Index i = 0; i < d; ++i) {
                for (Index j = 0; j < d; ++j) {
                    block(i, j) += gained[i] * (gained - k * d)[j] - lost[i] * (lost - k * d)[j];
                }
            }
        }
    }
}

/// Of the windows within runs, which hold the same memory as a stream that begins with each.
Matrix lagged_covariance(const Sensors& sensors, ConstMatrixView rows, Index lags, RunBegins runs) {
    const Index n_lagged = rows.cols() * (lags + 1);
    Matrix covariance(n_lagged, n_lagged, 0.0);
    Index n_windows = 0;
    detect::for_each_run(kWho, rows.rows(), runs, [&](Index begin, Index end) {
        if (end - begin <= lags) return;
        n_windows += end - begin - lags;
        add_lagged_products(held_rows(sensors, rows.rows_between(begin, end)), lags, covariance);
    });
    detect::require(n_windows >= 2, kWho, "rows", rows.rows(), "at least lags + 2");
    for (double& sum : std::span(covariance.data(), static_cast<std::size_t>(n_lagged * n_lagged))) {
        sum /= static_cast<double>(n_windows - 1);
    }
    return covariance;
}

Index count_components(const DynamicPcaOptions& options, const Vector& variances) {
    const Index most =
        std::count_if(variances.begin(), variances.end(), [&](double v) { return v > kNoVariance * variances[0]; });
    if (options.n_components) {
        const Index n = *options.n_components;
        if (n >= 1 && n <= most) return n;
        throw InvalidArgument(std::string(kWho) + ": n_components must be in [1, " + std::to_string(most) +
                              "], the components with any variance, got " + std::to_string(n));
    }
    double total = 0, sum = 0;
    for (const double v : variances) total += v;
    for (Index c = 0; c < most; ++c) {
        sum += variances[c];
        if (sum >= options.variance * total) return c + 1;
    }
    return most;
}

/// The 99 % quantile of chi-square of `degrees`, not whole ones too (Wilson & Hilferty 1931).
double chi_square_99(double degrees) {
    constexpr double kNormal99 = 2.3263478740408408;
    const double spread = 2 / (9 * degrees), root = 1 - spread + kNormal99 * std::sqrt(spread);
    return degrees * root * root * root;
}

/// Of the sum of squares of what is left out; 0 where that is rounding alone.
double box_limit(const Vector& variances, Index n_components) {
    double theta1 = 0, theta2 = 0;
    for (Index c = n_components; c < variances.size(); ++c) {
        theta1 += variances[c];
        theta2 += variances[c] * variances[c];
    }
    if (theta1 <= kNoVariance * variances[0]) return 0;
    return theta2 / theta1 * chi_square_99(theta1 * theta1 / theta2);
}

/// In four lanes, so that the sum is not one chain of additions.
double dot(const double* a, const double* b, Index n) {
    double lanes[4] = {0, 0, 0, 0};
    Index c = 0;
    for (; c + 4 <= n; c += 4) {
        for (Index k = 0; k < 4; ++k) lanes[k] += a[c + k] * b[c + k];
    }
    for (; c < n; ++c) lanes[0] += a[c] * b[c];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace

void DynamicPca::learn(ConstMatrixView rows, RunBegins runs) {
    require_options(options_);
    const Matrix covariance = lagged_covariance(sensors_, rows, options_.lags, runs);
    const detect::EigenPairs pairs = detect::symmetric_eigen(covariance);
    if (!(pairs.values[0] > 0)) throw InvalidArgument(std::string(kWho) + ": no sensor moves in the training rows");
    const Index n_components = count_components(options_, pairs.values), n_lagged = covariance.rows();
    loadings_ = Matrix(n_lagged, n_components);
    variances_ = Vector(n_components);
    for (Index c = 0; c < n_components; ++c) {
        variances_[c] = pairs.values[c];
        for (Index i = 0; i < n_lagged; ++i) loadings_(i, c) = pairs.vectors(c, i);
    }
    t2_limit_ = chi_square_99(static_cast<double>(n_components));
    spe_limit_ = box_limit(pairs.values, n_components);
}

DynamicPca::State DynamicPca::start() const {
    State state;
    state.window = state.residual = Vector(n_lagged(), 0.0);
    state.components = Vector(n_components(), 0.0);
    state.reading = Vector(n_sensors(), 0.0);
    return state;
}

double DynamicPca::update(State& state, ConstVectorView row) const {
    require_row(row);
    const Index d = n_sensors(), n = n_components();
    double* w = state.window.data();
    std::copy_backward(w, w + d * options_.lags, w + d * (options_.lags + 1));
    sensors_.standardize(row, state.reading.data());
    for (Index j = 0; j < d; ++j) {
        if (!std::isnan(state.reading[j])) w[j] = state.reading[j];  // else it stands where it stood
    }
    if (++state.rows_seen <= options_.lags) return kNaN;

    double* p = state.components.data();
    std::fill_n(p, n, 0.0);
    for (Index i = 0; i < n_lagged(); ++i) {
        const double* loading = loadings_.data() + i * n;
        for (Index c = 0; c < n; ++c) p[c] += loading[c] * w[i];
    }
    return index_of(state);
}

double DynamicPca::index_of(State& state) const {
    const Index n = n_components();
    state.t2 = state.spe = 0;
    for (Index c = 0; c < n; ++c) state.t2 += state.components[c] * state.components[c] / variances_[c];
    for (Index i = 0; i < n_lagged(); ++i) {
        state.residual[i] = state.window[i] - dot(loadings_.data() + i * n, state.components.data(), n);
        state.spe += state.residual[i] * state.residual[i];
    }
    return state.t2 / t2_limit_ + (spe_limit_ > 0 ? state.spe / spe_limit_ : 0);
}

Vector DynamicPca::contributions(const State& state) const {
    Vector shares(n_sensors(), kNaN);
    if (state.rows_seen <= options_.lags) return shares;
    const Index n = n_components(), d = n_sensors();
    Vector weighted(n);
    for (Index c = 0; c < n; ++c) weighted[c] = state.components[c] / std::sqrt(variances_[c] * t2_limit_);
    const double residual_scale = spe_limit_ > 0 ? 1 / std::sqrt(spe_limit_) : 0;
    std::fill_n(shares.data(), d, 0.0);
    for (Index i = 0; i < n_lagged(); ++i) {
        const double share = dot(loadings_.data() + i * n, weighted.data(), n) + residual_scale * state.residual[i];
        shares[i % d] += share * share;
    }
    return shares;
}

Matrix DynamicPca::t2_and_spe(ConstMatrixView rows) const {
    require_table(rows);
    State state = start();
    Matrix parts(rows.rows(), 2);
    for (Index i = 0; i < rows.rows(); ++i) {
        update(state, rows.row(i));
        parts(i, 0) = state.t2;
        parts(i, 1) = state.spe;
    }
    return parts;
}

void DynamicPca::describe_options(io::Json& json) const {
    json["lags"] = options_.lags;
    json["n_components"] = n_components();
}

void DynamicPca::validate() const {
    sensors_.validate();
    bool good = options_.lags >= 0 && options_.lags <= kMostLags && options_.variance > 0 && options_.variance <= 1 &&
                n_components() > 0 && options_.n_components.value_or(n_components()) == n_components() &&
                detect::is_finite_table(loadings_, n_lagged(), n_components());
    for (const double v : variances_) good = good && std::isfinite(v) && v > 0;
    good = good && std::isfinite(t2_limit_) && t2_limit_ > 0 && std::isfinite(spe_limit_) && spe_limit_ >= 0;
    if (!good) throw CorruptModel("DynamicPCA: its components do not fit its sensors");
}

template class SensorDetector<DynamicPca, DynamicPcaOptions>;

}  // namespace plantwright
