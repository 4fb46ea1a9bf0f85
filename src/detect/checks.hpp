// SPDX-License-Identifier: MIT
/// What the detectors share: checks with one wording, and batches as streams from the start.
#pragma once

#include <cmath>
#include <sstream>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensors.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::detect {

template <class Value>
void require(bool good, const char* who, const char* name, Value got, const char* allowed) {
    if (good) return;
    std::ostringstream text;
    text << who << ": " << name << " must be " << allowed << ", got " << got;
    throw InvalidArgument(text.str());
}

inline bool is_finite_table(const Matrix& table, Index rows, Index cols) {
    bool good = table.rows() == rows && table.cols() == cols;
    for (Index k = 0; good && k < rows * cols; ++k) good = std::isfinite(table.data()[k]);
    return good;
}

inline io::Json names_json(const Sensors& sensors) {
    io::Json names = io::Json::array();
    for (const std::string& name : sensors.names()) names.push_back(name);
    return names;
}

template <class Detector>
Vector statistic_of(const Detector& detector, ConstMatrixView rows) {
    auto state = detector.start();
    Vector statistic(rows.rows());
    for (Index i = 0; i < rows.rows(); ++i) statistic[i] = detector.update(state, rows.row(i));
    return statistic;
}

template <class Detector>
Matrix contributions_of(const Detector& detector, ConstMatrixView rows) {
    auto state = detector.start();
    Matrix table(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i) {
        detector.update(state, rows.row(i));
        const Vector shares = detector.contributions(state);
        for (Index j = 0; j < rows.cols(); ++j) table(i, j) = shares[j];
    }
    return table;
}

inline Vector negated(Vector values) {
    for (double& value : values) value = -value;
    return values;
}

}  // namespace plantwright::detect
