// SPDX-License-Identifier: MIT
#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/detection_report.hpp"
#include "report_parts.hpp"

namespace plantwright::evaluate {
namespace {

using io::Json;

Json outcome_json(const EventOutcome& event) {
    Json json = Json::object();
    json["begin"] = event.rows.begin;
    json["end"] = event.rows.end;
    json["first_alarm"] = event.first_alarm < 0 ? Json() : Json(event.first_alarm);
    json["delay_s"] = event.delay_s;
    json["peak"] = event.peak;
    json["begin_time"] = event.begin_time;
    json["end_time"] = event.end_time;
    return json;
}

EventOutcome outcome_from(const Json& json) {
    const Json& alarm = json.at("first_alarm");
    return {
        .rows = {static_cast<Index>(json.at("begin").as_integer()), static_cast<Index>(json.at("end").as_integer())},
        .first_alarm = alarm.is_null() ? -1 : static_cast<Index>(alarm.as_integer()),
        .delay_s = number_or_nan(json.at("delay_s")),
        .peak = number_or_nan(json.at("peak")),
        .begin_time = json.at("begin_time").as_string(),
        .end_time = json.at("end_time").as_string()};
}

Json point_json(const TradeOffPoint& point) {
    Json json = Json::object();
    json["threshold"] = point.threshold;
    json["false_alarm_rate"] = point.false_alarm_rate;
    json["false_alarms"] = point.false_alarms;
    json["event_recall"] = point.event_recall;
    json["median_delay"] = point.median_delay;
    return json;
}

TradeOffPoint point_from(const Json& json) {
    return {.threshold = number_or_nan(json.at("threshold")),
            .false_alarm_rate = number_or_nan(json.at("false_alarm_rate")),
            .false_alarms = number_or_nan(json.at("false_alarms")),
            .event_recall = number_or_nan(json.at("event_recall")),
            .median_delay = number_or_nan(json.at("median_delay"))};
}

template <class Values, class Convert>
Json array_of(const Values& values, const Convert& convert) {
    Json array = Json::array();
    for (const auto& value : values) array.push_back(convert(value));
    return array;
}

void require_consistent(const DetectionReport& report) {
    bool good = report.descriptions.size() == report.predictors.size() && !report.predictors.empty();
    for (const Score& score : report.scores) good = good && score.values.size() == report.predictors.size();
    if (good) return;
    throw InvalidArgument("DetectionReport: the lists of predictors, descriptions and scores do not fit together");
}

}  // namespace

Json DetectionReport::to_json() const {
    Json json = Json::object();
    json["sentence"] = sentence();
    json["n_rows"] = n_rows;
    json["n_left_out"] = n_left_out;
    json["n_events_left_out"] = n_events_left_out;
    json["interval_s"] = interval_s;
    json["normal_days"] = normal_days;
    json["threshold"] = threshold;
    json["first_time"] = first_time;
    json["last_time"] = last_time;
    json["split"] = split;
    json["predictors"] = to_array(predictors);
    json["descriptions"] = to_array(descriptions);
    json["scores"] = array_of(scores, score_json);
    json["events"] = array_of(events, outcome_json);
    json["trade_off"] = array_of(trade_off, point_json);
    json["notes"] = to_array(notes);
    return json;
}

DetectionReport DetectionReport::from_json(const Json& json) {
    DetectionReport report;
    report.n_rows = static_cast<Index>(json.at("n_rows").as_integer());
    report.n_left_out = static_cast<Index>(json.at("n_left_out").as_integer());
    report.n_events_left_out = static_cast<Index>(json.at("n_events_left_out").as_integer());
    report.interval_s = number_or_nan(json.at("interval_s"));
    report.normal_days = number_or_nan(json.at("normal_days"));
    report.threshold = number_or_nan(json.at("threshold"));
    report.first_time = json.at("first_time").as_string();
    report.last_time = json.at("last_time").as_string();
    report.split = json.at("split").as_string();
    report.predictors = strings(json.at("predictors"));
    report.descriptions = strings(json.at("descriptions"));
    for (const Json& score : json.at("scores").as_array()) report.scores.push_back(score_from(score));
    for (const Json& event : json.at("events").as_array()) report.events.push_back(outcome_from(event));
    for (const Json& point : json.at("trade_off").as_array()) report.trade_off.push_back(point_from(point));
    report.notes = strings(json.at("notes"));
    require_consistent(report);
    return report;
}

}  // namespace plantwright::evaluate
