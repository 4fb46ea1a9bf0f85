// SPDX-License-Identifier: MIT
#include "shown.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace plantwright::evaluate {
namespace {

/// Appends `before`, then the value with leading zeros.
void append(std::string& text, const char* before, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    text += before;
    text.append(digits.size() < width ? width - digits.size() : 0, '0');
    text += digits;
}

}  // namespace

std::string time_text(std::int64_t nanoseconds) {
    using namespace std::chrono;
    constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;
    const std::int64_t day = nanoseconds / kDay - (nanoseconds % kDay < 0 ? 1 : 0);
    const std::int64_t in_day = (nanoseconds % kDay + kDay) % kDay;
    const year_month_day date{sys_days{days{static_cast<int>(day)}}};
    std::string text;
    append(text, "", static_cast<int>(date.year()), 4);
    append(text, "-", unsigned{date.month()}, 2);
    append(text, "-", unsigned{date.day()}, 2);
    append(text, " ", in_day / (3600 * kSecond), 2);
    append(text, ":", in_day / (60 * kSecond) % 60, 2);
    if (in_day % (60 * kSecond) != 0) append(text, ":", in_day / kSecond % 60, 2);
    if (in_day % kSecond != 0) append(text, ".", in_day % kSecond, 9);
    return text;
}

std::string number_text(double value) {
    if (std::isnan(value)) return "-";
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4).ptr;
    return {text.data(), end};
}

std::string aligned(const Cells& cells) {
    std::vector<std::size_t> width;
    for (const auto& row : cells) {
        width.resize(std::max(width.size(), row.size()), 0);
        for (std::size_t j = 0; j < row.size(); ++j) width[j] = std::max(width[j], row[j].size());
    }
    std::string text;
    for (const auto& row : cells) {
        for (std::size_t j = 0; j < row.size(); ++j) {
            const std::string blanks(width[j] - row[j].size(), ' ');
            text += j == 0 ? row[j] + (row.size() > 1 ? blanks : "") : "  " + blanks + row[j];
        }
        text += '\n';
    }
    return text;
}

std::string grouped(Index n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

}  // namespace plantwright::evaluate
