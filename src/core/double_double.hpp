// SPDX-License-Identifier: MIT
/// Twice double precision as an unevaluated sum hi + lo, |lo| <= ulp(hi) / 2, from additions and products alone.
///
/// Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18, 1971. No fma:
/// it would be a library call where the processor has none. Exact unless a product over- or underflows.
#pragma once

#include <bit>
#include <cstdint>

namespace plantwright::elementary {

struct DoubleDouble {
    double hi;
    double lo;
};

/// a + b exactly, for |a| >= |b| or a == 0.
inline DoubleDouble fast_two_sum(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// a + b exactly (Knuth).
inline DoubleDouble two_sum(double a, double b) {
    const double sum = a + b;
    const double b_seen = sum - a;
    return {sum, (a - (sum - b_seen)) + (b - b_seen)};
}

/// The leading 26 bits of a and the rest; products of such halves are exact.
inline DoubleDouble split(double a) {
    const double hi = std::bit_cast<double>(std::bit_cast<std::uint64_t>(a) & 0xFFFFFFFFF8000000ull);
    return {hi, a - hi};
}

/// a * b exactly, but for the last bits of the product of the two 27-bit tails: relative error below 2^-104.
inline DoubleDouble two_product(double a, double b) {
    const double product = a * b;
    const DoubleDouble x = split(a), y = split(b);
    return {product, ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
}

inline DoubleDouble multiply(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble product = two_product(a.hi, b.hi);
    return fast_two_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

/// For |a.hi| >= |b.hi|.
inline DoubleDouble add(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble sum = fast_two_sum(a.hi, b.hi);
    return fast_two_sum(sum.hi, sum.lo + (a.lo + b.lo));
}

/// 2^exponent, for exponents of normal numbers.
inline double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

}  // namespace plantwright::elementary
