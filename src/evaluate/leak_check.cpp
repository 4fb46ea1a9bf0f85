// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/leak_check.hpp"

#include "leak_rows.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

void require_sides(const Frame& train, const Frame& test) {
    if (train.rows() < 1 || test.rows() < 1) {
        throw InvalidArgument("leak_check: train and test must have at least one row, got " +
                              std::to_string(train.rows()) + " and " + std::to_string(test.rows()));
    }
    for (const ColumnSpec& spec : train.schema().columns()) {
        const auto place = test.schema().find(spec.name);
        if (place && test.schema()[*place].kind != spec.kind) {
            throw InvalidArgument("leak_check: column " + quoted(spec.name) + " is a " +
                                  std::string(to_string(spec.kind)) + " in train and a " +
                                  std::string(to_string(test.schema()[*place].kind)) + " in test");
        }
    }
}

}  // namespace

LeakReport leak_check(const Frame& train, const Frame& test, const LeakOptions& options) {
    require_sides(train, test);
    const LeakColumns columns = columns_of(train, options);
    LeakReport report;
    if (columns.time)
        check_times(train, test, *columns.time, report);
    else
        report.notes.push_back("no time column was named: time stamps and their order were not checked");
    if (columns.group) check_groups(train, test, *columns.group, report);
    check_identical_rows(train, test, columns, report);
    if (!options.compare_columns) return report;
    LeakReport suspects = suspect_columns(train, options);
    report.findings.insert(report.findings.end(), suspects.findings.begin(), suspects.findings.end());
    report.notes.insert(report.notes.end(), suspects.notes.begin(), suspects.notes.end());
    return report;
}

std::vector<std::string> LeakReport::suspect_columns() const {
    std::vector<std::string> names;
    for (const LeakFinding& finding : findings) {
        if (finding.kind == Leak::near_target || finding.kind == Leak::same_moment)
            names.push_back(finding.columns.front());
    }
    return names;
}

std::string LeakReport::to_text() const {
    std::string text = findings.empty() ? "No leak was found.\n" : "";
    for (const LeakFinding& finding : findings) text += finding.message + '\n';
    for (const std::string& note : notes) text += "Note: " + note + '\n';
    return text;
}

io::Json LeakReport::to_json() const {
    io::Json json = io::Json::object();
    json["findings"] = io::Json::array();
    for (const LeakFinding& finding : findings) {
        io::Json one = io::Json::object();
        one["kind"] = to_string(finding.kind);
        one["columns"] = io::Json::array();
        for (const std::string& name : finding.columns) one["columns"].push_back(name);
        one["rows"] = static_cast<std::int64_t>(finding.rows);
        one["value"] = finding.value;
        one["message"] = finding.message;
        json["findings"].push_back(std::move(one));
    }
    json["notes"] = io::Json::array();
    for (const std::string& note : notes) json["notes"].push_back(note);
    return json;
}

std::string_view to_string(Leak kind) {
    switch (kind) {
        case Leak::same_time: return "same_time";
        case Leak::same_group: return "same_group";
        case Leak::identical_rows: return "identical_rows";
        case Leak::time_order: return "time_order";
        case Leak::near_target: return "near_target";
        case Leak::same_moment: break;
    }
    return "same_moment";
}

}  // namespace plantwright::evaluate
