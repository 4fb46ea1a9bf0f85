// SPDX-License-Identifier: MIT
/// The least value of a function of one number.
#pragma once

#include <functional>

namespace plantwright {

/// Where `f` is least, to `tolerance` relative, for an `f` that falls and then rises. Begins within [low, high] and
/// widens an end, up to `farthest`, as long as the minimum lies at it.
double minimise(const std::function<double(double)>& f, double low, double high, double farthest, double tolerance);

}  // namespace plantwright
