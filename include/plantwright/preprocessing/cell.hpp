// SPDX-License-Identifier: MIT
/// One value of a row that is streamed.
#pragma once

#include <cstdint>

#include "plantwright/frame/frame.hpp"

namespace plantwright {

inline constexpr std::int32_t kUnknownCode = -2;  ///< of a category: a level that the step was not fitted on

/// A number (NaN: missing), a category's code (kMissingCode, kUnknownCode) or a time in nanoseconds UTC (kMissingTime);
/// which of them, the kind of the column says.
union Cell {
    double number;
    std::int32_t code;
    std::int64_t time;

    static Cell of_number(double x) { return {.number = x}; }
    static Cell of_code(std::int32_t x) { return {.code = x}; }
    static Cell of_time(std::int64_t x) { return {.time = x}; }
    static Cell missing(ColumnKind kind) {
        if (kind == ColumnKind::category) return of_code(kMissingCode);
        return kind == ColumnKind::time ? of_time(kMissingTime) : of_number(kNaN);
    }
};

}  // namespace plantwright
