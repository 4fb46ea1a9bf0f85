// SPDX-License-Identifier: MIT
/// A small JSON value for model headers and reports. Parsing and printing are compiled in `src/io`.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "plantwright/core/export.hpp"

namespace plantwright::io {

/// Any integer but bool; a template takes them all, so that `Json(rows.size())` is not ambiguous.
template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool>;

/// null, bool, integer, number, string, array or object (members keep their order).
///
/// Values have the usual value semantics; `find` and `operator[]` are linear in the number of members, which is right
/// for headers of tens of members. Parsing is linear in the text whatever it holds.
class PLANTWRIGHT_API Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    static constexpr int kMaxDepth = 64;  ///< arrays and objects within each other, when parsed and when printed

    Json() = default;
    Json(std::nullptr_t) {}
    template <std::same_as<bool> Bool>  // a template, so that no pointer turns into a bool
    Json(Bool value) : value_(value) {}
    template <JsonInteger Integer>
    Json(Integer value) {
        if (std::in_range<std::int64_t>(value)) {
            value_ = static_cast<std::int64_t>(value);
        } else {
            value_ = static_cast<double>(value);
        }
    }
    Json(double value) : value_(value) {}
    Json(float value) : value_(static_cast<double>(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}
    static Json array() { return Json(Array{}); }
    static Json object() { return Json(Object{}); }

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_number() const { return std::holds_alternative<double>(value_) || is_integer(); }

    // Each throws InvalidArgument, saying what it found, where the value is of another type.
    bool as_bool() const;
    std::int64_t as_integer() const;
    double as_double() const;  ///< an integer too
    const std::string& as_string() const;
    const Array& as_array() const;
    const Object& as_object() const;

    const Json* find(std::string_view key) const;  ///< null where absent or not an object
    const Json& at(std::string_view key) const;    ///< throws InvalidArgument where absent
    Json& operator[](std::string_view key);        ///< a member, made where absent; turns null into an object
    void push_back(Json value);                    ///< turns null into an array

    /// Doubles in the shortest form that reads back as the same double; NaN and infinities as null. `indent` < 0: one
    /// line. Throws InvalidArgument where a string is not UTF-8 or the nesting exceeds kMaxDepth.
    std::string dump(int indent = -1) const;

    /// Throws ParseError, which names the place, on anything but one JSON value in UTF-8, on a doubled key, a number
    /// beyond double, and nesting beyond kMaxDepth. Integers beyond 64 bits become doubles.
    static Json parse(std::string_view text);

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace plantwright::io
