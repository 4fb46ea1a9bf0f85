// SPDX-License-Identifier: MIT
/// Text to double, correctly rounded: always the double that std::from_chars gives.
///
///     value = mantissa / 10^fraction_digits
///
/// is exact up to its one rounding where the mantissa is below 2^53 and the power is at most 10^22 (W. D. Clinger, How to
/// read floating point numbers accurately, PLDI 1990). Up to 16 characters are read so, without a loop; everything else
/// goes to std::from_chars. Accepted: [+-] digits with at most one decimal mark and an exponent, and inf, infinity.
#pragma once

#include <string_view>

namespace plantwright::csv {

/// `readable_end` is one past the last byte that may be read: bytes after the text help to load it in one piece.
bool parse_number(const char* begin, const char* end, const char* readable_end, char decimal, double& value);

inline bool parse_number(std::string_view text, char decimal, double& value) {
    return parse_number(text.data(), text.data() + text.size(), text.data() + text.size(), decimal, value);
}

}  // namespace plantwright::csv
