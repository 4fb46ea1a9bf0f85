// SPDX-License-Identifier: MIT
/// The present values of a window, sorted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright {

/// Value at place q (n - 1) of sorted values, between neighbours by NumPy's formula; as rolling_order_kernel.hpp.
inline double quantile_of_sorted(std::span<const double> sorted, double q) {
    const double h = q * (static_cast<double>(sorted.size()) - 1.0);
    const auto k = static_cast<std::size_t>(h);
    const double part = h - static_cast<double>(k);
    const double a = sorted[k];
    if (!(part > 0)) return a;
    const double b = sorted[k + 1], d = b - a;
    return part < 0.5 ? a + d * part : b - d * (1.0 - part);
}

/// A value costs O(log n) comparisons and the move of at most all values. Allocates when it is longer than ever.
class SortedWindow {
public:
    void insert(double x) {
        if (std::isnan(x)) return;
        values_.insert(std::upper_bound(values_.begin(), values_.end(), x), x);
    }
    void erase(double x) {
        if (std::isnan(x)) return;
        values_.erase(std::lower_bound(values_.begin(), values_.end(), x));
    }
    /// One out, one in: only the values between them move.
    void exchange(double out, double in) {
        if (std::isnan(out)) return insert(in);
        if (std::isnan(in)) return erase(out);
        const auto from = std::lower_bound(values_.begin(), values_.end(), out);
        const auto to = std::upper_bound(values_.begin(), values_.end(), in);
        if (to > from) {
            std::copy(from + 1, to, from);
            *(to - 1) = in;
        } else {
            std::copy_backward(to, from, from + 1);
            *to = in;
        }
    }
    void clear() { values_.clear(); }
    std::span<const double> values() const { return values_; }

private:
    std::vector<double> values_;
};

/// A reading as statistics take it: infinite is missing, -0 is 0.
inline double reading(double x) { return std::isfinite(x) ? x + 0.0 : kNaN; }

}  // namespace plantwright
