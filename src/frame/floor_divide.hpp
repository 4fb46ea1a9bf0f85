// SPDX-License-Identifier: MIT
/// Division that rounds down for negative times too.
#pragma once

#include <cstdint>

namespace plantwright::detail {

inline std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }  // b > 0

}  // namespace plantwright::detail
