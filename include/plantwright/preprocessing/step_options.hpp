// SPDX-License-Identifier: MIT
/// Options of steps to and from JSON, as configuration files, model headers and Python give them.
///
///     struct StandardScalerOptions {
///         bool with_mean = true;
///         StepColumns columns{};
///
///         static void fields(auto& self, auto&& field) {
///             field("with_mean", self.with_mean);
///             field("columns", self.columns);
///         }
///     };
///
/// An enum `E` names its words: `template <> inline constexpr std::array kWords<E> = {"none", "all"};`, in the order
/// of its values.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/io/json.hpp"
#include "plantwright/preprocessing/step_columns.hpp"

namespace plantwright {

template <class Enum>
inline constexpr std::array<std::string_view, 0> kWords{};

namespace detail {

[[noreturn]] PLANTWRIGHT_API void fail_option(std::string_view who, std::string_view name, std::string_view expected,
                                              const io::Json& got);
[[noreturn]] PLANTWRIGHT_API void fail_unknown_option(std::string_view who, std::string_view name,
                                                      const std::vector<std::string_view>& known);

PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, bool& out);
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, double& out);
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, std::int64_t& out);
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, std::string& out);
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, StepColumns& out);
PLANTWRIGHT_API io::Json write_option(const StepColumns& columns);
/// What the step itself reads: a number or a text, say.
inline void read_option(std::string_view, std::string_view, const io::Json& json, io::Json& out) { out = json; }

template <class T>
    requires std::is_enum_v<T>
void read_option(std::string_view who, std::string_view name, const io::Json& json, T& out) {
    std::string allowed;
    for (std::size_t i = 0; i < kWords<T>.size(); ++i) {
        if (json.is_string() && json.as_string() == kWords<T>[i]) {
            out = static_cast<T>(i);
            return;
        }
        allowed.append(i > 0 ? ", " : "one of ").append("\"").append(kWords<T>[i]).append("\"");
    }
    fail_option(who, name, allowed, json);
}

template <class T>
void read_option(std::string_view who, std::string_view name, const io::Json& json, std::optional<T>& out) {
    out.reset();
    if (!json.is_null()) read_option(who, name, json, out.emplace());
}

template <class T>
void read_option(std::string_view who, std::string_view name, const io::Json& json, std::vector<T>& out) {
    if (!json.is_array()) fail_option(who, name, "a list", json);
    out.clear();
    for (const io::Json& element : json.as_array()) {
        T value{};
        read_option(who, name, element, value);
        out.push_back(std::move(value));
    }
}

/// A pair is a list of two.
template <class T, class U>
void read_option(std::string_view who, std::string_view name, const io::Json& json, std::pair<T, U>& out) {
    if (!json.is_array() || json.as_array().size() != 2) fail_option(who, name, "a list of two", json);
    read_option(who, name, json.as_array()[0], out.first);
    read_option(who, name, json.as_array()[1], out.second);
}

template <class T>
io::Json write_option(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return kWords<T>[static_cast<std::size_t>(value)];
    } else {
        return value;
    }
}

template <class T>
io::Json write_option(const std::optional<T>& value) {
    return value ? write_option(*value) : io::Json();
}

template <class T, class U>
io::Json write_option(const std::pair<T, U>& value) {
    return io::Json::Array{write_option(value.first), write_option(value.second)};
}

template <class T>
io::Json write_option(const std::vector<T>& values) {
    io::Json json = io::Json::array();
    for (const T& value : values) json.push_back(write_option(value));
    return json;
}

}  // namespace detail

/// Defaults where a member is absent. Throws InvalidArgument: who, which option, got what, allowed what.
template <class Options>
Options options_from_json(std::string_view who, const io::Json& json) {
    Options options;
    if (!json.is_object() && !json.is_null()) detail::fail_option(who, "options", "a mapping", json);
    std::vector<std::string_view> known;
    Options::fields(options, [&](std::string_view name, auto& value) {
        known.push_back(name);
        if (const io::Json* given = json.find(name)) detail::read_option(who, name, *given, value);
    });
    if (json.is_null()) return options;
    for (const auto& [name, value] : json.as_object()) {
        bool found = false;
        for (const std::string_view k : known) found |= k == name;
        if (!found) detail::fail_unknown_option(who, name, known);
    }
    return options;
}

template <class Options>
io::Json options_to_json(const Options& options) {
    io::Json json = io::Json::object();
    Options::fields(options,
                    [&](std::string_view name, const auto& value) { json[name] = detail::write_option(value); });
    return json;
}

}  // namespace plantwright
