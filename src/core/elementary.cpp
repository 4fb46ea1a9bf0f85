// SPDX-License-Identifier: MIT
#include "plantwright/core/elementary.hpp"

#include <cmath>

// First version over libm; replaced by our own polynomials with the tests of this area.
namespace plantwright::elementary {

double exp(double x) { return std::exp(x); }
double log(double x) { return std::log(x); }
double sin(double x) { return std::sin(x); }
double cos(double x) { return std::cos(x); }
double pow(double x, double y) { return std::pow(x, y); }

}  // namespace plantwright::elementary
