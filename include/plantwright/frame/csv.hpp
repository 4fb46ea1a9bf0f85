// SPDX-License-Identifier: MIT
/// CSV to `Frame`: RFC 4180 quoting, BOM, separator and decimal comma found by sniffing, missing tokens, ISO-8601 and
/// day-first dates. Numbers by std::from_chars. Bad rows are errors with line and column, or skipped and counted.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright {

enum class BadRows { error, skip };

struct CsvOptions {
    std::vector<std::string> time;                      ///< time column(s): {"date"} or {"year", "month", "day", "hour"}
    std::string time_zone;                              ///< of the time column; empty = the plant's local clock
    char delimiter = '\0';                              ///< '\0': found among comma, semicolon, tab
    char decimal = '\0';                                ///< '\0': ',' where the delimiter is ';' and the numbers show it, else '.'
    std::vector<std::string> missing = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "?"};
    std::vector<std::string> categories;                ///< columns to read as categories even if they look like numbers
    BadRows bad_rows = BadRows::error;
};

struct CsvResult {
    Frame frame;
    Index skipped_rows = 0;
    std::vector<std::string> warnings;  ///< e.g. that 00:00 was read as the end of the day before
};

/// Throws IoError (no such file), ParseError (malformed; with line and column), InvalidArgument (no such time column).
PLANTWRIGHT_API CsvResult read_csv_with_report(const std::filesystem::path& path, const CsvOptions& options = {});
PLANTWRIGHT_API CsvResult parse_csv(std::string_view text, const CsvOptions& options = {});

/// The frame alone.
PLANTWRIGHT_API Frame read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// As a model expects it: kinds, levels, time rule and derived columns from the schema, then `conform`.
PLANTWRIGHT_API Frame read_csv(const std::filesystem::path& path, const Schema& schema, const CsvOptions& options = {});

}  // namespace plantwright
