// SPDX-License-Identifier: MIT
#include "report_parts.hpp"

#include <cmath>

#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

using io::Json;

std::string cell(const Score& score, std::size_t predictor) {
    std::string text = number_text(score.values[predictor]);
    if (!score.deviations.empty() && !std::isnan(score.deviations[predictor])) {
        text += " +- " + number_text(score.deviations[predictor]);
    }
    return text;
}

/// The best baseline by a score: its place among the predictors, 0 where there is none.
std::size_t best_baseline(const Score& score) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < score.values.size(); ++j) {
        if (std::isnan(score.values[j])) continue;
        const bool better = best == 0 || (score.higher_is_better ? score.values[j] > score.values[best]
                                                                 : score.values[j] < score.values[best]);
        if (better) best = j;
    }
    return best;
}

}  // namespace

bool beats_all(const Score& score) {
    if (score.values.empty() || std::isnan(score.values[0])) return false;
    const std::size_t best = best_baseline(score);
    if (best == 0) return true;
    return score.higher_is_better ? score.values[0] > score.values[best] : score.values[0] < score.values[best];
}

std::string score_table(const std::vector<Score>& scores, const std::vector<std::string>& predictors) {
    Cells cells = {{""}};
    cells[0].insert(cells[0].end(), predictors.begin(), predictors.end());
    for (const Score& score : scores) {
        cells.push_back({score.metric});
        for (std::size_t j = 0; j < predictors.size(); ++j) cells.back().push_back(cell(score, j));
    }
    return aligned(cells);
}

std::string verdict_text(const Score& score, const std::vector<std::string>& predictors) {
    const std::size_t best = best_baseline(score);
    if (best == 0 || std::isnan(score.values[0])) return "";
    const std::string numbers = number_text(score.values[0]) + " against " + number_text(score.values[best]);
    return beats_all(score)
               ? "By " + score.metric + " the model beats every baseline; the best is " + predictors[best] + " (" +
                     numbers + ").\n"
               : "By " + score.metric + " the model does NOT beat " + predictors[best] + " (" + numbers + ").\n";
}

Json to_array(const std::vector<std::string>& values) {
    Json array = Json::array();
    for (const std::string& value : values) array.push_back(value);
    return array;
}

Json number_array(const std::vector<double>& values) {
    Json array = Json::array();
    for (const double value : values) array.push_back(value);
    return array;
}

double number_or_nan(const Json& json) { return json.is_null() ? kNaN : json.as_double(); }

std::vector<std::string> strings(const Json& json) {
    std::vector<std::string> values;
    for (const Json& value : json.as_array()) values.push_back(value.as_string());
    return values;
}

std::vector<double> numbers(const Json& json) {
    std::vector<double> values;
    for (const Json& value : json.as_array()) values.push_back(number_or_nan(value));
    return values;
}

Json score_json(const Score& score) {
    Json json = Json::object();
    json["metric"] = score.metric;
    json["higher_is_better"] = score.higher_is_better;
    json["values"] = number_array(score.values);
    if (!score.deviations.empty()) json["deviations"] = number_array(score.deviations);
    return json;
}

Score score_from(const Json& json) {
    Score score{json.at("metric").as_string(), json.at("higher_is_better").as_bool(), numbers(json.at("values")), {}};
    if (const Json* deviations = json.find("deviations")) score.deviations = numbers(*deviations);
    return score;
}

}  // namespace plantwright::evaluate
