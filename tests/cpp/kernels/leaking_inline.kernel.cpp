// SPDX-License-Identifier: MIT
// Must fail the symbol check: the accident it exists for. `twice` stands for any inline function of a shared header.
namespace plantwright {

[[gnu::noinline]] inline double twice(double x) { return 2 * x; }

namespace PLANTWRIGHT_LEVEL {

double kernel(double x) { return twice(x); }

}  // namespace PLANTWRIGHT_LEVEL
}  // namespace plantwright
