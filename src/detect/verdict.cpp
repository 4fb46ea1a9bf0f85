// SPDX-License-Identifier: MIT
#include "plantwright/detect/verdict.hpp"

#include <array>
#include <utility>

namespace plantwright {

std::string_view to_string(AlarmState state) {
    constexpr std::array<std::string_view, 6> names = {"warming_up", "normal",   "pending",
                                                       "alarm",      "clearing", "shelved"};
    return names[static_cast<std::size_t>(state)];
}

std::vector<std::string_view> to_strings(std::uint32_t quality) {
    constexpr std::array<std::pair<Quality, std::string_view>, 8> names = {
        {{Quality::missing_readings, "missing_readings"},
         {Quality::no_reading, "no_reading"},
         {Quality::late, "late"},
         {Quality::duplicate, "duplicate"},
         {Quality::untimed, "untimed"},
         {Quality::gap, "gap"},
         {Quality::silent_member, "silent_member"},
         {Quality::future, "future"}}};
    std::vector<std::string_view> set;
    for (const auto& [flag, name] : names) {
        if (has(quality, flag)) set.push_back(name);
    }
    return set;
}

std::string EventId::text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[(stream >> shift) & 15];
    return text + "-" + std::to_string(start);
}

}  // namespace plantwright
