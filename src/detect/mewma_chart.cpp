// SPDX-License-Identifier: MIT
#include "plantwright/detect/mewma_chart.hpp"

#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/second_moments.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "MewmaChart";

void require_options(const MewmaOptions& options) {
    detect::require(options.smoothing > 0 && options.smoothing <= 1, kWho, "smoothing", options.smoothing, "in (0, 1]");
    detect::require(options.shrinkage >= 0 && options.shrinkage <= 1, kWho, "shrinkage", options.shrinkage,
                    "in [0, 1]");
}

}  // namespace

void MewmaChart::learn(ConstMatrixView rows, RunBegins /*runs*/) {
    require_options(options_);
    Matrix s = detect::correlation(detect::complete_rows(kWho, sensors_, rows));
    const double lambda = options_.smoothing, scale = lambda / (2 - lambda);
    for (Index i = 0; i < s.rows(); ++i) {
        for (Index j = 0; j < s.cols(); ++j) {
            s(i, j) = scale * ((1 - options_.shrinkage) * s(i, j) + (i == j ? options_.shrinkage : 0));
        }
    }
    root_ = detect::inverse_root(kWho, s);
}

MewmaChart::State MewmaChart::start() const {
    return {Vector(n_sensors(), 0.0), Vector(n_sensors(), 0.0), Vector(n_sensors()), 0};
}

Index MewmaChart::warm_up_rows() const {
    if (options_.smoothing == 1) return 0;  // the asymptotic covariance is the exact one
    return static_cast<Index>(std::ceil(std::fmin(2 / options_.smoothing, 1e15)));
}

double MewmaChart::update(State& state, ConstVectorView row) const {
    require_row(row);
    sensors_.standardize(row, state.reading.data());
    for (Index j = 0; j < row.size(); ++j) {
        if (std::isnan(state.reading[j])) continue;  // a missing reading moves nothing
        state.z[j] += options_.smoothing * (state.reading[j] - state.z[j]);
    }
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
}

void MewmaChart::validate() const {
    sensors_.validate();
    const bool good = options_.smoothing > 0 && options_.smoothing <= 1 && options_.shrinkage >= 0 &&
                      options_.shrinkage <= 1 && detect::is_finite_table(root_, n_sensors(), n_sensors());
    if (!good) throw CorruptModel("MewmaChart: its options and matrices do not fit its sensors");
}

template class SensorDetector<MewmaChart, MewmaOptions>;

}  // namespace plantwright
