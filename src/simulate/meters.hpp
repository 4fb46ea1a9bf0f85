// SPDX-License-Identifier: MIT
/// What goes wrong between the plant and the table: lost telegrams and a meter that hangs.
#pragma once

#include <cstdint>

#include "plantwright/core/random.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::simulate {

/// Sets about `fraction` of the readings to NaN, in bursts of 1 to 6 hours. Each column has a stream of its own.
void lose_telegrams(Vector& readings, double fraction, RandomStream stream);

/// Repeats the last reading for 3 to 24 hours now and then (about every 30 days); returns 1 where it does, else 0.
Vector hang_meter(Vector& readings, std::uint64_t seed);

}  // namespace plantwright::simulate
