// SPDX-License-Identifier: MIT
/// Texts to category codes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plantwright/frame/frame.hpp"

namespace plantwright::detail {

/// Gives each new text the next code. One lookup a row.
class CategoryCodes {
public:
    std::int32_t code_of(std::string_view text);
    const std::deque<std::string>& levels() const { return levels_; }

    /// A column with the levels in order of their codes, or in byte order, which does not depend on the order of rows.
    Column in_code_order(Buffer<std::int32_t> codes) const;
    Column in_byte_order(Buffer<std::int32_t> codes) const;

private:
    std::deque<std::string> levels_;  // never moves a text, so that the map may look at it
    std::unordered_map<std::string_view, std::int32_t> codes_;
};

}  // namespace plantwright::detail
