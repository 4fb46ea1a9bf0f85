// SPDX-License-Identifier: MIT
#include "frame/csv_rows.hpp"

#include <algorithm>
#include <cstring>

#include "plantwright/core/error.hpp"

namespace plantwright::csv {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 15;  // its positions and slots stay in the second-level cache
constexpr std::size_t kLongestRow = std::size_t{1} << 31;  // positions are 32 bits

const char* skip_blanks(const char* at, const char* end, char delimiter) {
    while (at < end && is_blank(*at) && *at != delimiter) ++at;
    return at;
}

/// From the opening quote to past the closing one; null where there is none.
const char* past_quoted(const char* open, const char* end) {
    for (const char* at = open + 1; at < end;) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr) return nullptr;
        if (at + 1 == end || at[1] != '"') return at + 1;
        at += 2;
    }
    return nullptr;
}

const char* find_end(const char* at, const char* end, const Dialect& dialect) {
    while (at < end && *at != dialect.delimiter && *at != dialect.newline) ++at;
    return at;
}

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

/// Where the field that starts at `at` ends; null with `row_end` filled where it is malformed.
const char* field_end(const char* at, const char* end, const Dialect& dialect, RowEnd& row_end) {
    const char* open = skip_blanks(at, end, dialect.delimiter);
    if (open == end || *open != '"' || dialect.delimiter == '"') return find_end(open, end, dialect);
    const char* past = past_quoted(open, end);
    row_end.error_place = open;
    if (past == nullptr) {
        row_end.error = "a quoted field is never closed";
        return nullptr;
    }
    const char* stop = find_end(past, end, dialect);
    if (trimmed(between(past, stop)).empty()) return stop;
    row_end.error = "text after the closing quote of a field (a quote inside is written twice)";
    return nullptr;
}

/// "\r\n" ends a line as "\n" does.
std::string_view without_return(std::string_view field, char newline) {
    if (newline == '\n' && field.ends_with('\r')) field.remove_suffix(1);
    return field;
}

}  // namespace

const char* after_line(const char* begin, const char* end, char newline) {
    const auto* at = static_cast<const char*>(std::memchr(begin, newline, static_cast<std::size_t>(end - begin)));
    return at == nullptr ? end : at + 1;
}

RowEnd split_row(const char* begin, const char* end, const Dialect& dialect, std::vector<std::string_view>& fields) {
    RowEnd row_end;
    fields.clear();
    for (const char* at = begin;; ++at) {
        const char* stop = field_end(at, end, dialect, row_end);
        if (stop == nullptr) {
            row_end.next = after_line(begin, end, dialect.newline);
            return row_end;
        }
        fields.push_back(between(at, stop));
        at = stop;
        if (at == end || *at == dialect.newline) break;
    }
    const char* stop = fields.back().data() + fields.back().size();
    fields.back() = without_return(fields.back(), dialect.newline);
    row_end.next = stop == end ? end : stop + 1;
    return row_end;
}

RowScanner::RowScanner(const Source& source, std::string_view body, const Dialect& dialect, Index n_columns,
                       BadRows bad_rows)
    : source_(source), at_(body.data()), end_(body.data() + body.size()), dialect_(dialect), n_columns_(n_columns),
      bad_rows_(bad_rows), positions_(kBlockBytes + 8) {
    // Empty lines at the end are no rows; in a table of one column, others are missing values.
    while (end_ > at_ && (end_[-1] == '\n' || end_[-1] == '\r')) --end_;
}

bool RowScanner::next(RowBlock& block) {
    block.n_columns_ = n_columns_;
    block.n_rows_ = 0;
    block.slots_.clear();
    while (at_ < end_ && block.n_rows_ == 0) {
        block.base_ = at_;
        const auto size = std::min(kBlockBytes, static_cast<std::size_t>(end_ - at_));
        const std::size_t n = kernels().index(at_, size, dialect_.delimiter, dialect_.newline, positions_.data());
        cut_rows(block, n);
    }
    return block.n_rows_ > 0;
}

/// Post-condition: at_ is where the first row starts that is not in the block.
void RowScanner::cut_rows(RowBlock& block, std::size_t n_positions) {
    const char* row = at_;
    for (std::size_t i = 0; row < end_;) {
        if (quick_row(block, row, i, n_positions)) {
            i += static_cast<std::size_t>(n_columns_);
            row = block.base_ + positions_[i - 1] + 1;
            continue;
        }
        if (row > at_ && i + static_cast<std::size_t>(n_columns_) > n_positions)
            break;  // the next block holds all of it
        row = careful_row(block, row);
        while (i < n_positions && block.base_ + positions_[i] < row) ++i;
    }
    at_ = row;
}

/// A row without quotes and with the right number of fields, all of it among the positions.
bool RowScanner::quick_row(RowBlock& block, const char* row, std::size_t position, std::size_t n_positions) {
    const auto n = static_cast<std::size_t>(n_columns_);
    if (position + n > n_positions) return false;
    const std::uint32_t* ends = positions_.data() + position;
    bool fits = block.base_[ends[n - 1]] == dialect_.newline;
    for (std::size_t k = 0; k + 1 < n; ++k) fits &= block.base_[ends[k]] == dialect_.delimiter;
    if (!fits) return false;
    const auto before = static_cast<std::uint32_t>(row - block.base_) - 1u;
    block.slots_.push_back(before);
    block.slots_.insert(block.slots_.end(), ends, ends + n);
    const std::uint32_t last_begin = n > 1 ? ends[n - 2] + 1u : before + 1u;
    std::uint32_t& last_end = block.slots_.back();
    if (dialect_.newline == '\n' && last_end > last_begin && block.base_[last_end - 1] == '\r') --last_end;
    ++block.n_rows_;
    return true;
}

const char* RowScanner::careful_row(RowBlock& block, const char* row) {
    const RowEnd row_end = split_row(row, end_, dialect_, fields_);
    if (row_end.error == nullptr && is_empty_line()) return row_end.next;
    if (row_end.error != nullptr || static_cast<Index>(fields_.size()) != n_columns_) return refuse(row, row_end);
    if (static_cast<std::size_t>(row_end.next - block.base_) > kLongestRow) {
        source_.fail(row, 0, "the row is longer than 2 GiB");
    }
    store_row(block);
    return row_end.next;
}

bool RowScanner::is_empty_line() const {
    return n_columns_ > 1 && fields_.size() == 1 && trimmed(fields_.front()).empty();
}

void RowScanner::store_row(RowBlock& block) {
    block.slots_.push_back(static_cast<std::uint32_t>(fields_.front().data() - block.base_) - 1u);
    for (const auto field : fields_) {
        block.slots_.push_back(static_cast<std::uint32_t>(field.data() + field.size() - block.base_));
    }
    ++block.n_rows_;
}

const char* RowScanner::refuse(const char* row, const RowEnd& row_end) {
    if (bad_rows_ == BadRows::skip) {
        if (++skipped_rows_ == 1) first_skipped_ = row;
        return row_end.next;
    }
    const auto n = static_cast<Index>(fields_.size());
    if (row_end.error != nullptr) source_.fail(row_end.error_place, n + 1, row_end.error);
    source_.fail(row, std::min(n, n_columns_) + 1,
                 "expected " + std::to_string(n_columns_) + " fields, as the header has, got " + std::to_string(n));
}

}  // namespace plantwright::csv
