// SPDX-License-Identifier: MIT
/// Bodies of SensorDetector, for the source file of each detector.
#pragma once

#include <utility>

#include "detect/checks.hpp"
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
Derived SensorDetector<Derived, Options>::fit(const Frame& frame, const Options& options) {
    auto names = sensor_names(Derived::kTypeName.data(), frame);
    const Matrix rows = sensor_rows(frame, names);
    Derived fitted = learned(rows, Derived::with_schema(frame, options), {}, std::move(names));
    fitted.options_ = options;  // as they were given
    return fitted;
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
