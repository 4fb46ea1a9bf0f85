// SPDX-License-Identifier: MIT
/// The text of a table, the places in it that messages name, and small questions about pieces of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "frame/csv_kernel.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright::csv {

/// How a table is written.
struct Dialect {
    char delimiter = ',';
    char newline = '\n';  ///< '\n' also ends a line of "\r\n"; '\r' in old Macintosh files
    char decimal = '.';
};

/// A table's text and what to call it in messages. The text is not owned.
struct Source {
    std::string name;
    std::string_view text;
    char newline = '\n';

    /// The physical line, from 1, of a place in the text. Counts from the start: for messages alone.
    Index line_of(const char* place) const;

    /// Throws ParseError: `read_csv: plant.csv, line 7, column 3: <what>`. Column 0 is left out.
    [[noreturn]] void fail(const char* place, Index column, const std::string& what) const;
};

const CsvKernels& kernels();

struct Bytes {
    Buffer<char> buffer;
    std::size_t used = 0;
    std::string_view text() const { return {buffer.data(), used}; }
};

/// All bytes of a file or pipe. Throws IoError.
Bytes read_bytes(const std::filesystem::path& path);

/// The text after a byte order mark. Throws ParseError on what is no UTF-8 text table: UTF-16, gzip, zip, Excel,
/// Parquet...
std::string_view text_of(const std::string& name, std::string_view bytes);

/// Asks for large pages under memory that is about to be filled: a fault for each 4 KB costs a fifth of reading a
/// table.
void prefer_huge_pages(void* memory, std::size_t bytes);

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
std::string_view trimmed(std::string_view text);  ///< without blanks and a carriage return at both ends

/// Position of the first byte that is not well-formed UTF-8 or is NUL; nothing where the text is fine.
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// A short piece for a message: quoted, cut at 40 bytes, unprintable bytes as \xNN.
std::string shown(std::string_view text);

/// A field's value: blanks around it and its quotes are taken off, doubled quotes made single. `scratch` may be used.
std::string_view value_of(std::string_view field, std::string& scratch);

}  // namespace plantwright::csv
