// SPDX-License-Identifier: MIT
#include "frame/csv_columns.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "frame/number_text.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::csv {
namespace {

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
constexpr Index kTightEnough = 8;                            // an eighth of unused room is not worth a copy

/// `size` values of a buffer with room for more.
Column numbers_of(Buffer<double> values, Index size) {
    if (values.size() == size) return Column::numbers(std::move(values));
    if (values.size() - size > size / kTightEnough) {
        return Column::numbers(Buffer<double>(std::span<const double>(values.data(), static_cast<std::size_t>(size))));
    }
    const auto owner = std::make_shared<const Buffer<double>>(std::move(values));
    return Column::numbers(VectorView<const double>(owner->data(), size), owner);
}

bool is_integer_text(std::string_view text) { return text.find_first_not_of("+-0123456789") == std::string_view::npos; }

}  // namespace

MissingTokens::MissingTokens(const std::vector<std::string>& tokens) {
    for (const auto& token : tokens) {
        double value = 0;
        tokens_.emplace_back(trimmed(token));
        any_number_ |= parse_number(tokens_.back(), '.', value) || parse_number(tokens_.back(), ',', value);
    }
}

bool MissingTokens::contains(std::string_view value) const {
    return std::find(tokens_.begin(), tokens_.end(), value) != tokens_.end();
}

ColumnReader::ColumnReader(const ReadingRules& rules, std::string name, Index position, Wish wish)
    : rules_(rules), name_(std::move(name)), position_(position), wish_(wish) {
    become(wish == Wish::category ? ColumnKind::category : wish == Wish::stamp ? ColumnKind::time : ColumnKind::number);
}

void ColumnReader::become(ColumnKind kind) {
    kind_ = kind;
    n_rows_ = 0;
    n_values_ = 0;
    form_ = DateForm::missing;
    has_long_integers_ = false;
    numbers_ = kind == ColumnKind::number ? Buffer<double>::uninitialized(rules_.capacity) : Buffer<double>();
    codes_ =
        kind == ColumnKind::category ? Buffer<std::int32_t>::uninitialized(rules_.capacity) : Buffer<std::int32_t>();
    prefer_huge_pages(numbers_.data(), static_cast<std::size_t>(numbers_.size()) * sizeof(double));
    levels_.reset();
    if (kind == ColumnKind::category) levels_.emplace(rules_);
    stamps_.clear();
}

void ColumnReader::start_pass() {
    done_ = !stopped_;
    stopped_ = false;
}

void ColumnReader::read(const RowBlock& block) {
    if (done_ || stopped_) return;
    while (const auto misfit = append(block)) {
        const bool in_first_block = n_rows_ == 0;
        step_down(*misfit);
        if (!in_first_block) {
            stopped_ = true;
            return;
        }
    }
    n_rows_ += block.rows();
}

void ColumnReader::step_down(std::string_view field) {
    const auto stamp = parse_time_text(value_of(field, scratch_));
    if (wish_ == Wish::stamp) {
        const char* why = stamp ? " is written in another way than the stamps above it" : " is no date and time";
        rules_.source.fail(
            field.data(), position_,
            "time column '" + name_ + "': " + shown(field) + why +
                "; allowed are ISO 8601, yyyy/mm/dd, dd/mm/yyyy, mm/dd/yyyy and dd.mm.yyyy, each with [ hh:mm[:ss]]");
    }
    const bool mixed = n_values_ > 0;
    if (mixed && !misfit_) misfit_ = Misfit{field, kind_ == ColumnKind::number ? "number" : "ISO 8601 time"};
    const bool try_stamps =
        kind_ == ColumnKind::number && !mixed && wish_ == Wish::anything && stamp && stamp->form == DateForm::iso;
    become(try_stamps ? ColumnKind::time : ColumnKind::category);
}

std::optional<std::string_view> ColumnReader::append(const RowBlock& block) {
    if (kind_ == ColumnKind::number) return append_numbers(block);
    return kind_ == ColumnKind::time ? append_stamps(block) : append_codes(block);
}

std::optional<std::string_view> ColumnReader::append_numbers(const RowBlock& block) {
    const char* loadable = rules_.source.text.data() + 16;  // a field that ends here or later may be read in one piece
    const char decimal = rules_.dialect.decimal;
    const bool compare_all = rules_.missing.any_number();
    double* out = numbers_.data() + n_rows_;
    Index n_slow = 0;
    for (Index row = 0; row < block.rows(); ++row) {
        const char* begin = block.begin_of(row, position_ - 1);
        const char* end = block.end_of(row, position_ - 1);
        if (!compare_all && end >= loadable && parse_short_decimal(begin, end, decimal, out[row])) [[likely]]
            continue;
        ++n_slow;
        const std::string_view field(begin, static_cast<std::size_t>(end - begin));
        if (!slow_number(field, out[row])) return field;
    }
    n_values_ += block.rows() - n_slow;
    return std::nullopt;
}

/// Long numbers, exponents, blanks, quotes and missing values.
bool ColumnReader::slow_number(std::string_view field, double& value) {
    const auto text = trimmed(value_of(field, scratch_));
    const bool missing = text.empty() || (rules_.missing.any_number() && rules_.missing.contains(text));
    if (!missing && parse_number(text, rules_.dialect.decimal, value)) {
        ++n_values_;
        if (std::fabs(value) > kLargestExactInteger) has_long_integers_ |= is_integer_text(text);
        return true;
    }
    value = kNaN;
    return missing || rules_.missing.contains(text);
}

/// Stamps of one column are written in one way, all with an offset or all without.
bool ColumnReader::fits_form(const TimeText& text) {
    if (form_ == DateForm::missing) {
        form_ = text.form;
        return wish_ == Wish::stamp || text.form == DateForm::iso;
    }
    const bool any_form = wish_ == Wish::stamp && text.form != DateForm::year_last && form_ != DateForm::year_last;
    return text.form == form_ || any_form;
}

std::optional<std::string_view> ColumnReader::append_stamps(const RowBlock& block) {
    for (Index row = 0; row < block.rows(); ++row) {
        const auto field = block.field(row, position_ - 1);
        const auto value = trimmed(value_of(field, scratch_));
        if (value.empty() || rules_.missing.contains(value)) {
            stamps_.emplace_back();
            continue;
        }
        const auto stamp = parse_time_text(value);
        if (!stamp || !fits_form(*stamp)) return field;
        ++n_values_;
        stamps_.push_back(*stamp);
    }
    return std::nullopt;
}

std::optional<std::string_view> ColumnReader::append_codes(const RowBlock& block) {
    std::int32_t* out = codes_.data() + n_rows_;
    for (Index row = 0; row < block.rows(); ++row) {
        out[row] = levels_->code_of(block.field(row, position_ - 1), position_);
        n_values_ += out[row] != kMissingCode ? 1 : 0;
    }
    return std::nullopt;
}

Column ColumnReader::take_column() {
    if (kind_ == ColumnKind::number) return numbers_of(std::move(numbers_), n_rows_);
    const std::span<const std::int32_t> used(codes_.data(), static_cast<std::size_t>(n_rows_));
    auto codes = codes_.size() == n_rows_ ? std::move(codes_) : Buffer<std::int32_t>(used);
    auto levels = levels_->take_sorted_levels(codes);
    return Column::categories(std::move(codes), std::move(levels));
}

}  // namespace plantwright::csv
