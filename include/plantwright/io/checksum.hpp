// SPDX-License-Identifier: MIT
/// XXH64 (Y. Collet, "xxHash fast digest algorithm", specification 0.1.1), seed 0: finds damage, not malice.
///
/// Each step is a bijection of the accumulator it changes, so any change within one 8-byte word changes the sum. About
/// 10 GB/s.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plantwright/core/export.hpp"

namespace plantwright::io {

PLANTWRIGHT_API std::uint64_t checksum(std::span<const std::byte> bytes);

}  // namespace plantwright::io
