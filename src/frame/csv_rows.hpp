// SPDX-License-Identifier: MIT
/// Text to rows of fields, block by block (RFC 4180).
///
/// A quote opens a quoted field only at the field's start (blanks before it are let pass); inside, "" is a quote, and
/// delimiters and newlines are text. Elsewhere a quote is an ordinary character. Rows without quotes are cut at
/// positions that a vector kernel found; others character by character. O(length); one pass; positions live in the
/// second-level cache.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "frame/csv_text.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright::csv {

/// What ended a row, and where the next begins.
struct RowEnd {
    const char* next = nullptr;
    const char* error = nullptr;  ///< null, or what is wrong with a quoted field
    const char* error_place = nullptr;
};

/// Cuts one row; `fields` are the raw texts, quotes included, and may look past `text` never.
RowEnd split_row(const char* begin, const char* end, const Dialect& dialect, std::vector<std::string_view>& fields);

/// The first newline's next character, or `end`.
const char* after_line(const char* begin, const char* end, char newline);

/// Some rows' fields as positions in `base`, row by row: before the row's first field, then each field's end.
class RowBlock {
public:
    Index rows() const { return n_rows_; }
    const char* begin_of(Index row, Index column) const { return base_ + (slots_[slot(row, column)] + 1u); }
    const char* end_of(Index row, Index column) const { return base_ + slots_[slot(row, column) + 1]; }
    std::string_view field(Index row, Index column) const {
        const char* begin = begin_of(row, column);
        return {begin, static_cast<std::size_t>(end_of(row, column) - begin)};
    }

private:
    friend class RowScanner;
    std::size_t slot(Index row, Index column) const {
        return static_cast<std::size_t>(row * (n_columns_ + 1) + column);
    }

    const char* base_ = nullptr;
    Index n_rows_ = 0;
    Index n_columns_ = 0;
    std::vector<std::uint32_t> slots_;  // positions + 1 wraps to 0 for the first field of the block
};

class RowScanner {
public:
    /// `body` is the part of the source after the header. Throws ParseError on malformed rows unless they are to be
    /// skipped.
    RowScanner(const Source& source, std::string_view body, const Dialect& dialect, Index n_columns, BadRows bad_rows);

    /// The next rows; false at the end.
    bool next(RowBlock& block);

    Index skipped_rows() const { return skipped_rows_; }
    const char* first_skipped() const { return first_skipped_; }

private:
    void cut_rows(RowBlock& block, std::size_t n_positions);
    bool quick_row(RowBlock& block, const char* row, std::size_t position, std::size_t n_positions);
    const char* careful_row(RowBlock& block, const char* row);
    void store_row(RowBlock& block);
    const char* refuse(const char* row, const RowEnd& row_end);
    bool is_empty_line() const;

    const Source& source_;
    const char* at_;
    const char* end_;
    Dialect dialect_;
    Index n_columns_;
    BadRows bad_rows_;
    Index skipped_rows_ = 0;
    const char* first_skipped_ = nullptr;
    std::vector<std::uint32_t> positions_;
    std::vector<std::string_view> fields_;
};

}  // namespace plantwright::csv
