// SPDX-License-Identifier: MIT
/// Bodies of SensorDetector, for the source file of each detector.
#pragma once

#include <utility>

#include "detect/checks.hpp"
#include "detect/clock.hpp"
#include "plantwright/detect/cross_fit.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::learned(ConstMatrixView rows, const Options& options, RunBegins runs,
                                                  std::vector<std::string> names) {
    Derived fitted;
    fitted.options_ = options;
    fitted.sensors_ = Sensors::fit(Derived::kTypeName.data(), rows, std::move(names));
    fitted.learn(rows, runs);
    return fitted;
}

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::fit(ConstMatrixView rows, const Options& options, RunBegins runs) {
    return learned(rows, options, runs, {});
}

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::fit(ConstMatrixView rows, const Options& options,
                                              const AlarmCalibrationOptions& calibration, RunBegins runs) {
    calibration.require_valid(Derived::kTypeName.data());
    Derived fitted = learned(rows, options, runs, {});
    fitted.calibrate(rows, runs, calibration, calibration.period_s);
    return fitted;
}

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::fit(const Frame& frame, const Options& options,
                                              const AlarmCalibrationOptions& calibration) {
    calibration.require_valid(Derived::kTypeName.data());
    auto names = sensor_names(Derived::kTypeName.data(), frame);
    const Matrix rows = sensor_rows(frame, names);
    const detect::Clock clock = detect::clock_of(frame);
    Derived fitted = learned(rows, Derived::with_schema(frame, options), clock.runs, std::move(names));
    fitted.calibrate(rows, clock.runs, calibration, calibration.period_s ? calibration.period_s : clock.period_s);
    fitted.options_ = options;  // as they were given
    return fitted;
}

template <class Derived, class Options>
void SensorDetector<Derived, Options>::calibrate(ConstMatrixView rows, RunBegins runs,
                                                 const AlarmCalibrationOptions& asked, std::optional<double> period_s) {
    if (!asked.asks()) return;
    const Index n_folds = asked.n_folds.value_or(default_folds(rows.rows()));
    const Vector statistic = cross_fitted_statistic<Derived>(rows, options_, {n_folds, asked.gap}, runs);
    calibration_ = AlarmCalibration::fit(Derived::kTypeName.data(), statistic, asked, period_s);
}

template <class Derived, class Options>
const AlarmCalibration& SensorDetector<Derived, Options>::calibration() const {
    if (calibration_) return *calibration_;
    throw NotFitted(std::string(Derived::kTypeName) +
                    ": it has no calibration; give fit alarms_per_day, false_alarm_rate or contamination");
}

template <class Derived, class Options>
Vector SensorDetector<Derived, Options>::severity(ConstMatrixView rows) const {
    return tail().severities(statistic(rows));
}

template <class Derived, class Options>
Vector SensorDetector<Derived, Options>::p_values(ConstMatrixView rows) const {
    return tail().p_values(statistic(rows));
}

template <class Derived, class Options>
Buffer<std::int32_t> SensorDetector<Derived, Options>::predict(ConstMatrixView rows) const {
    const double least = threshold();
    const Vector values = statistic(rows);
    Buffer<std::int32_t> signs(values.size());
    for (Index i = 0; i < values.size(); ++i) signs[i] = values[i] >= least ? -1 : 1;
    return signs;
}

template <class Derived, class Options>
Vector SensorDetector<Derived, Options>::statistic(ConstMatrixView rows) const {
    require_table(rows);
    auto state = self().start();
    Vector statistic(rows.rows());
    for (Index i = 0; i < rows.rows(); ++i) statistic[i] = self().update(state, rows.row(i));
    return statistic;
}

template <class Derived, class Options>
Vector SensorDetector<Derived, Options>::score_samples(ConstMatrixView rows) const {
    return detect::negated(statistic(rows));
}

template <class Derived, class Options>
Matrix SensorDetector<Derived, Options>::contributions(ConstMatrixView rows) const {
    require_table(rows);
    auto state = self().start();
    Matrix table(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i) {
        self().update(state, rows.row(i));
        const Vector shares = self().contributions(state);
        for (Index j = 0; j < rows.cols(); ++j) table(i, j) = shares[j];
    }
    return table;
}

template <class Derived, class Options>
void SensorDetector<Derived, Options>::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, self(), extra);
}

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::load(const std::filesystem::path& path) {
    return io::load<Derived>(path);
}

template <class Derived, class Options>
std::vector<std::byte> SensorDetector<Derived, Options>::to_bytes(const io::Json& extra) const {
    return io::to_bytes(self(), extra);
}

template <class Derived, class Options>
Derived SensorDetector<Derived, Options>::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<Derived>(bytes);
}

template <class Derived, class Options>
io::Json SensorDetector<Derived, Options>::describe() const {
    io::Json json = io::Json::object();
    json["n_sensors"] = n_sensors();
    self().describe_options(json);
    json["sensors"] = detect::names_json(sensors_);
    return json;
}

}  // namespace plantwright
