// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "frame/csv_table.hpp"
#include "frame/csv_time.hpp"
#include "frame/names.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright {
namespace {

using csv::ColumnReader;
using csv::TextTable;
using csv::Wish;
using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 6> kParts = {"year", "month", "day", "hour", "minute", "second"};
constexpr std::size_t kFewestParts = 3;

bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

void require_present(const Names& wanted, const char* parameter, const Names& names) {
    for (const auto& name : wanted) {
        if (contains(names, name)) continue;
        throw InvalidArgument(std::string("read_csv: ") + parameter + " names no column of the table: " +
                              detail::in_quotes(name) + "; there are " + detail::list_of(names));
    }
}

/// The columns of year, month, day, ... in that order: by their names where they have them, else as given.
Names parts_in_order(const Names& columns) {
    if (columns.size() < kFewestParts || columns.size() > kParts.size()) {
        throw InvalidArgument(
            "read_csv: time must be one column of text, or columns of year, month, day and then hour, minute, "
            "second; got " +
            detail::list_of(columns));
    }
    Names ordered;
    for (const auto part : kParts) {
        const auto at =
            std::find_if(columns.begin(), columns.end(), [part](const auto& name) { return lower_case(name) == part; });
        if (at != columns.end()) ordered.push_back(*at);
    }
    if (ordered.empty()) return columns;
    const bool leading =
        ordered.size() == columns.size() && lower_case(ordered[ordered.size() - 1]) == kParts[ordered.size() - 1];
    if (leading) return ordered;
    throw InvalidArgument(
        "read_csv: time must name year, month, day and then hour, minute, second without a gap; got " +
        detail::list_of(columns));
}

/// How this table's columns shall be read, and what becomes of its time.
struct Plan {
    CsvOptions options;
    TimeHints hints;
    std::string time_name;  ///< of the column made of several; empty: to be chosen
    const Schema* schema = nullptr;
};

Wish wish_by_schema(const Schema& schema, const std::string& name) {
    const auto i = schema.find(name);
    if (!i || schema[*i].role == Role::ignored) return Wish::anything;
    switch (schema[*i].kind) {
        case ColumnKind::category: return Wish::category;
        case ColumnKind::time: return Wish::stamp;
        case ColumnKind::number: break;
    }
    return Wish::number;
}

csv::WishOf wishes(Plan& plan, const Names& names) {
    if (plan.schema != nullptr) {  // a table without its time is for `conform` to judge
        const auto absent = [&names](const std::string& name) { return !contains(names, name); };
        if (std::any_of(plan.options.time.begin(), plan.options.time.end(), absent)) plan.options.time.clear();
    }
    require_present(plan.options.time, "time", names);
    require_present(plan.options.categories, "categories", names);
    return [&plan](const std::string& name) {
        const auto& time = plan.options.time;
        if (contains(time, name)) return time.size() == 1 ? Wish::stamp : Wish::number;
        if (contains(plan.options.categories, name)) return Wish::category;
        return plan.schema != nullptr ? wish_by_schema(*plan.schema, name) : Wish::anything;
    };
}

/// Columns and what they mean, as they come together.
class Assembly {
public:
    Assembly(TextTable& table, Plan& plan) : table_(table), plan_(plan), warnings_(table.warnings()) {}

    CsvResult run() {
        const auto& time = plan_.options.time;
        if (time.size() > 1) add_time_of_parts(parts_in_order(time));
        if (time.empty() && plan_.schema == nullptr) adopt_lone_time();
        for (auto& column : table_.columns()) add(column);
        Frame frame(Schema(std::move(specs_), rule_), std::move(columns_));
        if (plan_.schema != nullptr) frame = conform(frame, *plan_.schema, plan_.options.unseen_levels);
        return {std::move(frame), table_.skipped_rows(), std::move(warnings_)};
    }

private:
    void add(ColumnReader& column) {
        require_wish(column);
        ColumnSpec spec{.name = column.name(), .kind = column.kind()};
        if (column.kind() == ColumnKind::time) return add_time(std::move(spec), column);
        const bool is_part = contains(rule_.columns, spec.name) && rule_.columns.size() > 1;
        if (is_part || is_row_number(column)) spec.role = Role::ignored;
        Column values = column.take_column();
        if (spec.kind == ColumnKind::category) spec.levels = values.levels();
        keep(std::move(spec), std::move(values));
    }

    /// A column that had to be numbers.
    void require_wish(const ColumnReader& column) const {
        if (column.wish() != Wish::number || column.kind() == ColumnKind::number || column.is_empty()) return;
        if (plan_.schema == nullptr) {
            throw InvalidArgument("read_csv: time column " + detail::in_quotes(column.name()) +
                                  " must hold numbers, since time names several columns");
        }
        const auto& misfit = column.misfit();
        std::string where =
            !misfit ? "text"
                    : csv::shown(misfit->field) + " in line " + std::to_string(table_.line_of(misfit->field.data()));
        throw SchemaMismatch("read_csv: column " + detail::in_quotes(column.name()) +
                             " must hold numbers by the schema, got " + where);
    }

    void add_time(ColumnSpec spec, ColumnReader& column) {
        const bool is_the_time = rule_name(column);
        const Index position = column.position();
        const auto fail = [this, position](Index row, const std::string& what) { table_.fail(row, position, what); };
        TimeSeries series = series_from_texts(column.take_stamps(), hints_for(spec.name, is_the_time), fail, notes_);
        if (is_the_time) {
            spec.role = Role::time;
            rule_ = TimeRule{{spec.name}, spec.name, series.day_first, series.midnight_ends_day};
        }
        keep_time(std::move(spec), std::move(series));
    }

    void add_time_of_parts(const Names& parts) {
        std::vector<ConstVectorView> views;
        for (const auto& name : parts) {
            const ColumnReader& column = *table_.find(name);
            require_wish(column);
            if (column.kind() != ColumnKind::number) throw no_numbers(name);
            views.emplace_back(column.numbers().data(), column.rows());
        }
        const Index position = table_.find(parts.front())->position();
        const auto fail = [this, position](Index row, const std::string& what) { table_.fail(row, position, what); };
        TimeSeries series = series_from_parts(views, plan_.hints, fail, notes_);
        rule_ = TimeRule{parts, new_time_name(), false, series.midnight_ends_day};
        keep_time({.name = rule_.name, .kind = ColumnKind::time, .role = Role::time}, std::move(series));
    }

    static InvalidArgument no_numbers(const std::string& name) {
        return InvalidArgument("read_csv: time column " + detail::in_quotes(name) +
                               " must hold numbers, since time names several columns");
    }

    void keep_time(ColumnSpec spec, TimeSeries series) {
        spec.time_zone = std::move(series.time_zone);
        for (const auto& note : notes_)
            warnings_.push_back("time column " + detail::in_quotes(spec.name) + ": " + note);
        notes_.clear();
        keep(std::move(spec), Column::times(std::move(series.nanoseconds)));
    }

    void keep(ColumnSpec spec, Column column) {
        specs_.push_back(std::move(spec));
        columns_.push_back(std::move(column));
    }

    /// Where no time was named and one column alone holds ISO 8601 stamps, that is the time.
    void adopt_lone_time() {
        const auto is_time = [](const ColumnReader& column) { return column.kind() == ColumnKind::time; };
        auto& columns = table_.columns();
        if (std::count_if(columns.begin(), columns.end(), is_time) != 1) return;
        lone_time_ = std::find_if(columns.begin(), columns.end(), is_time)->name();
    }

    bool rule_name(const ColumnReader& column) const {
        const auto& time = plan_.options.time;
        return time.size() == 1 ? time.front() == column.name() : column.name() == lone_time_;
    }

    TimeHints hints_for(const std::string& name, bool is_the_time) const {
        if (is_the_time) return plan_.hints;
        const auto i = plan_.schema != nullptr ? plan_.schema->find(name) : std::nullopt;
        return {.midnight_ends_day = false, .time_zone = i ? (*plan_.schema)[*i].time_zone : std::string()};
    }

    /// An index without a name that counts the rows says nothing about the plant.
    static bool counts_rows(const Buffer<double>& values, Index n) {
        for (Index i = 1; i < n; ++i) {
            if (values[i] != values[i - 1] + 1) return false;
        }
        return n > 0;
    }

    bool is_row_number(const ColumnReader& column) {
        const bool is_index =
            table_.header().first_is_unnamed && column.position() == 1 && column.kind() == ColumnKind::number;
        if (!is_index || !counts_rows(column.numbers(), column.rows())) return false;
        warnings_.push_back("the first column has no name and counts the rows; it is called " +
                            detail::in_quotes(column.name()) + " and is not used as an input");
        return true;
    }

    std::string new_time_name() {
        if (!plan_.time_name.empty()) return plan_.time_name;
        std::string name = "time";
        for (int k = 1; table_.find(name) != nullptr; ++k) name = "time_" + std::to_string(k);
        return name;
    }

    TextTable& table_;
    Plan& plan_;
    Names warnings_;
    Names notes_;  // on the time column in hand
    std::string lone_time_;
    TimeRule rule_;
    std::vector<ColumnSpec> specs_;
    std::vector<Column> columns_;
};

CsvResult parse(const std::string& name, std::string_view bytes, Plan plan) {
    if (plan.options.time.size() > 1) parts_in_order(plan.options.time);  // refuse before a large file is read
    TextTable table(name, bytes, plan.options, [&plan](const Names& names) { return wishes(plan, names); });
    return Assembly(table, plan).run();
}

Plan plan_of(const CsvOptions& options) {
    return {.options = options, .hints = {.time_zone = options.time_zone}, .time_name = {}};
}

Plan plan_of(const Schema& schema, CsvOptions options) {
    const TimeRule& rule = schema.time_rule();
    options.time = rule.columns;
    options.categories.clear();
    const auto i = schema.find(rule.name);
    TimeHints hints{.time_zone = i ? schema[*i].time_zone : std::string()};
    if (!rule.columns.empty()) {
        hints.day_first = rule.day_first;
        hints.midnight_ends_day = rule.midnight_ends_day;
    }
    return {.options = std::move(options), .hints = std::move(hints), .time_name = rule.name, .schema = &schema};
}

CsvResult read(const std::filesystem::path& path, Plan plan) {
    const csv::Bytes bytes = csv::read_bytes(path);
    return parse(detail::in_quotes(path.string()), bytes.text(), std::move(plan));
}

}  // namespace

CsvResult read_csv_with_report(const std::filesystem::path& path, const CsvOptions& options) {
    return read(path, plan_of(options));
}

CsvResult read_csv_with_report(const std::filesystem::path& path, const Schema& schema, const CsvOptions& options) {
    return read(path, plan_of(schema, options));
}

CsvResult parse_csv(std::string_view text, const CsvOptions& options) {
    return parse("the text", text, plan_of(options));
}

CsvResult parse_csv(std::string_view text, const Schema& schema, const CsvOptions& options) {
    return parse("the text", text, plan_of(schema, options));
}

Frame read_csv(const std::filesystem::path& path, const CsvOptions& options) {
    return read_csv_with_report(path, options).frame;
}

Frame read_csv(const std::filesystem::path& path, const Schema& schema, const CsvOptions& options) {
    return read_csv_with_report(path, schema, options).frame;
}

}  // namespace plantwright
