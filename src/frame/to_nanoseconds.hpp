// SPDX-License-Identifier: MIT
/// Times of coarser units in nanoseconds, refused where they do not fit.
#pragma once

#include <cstdint>
#include <string>

#include "frame/names.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright::detail {

/// `unit` is in nanoseconds. The smallest int64 is NaT in every unit.
inline std::int64_t to_nanoseconds(std::int64_t time, std::int64_t unit, const std::string& column) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (time == kMissingTime) return kMissingTime;
    if (time <= kMax / unit && time >= -(kMax / unit)) return time * unit;
    throw InvalidArgument("Frame: column " + in_quotes(column) +
                          " has a time outside 1677-09-21 to 2262-04-11, which 64-bit nanoseconds do not hold");
}

}  // namespace plantwright::detail
