// SPDX-License-Identifier: MIT
#include "plantwright/detect/sensors.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr double kFarthest = 1e6;  // deviations

void require_finite_or_missing(const char* who, ConstMatrixView rows) {
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) {
            if (!std::isinf(rows(i, j))) continue;
            throw InvalidArgument(std::string(who) + ": training rows must be finite or NaN, got infinity in row " +
                                  std::to_string(i) + ", sensor " + std::to_string(j));
        }
    }
}

struct Moments {
    double mean = 0, deviation = 1;
};

/// In two passes; what the mean's rounding left is added to it.
Moments moments_of(const char* who, ConstVectorView readings, Index sensor) {
    double sum = 0, rest = 0, squares = 0, n = 0;
    for (Index i = 0; i < readings.size(); ++i) {
        if (!std::isnan(readings[i])) sum += readings[i], ++n;
    }
    if (n == 0) throw InvalidArgument(std::string(who) + ": sensor " + std::to_string(sensor) + " has no reading");
    const double mean = sum / n;
    for (Index i = 0; i < readings.size(); ++i) {
        if (std::isnan(readings[i])) continue;
        const double d = readings[i] - mean;
        rest += d;
        squares += d * d;
    }
    const double variance = n > 1 ? (squares - rest * rest / n) / (n - 1) : 0;
    const double deviation = std::sqrt(std::max(variance, 0.0));
    if (!std::isfinite(mean) || !std::isfinite(deviation)) {
        throw InvalidArgument(std::string(who) + ": the readings of sensor " + std::to_string(sensor) +
                              " must have a finite variance; they are too large");
    }
    const bool moves = deviation > 1e-12 * std::fabs(mean);  // else it is the rounding of a constant
    return {mean + rest / n, moves ? deviation : 1};
}

}  // namespace

Sensors Sensors::fit(const char* who, ConstMatrixView rows, std::vector<std::string> names) {
    if (rows.cols() < 1) throw InvalidArgument(std::string(who) + ": rows must have at least one sensor, got 0");
    if (rows.rows() < 2) {
        throw InvalidArgument(std::string(who) +
                              ": fit needs at least 2 rows, got n_samples = " + std::to_string(rows.rows()));
    }
    require_finite_or_missing(who, rows);
    Sensors sensors;
    sensors.names_ = std::move(names);
    sensors.mean_ = sensors.deviation_ = Vector(rows.cols());
    for (Index j = 0; j < rows.cols(); ++j) {
        const Moments moments = moments_of(who, rows.col(j), j);
        sensors.mean_[j] = moments.mean;
        sensors.deviation_[j] = moments.deviation;
    }
    return sensors;
}

void Sensors::standardize(ConstVectorView row, double* z) const {
    for (Index j = 0; j < size(); ++j) {
        const double d = (row[j] - mean_[j]) / deviation_[j];
        z[j] = std::isfinite(row[j]) ? std::clamp(d, -kFarthest, kFarthest) : kNaN;
    }
}

void Sensors::require_row(const char* who, ConstVectorView row) const {
    if (row.size() == size()) return;
    throw InvalidArgument(std::string(who) + ": row must have " + std::to_string(size()) + " values, got " +
                          std::to_string(row.size()));
}

void Sensors::require_table(const char* who, ConstMatrixView rows) const {
    if (rows.cols() == size()) return;
    throw InvalidArgument(std::string(who) + ": rows must have " + std::to_string(size()) + " sensors, got " +
                          std::to_string(rows.cols()));
}

Matrix Sensors::rows_of(const Frame& frame) const {
    if (names_.empty()) throw InvalidArgument("a detector fitted on an array takes arrays, got a table");
    return sensor_rows(frame, names_);
}

void Sensors::validate() const {
    bool good =
        mean_.size() > 0 && deviation_.size() == mean_.size() && (names_.empty() || std::ssize(names_) == mean_.size());
    for (const double mean : mean_) good = good && std::isfinite(mean);
    for (const double deviation : deviation_) good = good && std::isfinite(deviation) && deviation > 0;
    if (!good) throw CorruptModel("Sensors: means and deviations do not fit together");
}

std::vector<std::string> sensor_names(const char* who, const Frame& frame) {
    std::vector<std::string> names;
    for (const std::string& name : frame.schema().input_names()) {
        if (frame.schema().at(name).kind == ColumnKind::number) names.push_back(name);
    }
    if (names.empty())
        throw InvalidArgument(std::string(who) + ": the table must have a number column among its inputs");
    return names;
}

Matrix sensor_rows(const Frame& frame, const std::vector<std::string>& names) {
    Matrix rows(frame.rows(), std::ssize(names));
    for (Index j = 0; j < rows.cols(); ++j) {
        const Buffer<double> values = frame.column(names[static_cast<std::size_t>(j)]).to_float64();
        for (Index i = 0; i < rows.rows(); ++i) rows(i, j) = values[i];
    }
    return rows;
}

}  // namespace plantwright
