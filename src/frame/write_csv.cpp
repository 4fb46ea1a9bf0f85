// SPDX-License-Identifier: MIT
#include "plantwright/frame/write_csv.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using Writer = std::function<void(std::string& out, Index row)>;

template <class T>
void append_number(std::string& out, T value) {
    if (std::isnan(value)) return;
    std::array<char, 40> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_padded(std::string& out, std::int64_t value, int width) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto length = static_cast<std::size_t>(end - digits.data());
    out.append(static_cast<std::size_t>(width) > length ? static_cast<std::size_t>(width) - length : 0, '0');
    out.append(digits.data(), length);
}

void append_date(std::string& out, std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    append_padded(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
}

/// 2018-01-01T00:15:00, with nine digits of a second's fraction only where there is one.
void append_time(std::string& out, std::int64_t nanoseconds, std::string_view suffix) {
    constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;
    if (nanoseconds == kMissingTime) return;
    std::int64_t days = nanoseconds / kDay, within = nanoseconds % kDay;
    if (within < 0) --days, within += kDay;
    append_date(out, std::chrono::sys_days(std::chrono::days(days)));
    out += 'T';
    append_padded(out, within / (3600 * kSecond), 2);
    out += ':';
    append_padded(out, within / (60 * kSecond) % 60, 2);
    out += ':';
    append_padded(out, within / kSecond % 60, 2);
    if (within % kSecond != 0) {
        out += '.';
        append_padded(out, within % kSecond, 9);
    }
    out += suffix;
}

bool needs_quotes(std::string_view text, char delimiter) {
    if (text.empty() || text == "NA" || text.front() == ' ' || text.back() == ' ') return true;
    return text.find_first_of(std::string{delimiter, '"', '\r', '\n'}) != std::string_view::npos;
}

std::string csv_field(std::string_view text, char delimiter) {
    if (!needs_quotes(text, delimiter)) return std::string(text);
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

Writer category_writer(const Column& column, char delimiter) {
    std::vector<std::string> levels;
    for (const std::string& level : column.levels()) levels.push_back(csv_field(level, delimiter));
    return [codes = column.codes(), levels = std::move(levels)](std::string& out, Index row) {
        if (codes[row] != kMissingCode) out += levels[static_cast<std::size_t>(codes[row])];
    };
}

Writer writer_of(const Column& column, const ColumnSpec& spec, char delimiter) {
    if (column.kind() == ColumnKind::category) return category_writer(column, delimiter);
    if (column.kind() == ColumnKind::time) {
        return [times = column.times(), suffix = spec.time_zone.empty() ? "" : "Z"](std::string& out, Index row) {
            append_time(out, times[row], suffix);
        };
    }
    if (column.is_float32()) {
        return [values = column.float32()](std::string& out, Index row) { append_number(out, values[row]); };
    }
    return [values = column.float64()](std::string& out, Index row) { append_number(out, values[row]); };
}

void require_delimiter(char delimiter) {
    const bool impossible = std::isalnum(static_cast<unsigned char>(delimiter)) != 0 ||
                            std::string_view("\"+-.\r\n\0", 7).find(delimiter) != std::string_view::npos;
    if (impossible) {
        throw InvalidArgument(
            std::string("write_csv: delimiter must not be a letter, digit, quote, sign, dot or line end, got '") +
            delimiter + "'");
    }
}

/// Calls `flush(text)` with pieces of about a megabyte.
template <class Flush>
void write_pieces(const Frame& frame, char delimiter, Flush flush) {
    require_delimiter(delimiter);
    std::vector<Writer> writers;
    std::string out;
    for (Index j = 0; j < frame.cols(); ++j) {
        if (j > 0) out += delimiter;
        out += csv_field(frame.schema()[j].name, delimiter);
        writers.push_back(writer_of(frame.column(j), frame.schema()[j], delimiter));
    }
    out += '\n';
    for (Index row = 0; row < frame.rows(); ++row) {
        const std::size_t begin = out.size();
        for (std::size_t j = 0; j < writers.size(); ++j) {
            if (j > 0) out += delimiter;
            writers[j](out, row);
        }
        if (out.size() == begin) out += "\"\"";  // one column, missing: an empty line would be no row at all
        out += '\n';
        if (out.size() > (1u << 20)) flush(out), out.clear();
    }
    flush(out);
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void write_csv(const std::filesystem::path& path, const Frame& frame, const CsvWriteOptions& options) {
    require_delimiter(options.delimiter);
    const auto fail = [&path] {
        const int error = errno;
        throw IoError("write_csv: cannot write '" + path.string() + "': " + std::strerror(error), error);
    };
    std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wb"));
    if (!file) fail();
    write_pieces(frame, options.delimiter, [&](const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) fail();
    });
    if (std::fclose(file.release()) != 0) fail();
}

std::string to_csv(const Frame& frame, const CsvWriteOptions& options) {
    std::string whole;
    write_pieces(frame, options.delimiter, [&](const std::string& text) { whole += text; });
    return whole;
}

}  // namespace plantwright
