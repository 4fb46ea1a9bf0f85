// SPDX-License-Identifier: MIT
#include "preprocessing/minimise.hpp"

#include <algorithm>
#include <cmath>

namespace plantwright {
namespace {

struct Point {
    double x, value;
};

/// Brent's method: parabolas through the three best points, golden sections where they do not help.
double brent(const std::function<double(double)>& f, double low, double high, double tolerance) {
    constexpr double kGolden = 0.3819660112501051;  // (3 - sqrt 5) / 2
    Point best{low + kGolden * (high - low), 0};
    best.value = f(best.x);
    Point second = best, third = best;
    double step = 0, step_before_last = 0;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high), close = tolerance * std::abs(best.x) + 1e-11;
        if (std::abs(best.x - middle) <= 2 * close - 0.5 * (high - low)) break;
        const double r = (best.x - second.x) * (best.value - third.value);
        const double q = (best.x - third.x) * (best.value - second.value);
        double p = (best.x - third.x) * q - (best.x - second.x) * r;
        double denominator = 2 * (q - r);
        if (denominator > 0) p = -p;
        denominator = std::abs(denominator);
        const bool parabola = std::abs(step_before_last) > close &&
                              std::abs(p) < std::abs(0.5 * denominator * step_before_last) &&
                              p > denominator * (low - best.x) && p < denominator * (high - best.x);
        if (parabola) {
            step_before_last = step;
            step = p / denominator;
            const double to = best.x + step;
            if (to - low < 2 * close || high - to < 2 * close) step = best.x < middle ? close : -close;
        } else {
            step_before_last = best.x < middle ? high - best.x : low - best.x;
            step = kGolden * step_before_last;
        }
        const double x = best.x + (std::abs(step) >= close ? step : step > 0 ? close : -close);
        const Point tried{x, f(x)};
        if (tried.value <= best.value) {
            (x < best.x ? high : low) = best.x;
            third = second;
            second = best;
            best = tried;
            continue;
        }
        (x < best.x ? low : high) = x;
        if (tried.value <= second.value || second.x == best.x) {
            third = second;
            second = tried;
        } else if (tried.value <= third.value || third.x == best.x || third.x == second.x) {
            third = tried;
        }
    }
    return best.x;
}

}  // namespace

double minimise(const std::function<double(double)>& f, double low, double high, double farthest, double tolerance) {
    for (;;) {
        const double x = brent(f, low, high, tolerance);
        const double width = high - low, at_end = 1e-3 * width;
        if (x - low < at_end && low > -farthest) {
            high = x + width / 4;
            low = std::max(low - 2 * width, -farthest);
        } else if (high - x < at_end && high < farthest) {
            low = x - width / 4;
            high = std::min(high + 2 * width, farthest);
        } else {
            return x;
        }
    }
}

}  // namespace plantwright
