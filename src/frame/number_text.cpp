// SPDX-License-Identifier: MIT
#include "frame/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace plantwright::csv {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_infinity(std::string_view text) {
    constexpr std::string_view kLong = "infinity";
    if (text.size() != 3 && text.size() != kLong.size()) return false;
    return std::equal(text.begin(), text.end(), kLong.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

/// from_chars leaves the value alone beyond the range of doubles; as strtod we give infinity or zero. The decimal
/// exponent of the leading digit tells them apart: it is far from 0 in either case.
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

bool parse_number(std::string_view text, char decimal, double& value) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !general(text, decimal, value)) return false;
    if (negative) value = -value;
    return true;
}

}  // namespace plantwright::csv
