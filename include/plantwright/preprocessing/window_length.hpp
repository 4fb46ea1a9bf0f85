// SPDX-License-Identifier: MIT
/// How far back a step looks: a number of rows, or a duration.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "plantwright/core/export.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

/// `{60}` rows, or `{"30min"}`: a number above 0 and a unit, one of ns, us, ms, s, min, h, d (or D), w (or W).
struct PLANTWRIGHT_API WindowLength {
    std::int64_t rows = 0;         ///< 0: by time
    std::int64_t nanoseconds = 0;  ///< 0: by rows
    std::string text{};            ///< as it was given; stands in names of columns

    WindowLength() = default;
    template <std::integral Integer>
    WindowLength(Integer n_rows) : WindowLength(of_rows(static_cast<std::int64_t>(n_rows))) {}
    WindowLength(const char* duration) : WindowLength(of_time(duration)) {}

    static WindowLength of_rows(std::int64_t n_rows);        ///< throws InvalidArgument below 1 and above 10^9
    static WindowLength of_time(std::string_view duration);  ///< throws InvalidArgument on another form

    bool by_time() const { return nanoseconds > 0; }
    operator io::Json() const { return by_time() ? io::Json(text) : io::Json(rows); }
    bool operator==(const WindowLength&) const = default;
};

/// A number of rows or the text of a duration. Throws InvalidArgument.
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, WindowLength& out);

/// Nanoseconds in a unit of time ("s", "min", "h", ...); 0: there is no such unit.
PLANTWRIGHT_API std::int64_t nanoseconds_in(std::string_view unit);

}  // namespace plantwright
