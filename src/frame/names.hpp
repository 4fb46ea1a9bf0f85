// SPDX-License-Identifier: MIT
/// Names in messages: quoted, and a long list cut short with the number of those left out.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace plantwright::detail {

inline std::string in_quotes(std::string_view name) { return std::string("'").append(name).append("'"); }

inline std::string list_of(std::span<const std::string> names, std::size_t at_most = 20) {
    if (names.empty()) return "none";
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < at_most; ++i) text.append(i > 0 ? ", " : "").append(in_quotes(names[i]));
    if (names.size() > at_most) text += " and " + std::to_string(names.size() - at_most) + " more";
    return text;
}

}  // namespace plantwright::detail
