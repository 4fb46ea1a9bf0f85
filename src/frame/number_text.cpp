// SPDX-License-Identifier: MIT
#include "frame/number_text.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

namespace plantwright::csv {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kWideBytes = 16;
constexpr std::uint64_t kExactMantissa = std::uint64_t{1} << 53;
constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7, 1e8,
                                   1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};

constexpr std::uint64_t repeated(std::uint64_t byte) { return byte * 0x0101010101010101ull; }
constexpr Wide repeated_wide(std::uint64_t byte) { return (Wide{repeated(byte)} << 64) | repeated(byte); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Eight digit values, the first in the lowest byte, to their number (D. Lemire's three multiplications).
std::uint64_t eight_digits(std::uint64_t digits) {
    digits = digits * 10 + (digits >> 8);  // pairs, in every second byte
    constexpr std::uint64_t kPairs = 0x000000FF000000FFull;
    constexpr std::uint64_t kWeights1 = 0x000F424000000064ull;  // 100 + (1000000 << 32)
    constexpr std::uint64_t kWeights2 = 0x0000271000000001ull;  // 1 + (10000 << 32)
    return ((digits & kPairs) * kWeights1 + ((digits >> 16) & kPairs) * kWeights2) >> 32;
}

/// Bit 7 of each byte above 9. Bytes are below 128 or have bit 7 set themselves.
std::uint64_t above_nine(std::uint64_t bytes) {
    return (((bytes & repeated(0x7F)) + repeated(0x76)) | bytes) & repeated(0x80);
}

/// Digits, right-aligned in eight bytes and made 0 to 9, with at most one decimal mark among them.
bool from_eight(std::uint64_t bytes, std::uint64_t mark, double& value) {
    const std::uint64_t others = above_nine(bytes);
    if (others == 0) {
        value = static_cast<double>(eight_digits(bytes));
        return true;
    }
    const int at = std::countr_zero(others) - 7;  // of the mark, in bits
    if ((others & (others - 1)) != 0 || ((bytes >> at) & 0xFF) != mark) return false;
    const std::uint64_t below = (std::uint64_t{1} << at) - 1;
    const std::uint64_t above = ~below & ~(std::uint64_t{0xFF} << at);
    value = static_cast<double>(eight_digits((bytes & above) | ((bytes & below) << 8))) / kPowersOfTen[7 - at / 8];
    return true;
}

/// The same for sixteen bytes. False also where the mantissa would not be exact.
bool from_sixteen(Wide bytes, std::uint64_t mark, double& value) {
    const std::uint64_t low = above_nine(static_cast<std::uint64_t>(bytes));
    const std::uint64_t high = above_nine(static_cast<std::uint64_t>(bytes >> 64));
    int fraction_digits = 0;
    if ((low | high) != 0) {
        if (std::popcount(low) + std::popcount(high) != 1) return false;
        const int at = low != 0 ? std::countr_zero(low) - 7 : 64 + std::countr_zero(high) - 7;
        if ((static_cast<std::uint64_t>(bytes >> at) & 0xFF) != mark) return false;
        const Wide below = (Wide{1} << at) - 1;
        bytes = (bytes & ~below & ~(Wide{0xFF} << at)) | ((bytes & below) << 8);
        fraction_digits = 15 - at / 8;
    }
    const std::uint64_t mantissa = eight_digits(static_cast<std::uint64_t>(bytes)) * 100000000u +
                                   eight_digits(static_cast<std::uint64_t>(bytes >> 64));
    if (mantissa > kExactMantissa) return false;
    value = static_cast<double>(mantissa) / kPowersOfTen[fraction_digits];
    return true;
}

/// An unsigned number of 1 to 16 characters from one load. False: not of this form, ask `general`.
bool short_decimal(const char* begin, std::size_t size, char decimal, double& value) {
    const std::uint64_t mark = static_cast<unsigned char>(decimal) ^ 0x30u;
    if (size <= 8) {
        std::uint64_t bytes;
        std::memcpy(&bytes, begin, sizeof bytes);
        return from_eight((bytes ^ repeated(0x30)) << (64 - 8 * size), mark, value);
    }
    Wide bytes;
    std::memcpy(&bytes, begin, sizeof bytes);
    return from_sixteen((bytes ^ repeated_wide(0x30)) << (128 - 8 * size), mark, value);
}

bool is_infinity(std::string_view text) {
    constexpr std::string_view kLong = "infinity";
    if (text.size() != 3 && text.size() != kLong.size()) return false;
    return std::equal(text.begin(), text.end(), kLong.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

/// from_chars leaves the value alone beyond the range of doubles; as strtod we give infinity or zero. The decimal exponent
/// of the leading digit tells them apart: it is far from 0 in either case.
double beyond_range(std::string_view text) {
    const auto e = std::min(text.find_first_of("eE"), text.size());
    const auto mark = std::min(text.find('.'), e);
    const auto lead = std::min(text.find_first_of("123456789"), e);
    long long exponent = 0;
    if (e < text.size()) {
        auto digits = text.substr(e + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (result.ec == std::errc::result_out_of_range) exponent = digits.front() == '-' ? -(1ll << 62) : 1ll << 62;
    }
    const auto magnitude = static_cast<long long>(mark) - static_cast<long long>(lead) + exponent;
    return magnitude > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

bool from_library(std::string_view text, double& value) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
    if (result.ptr != text.data() + text.size()) return false;
    if (result.ec == std::errc::result_out_of_range) {
        value = beyond_range(text);
        return true;
    }
    return result.ec == std::errc{};
}

/// The text without sign, of any length.
bool general(std::string_view text, char decimal, double& value) {
    if (is_infinity(text)) {
        value = std::numeric_limits<double>::infinity();
        return true;
    }
    const bool starts_well = is_digit(text[0]) || (text.size() > 1 && text[0] == decimal && is_digit(text[1]));
    if (!starts_well) return false;  // from_chars would read nan(...) and infinities with signs
    if (decimal == '.') return from_library(text, value);
    if (text.find('.') != std::string_view::npos) return false;
    std::string with_point(text);
    std::replace(with_point.begin(), with_point.end(), decimal, '.');
    return from_library(with_point, value);
}

}  // namespace

bool parse_number(const char* begin, const char* end, const char* readable_end, char decimal, double& value) {
    if (begin == end) return false;
    const bool negative = *begin == '-';
    if (negative || *begin == '+') ++begin;
    const auto size = static_cast<std::size_t>(end - begin);
    if (size == 0 || (size == 1 && !is_digit(*begin))) return false;
    const bool loadable = std::endian::native == std::endian::little && size <= kWideBytes &&
                          readable_end - begin >= static_cast<std::ptrdiff_t>(kWideBytes);
    if (!(loadable && short_decimal(begin, size, decimal, value)) && !general({begin, size}, decimal, value)) return false;
    if (negative) value = -value;
    return true;
}

}  // namespace plantwright::csv
