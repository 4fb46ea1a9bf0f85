// SPDX-License-Identifier: MIT
/// exp, log, sin, cos, pow with the same bits on every machine (libm picks its code by CPU, and so its last bit).
///
/// Within 1 unit in the last place of the exact value, for every argument (half a unit of the smallest number where the
/// result is subnormal). Special values as in C's Annex F; every NaN returned is the one quiet NaN. errno and exception
/// flags are not promised; rounding to nearest is assumed. Compiled once, without contraction of a*b+c, from additions,
/// products and quotients alone. Pure functions; about 12 ns (exp, log), 30 ns (sin, cos) and 110 ns (pow) each.
#pragma once

#include "plantwright/core/export.hpp"

namespace plantwright::elementary {

PLANTWRIGHT_API double exp(double x);
PLANTWRIGHT_API double log(double x);
PLANTWRIGHT_API double sin(double x);
PLANTWRIGHT_API double cos(double x);
PLANTWRIGHT_API double pow(double x, double y);

}  // namespace plantwright::elementary
