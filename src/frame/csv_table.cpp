// SPDX-License-Identifier: MIT
#include "frame/csv_table.hpp"

#include <algorithm>

#include "frame/csv_dialect.hpp"
#include "frame/names.hpp"
#include "frame/number_text.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::csv {
namespace {

constexpr std::string_view kNoDelimiters = "\"\r\n.+-";

/// At most as many rows as lines, and as rows of empty fields would fit: so memory is bounded by the text's size.
Index rows_at_most(std::string_view body, char newline, Index n_columns) {
    const auto lines = static_cast<Index>(kernels().count(body.data(), body.size(), newline)) + 1;
    return std::min(lines, (static_cast<Index>(body.size()) + 1) / n_columns);
}

void require_dialect(const CsvOptions& options) {
    if (options.delimiter != '\0' && kNoDelimiters.find(options.delimiter) != std::string_view::npos) {
        throw InvalidArgument("read_csv: delimiter must not be a quote, line end, dot or sign, got " +
                              shown(std::string_view(&options.delimiter, 1)));
    }
    if (options.decimal != '\0' && options.decimal != '.' && options.decimal != ',') {
        throw InvalidArgument("read_csv: decimal must be '.' or ',', got " +
                              shown(std::string_view(&options.decimal, 1)));
    }
}

/// `1,234` or `1.234,5`.
bool has_thousands(std::string_view field, char decimal) {
    std::string scratch;
    std::string digits(trimmed(value_of(field, scratch)));
    const auto n_before = digits.size();
    std::erase(digits, decimal == ',' ? '.' : ',');
    double value = 0;
    return digits.size() < n_before && parse_number(digits, decimal, value);
}

std::string text_of_misfit(const TextTable& table, const ColumnReader& column, char decimal) {
    const Misfit& misfit = *column.misfit();
    std::string text = "column '" + column.name() + "' is read as categories: " + shown(misfit.field) + " in line " +
                       std::to_string(table.line_of(misfit.field.data())) + " is no " + misfit.kind;
    if (has_thousands(misfit.field, decimal)) text += " (separators of thousands are not understood)";
    return text;
}

}  // namespace

TextTable::TextTable(std::string name, std::string_view bytes, const CsvOptions& options, const WishesFor& wishes_for)
    : source_{std::move(name), {}, '\n'}, bad_rows_(options.bad_rows) {
    require_dialect(options);
    source_.text = text_of(source_.name, bytes);
    std::string_view text = source_.text;
    const Dialect dialect = find_dialect(text, options);
    source_.newline = dialect.newline;
    header_ = read_header(source_, text, dialect);
    const auto n_columns = static_cast<Index>(header_.names.size());
    rules_.emplace(ReadingRules{source_, dialect, MissingTokens(options.missing),
                                rows_at_most(header_.body, dialect.newline, n_columns)});
    add_columns(wishes_for(header_.names));
    read_rows();
    drop_unnamed_columns();
}

void TextTable::add_columns(const WishOf& wish) {
    for (const auto& name : header_.names) {
        const auto position = static_cast<Index>(columns_.size()) + 1;
        columns_.emplace_back(*rules_, name, position, name.empty() ? Wish::category : wish(name));
    }
}

RowScanner TextTable::scanner() const {
    return {source_, header_.body, rules_->dialect, static_cast<Index>(header_.names.size()), bad_rows_};
}

void TextTable::read_rows() {
    while (one_pass()) {
        for (auto& column : columns_) column.start_pass();
    }
}

/// Whether a column has to be read again.
bool TextTable::one_pass() {
    RowScanner rows = scanner();
    RowBlock block;
    n_rows_ = 0;
    while (rows.next(block)) {
        for (auto& column : columns_) column.read(block);
        n_rows_ += block.rows();
    }
    skipped_rows_ = rows.skipped_rows();
    first_skipped_ = rows.first_skipped();
    return std::any_of(columns_.begin(), columns_.end(),
                       [](const ColumnReader& column) { return column.needs_another_pass(); });
}

/// A delimiter at the end of each line leaves columns without name and value.
void TextTable::drop_unnamed_columns() {
    while (static_cast<Index>(columns_.size()) > header_.n_named) {
        if (!columns_.back().is_empty()) {
            source_.fail(source_.text.data(), columns_.back().position(), "the column has values but no name");
        }
        columns_.pop_back();
    }
}

ColumnReader* TextTable::find(std::string_view name) {
    const auto at =
        std::find_if(columns_.begin(), columns_.end(), [name](const auto& column) { return column.name() == name; });
    return at == columns_.end() ? nullptr : &*at;
}

void TextTable::fail(Index row, Index column, const std::string& what) const {
    RowScanner rows = scanner();
    RowBlock block;
    Index before = 0;
    while (rows.next(block) && before + block.rows() <= row) before += block.rows();
    const auto field = block.field(row - before, std::max<Index>(column, 1) - 1);
    source_.fail(field.data(), column, shown(field) + ": " + what);
}

std::vector<std::string> TextTable::warnings() const {
    std::vector<std::string> texts;
    const auto add_if = [&texts](bool condition, const std::string& text) {
        if (condition) texts.push_back(text);
    };
    add_if(header_.looks_like_data && n_rows_ > 0,
           "every name in the first line is a number; is the line with the names missing?");
    add_if(n_rows_ == 0, "the table has no rows");
    if (skipped_rows_ > 0) {
        texts.push_back(std::to_string(skipped_rows_) + " malformed rows skipped, the first in line " +
                        std::to_string(line_of(first_skipped_)));
    }
    std::vector<std::string> empty;
    for (const auto& column : columns_) {
        if (column.misfit()) texts.push_back(text_of_misfit(*this, column, rules_->dialect.decimal));
        add_if(column.has_long_integers(), "column '" + column.name() +
                                               "' holds integers beyond 2^53, which numbers round; name it in "
                                               "categories if they are identifiers");
        if (column.is_empty() && n_rows_ > 0) empty.push_back(column.name());
    }
    add_if(!empty.empty(), "columns without any value: " + detail::list_of(empty));
    return texts;
}

}  // namespace plantwright::csv
