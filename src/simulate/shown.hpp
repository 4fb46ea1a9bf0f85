// SPDX-License-Identifier: MIT
/// A number in a message: as short as reads back the same.
#pragma once

#include <charconv>
#include <string>

namespace plantwright::simulate {

inline std::string shown(double value) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    return {text, end};
}

}  // namespace plantwright::simulate
