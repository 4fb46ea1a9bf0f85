// SPDX-License-Identifier: MIT
/// A small JSON value for model headers and reports. Parsing and printing are compiled in `src/io`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "plantwright/core/export.hpp"

namespace plantwright::io {

/// null, bool, integer, number, string, array or object (members keep their order).
class PLANTWRIGHT_API Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(int value) : value_(static_cast<std::int64_t>(value)) {}
    Json(std::int64_t value) : value_(value) {}
    Json(double value) : value_(value) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}
    static Json array() { return Json(Array{}); }
    static Json object() { return Json(Object{}); }

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_number() const { return std::holds_alternative<double>(value_) || std::holds_alternative<std::int64_t>(value_); }

    // Each throws InvalidArgument, saying what it found, where the value is of another type.
    bool as_bool() const;
    std::int64_t as_integer() const;
    double as_double() const;
    const std::string& as_string() const;
    const Array& as_array() const;
    const Object& as_object() const;

    const Json* find(std::string_view key) const;  ///< null where absent or not an object
    const Json& at(std::string_view key) const;    ///< throws InvalidArgument where absent
    Json& operator[](std::string_view key);        ///< a member, made where absent; turns null into an object
    void push_back(Json value);                    ///< turns null into an array

    std::string dump(int indent = -1) const;  ///< doubles in the shortest form that reads back; NaN and infinities as null
    static Json parse(std::string_view text);  ///< throws ParseError; nesting at most 64

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace plantwright::io
