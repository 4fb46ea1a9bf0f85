// SPDX-License-Identifier: MIT
#include "frame/csv_dialect.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "frame/csv_rows.hpp"

namespace plantwright::csv {
namespace {

constexpr std::array<char, 4> kDelimiters = {';', '\t', '|', ','};  // where several fit, the rarer in text comes first
constexpr Index kSampleRows = 100;
constexpr double kNearlyAsGood = 0.1;
constexpr double kGood = 0.5;

char find_newline(std::string_view text) {
    if (text.find('\n') != std::string_view::npos || text.find('\r') == std::string_view::npos) return '\n';
    return '\r';
}

/// How well a delimiter explains the first rows.
struct Fit {
    std::size_t header_fields = 0;
    double agreement = 0;     ///< the share of rows with as many fields as the header
    bool cuts_a_row = false;  ///< some row has several fields
};

Fit fit_of(std::string_view text, Dialect dialect) {
    Fit fit;
    Index rows = 0, agreeing = 0;
    std::vector<std::string_view> fields;
    const char* end = text.data() + text.size();
    for (const char* at = text.data(); at < end && rows <= kSampleRows;) {
        const RowEnd row_end = split_row(at, end, dialect, fields);
        at = row_end.next;
        if (row_end.error == nullptr && fields.size() == 1 && trimmed(fields.front()).empty()) continue;
        if (row_end.error != nullptr) fields.clear();
        if (++rows == 1) {
            fit.header_fields = fields.size();
            continue;
        }
        fit.cuts_a_row |= fields.size() > 1;
        agreeing += fields.size() == fit.header_fields ? 1 : 0;
    }
    fit.agreement = rows > 1 ? static_cast<double>(agreeing) / static_cast<double>(rows - 1) : 1.0;
    return fit;
}

/// One column: any delimiter that cuts no row, the comma if it can be.
char delimiter_of_one_column(const std::array<Fit, kDelimiters.size()>& fits) {
    for (std::size_t k = kDelimiters.size(); k-- > 0;) {
        if (!fits[k].cuts_a_row) return kDelimiters[k];
    }
    return ',';
}

/// Whole lines of the beginning: a sample's cost must not grow with the file.
std::string_view head_of(std::string_view text, char newline) {
    constexpr std::size_t kHeadBytes = std::size_t{1} << 18;
    if (text.size() <= kHeadBytes) return text;
    const auto last = text.rfind(newline, kHeadBytes);
    return last == std::string_view::npos ? text : text.substr(0, last + 1);
}

char find_delimiter(std::string_view text, Dialect dialect) {
    text = head_of(text, dialect.newline);
    std::array<Fit, kDelimiters.size()> fits;
    double best_agreement = 0;
    std::size_t widest = kDelimiters.size();
    for (std::size_t k = 0; k < kDelimiters.size(); ++k) {
        dialect.delimiter = kDelimiters[k];
        fits[k] = fit_of(text, dialect);
        if (fits[k].header_fields < 2) continue;
        best_agreement = std::max(best_agreement, fits[k].agreement);
        if (widest == kDelimiters.size() || fits[k].header_fields > fits[widest].header_fields) widest = k;
    }
    if (widest == kDelimiters.size()) return delimiter_of_one_column(fits);
    if (best_agreement < kGood) return kDelimiters[widest];
    for (std::size_t k = 0; k < kDelimiters.size(); ++k) {
        if (fits[k].header_fields >= 2 && fits[k].agreement >= best_agreement - kNearlyAsGood) return kDelimiters[k];
    }
    return kDelimiters[widest];
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `1,5` and the like: digits, the mark, digits, with nothing but a sign and blanks around.
bool is_decimal_with(char mark, std::string_view field) {
    auto text = trimmed(field);
    if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = trimmed(text.substr(1, text.size() - 2));
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    const auto at = text.find(mark);
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    const auto whole = text.substr(0, at), fraction = text.substr(at + 1);
    const auto exponent = std::min(fraction.find_first_of("eE"), fraction.size());
    return std::all_of(whole.begin(), whole.end(), is_digit) && exponent > 0 &&
           std::all_of(fraction.begin(), fraction.begin() + static_cast<std::ptrdiff_t>(exponent), is_digit);
}

/// The mark that most of the first decimals show. The whole text is read where no decimal turns up earlier: a column of
/// integers may get its first fraction in its last row.
char find_decimal(std::string_view text, const Dialect& dialect) {
    constexpr Index kEnough = 200;
    Index commas = 0, points = 0;
    std::vector<std::string_view> fields;
    const char* end = text.data() + text.size();
    for (const char* at = text.data(); at < end && commas + points < kEnough;) {
        at = split_row(at, end, dialect, fields).next;
        for (const auto field : fields) {
            commas += is_decimal_with(',', field) ? 1 : 0;
            points += is_decimal_with('.', field) ? 1 : 0;
        }
    }
    return commas > points ? ',' : '.';
}

/// Takes a first line `sep=;` off; '\0' where there is none.
char take_separator_line(std::string_view& text, char newline) {
    constexpr std::string_view kPrefix = "sep=";
    if (!text.starts_with(kPrefix) || text.size() <= kPrefix.size()) return '\0';
    const char* end = text.data() + text.size();
    const char* next = after_line(text.data(), end, newline);
    std::string_view line(text.data(), static_cast<std::size_t>(next - text.data()));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.size() != kPrefix.size() + 1) return '\0';
    const char delimiter = line.back();
    text.remove_prefix(static_cast<std::size_t>(next - text.data()));
    return delimiter;
}

}  // namespace

Dialect find_dialect(std::string_view& text, const CsvOptions& options) {
    Dialect dialect;
    dialect.newline = find_newline(text);
    const char named = take_separator_line(text, dialect.newline);
    dialect.delimiter = options.delimiter != '\0' ? options.delimiter : named;
    if (dialect.delimiter == '\0') dialect.delimiter = find_delimiter(text, dialect);
    dialect.decimal = options.decimal;
    if (dialect.decimal == '\0') {
        const bool comma_is_possible = dialect.delimiter != ',' && text.find(',') != std::string_view::npos;
        dialect.decimal = comma_is_possible ? find_decimal(text, dialect) : '.';
    }
    return dialect;
}

}  // namespace plantwright::csv
