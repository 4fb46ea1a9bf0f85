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

/// A sum in four lanes, whatever the machine.
struct LaneSum {
    double a = 0, b = 0, c = 0, d = 0;

    void add(std::span<const double> values, const auto& term) {
        std::size_t i = 0;
        for (; i + 4 <= values.size(); i += 4) {
            a += term(values[i]);
            b += term(values[i + 1]);
            c += term(values[i + 2]);
            d += term(values[i + 3]);
        }
        for (; i < values.size(); ++i) a += term(values[i]);
    }
    double total() const { return (a + b) + (c + d); }
};

/// Two passes, the second of which corrects the first's rounding; NaN of no values.
inline Moments moments_of(std::span<const double> values) {
    if (values.empty()) return {};
    const auto n = static_cast<double>(values.size());
    LaneSum sum, rest, squares;
    sum.add(values, [](double x) { return x; });
    const double mean = sum.total() / n;
    rest.add(values, [mean](double x) { return x - mean; });  // what the mean's rounding left
    squares.add(values, [mean](double x) { return (x - mean) * (x - mean); });
    return {mean + rest.total() / n, (squares.total() - rest.total() * rest.total() / n) / n};
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
