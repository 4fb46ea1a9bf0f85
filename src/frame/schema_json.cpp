// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "plantwright/frame/schema.hpp"

namespace plantwright {
namespace {

using io::Json;

constexpr std::size_t kLevelsShown = 5;

Json json_of(std::span<const std::string> texts) {
    Json array = Json::array();
    for (const auto& text : texts) array.push_back(text);
    return array;
}

void add_text(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

/// Defaults are left out.
Json json_of(const ColumnSpec& column) {
    Json json = Json::object();
    json["name"] = column.name;
    json["kind"] = to_string(column.kind);
    json["role"] = to_string(column.role);
    add_text(json, "unit", column.unit);
    add_text(json, "description", column.description);
    add_text(json, "source", column.source);
    if (column.lowest) json["lowest"] = *column.lowest;
    if (column.highest) json["highest"] = *column.highest;
    if (!column.known_at_prediction) json["known_at_prediction"] = false;
    add_text(json, "time_zone", column.time_zone);
    if (!column.levels.empty()) {
        json["n_levels"] = column.levels.size();
        json["first_levels"] = json_of(std::span(column.levels).first(std::min(kLevelsShown, column.levels.size())));
    }
    if (column.derivation) {
        json["derivation"]["source"] = column.derivation->source;
        json["derivation"]["function"] = column.derivation->function;
    }
    return json;
}

Json json_of(const TimeRule& rule) {
    Json json = Json::object();
    json["columns"] = json_of(rule.columns);
    json["name"] = rule.name;
    json["day_first"] = rule.day_first;
    json["midnight_ends_day"] = rule.midnight_ends_day;
    return json;
}

std::string text_of(const Json& json, const char* key) {
    const Json* member = json.find(key);
    return member != nullptr ? member->as_string() : std::string();
}

std::optional<double> number_of(const Json& json, const char* key) {
    const Json* member = json.find(key);
    if (member == nullptr || member->is_null()) return {};
    return member->as_double();
}

bool flag_of(const Json& json, const char* key, bool otherwise) {
    const Json* member = json.find(key);
    return member != nullptr ? member->as_bool() : otherwise;
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
    std::vector<std::string> texts;
    const Json* member = json.find(key);
    if (member == nullptr) return texts;
    for (const Json& text : member->as_array()) texts.push_back(text.as_string());
    return texts;
}

ColumnSpec column_of(const Json& json) {
    ColumnSpec column;
    column.name = json.at("name").as_string();
    column.kind = column_kind_from(json.at("kind").as_string());
    if (const Json* role = json.find("role")) column.role = role_from(role->as_string());
    column.unit = text_of(json, "unit");
    column.description = text_of(json, "description");
    column.source = text_of(json, "source");
    column.lowest = number_of(json, "lowest");
    column.highest = number_of(json, "highest");
    column.known_at_prediction = flag_of(json, "known_at_prediction", true);
    column.time_zone = text_of(json, "time_zone");
    column.levels = texts_of(json, "levels");
    if (const Json* derivation = json.find("derivation")) {
        column.derivation = Derivation{derivation->at("source").as_string(), derivation->at("function").as_string()};
    }
    return column;
}

TimeRule rule_of(const Json& json) {
    return {texts_of(json, "columns"), text_of(json, "name"), flag_of(json, "day_first", false),
            flag_of(json, "midnight_ends_day", false)};
}

}  // namespace

io::Json Schema::to_json() const {
    Json columns = Json::array();
    for (const auto& column : columns_) columns.push_back(json_of(column));
    Json json = Json::object();
    json["columns"] = std::move(columns);
    if (!time_rule_.columns.empty()) json["time_rule"] = json_of(time_rule_);
    return json;
}

Schema Schema::from_json(const io::Json& json) {
    std::vector<ColumnSpec> columns;
    for (const Json& column : json.at("columns").as_array()) columns.push_back(column_of(column));
    const Json* rule = json.find("time_rule");
    return Schema(std::move(columns), rule != nullptr ? rule_of(*rule) : TimeRule{});
}

}  // namespace plantwright
