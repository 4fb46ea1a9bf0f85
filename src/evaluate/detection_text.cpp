// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>

#include "plantwright/evaluate/detection_report.hpp"
#include "report_parts.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

/// As said aloud: "2.1", "14", "1,200".
std::string spoken(double value) {
    if (value >= 9.95) return grouped(static_cast<Index>(std::floor(value + 0.5)));
    const auto tenths = static_cast<int>(std::floor(value * 10 + 0.5));
    std::string text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text.append(1, '.').append(std::to_string(tenths % 10));
    return text;
}

struct Unit {
    double size;  // of the smallest unit
    const char* name;
};

std::string duration_text(double seconds) {
    constexpr std::array<Unit, 4> units = {{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
    for (const Unit& unit : units) {
        if (seconds >= 2 * unit.size) return spoken(seconds / unit.size) + " " + unit.name;
    }
    return spoken(seconds) + " s";
}

std::string alarms_text(double count, const std::string& unit) {
    return spoken(count) + (spoken(count) == "1" ? " false alarm " : " false alarms ") + unit;
}

/// In the shortest unit of time that sees at least one.
std::string rate_text(double per_day, double normal_days) {
    if (per_day == 0) return "no false alarm in " + duration_text(normal_days * 86400);
    constexpr std::array<Unit, 3> units = {{{1, "a day"}, {7, "a week"}, {30.44, "a month"}}};
    for (const Unit& unit : units) {
        if (per_day * unit.size >= 1) return alarms_text(per_day * unit.size, unit.name);
    }
    return alarms_text(per_day * 365.25, "a year");
}

double value_of(const DetectionReport& report, std::string_view metric) {
    const Score* score = report.find(metric);
    return score == nullptr ? kNaN : score->values[0];
}

std::string false_alarm_text(const DetectionReport& report) {
    const double per_day = value_of(report, "false alarms a day");
    if (!std::isnan(per_day)) return rate_text(per_day, report.normal_days);
    return alarms_text(value_of(report, "false alarms in 1,000 rows"), "in 1,000 normal rows");
}

std::string delay_text(const DetectionReport& report) {
    const double seconds = value_of(report, "median delay [s]"), rows = value_of(report, "median delay [rows]");
    if (!std::isnan(seconds)) return ", median delay " + duration_text(seconds);
    if (std::isnan(rows)) return "";  // nothing was found
    return ", median delay " + spoken(rows) + (spoken(rows) == "1" ? " row" : " rows");
}

std::string headline(const DetectionReport& report) {
    const auto n_events = static_cast<Index>(report.events.size());
    std::string text = "Detection, " + grouped(report.n_rows) + " rows tested, " + grouped(n_events) +
                       (n_events == 1 ? " event" : " events");
    if (!report.first_time.empty()) text += ", " + report.first_time + " to " + report.last_time;
    text += '\n';
    if (!report.split.empty()) text += "Split: " + report.split + '\n';
    if (!std::isnan(report.threshold)) text += "Alarm at scores from " + number_text(report.threshold) + '\n';
    if (report.n_left_out > 0) {
        text += grouped(report.n_left_out) + " rows without a label or a score are left out";
        if (report.n_events_left_out > 0) text += ", and with them " + grouped(report.n_events_left_out) + " events";
        text += ".\n";
    }
    return text;
}

std::string trade_off_table(const DetectionReport& report) {
    const bool timed = !std::isnan(report.interval_s);
    Cells cells = {{"threshold", timed ? "false alarms a day" : "false alarms in 1,000 rows", "false alarm rate",
                    "event recall", timed ? "median delay" : "median delay [rows]"}};
    constexpr std::size_t kShown = 10;
    const std::size_t n = report.trade_off.size(), step = std::max<std::size_t>(1, (n + kShown - 1) / kShown);
    for (std::size_t k = 0; k < n; k += step) {
        const TradeOffPoint& point = report.trade_off[k];
        const bool found = !std::isnan(point.median_delay);
        cells.push_back({number_text(point.threshold), number_text(point.false_alarms),
                         number_text(point.false_alarm_rate), number_text(point.event_recall),
                         timed && found ? duration_text(point.median_delay) : number_text(point.median_delay)});
    }
    return aligned(cells);
}

}  // namespace

const Score* DetectionReport::find(std::string_view metric) const {
    const auto at = std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.metric == metric; });
    return at == scores.end() ? nullptr : &*at;
}

bool DetectionReport::beats_baselines() const { return !scores.empty() && beats_all(scores.front()); }

std::string DetectionReport::sentence() const {
    constexpr double kTooOften = 0.05;  // of the normal time: then the number of alarms tells little
    if (find("event recall") == nullptr) return "no alarms were given";
    const auto missed = std::count_if(events.begin(), events.end(), [](const auto& e) { return e.first_alarm < 0; });
    std::string text = false_alarm_text(*this) + delay_text(*this) + ", missed " + grouped(missed) + " of " +
                       grouped(static_cast<Index>(events.size()));
    const double rate = value_of(*this, "false alarm rate");
    if (rate > kTooOften) text += ", in alarm " + spoken(100 * rate) + " % of the normal time";
    return text;
}

std::string DetectionReport::to_text() const {
    std::string text = headline(*this) + '\n';
    if (find("event recall") != nullptr) text += "The model: " + sentence() + ".\n\n";
    if (!scores.empty()) text += score_table(scores, predictors) + '\n' + verdict_text(scores.front(), predictors);
    if (!trade_off.empty()) text += '\n' + trade_off_table(*this);
    if (predictors.size() > 1) text += '\n';
    for (std::size_t j = 1; j < predictors.size(); ++j) text += predictors[j] + ": " + descriptions[j] + '\n';
    for (const std::string& note : notes) text += "Note: " + note + '\n';
    return text;
}

}  // namespace plantwright::evaluate
