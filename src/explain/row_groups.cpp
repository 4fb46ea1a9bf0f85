// SPDX-License-Identifier: MIT
#include "explain/row_groups.hpp"

#include <algorithm>
#include <numeric>

namespace plantwright {

void RowGroups::clear() {
    groups_.clear();
    rows_.clear();
}

void RowGroups::start(Index n_rows) {
    clear();
    rows_.resize(static_cast<std::size_t>(n_rows));
    std::iota(rows_.begin(), rows_.end(), 0u);
    groups_.push_back({0, 0, 0, static_cast<std::uint32_t>(n_rows)});
}

void RowGroups::take(const std::uint32_t* begin, const std::uint32_t* end, FailedFeatures fails, int n_fails) {
    if (begin == end) return;
    const auto first = static_cast<std::uint32_t>(rows_.size());
    rows_.insert(rows_.end(), begin, end);
    groups_.push_back({fails, n_fails, first, static_cast<std::uint32_t>(rows_.size())});
}

void RowGroups::split(const std::int32_t* keys, const SplitQuestion& ask, FailedFeatures bit, RowGroups& left,
                      RowGroups& right) {
    left.clear();
    right.clear();
    left_.resize(rows_.size());
    right_.resize(rows_.size());
    for (const Group& group : groups_) {
        const std::uint32_t *begin = rows_.data() + group.begin, *end = rows_.data() + group.end;
        if (group.fails & bit) {
            left.take(begin, end, group.fails, group.n_fails);
            right.take(begin, end, group.fails, group.n_fails);
            continue;
        }
        std::uint32_t *to_left = left_.data(), *to_right = right_.data();
        for (const std::uint32_t* row = begin; row != end; ++row) {
            const bool goes_right = (keys[*row] & ask.mask) > ask.threshold;
            *to_left = *to_right = *row;  // one of the two counts
            to_left += !goes_right;
            to_right += goes_right;
        }
        left.take(left_.data(), to_left, group.fails, group.n_fails);
        left.take(right_.data(), to_right, group.fails | bit, group.n_fails + 1);
        right.take(right_.data(), to_right, group.fails, group.n_fails);
        right.take(left_.data(), to_left, group.fails | bit, group.n_fails + 1);
    }
}

void RowGroups::keep_partners_of(const RowGroups& others) {
    std::erase_if(groups_, [&](const Group& group) {
        return std::none_of(others.groups_.begin(), others.groups_.end(),
                            [&](const Group& other) { return (group.fails & other.fails) == 0; });
    });
}

}  // namespace plantwright
