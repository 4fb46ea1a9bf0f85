// SPDX-License-Identifier: MIT
/// How far apart a table's rows are in time, and which of them follow each other.
#pragma once

#include <optional>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright::detect {

struct Clock {
    std::optional<double> period_s;  ///< the median step
    std::vector<Index> runs;  ///< RunBegins: rows that do not come after the one before, or over ten periods later
};

/// What the time column says; nothing where there is none.
Clock clock_of(const Frame& frame);

}  // namespace plantwright::detect
