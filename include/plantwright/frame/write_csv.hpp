// SPDX-License-Identifier: MIT
/// `Frame` to CSV (RFC 4180): the shortest digits that read back as the same number, ISO-8601 times, missing as
/// nothing.
///
/// A time column with a zone is written in UTC ("...Z"), one without on the plant's clock. A text that is itself a
/// missing token ("NA") is quoted, but a reader may still take it for missing. UTF-8 as it is, lines end in LF. About
/// 60 ns a number.
#pragma once

#include <filesystem>
#include <string>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

struct CsvWriteOptions {
    char delimiter = ',';  ///< not a quote, letter, digit, or one of + - . CR LF
};

/// Throws IoError, InvalidArgument on an impossible delimiter. On failure the file may be incomplete.
PLANTWRIGHT_API void write_csv(const std::filesystem::path& path, const Frame& frame,
                               const CsvWriteOptions& options = {});
PLANTWRIGHT_API std::string to_csv(const Frame& frame, const CsvWriteOptions& options = {});

}  // namespace plantwright
