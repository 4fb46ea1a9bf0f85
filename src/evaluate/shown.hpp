// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

/// "2018-12-31 23:45", with seconds and decimals only where they are not zero; of nanoseconds since 1970, UTC.
std::string time_text(std::int64_t nanoseconds);

/// Short and independent of the locale: four significant digits, "-" for NaN.
std::string number_text(double value);

/// "1,234,567".
std::string grouped(Index n);

using Cells = std::vector<std::vector<std::string>>;

/// First column left, the others right-aligned, two blanks between.
std::string aligned(const Cells& cells);

}  // namespace plantwright::evaluate
