// SPDX-License-Identifier: MIT
/// A compiled time zone (RFC 9636): when which offset began, and the rule for later years.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "frame/posix_rule.hpp"

namespace plantwright::detail {

struct Tzif {
    std::int64_t first_offset = 0;      ///< seconds east of UTC, before the first change
    std::vector<std::int64_t> times;    ///< of the changes, seconds UTC, ascending
    std::vector<std::int64_t> offsets;  ///< from each change on
    std::optional<PosixRule> rule;      ///< after the last change
};

/// Throws IoError, naming the zone, where the bytes are no such file or count leap seconds.
Tzif parse_tzif(std::string_view bytes, std::string_view zone);

}  // namespace plantwright::detail
