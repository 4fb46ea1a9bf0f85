// SPDX-License-Identifier: MIT
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/double_double.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright::elementary {
namespace {

constexpr double kQuietNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kQuarterPi = 0x1.921fb54442d18p-1;
constexpr DoubleDouble kHalfPi{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/// 64 zero bits, then the binary digits of 2 / pi. (A test computes them anew from Machin's formula.)
// clang-format off
constexpr std::array<std::uint64_t, 20> kTwoOverPi = {
    0,
    0xA2F9836E4E441529ull, 0xFC2757D1F534DDC0ull, 0xDB6295993C439041ull, 0xFE5163ABDEBBC561ull,
    0xB7246E3A424DD2E0ull, 0x06492EEA09D1921Cull, 0xFE1DEB1CB129A73Eull, 0xE88235F52EBB4484ull,
    0xE99C7026B45F7E41ull, 0x3991D639835339F4ull, 0x9C845F8BBDF9283Bull, 0x1FF897FFDE05980Full,
    0xEF2F118B5A0A6D1Full, 0x6D367ECF27CB09B7ull, 0x4F463F669E5FEA2Dull, 0x7527BAC7EBE5F17Bull,
    0x3D0739F78A5292EAull, 0x6BFB5FB11F8D5D08ull, 0x56033046FC7B6BABull};
// clang-format on

__extension__ using Wide = unsigned __int128;

/// Three words, most significant first.
using Bits192 = std::array<std::uint64_t, 3>;

/// 192 bits of the table from bit `begin` on.
Bits192 table_bits(unsigned begin) {
    const std::size_t word = begin / 64;
    const unsigned shift = begin % 64;
    Bits192 bits{};
    for (std::size_t j = 0; j < 3; ++j) {
        const Wide pair = Wide{kTwoOverPi[word + j]} << 64 | kTwoOverPi[word + j + 1];
        bits[j] = static_cast<std::uint64_t>(pair >> (64 - shift));
    }
    return bits;
}

/// The low 192 bits of a product.
Bits192 multiply_low(std::uint64_t a, const Bits192& b) {
    const Wide low = Wide{a} * b[2];
    const Wide middle = Wide{a} * b[1] + static_cast<std::uint64_t>(low >> 64);
    const std::uint64_t high = a * b[0] + static_cast<std::uint64_t>(middle >> 64);
    return {high, static_cast<std::uint64_t>(middle), static_cast<std::uint64_t>(low)};
}

Bits192 shift_left(const Bits192& b, unsigned n) {  // 0 < n < 64
    return {b[0] << n | b[1] >> (64 - n), b[1] << n | b[2] >> (64 - n), b[2] << n};
}

Bits192 negate(const Bits192& b) {
    const std::uint64_t low = 0 - b[2];
    const std::uint64_t middle = ~b[1] + (b[2] == 0 ? 1 : 0);
    const std::uint64_t high = ~b[0] + (b[2] == 0 && b[1] == 0 ? 1 : 0);
    return {high, middle, low};
}

/// The fraction 0.b as a double-double; b is not below 2^-66, which no double's reduced argument is.
DoubleDouble to_double_double(Bits192 b) {
    int exponent = 0;
    if (b[0] == 0) {
        b = {b[1], b[2], 0};
        exponent = -64;
    }
    if (const int zeros = std::countl_zero(b[0]); zeros > 0) {
        b = shift_left(b, static_cast<unsigned>(zeros));
        exponent -= zeros;
    }
    const double hi = static_cast<double>(b[0] >> 11);
    const double lo = static_cast<double>((b[0] & 0x7FF) << 42 | b[1] >> 22);
    return {hi * power_of_two(exponent - 53), lo * power_of_two(exponent - 106)};
}

/// x = quadrant pi/2 + rest, modulo 2 pi, |rest| <= pi/4.
struct Reduced {
    unsigned quadrant;
    DoubleDouble rest;
};

/// For finite x >= pi/4, by Payne & Hanek ("Radian reduction for trigonometric functions", SIGNUM Newsletter 18, 1983):
/// with x = m 2^e, only the digits of 2/pi that neither give multiples of four quadrants nor vanish are multiplied. One
/// path for all sizes, with 137 bits behind the binary point; no double comes closer to a multiple of pi/2 than 2^-62.
Reduced reduce(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t mantissa = (bits & 0xFFFFFFFFFFFFFull) | 1ull << 52;
    const int exponent = static_cast<int>(bits >> 52) - 1075;
    const Bits192 product = multiply_low(mantissa, table_bits(static_cast<unsigned>(exponent + 62)));
    const Bits192 fraction = shift_left(product, 2);  // behind the two bits of the quadrant
    const bool beyond_half = (fraction[0] >> 63) != 0;
    DoubleDouble turn = to_double_double(beyond_half ? negate(fraction) : fraction);
    if (beyond_half) turn = {-turn.hi, -turn.lo};
    return {static_cast<unsigned>(product[0] >> 62) + (beyond_half ? 1u : 0u), multiply(turn, kHalfPi)};
}

/// sin(r) for |r| <= pi/4: Taylor's series to r^17.
double sin_reduced(DoubleDouble r) {
    const double z = r.hi * r.hi, z2 = z * z, z4 = z2 * z2;
    const double low = (-1.0 / 6 + z / 120) + z2 * (-1.0 / 5040 + z / 362880);
    const double high = (-1.0 / 39916800 + z / 6227020800) + z2 * (-1.0 / 1307674368000 + z / 355687428096000);
    return r.hi + (r.hi * z * (low + z4 * high) + r.lo * (1 - 0.5 * z));
}

/// cos(r) for |r| <= pi/4: Taylor's series to r^18; 1 - r^2 / 2 loses nothing.
double cos_reduced(DoubleDouble r) {
    const double z = r.hi * r.hi, z2 = z * z, z4 = z2 * z2;
    const double low = (1.0 / 24 - z / 720) + z2 * (1.0 / 40320 - z / 3628800);
    const double high = (1.0 / 479001600 - z / 87178291200) + z2 * (1.0 / 20922789888000 - z / 6402373705728000);
    const DoubleDouble leading = fast_two_sum(1, -0.5 * z);
    return leading.hi + (leading.lo + (z2 * (low + z4 * high) - r.hi * r.lo));
}

double at_quadrant(const Reduced& x, unsigned quarter_turns) {
    const unsigned quadrant = (x.quadrant + quarter_turns) & 3;
    const double value = (quadrant & 1) != 0 ? cos_reduced(x.rest) : sin_reduced(x.rest);
    return (quadrant & 2) != 0 ? -value : value;
}

}  // namespace

double sin(double x) {
    if (!std::isfinite(x)) return kQuietNaN;
    const double magnitude = std::fabs(x);
    if (magnitude < 0x1p-27) return x;  // keeps the sign of zero
    if (magnitude <= kQuarterPi) return sin_reduced({x, 0});
    const double value = at_quadrant(reduce(magnitude), 0);
    return std::signbit(x) ? -value : value;
}

double cos(double x) {
    if (!std::isfinite(x)) return kQuietNaN;
    const double magnitude = std::fabs(x);
    if (magnitude <= kQuarterPi) return cos_reduced({magnitude, 0});
    return at_quadrant(reduce(magnitude), 1);
}

}  // namespace plantwright::elementary
