// SPDX-License-Identifier: MIT
#include "plantwright/frame/schema.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "frame/names.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr std::array<std::pair<std::string_view, ColumnKind>, 3> kKinds{
    {{"number", ColumnKind::number}, {"category", ColumnKind::category}, {"time", ColumnKind::time}}};

constexpr std::array<std::pair<std::string_view, Role>, 8> kRoles{{{"feature", Role::feature},
                                                                   {"lever", Role::lever},
                                                                   {"disturbance", Role::disturbance},
                                                                   {"response", Role::response},
                                                                   {"target", Role::target},
                                                                   {"time", Role::time},
                                                                   {"group", Role::group},
                                                                   {"ignored", Role::ignored}}};

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) {
    for (const auto& [word, meaning] : words) {
        if (meaning == value) return word;
    }
    return "unknown";
}

template <class Words>
auto meaning_of(const Words& words, const char* what, std::string_view text) {
    std::string allowed;
    for (const auto& [word, meaning] : words) {
        if (word == text) return meaning;
        allowed.append(allowed.empty() ? "" : ", ").append(word);
    }
    throw InvalidArgument(std::string(what) + " must be one of " + allowed + ", got " + detail::in_quotes(text));
}

void require_unique_names(const std::vector<ColumnSpec>& columns) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name.empty())
            throw InvalidArgument("Schema: the name of column " + std::to_string(i) + " is empty");
        names.push_back(columns[i].name);
    }
    if (const auto name = detail::first_doubled(names)) {
        throw InvalidArgument("Schema: column " + detail::in_quotes(*name) + " stands twice");
    }
}

/// What only a damaged or hostile file holds.
std::string limit_text(std::optional<double> limit) {
    if (!limit) return "none";
    return std::isnan(*limit) ? "nan" : io::Json(*limit).dump();
}

void require_known(const ColumnSpec& column) {
    const bool known_kind = std::ranges::any_of(kKinds, [&](const auto& word) { return word.second == column.kind; });
    const bool known_role = std::ranges::any_of(kRoles, [&](const auto& word) { return word.second == column.role; });
    if (!known_kind || !known_role) {
        throw InvalidArgument("Schema: column " + detail::in_quotes(column.name) + " has an unknown kind or role");
    }
    const double lowest = column.lowest.value_or(0), highest = column.highest.value_or(0);
    const bool is_nan = std::isnan(lowest) || std::isnan(highest);
    if (is_nan || (column.lowest && column.highest && lowest > highest)) {
        throw InvalidArgument("Schema: lowest and highest of column " + detail::in_quotes(column.name) +
                              " must be numbers in this order, got " + limit_text(column.lowest) + " and " +
                              limit_text(column.highest));
    }
    if (const auto doubled = detail::first_doubled(column.levels)) {
        throw InvalidArgument("Schema: level " + detail::in_quotes(*doubled) + " of column " +
                              detail::in_quotes(column.name) + " stands twice");
    }
}

bool is_input_role(Role role) {
    return role == Role::feature || role == Role::lever || role == Role::disturbance || role == Role::response;
}

}  // namespace

std::string_view to_string(ColumnKind kind) { return word_of(kKinds, kind); }
std::string_view to_string(Role role) { return word_of(kRoles, role); }
ColumnKind column_kind_from(std::string_view text) { return meaning_of(kKinds, "kind", text); }
Role role_from(std::string_view text) { return meaning_of(kRoles, "role", text); }

bool ColumnSpec::is_input() const { return known_at_prediction && kind != ColumnKind::time && is_input_role(role); }

Schema::Schema(std::vector<ColumnSpec> columns, TimeRule time_rule)
    : columns_(std::move(columns)), time_rule_(std::move(time_rule)) {
    require_unique_names(columns_);
}

const ColumnSpec& Schema::at(std::string_view name) const {
    const auto i = find(name);
    if (!i) {
        throw SchemaMismatch("Schema: there is no column " + detail::in_quotes(name) + "; there are " +
                             detail::list_of(names()));
    }
    return (*this)[*i];
}

std::optional<Index> Schema::find(std::string_view name) const {
    const auto found = std::ranges::find(columns_, name, &ColumnSpec::name);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<Index>(found - columns_.begin());
}

std::vector<std::string> Schema::names() const {
    std::vector<std::string> result;
    for (const auto& column : columns_) result.push_back(column.name);
    return result;
}

std::vector<std::string> Schema::input_names() const {
    std::vector<std::string> result;
    for (const auto& column : columns_) {
        if (column.is_input()) result.push_back(column.name);
    }
    return result;
}

std::optional<std::string> Schema::name_of(Role role) const {
    const auto found = std::ranges::find(columns_, role, &ColumnSpec::role);
    if (found == columns_.end()) return std::nullopt;
    return found->name;
}

void Schema::validate() const {
    try {
        require_unique_names(columns_);
        for (const auto& column : columns_) require_known(column);
    } catch (const InvalidArgument& error) {
        throw CorruptModel(error.message());
    }
}

Schema Schema::with_time_rule(TimeRule rule) const { return Schema(columns_, std::move(rule)); }

Schema Schema::with_role(std::string_view name, Role role) const {
    ColumnSpec column = at(name);
    column.role = role;
    return with(std::move(column));
}

Schema Schema::with(ColumnSpec column) const {
    auto columns = columns_;
    if (const auto i = find(column.name)) {
        columns[static_cast<std::size_t>(*i)] = std::move(column);
    } else {
        columns.push_back(std::move(column));
    }
    return Schema(std::move(columns), time_rule_);
}

}  // namespace plantwright
