// SPDX-License-Identifier: MIT
/// A text read into columns, before time columns are understood: dialect, header, passes over the rows.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/csv_columns.hpp"
#include "frame/csv_header.hpp"

namespace plantwright::csv {

using WishOf = std::function<Wish(const std::string& name)>;
/// Looks at the names of a header before the rows are read; may throw.
using WishesFor = std::function<WishOf(const std::vector<std::string>& names)>;

/// Keeps references into itself and into the text: stays where it was made.
class TextTable {
public:
    TextTable(std::string name, std::string_view bytes, const CsvOptions& options, const WishesFor& wishes_for);
    TextTable(const TextTable&) = delete;
    TextTable& operator=(const TextTable&) = delete;

    std::deque<ColumnReader>& columns() { return columns_; }
    ColumnReader* find(std::string_view name);
    const Header& header() const { return header_; }
    Index rows() const { return n_rows_; }
    Index skipped_rows() const { return skipped_rows_; }

    /// ParseError for a row that was read, by its number from 0: the line is found by reading again.
    [[noreturn]] void fail(Index row, Index column, const std::string& what) const;
    Index line_of(const char* place) const { return rules_->source.line_of(place); }
    std::vector<std::string> warnings() const;

private:
    RowScanner scanner() const;
    void read_rows();
    bool one_pass();
    void drop_unnamed_columns();
    void add_columns(const WishOf& wish);

    Source source_;
    BadRows bad_rows_;
    Header header_;
    std::optional<ReadingRules> rules_;
    std::deque<ColumnReader> columns_;
    Index n_rows_ = 0;
    Index skipped_rows_ = 0;
    const char* first_skipped_ = nullptr;
};

}  // namespace plantwright::csv
