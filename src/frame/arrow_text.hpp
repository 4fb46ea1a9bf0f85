// SPDX-License-Identifier: MIT
/// The three layouts of Arrow's text columns.
#pragma once

#include <string_view>

#include "frame/arrow_source.hpp"

namespace plantwright::detail {

bool is_text_format(std::string_view format);  ///< "u", "U" or "vu"

/// Text of a valid row; looks into the chunk's memory.
std::string_view text_at(const ArrowChunk& chunk, std::string_view format, std::int64_t row);

}  // namespace plantwright::detail
