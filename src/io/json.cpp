// SPDX-License-Identifier: MIT
#include "plantwright/io/json.hpp"

#include <algorithm>

#include "plantwright/core/error.hpp"

namespace plantwright::io {
namespace {

[[noreturn]] void fail_type(const char* wanted, std::size_t held) {
    static constexpr const char* kNames[] = {"null",     "a bool",   "an integer", "a number",
                                             "a string", "an array", "an object"};
    throw InvalidArgument(std::string("Json: expected ") + wanted + ", got " + kNames[held]);
}

template <class T, class Variant>
const T& get_or_fail(const Variant& value, const char* wanted) {
    if (const T* held = std::get_if<T>(&value)) return *held;
    fail_type(wanted, value.index());
}

}  // namespace

bool Json::as_bool() const { return get_or_fail<bool>(value_, "a bool"); }
std::int64_t Json::as_integer() const { return get_or_fail<std::int64_t>(value_, "an integer"); }
const std::string& Json::as_string() const { return get_or_fail<std::string>(value_, "a string"); }
const Json::Array& Json::as_array() const { return get_or_fail<Array>(value_, "an array"); }
const Json::Object& Json::as_object() const { return get_or_fail<Object>(value_, "an object"); }

double Json::as_double() const {
    if (const auto* integer = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*integer);
    return get_or_fail<double>(value_, "a number");
}

const Json* Json::find(std::string_view key) const {
    const Object* members = std::get_if<Object>(&value_);
    if (members == nullptr) return nullptr;
    const auto it = std::find_if(members->begin(), members->end(), [&](const Member& m) { return m.first == key; });
    return it == members->end() ? nullptr : &it->second;
}

const Json& Json::at(std::string_view key) const {
    if (const Json* value = find(key)) return *value;
    if (!is_object()) fail_type("an object", value_.index());
    throw InvalidArgument("Json: no member '" + std::string(key) + "'");
}

Json& Json::operator[](std::string_view key) {
    if (is_null()) value_ = Object{};
    if (const Json* value = find(key)) return const_cast<Json&>(*value);
    if (!is_object()) fail_type("an object", value_.index());
    return std::get<Object>(value_).emplace_back(std::string(key), Json()).second;
}

void Json::push_back(Json value) {
    if (is_null()) value_ = Array{};
    if (!is_array()) fail_type("an array", value_.index());
    std::get<Array>(value_).push_back(std::move(value));
}

}  // namespace plantwright::io
