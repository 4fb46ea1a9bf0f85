// SPDX-License-Identifier: MIT
/// Text to double, correctly rounded: always the double that std::from_chars gives.
///
///     value = mantissa / 10^fraction_digits
///
/// is exact up to its one rounding where the mantissa is at most 2^53 and the power at most 10^22 (W. D. Clinger, How
/// to read floating point numbers accurately, PLDI 1990). Up to 16 characters are read so, without a loop; everything
/// else goes to std::from_chars. Accepted: [+-] digits with at most one decimal mark and an exponent, and inf,
/// infinity.
#pragma once

#include <string_view>

namespace plantwright::csv {

/// A number of at most 16 characters beside its sign, without exponent, from two loads. False where the text is not of
/// this form, or where its mantissa is above 2^53: ask `parse_number`. The 16 bytes before `end` can be read.
bool parse_short_decimal(const char* begin, const char* end, char decimal, double& value);

bool parse_number(std::string_view text, char decimal, double& value);

}  // namespace plantwright::csv

#include "frame/number_text_impl.hpp"
