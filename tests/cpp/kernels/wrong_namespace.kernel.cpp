// SPDX-License-Identifier: MIT
// Must fail the symbol check: a function that every level would define.
namespace plantwright {

double half(double x);
double half(double x) { return x / 2; }

}  // namespace plantwright
