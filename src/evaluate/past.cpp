// SPDX-License-Identifier: MIT
#include "past.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "summation.hpp"

namespace plantwright::evaluate {

Past::Past(std::span<const std::int64_t> times, std::span<const double> values, SameStamp rule) {
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return times[a] < times[b]; });
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && times[order[end]] == times[order[begin]]) ++end;
        const auto value = [&](Index i) { return values[order[static_cast<std::size_t>(i)]]; };
        const double sum = pairwise_sum(static_cast<Index>(begin), static_cast<Index>(end), value);
        stamps_.push_back(times[order[begin]]);
        values_.push_back(rule == SameStamp::last ? values[order[end - 1]] : sum / static_cast<double>(end - begin));
    }
}

double Past::before(std::int64_t time, Index steps) const {
    const Index position = std::lower_bound(stamps_.begin(), stamps_.end(), time) - stamps_.begin() - steps;
    return position >= 0 ? values_[static_cast<std::size_t>(position)] : kNaN;
}

double Past::earlier(std::int64_t time, std::int64_t duration_ns) const {
    if (time < std::numeric_limits<std::int64_t>::min() + duration_ns) return kNaN;
    const auto at = std::lower_bound(stamps_.begin(), stamps_.end(), time - duration_ns);
    if (at == stamps_.end() || *at != time - duration_ns) return kNaN;
    return values_[static_cast<std::size_t>(at - stamps_.begin())];
}

}  // namespace plantwright::evaluate
