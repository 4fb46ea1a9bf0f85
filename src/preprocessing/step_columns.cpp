// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/step_columns.hpp"

#include <algorithm>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

bool holds(const auto& values, const auto& wanted) {
    return std::find(values.begin(), values.end(), wanted) != values.end();
}

std::string kinds_text(const std::vector<ColumnKind>& kinds) {
    std::string text;
    for (const ColumnKind kind : kinds) text.append(text.empty() ? "" : " or ").append(to_string(kind));
    return text;
}

std::vector<ColumnSpec> by_name(std::string_view who, const Schema& schema, const StepColumns& wanted,
                                const std::vector<ColumnKind>& takes) {
    std::vector<ColumnSpec> columns;
    for (const std::string& name : wanted.names) {
        const ColumnSpec& spec = schema.at(name);
        if (!holds(takes, spec.kind)) {
            throw InvalidArgument(std::string(who) + ": columns must be of kind " + kinds_text(takes) + ", got '" +
                                  name + "' of kind " + std::string(to_string(spec.kind)));
        }
        const auto same = [&](const ColumnSpec& other) { return other.name == name; };
        if (std::any_of(columns.begin(), columns.end(), same))
            throw InvalidArgument(std::string(who) + ": columns must be named once, got '" + name + "' twice");
        columns.push_back(spec);
    }
    return columns;
}

bool is_wanted(const ColumnSpec& spec, const StepColumns& wanted, const std::vector<ColumnKind>& takes) {
    if (!holds(takes, spec.kind)) return false;
    if (!wanted.kinds.empty() && !holds(wanted.kinds, spec.kind)) return false;
    if (!wanted.roles.empty()) return holds(wanted.roles, spec.role);
    return spec.kind == ColumnKind::time ? spec.role != Role::ignored : spec.is_input();
}

}  // namespace

std::vector<ColumnSpec> select_columns(std::string_view who, const Schema& schema, const StepColumns& wanted,
                                       std::vector<ColumnKind> takes) {
    std::vector<ColumnSpec> columns;
    if (!wanted.names.empty()) {
        columns = by_name(who, schema, wanted, takes);
    } else {
        for (const ColumnSpec& spec : schema.columns()) {
            if (is_wanted(spec, wanted, takes)) columns.push_back(spec);
        }
    }
    if (!columns.empty()) return columns;
    throw InvalidArgument(std::string(who) + ": columns must leave at least one of kind " + kinds_text(takes) +
                          ", got none of the table's " + std::to_string(schema.size()));
}

}  // namespace plantwright
