// SPDX-License-Identifier: MIT
/// Floats as unsigned integers in the same order.
#pragma once

#include <bit>
#include <cstdint>

namespace plantwright {

/// For x that is not NaN; both zeros are one value.
inline std::uint32_t ordered_bits(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x + 0.0f);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

inline float from_ordered_bits(std::uint32_t ordered) {
    return std::bit_cast<float>(ordered & 0x80000000u ? ordered & 0x7FFFFFFFu : ~ordered);
}

}  // namespace plantwright
