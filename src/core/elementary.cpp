// SPDX-License-Identifier: MIT
#include "plantwright/core/elementary.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/double_double.hpp"

// Textbook argument reduction (Cody & Waite, "Software manual for the elementary functions", 1980) and Taylor series,
// whose coefficients need no source but mathematics. Sums are arranged by Estrin's scheme: fixed order, short chains.
namespace plantwright::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kQuietNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLn2Hi = 0x1.62e42fefa3800p-1;  // the first 42 bits: its product with an exponent is exact
constexpr double kLn2Lo = 0x1.ef35793c76730p-45;
constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
constexpr double kSqrt2 = 0x1.6a09e667f3bcdp+0;

/// To the nearest integer, for |x| < 2^51: beyond 1.5 * 2^52 a double has no fraction left.
double round_to_integer(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

/// y 2^k for y near 1: the first product is exact, so that the second rounds once, also into the subnormals.
double scale(double y, int k) { return y * power_of_two(k / 2) * power_of_two(k - k / 2); }

/// (exp(r) - 1 - r - r^2 / 2) / r^3 for |r| <= ln(2) / 2: 1/3! + r/4! + ... + r^11/14!.
double exp_tail(double r) {
    const double r2 = r * r, r4 = r2 * r2;
    const double low = (1.0 / 6 + r / 24) + r2 * (1.0 / 120 + r / 720);
    const double middle = (1.0 / 5040 + r / 40320) + r2 * (1.0 / 362880 + r / 3628800);
    const double high = (1.0 / 39916800 + r / 479001600) + r2 * (1.0 / 6227020800 + r / 87178291200);
    return low + r4 * (middle + r4 * high);
}

/// exp(x) for |x| <= 800, within 0.6 ulp: 1 + r + r^2 / 2 are summed exactly, what follows is below 1 % of them.
double exp_reduced(DoubleDouble x) {
    const double k = round_to_integer(x.hi * kInverseLn2);
    const DoubleDouble rest = two_sum(x.hi - k * kLn2Hi, x.lo - k * kLn2Lo);
    const double r = rest.hi;
    const DoubleDouble half = split(r);
    const double square_lo = half.lo * (r + half.hi);  // r^2 = half.hi^2 + this
    const DoubleDouble linear = fast_two_sum(1, r);
    const DoubleDouble quadratic = fast_two_sum(linear.hi, 0.5 * (half.hi * half.hi));
    const double tail = linear.lo + quadratic.lo + 0.5 * square_lo + r * r * r * exp_tail(r) + rest.lo * quadratic.hi;
    return scale(quadratic.hi + tail, static_cast<int>(k));
}

/// x = 2^exponent (1 + fraction) with 1 + fraction in [sqrt(1/2), sqrt(2)), exactly; for positive finite x.
struct Parts {
    double exponent;
    double fraction;
};

Parts take_apart(double x) {
    int exponent = -1023;
    if (x < std::numeric_limits<double>::min()) {  // subnormal
        x *= 0x1p54;
        exponent -= 54;
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t mantissa = bits & 0xFFFFFFFFFFFFFull;
    const bool upper = mantissa > (std::bit_cast<std::uint64_t>(kSqrt2) & 0xFFFFFFFFFFFFFull);
    exponent += static_cast<int>(bits >> 52) + (upper ? 1 : 0);
    const double reduced = std::bit_cast<double>(mantissa | (upper ? 0x3FEull : 0x3FFull) << 52);
    return {static_cast<double>(exponent), reduced - 1};
}

/// 2 atanh(s) / s - 2 for z = s^2 <= 0.0295: 2/3 z + 2/5 z^2 + ... + 2/21 z^10.
double log_tail(double z) {
    const double z2 = z * z, z4 = z2 * z2;
    const double low = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
    const double middle = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
    const double high = 2.0 / 19 + z * (2.0 / 21);
    return z * (low + z4 * (middle + z4 * high));
}

/// atanh(s) / s - 1 - z / 3, divided by z^2: 1/5 + z/7 + ... + z^10/25.
double atanh_tail(double z) {
    const double z2 = z * z, z4 = z2 * z2;
    const double low = (1.0 / 5 + z / 7) + z2 * (1.0 / 9 + z / 11);
    const double middle = (1.0 / 13 + z / 15) + z2 * (1.0 / 17 + z / 19);
    const double high = (1.0 / 21 + z / 23) + z2 / 25;
    return low + z4 * (middle + z4 * high);
}

/// f / (2 + f) in double-double.
DoubleDouble half_argument(double f) {
    const DoubleDouble denominator = fast_two_sum(2, f);
    const double quotient = f / denominator.hi;
    const DoubleDouble product = two_product(quotient, denominator.hi);
    const double rest = ((f - product.hi) - product.lo) - quotient * denominator.lo;
    return fast_two_sum(quotient, rest / denominator.hi);
}

/// log(x) with a relative error below 2^-65, for positive finite x: log(1 + f) = 2 atanh(f / (2 + f)).
DoubleDouble log_double_double(double x) {
    constexpr DoubleDouble kThird{0x1.5555555555555p-2, 0x1.5555555555555p-56};
    const Parts parts = take_apart(x);
    const DoubleDouble s = half_argument(parts.fraction);
    const DoubleDouble z = multiply(s, s);
    const DoubleDouble series = multiply(z, add(kThird, {z.hi * atanh_tail(z.hi), 0}));
    const DoubleDouble log_fraction = add({2 * s.hi, 2 * s.lo}, multiply({2 * s.hi, 2 * s.lo}, series));
    if (parts.exponent == 0) return log_fraction;
    const DoubleDouble sum = fast_two_sum(parts.exponent * kLn2Hi, log_fraction.hi);
    return fast_two_sum(sum.hi, sum.lo + (parts.exponent * kLn2Lo + log_fraction.lo));
}

/// exp(y log(x)) for finite x > 0, x != 1, and finite y.
double pow_positive(double x, double y) {
    // Beyond these the result is infinite, zero or 1 for every x but 1, and the products below would overflow.
    if (std::fabs(y) > 0x1p65) return (x > 1) == (y > 0) ? kInfinity : 0;
    if (std::fabs(y) < 0x1p-65) return 1;
    const DoubleDouble exponent = multiply(log_double_double(x), {y, 0});
    if (exponent.hi > 720) return kInfinity;
    if (exponent.hi < -750) return 0;
    return exp_reduced(exponent);
}

bool is_integer(double y) { return std::trunc(y) == y; }  // infinities too

bool is_odd_integer(double y) { return std::fabs(y) < 0x1p53 && is_integer(y) && !is_integer(y / 2); }

/// |x| is zero or infinite, or y is infinite, and neither is NaN; the result's sign is the caller's.
double pow_magnitude_at_edges(double x, double y) {
    if (std::isinf(y) && x == 1) return 1;
    const bool grows = (x > 1) == (y > 0);
    return grows ? kInfinity : 0;
}

}  // namespace

double exp(double x) {
    if (x > 709.79) return kInfinity;
    if (x < -745.14) return 0;
    if (x != x) return kQuietNaN;
    return exp_reduced({x, 0});
}

double log(double x) {
    if (x == 0) return -kInfinity;
    if (!(x > 0)) return kQuietNaN;
    if (x == kInfinity) return x;
    const Parts parts = take_apart(x);
    const double f = parts.fraction, k = parts.exponent;
    const double s = f / (2 + f);
    // log(1 + f) = 2 s + s tail = f - f^2 / 2 + s (f^2 / 2 + tail): the large terms are summed exactly
    const DoubleDouble half = split(f);
    const double square_hi = 0.5 * (half.hi * half.hi);
    const double square_lo = 0.5 * (half.lo * (f + half.hi));
    const DoubleDouble linear = k == 0 ? DoubleDouble{f, 0} : fast_two_sum(k * kLn2Hi, f);
    const DoubleDouble quadratic = fast_two_sum(linear.hi, -square_hi);
    const double rest = s * (0.5 * f * f + log_tail(s * s)) - square_lo;
    return quadratic.hi + (quadratic.lo + (linear.lo + (k * kLn2Lo + rest)));
}

double pow(double x, double y) {
    if (y == 0 || x == 1) return 1;
    if (x != x || y != y) return kQuietNaN;
    const double magnitude = std::fabs(x);
    const bool negative = std::signbit(x);
    if (negative && x != 0 && !std::isinf(x) && !is_integer(y)) return kQuietNaN;
    const bool at_edge = magnitude == 0 || std::isinf(magnitude) || std::isinf(y);
    const double result = at_edge          ? pow_magnitude_at_edges(magnitude, y)
                          : magnitude == 1 ? 1
                                           : pow_positive(magnitude, y);
    return negative && is_odd_integer(y) ? -result : result;
}

}  // namespace plantwright::elementary
