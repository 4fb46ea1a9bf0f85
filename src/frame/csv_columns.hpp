// SPDX-License-Identifier: MIT
/// Reads one column of every block into numbers, stamps or category codes; the kind is found over the whole file.
///
/// A column that may be anything starts as numbers. The first field that is neither a number nor missing turns it into
/// stamps (where no number came before and the field is an ISO 8601 stamp) or into categories, and it is read again
/// from the first row: at once in the first block, in another pass over the text later. So one word in row 90,000 never
/// becomes NaN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "frame/csv_rows.hpp"
#include "frame/time_text.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright::csv {

/// The texts that mean "no value", compared after blanks and quotes are taken off.
class MissingTokens {
public:
    explicit MissingTokens(const std::vector<std::string>& tokens);
    bool contains(std::string_view value) const;
    bool any_number() const { return any_number_; }  ///< such as -999: then numbers are compared too

private:
    std::vector<std::string> tokens_;
    bool any_number_ = false;
};

/// What every column of a table shares.
struct ReadingRules {
    const Source& source;
    Dialect dialect;
    MissingTokens missing;
    Index capacity;  ///< rows there may be
};

/// What is wanted of a column before it is read.
enum class Wish { anything, number, category, stamp };

/// A field that did not fit a kind, for messages.
struct Misfit {
    std::string_view field;
    const char* kind = "";
};

/// The codes of the fields seen, by their raw text; each spelling is unquoted, checked and looked up once.
class LevelTable {
public:
    explicit LevelTable(const ReadingRules& rules) : rules_(rules), slots_(64) {}
    std::int32_t code_of(std::string_view raw, Index column);
    std::vector<std::string> take_sorted_levels(Buffer<std::int32_t>& codes);

private:
    struct Slot {
        std::string_view raw;
        std::uint64_t hash = 0;  // 0: empty
        std::int32_t code = kMissingCode;
    };
    Slot& find(std::string_view raw, std::uint64_t hash);
    std::int32_t new_code(std::string_view raw, Index column);
    void grow();

    const ReadingRules& rules_;
    std::vector<Slot> slots_;
    std::size_t n_used_ = 0;
    std::unordered_map<std::string, std::int32_t> codes_by_level_;
    std::string scratch_;
};

class ColumnReader {
public:
    ColumnReader(const ReadingRules& rules, std::string name, Index position, Wish wish);

    /// Throws ParseError where a column that must be stamps is not, or text is not UTF-8.
    void read(const RowBlock& block);
    bool needs_another_pass() const { return stopped_; }
    void start_pass();

    const std::string& name() const { return name_; }
    Index position() const { return position_; }  ///< in the file, from 1
    Index rows() const { return n_rows_; }
    ColumnKind kind() const { return kind_; }
    Wish wish() const { return wish_; }
    bool is_empty() const { return n_values_ == 0; }
    bool has_long_integers() const { return has_long_integers_; }
    /// The first field that kept the column from being numbers although others are.
    const std::optional<Misfit>& misfit() const { return misfit_; }

    Column take_column();  ///< of a number or category column
    std::vector<TimeText> take_stamps() { return std::move(stamps_); }
    const Buffer<double>& numbers() const { return numbers_; }

private:
    std::optional<std::string_view> append(const RowBlock& block);
    std::optional<std::string_view> append_numbers(const RowBlock& block);
    std::optional<std::string_view> append_stamps(const RowBlock& block);
    std::optional<std::string_view> append_codes(const RowBlock& block);
    bool slow_number(std::string_view field, double& value);
    bool fits_form(const TimeText& text);
    void step_down(std::string_view field);
    void become(ColumnKind kind);

    const ReadingRules& rules_;
    std::string name_;
    Index position_;
    Wish wish_;
    ColumnKind kind_ = ColumnKind::number;
    Index n_rows_ = 0;
    Index n_values_ = 0;
    bool stopped_ = false;
    bool done_ = false;
    bool has_long_integers_ = false;
    std::optional<Misfit> misfit_;
    Buffer<double> numbers_;
    Buffer<std::int32_t> codes_;
    std::vector<TimeText> stamps_;
    DateForm form_ = DateForm::missing;
    std::optional<LevelTable> levels_;
    std::string scratch_;
};

}  // namespace plantwright::csv
