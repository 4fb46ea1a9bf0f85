// SPDX-License-Identifier: MIT
#include <algorithm>

#include "detection_checks.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

/// Sum of the positional weights of rows [begin, end) of a range of `rows`: 1 each, or rows, rows - 1, ... from the
/// front.
double weight_between(RangeBias bias, Index begin, Index end, Index rows) {
    const auto n = static_cast<double>(end - begin);
    if (bias == RangeBias::flat) return n;
    return n * (2.0 * static_cast<double>(rows) - static_cast<double>(begin) - static_cast<double>(end - 1)) / 2;
}

struct Overlap {
    double share = 0;  // omega, summed over the fragments
    Index fragments = 0;
};

/// What `others` cover of `range`; `next` moves to the first of them that may touch it.
Overlap overlap_of(const Event& range, Events others, std::size_t& next, RangeBias bias) {
    while (next < others.size() && others[next].end <= range.begin) ++next;
    Overlap overlap;
    for (std::size_t k = next; k < others.size() && others[k].begin < range.end; ++k) {
        const Index begin = std::max(range.begin, others[k].begin), end = std::min(range.end, others[k].end);
        overlap.share += weight_between(bias, begin - range.begin, end - range.begin, range.rows());
        ++overlap.fragments;
    }
    overlap.share /= weight_between(bias, 0, range.rows(), range.rows());
    return overlap;
}

/// Mean over `ranges` of alpha [touched] + (1 - alpha) cardinality * share covered.
double mean_coverage(Events ranges, Events others, double alpha, RangeBias bias, RangeCardinality cardinality) {
    double sum = 0;
    std::size_t next = 0;
    for (const Event& range : ranges) {
        const Overlap overlap = overlap_of(range, others, next, bias);
        const bool split = cardinality == RangeCardinality::reciprocal && overlap.fragments > 1;
        const double factor = split ? 1 / static_cast<double>(overlap.fragments) : 1;
        sum += (overlap.fragments > 0 ? alpha : 0) + (1 - alpha) * factor * overlap.share;
    }
    return ranges.empty() ? 0 : sum / static_cast<double>(ranges.size());
}

}  // namespace

PrecisionRecall range_precision_recall(Events events, Events alarms, const RangeOptions& options) {
    constexpr const char* who = "range_precision_recall";
    constexpr Index kAnyRow = std::numeric_limits<Index>::max();
    require_events(who, events, kAnyRow);
    require_events(who, alarms, kAnyRow);
    if (!(options.alpha >= 0 && options.alpha <= 1)) {
        throw InvalidArgument(std::string(who) + ": alpha must be in [0, 1], got " + std::to_string(options.alpha));
    }
    const double recall = mean_coverage(events, alarms, options.alpha, options.bias, options.cardinality);
    const double precision = mean_coverage(alarms, events, 0, RangeBias::flat, options.cardinality);
    const double sum = precision + recall;
    return {precision, recall, sum > 0 ? 2 * precision * recall / sum : 0};
}

}  // namespace plantwright::evaluate
