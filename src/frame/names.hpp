// SPDX-License-Identifier: MIT
/// Names in messages: quoted, and a long list cut short with the number of those left out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace plantwright::detail {

inline std::string in_quotes(std::string_view name) { return std::string("'").append(name).append("'"); }

inline std::string list_of(std::span<const std::string> names, std::size_t at_most = 20) {
    if (names.empty()) return "none";
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < at_most; ++i)
        text.append(i > 0 ? ", " : "").append(in_quotes(names[i]));
    if (names.size() > at_most) text += " and " + std::to_string(names.size() - at_most) + " more";
    return text;
}

inline std::optional<std::string> first_doubled(std::span<const std::string> names) {
    std::unordered_set<std::string_view> seen;
    for (const auto& name : names) {
        if (!seen.insert(name).second) return name;
    }
    return std::nullopt;
}

}  // namespace plantwright::detail
