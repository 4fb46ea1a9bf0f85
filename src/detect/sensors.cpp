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
    Vector n, mean, deviation;
};

/// Of each sensor, row by row in two passes; what the mean's rounding left is added to it.
Moments moments_of(ConstMatrixView rows) {
    const Index d = rows.cols();
    Vector n(d, 0.0), mean(d, 0.0), rest(d, 0.0), squares(d, 0.0);
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < d; ++j) {
            const double x = rows(i, j);
            if (!std::isnan(x)) mean[j] += x, ++n[j];
        }
    }
    for (Index j = 0; j < d; ++j) mean[j] /= n[j];
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < d; ++j) {
            const double off = rows(i, j) - mean[j];
            if (!std::isnan(off)) rest[j] += off, squares[j] += off * off;
        }
    }
    for (Index j = 0; j < d; ++j) {
        squares[j] = n[j] > 1 ? (squares[j] - rest[j] * rest[j] / n[j]) / (n[j] - 1) : 0;
        squares[j] = std::sqrt(std::max(squares[j], 0.0));
        mean[j] += rest[j] / n[j];
    }
    return {std::move(n), std::move(mean), std::move(squares)};
}

/// A sensor without a reading has no mean; one of huge readings no finite deviation.
void require_moments(const char* who, const Moments& moments) {
    for (Index j = 0; j < moments.mean.size(); ++j) {
        const std::string sensor = std::string(who) + ": sensor " + std::to_string(j);
        if (moments.n[j] == 0) throw InvalidArgument(sensor + " has no reading");
        if (!std::isfinite(moments.mean[j]) || !std::isfinite(moments.deviation[j])) {
            throw InvalidArgument(sensor + " must have a finite variance; its readings are too large");
        }
    }
}

}  // namespace

Sensors Sensors::fit(const char* who, ConstMatrixView rows, std::vector<std::string> names) {
    if (rows.cols() < 1) throw InvalidArgument(std::string(who) + ": rows must have at least one sensor, got 0");
    if (rows.rows() < 2) {
        throw InvalidArgument(std::string(who) +
                              ": fit needs at least 2 rows, got n_samples = " + std::to_string(rows.rows()));
    }
    require_finite_or_missing(who, rows);
    Moments moments = moments_of(rows);
    require_moments(who, moments);
    for (Index j = 0; j < rows.cols(); ++j) {
        const bool moves = moments.deviation[j] > 1e-12 * std::fabs(moments.mean[j]);  // else it is rounding
        if (!moves) moments.deviation[j] = 1;
    }
    Sensors sensors;
    sensors.names_ = std::move(names);
    sensors.mean_ = std::move(moments.mean);
    sensors.deviation_ = std::move(moments.deviation);
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
