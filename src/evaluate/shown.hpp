// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace plantwright::evaluate {

/// "2018-12-31 23:45", with seconds and decimals only where they are not zero; of nanoseconds since 1970, UTC.
std::string time_text(std::int64_t nanoseconds);

/// Short and independent of the locale: four significant digits, "-" for NaN.
std::string number_text(double value);

}  // namespace plantwright::evaluate
