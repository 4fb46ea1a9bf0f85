// SPDX-License-Identifier: MIT
/// The first row of a table: the names of its columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frame/csv_text.hpp"

namespace plantwright::csv {

struct Header {
    std::vector<std::string> names;  ///< unique; empty for unnamed columns at the end
    Index n_named = 0;               ///< the others follow: left over from a delimiter at the end of each line
    bool looks_like_data = false;    ///< every name is a number
    bool first_is_unnamed = false;   ///< as pandas writes an index; it is called column_1
    std::string_view body;           ///< the text after the header
};

/// Throws ParseError where the text is empty, or a name is doubled, missing in the middle, or no UTF-8.
Header read_header(const Source& source, std::string_view text, const Dialect& dialect);

}  // namespace plantwright::csv
