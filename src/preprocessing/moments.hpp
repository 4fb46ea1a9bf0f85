// SPDX-License-Identifier: MIT
/// Mean and variance of many numbers.
#pragma once

#include <limits>
#include <span>

#include "plantwright/core/types.hpp"

namespace plantwright {

struct Moments {
    double mean = kNaN, variance = kNaN;
};

/// Two passes, the second of which corrects the first's rounding; NaN of no values. Sums run in eight lanes, whatever
/// the machine.
inline Moments moments_of(std::span<const double> values) {
    constexpr std::size_t kLanes = 8;
    if (values.empty()) return {};
    const auto n = static_cast<double>(values.size());
    const auto summed = [&](const auto& term) {
        double lanes[kLanes] = {};
        std::size_t i = 0;
        for (; i + kLanes <= values.size(); i += kLanes) {
            for (std::size_t j = 0; j < kLanes; ++j) lanes[j] += term(values[i + j]);
        }
        for (; i < values.size(); ++i) lanes[0] += term(values[i]);
        return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    };
    const double mean = summed([](double x) { return x; }) / n;
    const double rest = summed([mean](double x) { return x - mean; });  // what the mean's rounding left
    const double squares = summed([mean](double x) { return (x - mean) * (x - mean); });
    return {mean + rest / n, (squares - rest * rest / n) / n};
}

inline Moments moments_of(const Buffer<double>& values) {
    return moments_of(std::span<const double>(values.data(), static_cast<std::size_t>(values.size())));
}

/// Within what rounding makes of a constant column (Chan, Golub & LeVeque, 1983).
inline bool is_constant(const Moments& m, double n) {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    const double of_mean = n * m.mean * kEpsilon;
    return m.variance <= n * kEpsilon * m.variance + of_mean * of_mean;
}

}  // namespace plantwright
