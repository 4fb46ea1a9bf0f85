// SPDX-License-Identifier: MIT
#include "frame/number_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "plantwright/core/random.hpp"

namespace plantwright::csv {
namespace {

/// By the short form, if the text has it, and by the general way: both must agree wherever the short form answers.
std::optional<double> read(const std::string& text, char decimal = '.') {
    const std::string padded = "1234567.90123456" + text + "7";  // the short form must not look at its neighbours
    const char* begin = padded.data() + 16;
    double value = 0, short_value = 0;
    const bool is_number = parse_number(text, decimal, value);
    if (parse_short_decimal(begin, begin + text.size(), decimal, short_value)) {
        EXPECT_TRUE(is_number && std::memcmp(&value, &short_value, sizeof value) == 0)
            << text << " " << value << " " << short_value;
    }
    return is_number ? std::optional(value) : std::nullopt;
}

void expect_as_strtod(const std::string& text) {
    const double expected = std::strtod(text.c_str(), nullptr);
    const auto value = read(text);
    ASSERT_TRUE(value) << text;
    ASSERT_EQ(std::memcmp(&*value, &expected, sizeof expected), 0)
        << text << ": " << *value << " instead of " << expected;
}

std::string random_digits(RandomStream& stream, std::uint64_t most) {
    std::string digits;
    for (auto n = stream.below(most + 1); n > 0; --n) digits += static_cast<char>('0' + stream.below(10));
    return digits;
}

std::string random_number(RandomStream& stream, std::uint64_t most) {
    std::string text = stream.below(3) == 0 ? "-" : "";
    text += random_digits(stream, most);
    if (stream.below(4) != 0) text.append(".").append(random_digits(stream, most));
    if (text.find_first_of("0123456789") == std::string::npos) text += "7";
    if (stream.below(5) == 0) text.append("e").append(std::to_string(static_cast<int>(stream.below(700)) - 350));
    return text;
}

TEST(ParseNumber, AgreesWithStrtodOnMillionsOfRandomTexts) {
    RandomStream stream(1, 0, Purpose::simulation);
    for (int i = 0; i < 600'000; ++i) {
        expect_as_strtod(random_number(stream, 4));
        expect_as_strtod(random_number(stream, 9));
        expect_as_strtod(random_number(stream, 22));
    }
}

TEST(ParseNumber, AgreesWithStrtodOnTheShortestTextsOfRandomDoubles) {
    RandomStream stream(2, 0, Purpose::simulation);
    for (int i = 0; i < 600'000; ++i) {
        const std::uint64_t bits = stream.next();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        std::array<char, 32> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        expect_as_strtod(std::string(text.data(), end));
    }
}

TEST(ParseNumber, AgreesWithStrtodWhereRoundingIsHard) {
    for (const char* text : {"9007199254740993",
                             "9007199254740992",
                             "9007199254740991",
                             "900719925474099.3",
                             "0.1",
                             "1e22",
                             "1e23",
                             "8.988465674311580e307",
                             "2.2250738585072014e-308",
                             "2.2250738585072011e-308",
                             "4.9e-324",
                             "2.4e-324",
                             "5e-324",
                             "1.7976931348623157e308",
                             "1.7976931348623159e308",
                             "0.000000000000001",
                             "1e400",
                             "-1e400",
                             "1e-400",
                             "0e999",
                             "-0",
                             "0",
                             "-0.0",
                             "00012.50",
                             "123456789012345678901234567890",
                             "1.",
                             ".5",
                             "1e99999999999999999999",
                             "1e-99999999999999999999",
                             "0.00000000000000000000000000000000000001e40"}) {
        expect_as_strtod(text);
    }
    expect_as_strtod(std::string(400, '9'));
    expect_as_strtod("0." + std::string(400, '0') + "1");
}

TEST(ParseNumber, TakesAPlusSignAndInfinities) {
    EXPECT_EQ(read("+3"), 3.0);
    EXPECT_EQ(read("inf"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(read("-Infinity"), -std::numeric_limits<double>::infinity());
}

TEST(ParseNumber, RefusesWhatIsNoNumber) {
    for (const char* text : {"",
                             "-",
                             "+",
                             ".",
                             "-.",
                             "e5",
                             "1e",
                             "1e+",
                             "1.2.3",
                             "12a",
                             "a12",
                             "--1",
                             "+-1",
                             "nan",
                             "nan(1)",
                             "0x10",
                             "1 2",
                             "1,5",
                             "infinit",
                             "INFO",
                             "1/2",
                             "12:30",
                             "1_000",
                             "1-2",
                             "12345678a",
                             "1234567.890.1",
                             "/1",
                             ":1",
                             "\xB0\xB1",
                             "1\xB0",
                             "1234567890\xFF"}) {
        EXPECT_FALSE(read(text)) << text;
    }
}

TEST(ParseNumber, ReadsADecimalCommaAndThenNoPoint) {
    EXPECT_EQ(read("1,5", ','), 1.5);
    EXPECT_EQ(read("-1234567,25", ','), -1234567.25);
    EXPECT_EQ(read("1,5e3", ','), 1500.0);
    EXPECT_FALSE(read("1.5", ','));
    EXPECT_FALSE(read("1.234,5", ','));
}

/// The general way as it is, to hold the short form against.
bool is_short_form(const std::string& text) {
    const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
    return !digits.empty() && digits.size() <= 16 && digits != "." &&
           std::count(digits.begin(), digits.end(), '.') <= 1 &&
           digits.find_first_not_of(".0123456789") == std::string::npos;
}

TEST(ParseShortDecimal, TakesExactlyItsForm) {
    for (const std::string base :
         {"1", "12", "1234567", "12345678", "123456789", "1.5", "1234.678", "123456789.123456", "123456789012.456",
          "12345678901234567", "-1", "-1.5", "-12345678.901", "-123456789.123456"}) {
        for (std::size_t at = 0; at < base.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string text = base;
                text[at] = static_cast<char>(byte);
                read(text);  // agrees with the general way
                const std::string padded = "................" + text;
                double value = 0;
                EXPECT_EQ(parse_short_decimal(padded.data() + 16, padded.data() + padded.size(), '.', value),
                          is_short_form(text))
                    << text;
            }
        }
    }
}

}  // namespace
}  // namespace plantwright::csv
