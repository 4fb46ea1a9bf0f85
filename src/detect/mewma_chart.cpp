// SPDX-License-Identifier: MIT
#include "plantwright/detect/mewma_chart.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "detect/checks.hpp"
#include "detect/second_moments.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "MewmaChart";
constexpr double kNever = 1e-20;  // variance of averages of a sensor that does not move

void require_options(const MewmaOptions& options) {
    detect::require(options.smoothing > 0 && options.smoothing <= 1, kWho, "smoothing", options.smoothing, "in (0, 1]");
    detect::require(options.shrinkage >= 0 && options.shrinkage <= 1, kWho, "shrinkage", options.shrinkage,
                    "in [0, 1]");
}

}  // namespace

void MewmaChart::learn(ConstMatrixView rows, RunBegins runs) {
    require_options(options_);
    const Matrix z = options_.autocorrelated ? averages(rows, runs) : Matrix();
    const bool enough = z.rows() >= std::max<Index>(2, warm_up_rows());
    Matrix s = enough ? detect::covariance(z) : independent_covariance(rows);
    for (Index i = 0; i < s.rows(); ++i) {
        for (Index j = 0; j < s.cols(); ++j) s(i, j) *= i == j ? 1 : 1 - options_.shrinkage;
        if (s(i, i) < kNever) s(i, i) = options_.smoothing / (2 - options_.smoothing);  // it is watched in its own unit
    }
    root_ = detect::inverse_root(kWho, s);
}

/// z of each row after the first of its run, `(n, d)`.
Matrix MewmaChart::averages(ConstMatrixView rows, RunBegins runs) const {
    const Index d = n_sensors(), skipped = warm_up_rows();
    std::vector<double> kept;
    Vector reading(d);
    detect::for_each_run(kWho, rows.rows(), runs, [&](Index begin, Index end) {
        Vector z(d, 0.0);
        for (Index i = begin; i < end; ++i) {
            sensors_.standardize(rows.row(i), reading.data());
            average(z, reading);
            if (i - begin >= skipped) kept.insert(kept.end(), z.begin(), z.end());
        }
    });
    Matrix table(std::ssize(kept) / d, d);
    std::copy(kept.begin(), kept.end(), table.data());
    return table;
}

/// Of averages of independent rows.
Matrix MewmaChart::independent_covariance(ConstMatrixView rows) const {
    Matrix s = detect::correlation(detect::complete_rows(kWho, sensors_, rows));
    for (double& entry : std::span(s.data(), static_cast<std::size_t>(s.rows() * s.cols()))) {
        entry *= options_.smoothing / (2 - options_.smoothing);
    }
    return s;
}

MewmaChart::State MewmaChart::start() const {
    return {Vector(n_sensors(), 0.0), Vector(n_sensors(), 0.0), Vector(n_sensors()), 0};
}

Index MewmaChart::warm_up_rows() const {
    if (options_.smoothing == 1) return 0;  // the asymptotic covariance is the exact one
    return static_cast<Index>(std::ceil(std::fmin(2 / options_.smoothing, 1e15)));
}

void MewmaChart::average(Vector& z, const Vector& reading) const {
    for (Index j = 0; j < z.size(); ++j) {
        if (!std::isnan(reading[j])) z[j] += options_.smoothing * (reading[j] - z[j]);  // a missing one moves nothing
    }
}

double MewmaChart::update(State& state, ConstVectorView row) const {
    require_row(row);
    sensors_.standardize(row, state.reading.data());
    average(state.z, state.reading);
    if (++state.rows_seen <= warm_up_rows()) return kNaN;
    detect::multiply(root_, state.z.data(), state.whitened.data());
    double t2 = 0;
    for (const double w : state.whitened) t2 += w * w;
    return t2;
}

Vector MewmaChart::contributions(const State& state) const {
    Vector shares(n_sensors(), kNaN);
    if (state.rows_seen <= warm_up_rows()) return shares;
    for (Index j = 0; j < shares.size(); ++j) shares[j] = state.whitened[j] * state.whitened[j];
    return shares;
}

void MewmaChart::describe_options(io::Json& json) const {
    json["smoothing"] = options_.smoothing;
    json["shrinkage"] = options_.shrinkage;
    json["autocorrelated"] = options_.autocorrelated;
}

void MewmaChart::validate() const {
    sensors_.validate();
    const bool good = options_.smoothing > 0 && options_.smoothing <= 1 && options_.shrinkage >= 0 &&
                      options_.shrinkage <= 1 && detect::is_finite_table(root_, n_sensors(), n_sensors());
    if (!good) throw CorruptModel("MewmaChart: its options and matrices do not fit its sensors");
}

template class SensorDetector<MewmaChart, MewmaOptions>;

}  // namespace plantwright
