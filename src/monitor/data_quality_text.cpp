// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "plantwright/frame/calendar.hpp"
#include "plantwright/monitor/data_quality.hpp"

namespace plantwright::monitor {
namespace {

using io::Json;

constexpr std::size_t kNamedLevels = 5;

/// 2024-03-01T12:00:00, with as many decimals as it has.
std::string iso(std::int64_t ns) {
    if (ns == kMissingTime) return "";
    std::int64_t seconds = ns / kNanosecondsPerSecond, rest = ns % kNanosecondsPerSecond;
    if (rest < 0) rest += kNanosecondsPerSecond, --seconds;
    std::int64_t days = seconds / kSecondsPerDay, of_day = seconds % kSecondsPerDay;
    if (of_day < 0) of_day += kSecondsPerDay, --days;
    const CivilDate date = civil_from_days(days);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", static_cast<int>(date.year),
                  static_cast<int>(date.month), static_cast<int>(date.day), static_cast<int>(of_day / 3600),
                  static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60));
    std::string result = text.data();
    if (rest == 0) return result;
    std::snprintf(text.data(), text.size(), ".%09lld", static_cast<long long>(rest));
    result += text.data();
    return result.substr(0, result.find_last_not_of('0') + 1);
}

std::string percent(double share) {
    if (std::isnan(share)) return "-";
    std::array<char, 32> text{};
    const double shown = share < 1 ? std::min(100 * share, 99.9) : 100;  // never 100 % of less
    std::snprintf(text.data(), text.size(), "%.1f %%", shown);
    return text.data();
}

std::string counted(Index n, const std::string& one, const std::string& many) {
    return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string of_group(const std::string& group) { return group.empty() ? "" : " of " + group; }

/// The first of them, quoted.
std::string listed(const std::vector<std::string>& levels) {
    std::string text;
    for (std::size_t i = 0; i < std::min(levels.size(), kNamedLevels); ++i) {
        text += (i == 0 ? "'" : ", '") + levels[i] + "'";
    }
    return levels.size() > kNamedLevels ? text + ", ..." : text;
}

void find_in_time(const Timeliness& time, std::vector<std::string>& said) {
    if (time.rows_without_stamp > 0)
        said.push_back(counted(time.rows_without_stamp, "row has", "rows have") + " no stamp");
    if (time.late_rows > 0) said.push_back(counted(time.late_rows, "row is", "rows are") + " late");
    if (time.duplicate_stamps > 0) {
        said.push_back(counted(time.duplicate_stamps, "row repeats", "rows repeat") + " a stamp");
    }
    for (const ClockJump& jump : time.clock_jumps) {
        said.push_back("the clock" + of_group(jump.group) + " jumps back from " + iso(jump.from_ns) + " to " +
                       iso(jump.to_ns) + " at row " + std::to_string(jump.row));
    }
    if (time.gaps.empty()) return;
    const TimeGap& longest = *std::max_element(
        time.gaps.begin(), time.gaps.end(),
        [](const TimeGap& a, const TimeGap& b) { return a.end_ns - a.begin_ns < b.end_ns - b.begin_ns; });
    said.push_back(counted(static_cast<Index>(time.gaps.size()), "gap", "gaps") + ", the longest" +
                   of_group(longest.group) + " from " + iso(longest.begin_ns) + " to " + iso(longest.end_ns));
}

void find_in_values(const ColumnQuality& column, std::vector<std::string>& said) {
    const auto say = [&](const std::string& what) { said.push_back(column.spec.name + ": " + what); };
    if (column.not_finite > 0) say(counted(column.not_finite, "value is", "values are") + " not finite");
    const auto beyond = [&](Index n, const char* side) {
        if (n > 0) say(counted(n, "value", "values") + " " + side + " what is plausible");
    };
    beyond(column.below, "below");
    beyond(column.above, "above");
    if (column.unknown > 0) {
        say(counted(column.unknown, "row", "rows") +
            " of levels that the reference does not know: " + listed(column.unknown_levels));
    }
    if (!column.rare_levels.empty()) {
        say(counted(static_cast<Index>(column.rare_levels.size()), "rare level", "rare levels") + ": " +
            listed(column.rare_levels));
    }
}

void find_in_column(const ColumnQuality& column, Index rows, std::vector<std::string>& said) {
    const auto say = [&](const std::string& what) { said.push_back(column.spec.name + ": " + what); };
    if (column.present == 0 && rows > 0) {
        say("no value at all");
    } else if (column.missing > 0) {
        say(counted(column.missing, "value is", "values are") + " missing");
    }
    find_in_values(column, said);
    if (column.constant) say("the same value throughout");
    if (column.flat_rows > 0) {
        say(std::to_string(column.flat_rows) + " readings in flat lines, the longest " +
            std::to_string(column.longest_flat) + " from row " + std::to_string(column.longest_flat_row) + " on");
    }
    if (!column.same_as.empty()) say("the same values as " + column.same_as);
}

Json strings(const std::vector<std::string>& texts) {
    Json array = Json::array();
    for (const std::string& text : texts) array.push_back(text);
    return array;
}

template <class T>
Json numbers(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T value : values) array.push_back(value);
    return array;
}

Json json_of(const Timeliness& time) {
    Json gaps = Json::array(), jumps = Json::array();
    for (const TimeGap& gap : time.gaps) {
        gaps.push_back(Json(Json::Object{{"group", gap.group},
                                         {"begin", iso(gap.begin_ns)},
                                         {"end", iso(gap.end_ns)},
                                         {"missing_rows", gap.missing_rows}}));
    }
    for (const ClockJump& jump : time.clock_jumps) {
        jumps.push_back(Json(Json::Object{
            {"group", jump.group}, {"row", jump.row}, {"from", iso(jump.from_ns)}, {"to", iso(jump.to_ns)}}));
    }
    return Json(Json::Object{{"has_time", time.has_time},
                             {"interval_s", static_cast<double>(time.interval_ns) / 1e9},
                             {"first", iso(time.first_ns)},
                             {"last", iso(time.last_ns)},
                             {"rows_without_stamp", time.rows_without_stamp},
                             {"late_rows", time.late_rows},
                             {"duplicate_stamps", time.duplicate_stamps},
                             {"irregular_share", time.irregular_share},
                             {"gaps", std::move(gaps)},
                             {"clock_jumps", std::move(jumps)}});
}

Json json_of(const ColumnQuality& column) {
    return Json(Json::Object{{"name", column.spec.name},
                             {"kind", to_string(column.spec.kind)},
                             {"role", to_string(column.spec.role)},
                             {"unit", column.spec.unit},
                             {"source", column.spec.source},
                             {"completeness", column.completeness},
                             {"validity", column.validity},
                             {"uniqueness", column.uniqueness},
                             {"score", column.score},
                             {"present", column.present},
                             {"missing", column.missing},
                             {"not_finite", column.not_finite},
                             {"below", column.below},
                             {"above", column.above},
                             {"unknown", column.unknown},
                             {"unknown_levels", strings(column.unknown_levels)},
                             {"rare_levels", strings(column.rare_levels)},
                             {"constant", column.constant},
                             {"flat_rows", column.flat_rows},
                             {"longest_flat", column.longest_flat},
                             {"longest_flat_row", column.longest_flat_row},
                             {"same_as", column.same_as},
                             {"completeness_by_period", numbers(column.completeness_by_period)},
                             {"validity_by_period", numbers(column.validity_by_period)}});
}

/// `text` on the left of a column of that width.
std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string before(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string line_of(const ColumnQuality& column, std::size_t width) {
    std::string line = "  " + padded(column.spec.name, width);
    for (const double share : {column.score, column.completeness, column.validity, column.uniqueness}) {
        line += before(percent(share), 14);
    }
    return line + "\n";
}

}  // namespace

std::vector<std::string> DataQuality::findings() const {
    std::vector<std::string> said;
    find_in_time(timeliness, said);
    if (duplicate_rows > 0) said.push_back(counted(duplicate_rows, "row repeats", "rows repeat") + " an earlier one");
    for (const ColumnQuality& column : columns) find_in_column(column, rows, said);
    return said;
}

std::string DataQuality::to_text() const {
    std::string text = "Data quality " + percent(score) + " of " + std::to_string(rows) + " rows: completeness " +
                       percent(completeness) + ", validity " + percent(validity) + ", timeliness " +
                       percent(timeliness.share) + ", uniqueness " + percent(uniqueness) + "\n";
    std::size_t width = 6;
    for (const ColumnQuality& column : columns) width = std::max(width, column.spec.name.size());
    text += "  " + padded("", width);
    for (const char* head : {"score", "complete", "valid", "unique"}) text += before(head, 14);
    text += "\n";
    for (const ColumnQuality& column : columns) text += line_of(column, width);
    for (const std::string& finding : findings()) text += "- " + finding + "\n";
    return text;
}

io::Json DataQuality::to_json() const {
    Json begins = Json::array(), of_columns = Json::array();
    for (const std::int64_t begin : period_begins_ns) begins.push_back(iso(begin));
    for (const ColumnQuality& column : columns) of_columns.push_back(json_of(column));
    return Json(Json::Object{{"rows", rows},
                             {"expected_rows", expected_rows},
                             {"duplicate_rows", duplicate_rows},
                             {"score", score},
                             {"completeness", completeness},
                             {"validity", validity},
                             {"timeliness", timeliness.share},
                             {"uniqueness", uniqueness},
                             {"time", json_of(timeliness)},
                             {"period_begins", std::move(begins)},
                             {"expected_by_period", numbers(expected_by_period)},
                             {"columns", std::move(of_columns)},
                             {"findings", strings(findings())}});
}

}  // namespace plantwright::monitor
