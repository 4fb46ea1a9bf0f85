// SPDX-License-Identifier: MIT
#include "frame/categories.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright::detail {

std::int32_t CategoryCodes::code_of(std::string_view text) {
    if (const auto found = codes_.find(text); found != codes_.end()) return found->second;
    if (levels_.size() >= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        throw InvalidArgument("Frame: a category column may have 2147483647 levels, got more");
    }
    const auto code = static_cast<std::int32_t>(levels_.size());
    levels_.emplace_back(text);
    codes_.emplace(levels_.back(), code);
    return code;
}

Column CategoryCodes::in_code_order(Buffer<std::int32_t> codes) const {
    return Column::categories(std::move(codes), {levels_.begin(), levels_.end()});
}

Column CategoryCodes::in_byte_order(Buffer<std::int32_t> codes) const {
    std::vector<std::size_t> order(levels_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [this](std::size_t i) -> const std::string& { return levels_[i]; });
    std::vector<std::string> sorted;
    std::vector<std::int32_t> new_code(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        sorted.push_back(levels_[order[i]]);
        new_code[order[i]] = static_cast<std::int32_t>(i);
    }
    for (auto& code : codes) {
        if (code != kMissingCode) code = new_code[static_cast<std::size_t>(code)];
    }
    return Column::categories(std::move(codes), std::move(sorted));
}

}  // namespace plantwright::detail
