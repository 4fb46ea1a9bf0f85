// SPDX-License-Identifier: MIT
#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/report.hpp"
#include "report_parts.hpp"

namespace plantwright::evaluate {
namespace {

using io::Json;

Json confusion_json(const Matrix& confusion) {
    Json rows = Json::array();
    for (Index i = 0; i < confusion.rows(); ++i) {
        Json row = Json::array();
        for (Index j = 0; j < confusion.cols(); ++j) row.push_back(confusion(i, j));
        rows.push_back(std::move(row));
    }
    return rows;
}

Matrix confusion_from(const Json& json) {
    const auto& rows = json.as_array();
    const auto n = static_cast<Index>(rows.size());
    Matrix confusion(n, n);
    for (Index i = 0; i < n; ++i) {
        const auto row = numbers(rows[static_cast<std::size_t>(i)]);
        if (static_cast<Index>(row.size()) != n) throw InvalidArgument("Report: confusion must be square");
        for (Index j = 0; j < n; ++j) confusion(i, j) = row[static_cast<std::size_t>(j)];
    }
    return confusion;
}

Task task_from(const std::string& text) {
    if (text == "regression") return Task::regression;
    if (text == "classification") return Task::classification;
    throw InvalidArgument("Report: task must be regression or classification, got '" + text + "'");
}

void require_consistent(const Report& report) {
    bool good = report.descriptions.size() == report.predictors.size() && !report.predictors.empty();
    for (const Score& score : report.scores) {
        good = good && score.values.size() == report.predictors.size() &&
               (score.deviations.empty() || score.deviations.size() == score.values.size());
    }
    good =
        good && (report.confusion.rows() == 0 || report.confusion.rows() == static_cast<Index>(report.classes.size()));
    for (const Report& fold : report.folds) good = good && !fold.scores.empty();
    if (!good)
        throw InvalidArgument("Report: the lists of predictors, descriptions, scores and classes do not fit together");
}

}  // namespace

Json Report::to_json() const {
    Json json = Json::object();
    json["task"] = task == Task::regression ? "regression" : "classification";
    json["n_rows"] = static_cast<std::int64_t>(n_rows);
    json["n_dropped"] = static_cast<std::int64_t>(n_dropped);
    json["n_train"] = static_cast<std::int64_t>(n_train);
    json["split"] = split;
    json["first_time"] = first_time;
    json["last_time"] = last_time;
    json["predictors"] = to_array(predictors);
    json["descriptions"] = to_array(descriptions);
    json["scores"] = Json::array();
    for (const Score& score : scores) json["scores"].push_back(score_json(score));
    json["classes"] = to_array(classes);
    json["confusion"] = confusion_json(confusion);
    json["notes"] = to_array(notes);
    json["folds"] = Json::array();
    for (const Report& fold : folds) json["folds"].push_back(fold.to_json());
    return json;
}

Report Report::from_json(const Json& json) {
    Report report;
    report.task = task_from(json.at("task").as_string());
    report.n_rows = static_cast<Index>(json.at("n_rows").as_integer());
    report.n_dropped = static_cast<Index>(json.at("n_dropped").as_integer());
    report.n_train = static_cast<Index>(json.at("n_train").as_integer());
    report.split = json.at("split").as_string();
    report.first_time = json.at("first_time").as_string();
    report.last_time = json.at("last_time").as_string();
    report.predictors = strings(json.at("predictors"));
    report.descriptions = strings(json.at("descriptions"));
    for (const Json& score : json.at("scores").as_array()) report.scores.push_back(score_from(score));
    report.classes = strings(json.at("classes"));
    report.confusion = confusion_from(json.at("confusion"));
    report.notes = strings(json.at("notes"));
    for (const Json& fold : json.at("folds").as_array()) report.folds.push_back(from_json(fold));
    require_consistent(report);
    return report;
}

}  // namespace plantwright::evaluate
