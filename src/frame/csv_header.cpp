// SPDX-License-Identifier: MIT
#include "frame/csv_header.hpp"

#include <algorithm>
#include <unordered_map>

#include "frame/csv_rows.hpp"
#include "frame/number_text.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::csv {
namespace {

std::string name_from(const Source& source, std::string_view field, Index column) {
    std::string scratch;
    const auto name = trimmed(value_of(field, scratch));
    if (const auto bad = invalid_utf8(name)) {
        const char* what = name[*bad] == '\0' ? "a NUL byte in a column's name"
                                              : "a column's name is not UTF-8; save the file as UTF-8";
        source.fail(field.data(), column, std::string(what) + ": " + shown(name));
    }
    return std::string(name);
}

/// A first column without a name is what pandas makes of an index.
void name_first_column(Header& header) {
    if (!header.names.front().empty()) return;
    header.first_is_unnamed = true;
    std::string name = "column_1";
    while (std::find(header.names.begin(), header.names.end(), name) != header.names.end()) name += "_1";
    header.names.front() = name;
}

void require_names(const Source& source, const Header& header, const std::vector<std::string_view>& fields) {
    std::unordered_map<std::string_view, Index> position;
    for (Index i = 0; i < header.n_named; ++i) {
        const auto& name = header.names[static_cast<std::size_t>(i)];
        const char* place = fields[static_cast<std::size_t>(i)].data();
        if (name.empty()) source.fail(place, i + 1, "the column has no name");
        const auto [first, is_new] = position.emplace(name, i + 1);
        if (!is_new) {
            source.fail(place, i + 1,
                        "columns " + std::to_string(first->second) + " and " + std::to_string(i + 1) +
                            " are both named " + shown(name) + "; names must differ");
        }
    }
}

bool all_numbers(const Header& header, char decimal) {
    double value = 0;
    return std::all_of(header.names.begin(), header.names.end(),
                       [&](const std::string& name) { return parse_number(name, decimal, value); });
}

std::vector<std::string_view> first_row(const Source& source, std::string_view text, const Dialect& dialect,
                                        const char*& next) {
    std::vector<std::string_view> fields;
    const char* end = text.data() + text.size();
    for (next = text.data(); next < end;) {
        const char* row = next;
        const RowEnd row_end = split_row(row, end, dialect, fields);
        if (row_end.error != nullptr)
            source.fail(row_end.error_place, static_cast<Index>(fields.size()) + 1, row_end.error);
        next = row_end.next;
        if (fields.size() > 1 || !trimmed(fields.front()).empty()) return fields;
    }
    throw ParseError("read_csv: " + source.name + " is empty; a table needs a first line with the columns' names");
}

}  // namespace

Header read_header(const Source& source, std::string_view text, const Dialect& dialect) {
    const char* next = nullptr;
    const auto fields = first_row(source, text, dialect, next);
    Header header;
    for (const auto field : fields)
        header.names.push_back(name_from(source, field, static_cast<Index>(header.names.size()) + 1));
    header.looks_like_data = all_numbers(header, dialect.decimal);
    name_first_column(header);
    header.n_named = static_cast<Index>(header.names.size());
    while (header.n_named > 1 && header.names[static_cast<std::size_t>(header.n_named) - 1].empty()) --header.n_named;
    require_names(source, header, fields);
    header.body = text.substr(static_cast<std::size_t>(next - text.data()));
    return header;
}

}  // namespace plantwright::csv
