// SPDX-License-Identifier: MIT
/// CSV to `Frame`: RFC 4180 quoting, BOM, separator and decimal comma found by sniffing, missing tokens, ISO-8601 and
/// day-first dates. Every number is the double that std::from_chars gives. Bad rows are errors with line and column, or
/// skipped and counted.
///
/// A column is numbers if every value in the file is one, else time if every value is an ISO 8601 stamp, else
/// categories (levels in byte order). The column without a name that pandas writes for an index is called `column_1`.
/// O(bytes), one thread; memory: the text and the frame. Reads from a pipe too. Functions may be called by several
/// threads.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright {

enum class BadRows { error, skip };

struct CsvOptions {
    std::vector<std::string> time{};  ///< time column(s): {"date"} or {"year", "month", "day", "hour"}
    std::string time_zone{};          ///< of the time column; empty = the plant's local clock
    char delimiter = '\0';            ///< '\0': found among comma, semicolon, tab
    char decimal = '\0';              ///< '\0': ',' where the delimiter is another and the numbers show it, else '.'
    /// Texts without a value, beside the empty one in numbers and times. A quoted one in a category is a text.
    std::vector<std::string> missing = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "?"};
    std::vector<std::string> categories{};  ///< columns to read as categories even if they look like numbers
    BadRows bad_rows = BadRows::error;
    UnseenLevels unseen_levels = UnseenLevels::refuse;  ///< where a schema is given; see `conform`
};

struct CsvResult {
    Frame frame;
    Index skipped_rows = 0;
    std::vector<std::string> warnings;  ///< e.g. that 00:00 was read as the end of the day before
};

/// Throws IoError (no such file), ParseError (malformed; with line and column), InvalidArgument (no such time column).
/// Several time columns (by the names year, month, day, hour, minute, second, else in that order) become a new one in
/// front, `time` or `time_1`, and take the role ignored. A lone ISO 8601 column is taken as the time where none is
/// named.
PLANTWRIGHT_API CsvResult read_csv_with_report(const std::filesystem::path& path, const CsvOptions& options = {});
PLANTWRIGHT_API CsvResult parse_csv(std::string_view text, const CsvOptions& options = {});

/// As a model expects it: kinds, levels, time rule and derived columns from the schema, then `conform`. Of the options
/// those that say how the text is written count. Throws SchemaMismatch beside the above.
PLANTWRIGHT_API CsvResult read_csv_with_report(const std::filesystem::path& path, const Schema& schema,
                                               const CsvOptions& options = {});
PLANTWRIGHT_API CsvResult parse_csv(std::string_view text, const Schema& schema, const CsvOptions& options = {});

/// The frame alone.
PLANTWRIGHT_API Frame read_csv(const std::filesystem::path& path, const CsvOptions& options = {});
PLANTWRIGHT_API Frame read_csv(const std::filesystem::path& path, const Schema& schema, const CsvOptions& options = {});

}  // namespace plantwright
