// SPDX-License-Identifier: MIT
/// exp, log, sin, cos, pow with the same bits on every machine (libm picks its code by CPU, and so its last bit).
///
/// Within 2 units in the last place of the exact value (pow: 4; sin and cos: for |x| <= 1e6). Special values as in C's
/// Annex F. Compiled once, without contraction of a*b+c. Pure functions; about 10 ns each.
#pragma once

#include "plantwright/core/export.hpp"

namespace plantwright::elementary {

PLANTWRIGHT_API double exp(double x);
PLANTWRIGHT_API double log(double x);
PLANTWRIGHT_API double sin(double x);
PLANTWRIGHT_API double cos(double x);
PLANTWRIGHT_API double pow(double x, double y);

}  // namespace plantwright::elementary
