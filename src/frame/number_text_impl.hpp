// SPDX-License-Identifier: MIT
/// The short form of a number, inline in the loop over a column: a call costs a third of it
/// (benchmarks/frame/read_csv.py).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace plantwright::csv {
namespace short_decimal {

inline constexpr std::size_t kLongest = 16;
/// The divisor carries the sign, so that -0 comes out as itself and nothing waits for the division.
inline constexpr double kDivisors[2][kLongest] = {
    {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15},
    {-1e0, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14, -1e15}};

constexpr std::uint64_t repeated(std::uint64_t byte) { return byte * 0x0101010101010101ull; }

/// The last characters of a number lie in `low`, those before them in `high`: right-aligned, digits as 0 to 9, zeros in
/// front.
struct Digits {
    std::uint64_t high, low;
};

/// Which of the bytes loaded belong to a text of so many characters; an even entry is high's, an odd one low's.
inline constexpr auto kMasks = [] {
    std::array<std::uint64_t, 2 * (kLongest + 1)> masks{};
    for (std::size_t size = 0; size <= kLongest; ++size) {
        masks[2 * size] = size <= 8 ? 0 : ~std::uint64_t{0} << 8 * (kLongest - size);
        masks[2 * size + 1] = size >= 8 ? ~std::uint64_t{0} : size == 0 ? 0 : ~std::uint64_t{0} << 8 * (8 - size);
    }
    return masks;
}();

inline std::uint64_t load(const char* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// Eight digits, the first in the lowest byte, to their number in three multiplications (after D. Lemire).
inline std::uint64_t eight_digits(std::uint64_t digits) {
    constexpr std::uint64_t kPairs = 0x000000FF000000FFull;
    constexpr std::uint64_t kHundreds = 100 + (std::uint64_t{1'000'000} << 32);
    constexpr std::uint64_t kOnes = 1 + (std::uint64_t{10'000} << 32);
    digits = digits * 10 + (digits >> 8);  // pairs, in every second byte
    return ((digits & kPairs) * kHundreds + ((digits >> 16) & kPairs) * kOnes) >> 32;
}

/// Bit 7 of each byte above 9.
inline std::uint64_t above_nine(std::uint64_t bytes) {
    return (((bytes & repeated(0x7F)) + repeated(0x76)) | bytes) & repeated(0x80);
}

/// Takes the byte at bit `at` out of a word: those below move up, `first` comes in at the bottom.
inline std::uint64_t without_byte(std::uint64_t word, int at, std::uint64_t first) {
    const std::uint64_t below = (std::uint64_t{1} << at) - 1;
    return (word & ~below & ~(std::uint64_t{0xFF} << at)) | ((word & below) << 8) | first;
}

/// Takes the decimal mark out; returns the number of digits behind it, -1 where there is something else.
inline int take_mark(Digits& digits, std::uint64_t low, std::uint64_t high, std::uint64_t mark) {
    const bool in_low = high == 0;
    const std::uint64_t others = low | high;
    const int at = std::countr_zero(others) - 7;
    const bool alone = (others & (others - 1)) == 0 && (in_low || low == 0);
    if (!alone || (((in_low ? digits.low : digits.high) >> at) & 0xFF) != mark) return -1;
    if (in_low) {
        digits.low = without_byte(digits.low, at, digits.high >> 56);
        digits.high <<= 8;
        return 7 - at / 8;
    }
    digits.high = without_byte(digits.high, at, 0);
    return 15 - at / 8;
}

}  // namespace short_decimal

inline bool parse_short_decimal(const char* begin, const char* end, char decimal, double& value) {
    using namespace short_decimal;
    constexpr std::uint64_t kExactMantissa = std::uint64_t{1} << 53;
    if constexpr (std::endian::native != std::endian::little) return false;
    const bool negative = begin != end && *begin == '-';
    const auto size = static_cast<std::size_t>(end - begin) - (negative ? 1u : 0u);
    if (size - 1 >= kLongest) return false;
    Digits digits{(load(end - 16) ^ repeated('0')) & kMasks[2 * size],
                  (load(end - 8) ^ repeated('0')) & kMasks[2 * size + 1]};
    const std::uint64_t low = above_nine(digits.low), high = above_nine(digits.high);
    int fraction_digits = 0;
    if ((low | high) != 0) {
        fraction_digits = take_mark(digits, low, high, static_cast<unsigned char>(decimal) ^ std::uint64_t{'0'});
        if (fraction_digits < 0 || size == 1) return false;
    }
    const std::uint64_t mantissa = eight_digits(digits.high) * 100'000'000u + eight_digits(digits.low);
    if (mantissa > kExactMantissa) return false;
    value = static_cast<double>(static_cast<std::int64_t>(mantissa)) / kDivisors[negative ? 1 : 0][fraction_digits];
    return true;
}

}  // namespace plantwright::csv
