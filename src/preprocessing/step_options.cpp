// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/step_options.hpp"

namespace plantwright::detail {

void fail_option(std::string_view who, std::string_view name, std::string_view expected, const io::Json& got) {
    throw InvalidArgument(std::string(who) + ": " + std::string(name) + " must be " + std::string(expected) + ", got " +
                          got.dump());
}

void fail_unknown_option(std::string_view who, std::string_view name, const std::vector<std::string_view>& known) {
    std::string names;
    for (const std::string_view k : known) names.append(names.empty() ? "" : ", ").append(k);
    throw InvalidArgument(std::string(who) + ": there is no option '" + std::string(name) + "'; allowed are " + names);
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, bool& out) {
    if (!json.is_bool()) fail_option(who, name, "true or false", json);
    out = json.as_bool();
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, double& out) {
    if (!json.is_number()) fail_option(who, name, "a number", json);
    out = json.as_double();
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, std::int64_t& out) {
    if (!json.is_integer()) fail_option(who, name, "a whole number", json);
    out = json.as_integer();
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, std::string& out) {
    if (!json.is_string()) fail_option(who, name, "a text", json);
    out = json.as_string();
}

/// null, a name, a list of names, or {"kinds": [...], "roles": [...]}.
void read_option(std::string_view who, std::string_view name, const io::Json& json, StepColumns& out) {
    out = {};
    if (json.is_null()) return;
    if (json.is_string()) return void(out.names = {json.as_string()});
    if (json.is_array()) return read_option(who, name, json, out.names);
    if (!json.is_object()) fail_option(who, name, "a list of names, or kinds and roles", json);
    for (const auto& [member, value] : json.as_object()) {
        if (member != "kinds" && member != "roles") fail_unknown_option(who, member, {"kinds", "roles"});
        std::vector<std::string> words;
        read_option(who, member, value, words);
        for (const std::string& word : words) {
            if (member == "kinds")
                out.kinds.push_back(column_kind_from(word));
            else
                out.roles.push_back(role_from(word));
        }
    }
}

io::Json write_option(const StepColumns& columns) {
    if (!columns.names.empty()) return write_option(columns.names);
    if (columns.kinds.empty() && columns.roles.empty()) return {};
    io::Json json = io::Json::object();
    for (const ColumnKind kind : columns.kinds) json["kinds"].push_back(to_string(kind));
    for (const Role role : columns.roles) json["roles"].push_back(to_string(role));
    return json;
}

}  // namespace plantwright::detail
