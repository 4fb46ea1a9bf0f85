// SPDX-License-Identifier: MIT
#include "plantwright/detect/mewma_chart.hpp"

#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/second_moments.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "MewmaChart";

void require_options(const MewmaOptions& options) {
    detect::require(options.smoothing > 0 && options.smoothing <= 1, kWho, "smoothing", options.smoothing, "in (0, 1]");
    detect::require(options.shrinkage >= 0 && options.shrinkage <= 1, kWho, "shrinkage", options.shrinkage,
                    "in [0, 1]");
}

}  // namespace

MewmaChart MewmaChart::fit(ConstMatrixView rows, const MewmaOptions& options) { return fit(rows, options, {}); }

MewmaChart MewmaChart::fit(const Frame& frame, const MewmaOptions& options) {
    auto names = sensor_names(kWho, frame);
    const Matrix rows = sensor_rows(frame, names);
    return fit(rows, options, std::move(names));
}

MewmaChart MewmaChart::fit(ConstMatrixView rows, const MewmaOptions& options, std::vector<std::string> names) {
    require_options(options);
    MewmaChart chart;
    chart.options_ = options;
    chart.sensors_ = Sensors::fit(kWho, rows, std::move(names));
    Matrix s = detect::correlation(detect::complete_rows(kWho, chart.sensors_, rows));
    const double lambda = options.smoothing, scale = lambda / (2 - lambda);
    for (Index i = 0; i < s.rows(); ++i) {
        for (Index j = 0; j < s.cols(); ++j) {
            s(i, j) = scale * ((1 - options.shrinkage) * s(i, j) + (i == j ? options.shrinkage : 0));
        }
    }
    chart.root_ = detect::inverse_root(kWho, s);
    return chart;
}

MewmaChart::State MewmaChart::start() const {
    return {Vector(n_sensors(), 0.0), Vector(n_sensors(), 0.0), Vector(n_sensors()), 0};
}

Index MewmaChart::warm_up_rows() const {
    if (options_.smoothing == 1) return 0;  // the asymptotic covariance is the exact one
    return static_cast<Index>(std::ceil(std::fmin(2 / options_.smoothing, 1e15)));
}

double MewmaChart::update(State& state, ConstVectorView row) const {
    sensors_.require_row("MewmaChart.update", row);
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

Vector MewmaChart::statistic(ConstMatrixView rows) const {
    sensors_.require_table("MewmaChart.statistic", rows);
    return detect::statistic_of(*this, rows);
}

Vector MewmaChart::score_samples(ConstMatrixView rows) const { return detect::negated(statistic(rows)); }

Matrix MewmaChart::contributions(ConstMatrixView rows) const {
    sensors_.require_table("MewmaChart.contributions", rows);
    return detect::contributions_of(*this, rows);
}

void MewmaChart::save(const std::filesystem::path& path, const io::Json& extra) const { io::save(path, *this, extra); }
MewmaChart MewmaChart::load(const std::filesystem::path& path) { return io::load<MewmaChart>(path); }
std::vector<std::byte> MewmaChart::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
MewmaChart MewmaChart::from_bytes(std::span<const std::byte> bytes) { return io::from_bytes<MewmaChart>(bytes); }

io::Json MewmaChart::describe() const {
    io::Json json = io::Json::object();
    json["n_sensors"] = n_sensors();
    json["smoothing"] = options_.smoothing;
    json["shrinkage"] = options_.shrinkage;
    json["sensors"] = detect::names_json(sensors_);
    return json;
}

void MewmaChart::validate() const {
    sensors_.validate();
    const bool good = options_.smoothing > 0 && options_.smoothing <= 1 && options_.shrinkage >= 0 &&
                      options_.shrinkage <= 1 && detect::is_finite_table(root_, n_sensors(), n_sensors());
    if (!good) throw CorruptModel("MewmaChart: its options and matrices do not fit its sensors");
}

}  // namespace plantwright
