// SPDX-License-Identifier: MIT
/// The present values of a window, sorted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright {

/// The value a part of the way, in (0, 1), from a to b: NumPy's formula.
inline double between(double a, double b, double part) {
    const double d = b - a;
    return part < 0.5 ? a + d * part : b - d * (1.0 - part);
}

/// Value at place q (n - 1) of sorted values; as rolling_order_kernel.hpp.
inline double quantile_of_sorted(std::span<const double> sorted, double q) {
    const double h = q * (static_cast<double>(sorted.size()) - 1.0);
    const auto k = static_cast<std::size_t>(h);
    const double part = h - static_cast<double>(k);
    return part > 0 ? between(sorted[k], sorted[k + 1], part) : sorted[k];
}

/// How many of n sorted values are below x, or not above. No branch depends on the data.
template <bool kOrEqual>
std::ptrdiff_t count_below(const double* sorted, std::size_t n, double x) {
    const auto before = [x](double value) { return kOrEqual ? value <= x : value < x; };
    const double* at = sorted;
    for (; n > 1; n -= n / 2) at += before(at[n / 2 - 1]) ? n / 2 : 0;
    return at - sorted + (n == 1 && before(*at));
}

/// How many of n sorted values are below `out`, and how many are not above `in`: two searches side by side.
inline std::pair<std::ptrdiff_t, std::ptrdiff_t> count_below_both(const double* sorted, std::size_t n, double out,
                                                                  double in) {
    const double *a = sorted, *b = sorted;
    for (; n > 1; n -= n / 2) {
        const std::size_t half = n / 2;
        a += a[half - 1] < out ? half : 0;
        b += b[half - 1] <= in ? half : 0;
    }
    return {a - sorted + (n == 1 && *a < out), b - sorted + (n == 1 && *b <= in)};
}

/// A value costs O(log n) comparisons and the move of at most all values. Allocates when it is longer than ever.
class SortedWindow {
public:
    void insert(double x) {
        if (std::isnan(x)) return;
        values_.insert(after(x), x);
    }
    void erase(double x) {
        if (std::isnan(x)) return;
        values_.erase(at(x));
    }
    /// One out, one in: only the values between them move.
    void exchange(double out, double in) {
        if (std::isnan(out)) return insert(in);
        if (std::isnan(in)) return erase(out);
        const auto [first, last] = count_below_both(values_.data(), values_.size(), out, in);
        const auto from = values_.begin() + first, to = values_.begin() + last;
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
    using Place = std::vector<double>::iterator;
    Place at(double x) { return values_.begin() + count_below<false>(values_.data(), values_.size(), x); }
    Place after(double x) { return values_.begin() + count_below<true>(values_.data(), values_.size(), x); }

    std::vector<double> values_;
};

/// A reading as statistics take it: infinite is missing, -0 is 0.
inline double reading(double x) { return std::isfinite(x) ? x + 0.0 : kNaN; }

}  // namespace plantwright
