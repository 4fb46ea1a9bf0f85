// SPDX-License-Identifier: MIT
#include "leak_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

std::optional<std::string> resolve(const Frame& frame, const std::string& asked, Role role) {
    if (asked.empty()) return frame.schema().name_of(role);
    frame.schema().at(asked);  // throws where absent
    return asked;
}

std::string lowered(std::string_view text) {
    std::string low(text);
    for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return low;
}

/// "Usage_kWh" -> "kWh", "power [kW]" -> "kW", "load (MW)" -> "MW"; the whole name where nothing sets a unit apart.
std::string_view unit_in_name(std::string_view name) {
    while (!name.empty() && (name.back() == ')' || name.back() == ']' || name.back() == ' ')) name.remove_suffix(1);
    const auto mark = name.find_last_of("_ ([");
    return mark == std::string_view::npos ? name : name.substr(mark + 1);
}

bool is_meter_unit(std::string unit) {
    static constexpr std::array<std::string_view, 9> kUnits = {"w",    "wh",   "va", "vah", "var",
                                                               "varh", "vars", "j",  "ws"};
    static constexpr std::string_view kPrefixes = "kmgt";
    const auto is_base = [&] { return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end(); };
    if (is_base()) return true;
    if (unit.size() < 2 || kPrefixes.find(unit.front()) == std::string_view::npos) return false;
    unit.erase(0, 1);
    return is_base();
}

}  // namespace

LeakColumns columns_of(const Frame& frame, const LeakOptions& options) {
    return {resolve(frame, options.target, Role::target), resolve(frame, options.time, Role::time),
            resolve(frame, options.group, Role::group)};
}

bool is_feature(const ColumnSpec& spec, const LeakColumns& columns) {
    const bool named = spec.name == columns.target || spec.name == columns.time || spec.name == columns.group;
    return !named && spec.is_input() && spec.kind != ColumnKind::time;
}

std::string quoted(const std::string& name) { return "`" + name + "`"; }

std::string share_text(Index part, Index whole) {
    return std::to_string(part) + " of " + std::to_string(whole) + " (" +
           number_text(100.0 * static_cast<double>(part) / static_cast<double>(whole)) + " %)";
}

bool is_power_or_energy(const ColumnSpec& spec) {
    return is_meter_unit(lowered(spec.unit.empty() ? unit_in_name(spec.name) : std::string_view(spec.unit)));
}

}  // namespace plantwright::evaluate
