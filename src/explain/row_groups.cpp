// SPDX-License-Identifier: MIT
#include "explain/row_groups.hpp"

#include <algorithm>
#include <numeric>

#include "explain/groups_kernel.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {

void GroupedRows::start() { std::iota(row_.begin(), row_.end(), 0u); }

std::uint32_t GroupedRows::part(std::uint32_t begin, std::uint32_t end, const std::int32_t* keys,
                                const SplitQuestion& ask) {
    std::uint32_t *to_left = row_.data() + begin, *to_right = right_.data();
    for (const std::uint32_t* at = to_left; at != row_.data() + end; ++at) {
        const std::uint32_t row = *at;
        const bool goes_right = (keys[row] & ask.mask) > ask.threshold;
        *to_left = *to_right = row;  // one of the two counts
        to_left += !goes_right;
        to_right += goes_right;
    }
    std::copy(right_.data(), to_right, to_left);
    return static_cast<std::uint32_t>(to_left - row_.data());
}

RowGroups::Next RowGroups::reserve(Index n) {
    const auto size = static_cast<std::size_t>(n + kGroupLanes);
    if (fails_.size() < size) {
        fails_.resize(2 * size);
        ranges_.resize(2 * size);
        kept_.resize(2 * size);
    }
    return {fails_.data(), ranges_.data()};
}

void RowGroups::end(const Next& next) {
    n_ = next.fails - fails_.data();
    std::fill_n(next.fails, kGroupLanes, ~FailedFeatures{0});
}

void RowGroups::start(const GroupedRows& rows) {
    Next next = reserve(1);
    next.add(0, {0, rows.size(), 0});
    end(next);
}

/// Of single rows, which most groups are further down, no branch hangs on the answer.
void RowGroups::split(GroupedRows& rows, const std::int32_t* keys, const SplitQuestion& ask, FailedFeatures bit,
                      RowGroups& left, RowGroups& right) const {
    Next to_left = left.reserve(2 * n_), to_right = right.reserve(2 * n_);
    for (Index k = 0; k < n_; ++k) {
        const FailedFeatures failed = fails(k);
        const Range at = range(k);
        if (at.n_rows() == 1) {
            const FailedFeatures right_bit = rows.goes_right(at.begin, keys, ask) ? bit : 0;
            to_left.add(failed, at, right_bit);
            to_right.add(failed, at, bit ^ right_bit);
        } else if (failed & bit) {
            to_left.add(failed, at);
            to_right.add(failed, at);
        } else {
            const std::uint32_t middle = rows.part(at.begin, at.end, keys, ask);
            const Range first{at.begin, middle, at.n_fails}, second{middle, at.end, at.n_fails};
            to_left.add(failed, first);
            to_left.add(failed, second, bit);
            to_right.add(failed, second);
            to_right.add(failed, first, bit);
        }
    }
    left.end(to_left);
    right.end(to_right);
}

void RowGroups::keep_partners_of(const RowGroups& others) {
    const Index n = PLANTWRIGHT_KERNELS(kGroupKernels)
                        .with_partners(fails_.data(), n_, others.fails_.data(), others.n_, kept_.data());
    if (n == n_) return;
    Next next{fails_.data(), ranges_.data()};
    for (Index k = 0; k < n; ++k) {
        const std::size_t at = kept_[static_cast<std::size_t>(k)];
        next.add(fails_[at], ranges_[at]);
    }
    end(next);
}

}  // namespace plantwright
