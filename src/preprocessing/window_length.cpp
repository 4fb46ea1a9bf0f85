// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/window_length.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/preprocessing/step_options.hpp"

namespace plantwright {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;
constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;
constexpr std::array kUnits{Unit("ns", 1),      Unit("us", 1'000),         Unit("ms", 1'000'000),
                            Unit("s", kSecond), Unit("min", 60 * kSecond), Unit("h", 3'600 * kSecond),
                            Unit("d", kDay),    Unit("D", kDay),           Unit("w", 7 * kDay),
                            Unit("W", 7 * kDay)};

/// 0 where the text is no duration of 1 ns to 100 years.
std::int64_t parse_duration(std::string_view text) {
    double count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc()) return 0;
    const auto at = static_cast<std::size_t>(end - text.data());
    const double total = count * static_cast<double>(nanoseconds_in(text.substr(at)));
    return total >= 1 && total <= 36'525.0 * static_cast<double>(kDay) ? static_cast<std::int64_t>(total) : 0;
}

}  // namespace

std::int64_t nanoseconds_in(std::string_view unit) {
    for (const auto& [name, nanoseconds] : kUnits) {
        if (name == unit) return nanoseconds;
    }
    return 0;
}

WindowLength WindowLength::of_rows(std::int64_t n_rows) {
    if (n_rows < 1 || n_rows > 1'000'000'000)
        throw InvalidArgument("WindowLength: rows must be in [1, 10^9], got " + std::to_string(n_rows));
    WindowLength length;
    length.rows = n_rows;
    length.text = std::to_string(n_rows);
    return length;
}

WindowLength WindowLength::of_time(std::string_view duration) {
    WindowLength length;
    length.nanoseconds = parse_duration(duration);
    length.text = duration;
    if (length.nanoseconds > 0) return length;
    throw InvalidArgument(
        "WindowLength: a duration must be a number and a unit (ns, us, ms, s, min, h, d, w), at most "
        "100 years, as \"30min\", got \"" +
        length.text + "\"");
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, WindowLength& out) {
    const bool is_duration = json.is_string() && parse_duration(json.as_string()) > 0;
    const bool is_rows = json.is_integer() && json.as_integer() >= 1 && json.as_integer() <= 1'000'000'000;
    if (!is_duration && !is_rows)
        detail::fail_option(who, name, "rows in [1, 10^9], or a duration as \"30min\" (ns, us, ms, s, min, h, d, w)",
                            json);
    out = is_rows ? WindowLength::of_rows(json.as_integer()) : WindowLength::of_time(json.as_string());
}

}  // namespace plantwright
