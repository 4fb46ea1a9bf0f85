// SPDX-License-Identifier: MIT
/// Finds out how a table is written: newline, delimiter and decimal mark.
#pragma once

#include <string_view>

#include "frame/csv_text.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright::csv {

/// What `options` leave open is found in the text. A first line `sep=;` (as Excel writes) decides and is taken off
/// `text`.
Dialect find_dialect(std::string_view& text, const CsvOptions& options);

}  // namespace plantwright::csv
