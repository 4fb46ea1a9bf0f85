// SPDX-License-Identifier: MIT
/// What the detectors share: checks with one wording.
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

inline Vector negated(Vector values) {
    for (double& value : values) value = -value;
    return values;
}

}  // namespace plantwright::detect
