// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "checks.hpp"
#include "detection_checks.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

/// Rows by falling score, and the last place of each group of equal scores: the thresholds.
struct Ranking {
    std::vector<Index> rows;
    std::vector<std::size_t> group_ends;

    explicit Ranking(ConstVectorView scores) : rows(static_cast<std::size_t>(scores.size())) {
        std::iota(rows.begin(), rows.end(), Index{0});
        std::stable_sort(rows.begin(), rows.end(), [&](Index a, Index b) { return scores[a] > scores[b]; });
        for (std::size_t k = 1; k <= rows.size(); ++k) {
            if (k == rows.size() || scores[rows[k]] != scores[rows[k - 1]]) group_ends.push_back(k);
        }
    }
};

/// Adds what a row at each distance from the event's edge keeps of its label: sqrt(1 - distance / l).
void add_buffer(std::vector<double>& label, const Event& event, Index buffer) {
    const auto n = static_cast<Index>(label.size());
    for (Index distance = 1; distance <= buffer / 2; ++distance) {
        const double weight = std::sqrt(1 - static_cast<double>(distance) / static_cast<double>(buffer));
        const Index before = event.begin - distance, after = event.end - 1 + distance;
        if (before >= 0) label[static_cast<std::size_t>(before)] += weight;
        if (after < n) label[static_cast<std::size_t>(after)] += weight;
    }
}

std::vector<double> buffered_labels(Events events, Index n_rows, Index buffer) {
    std::vector<double> label(static_cast<std::size_t>(n_rows), 0.0);
    for (const Event& event : events) {
        std::fill(label.begin() + event.begin, label.begin() + event.end, 1.0);
        add_buffer(label, event, buffer);
    }
    for (double& value : label) value = std::min(value, 1.0);
    return label;
}

/// Events with their buffers; those that meet are one.
std::vector<Event> buffered_events(Events events, Index n_rows, Index buffer) {
    std::vector<Event> wide;
    for (const Event& event : events) {
        const Index begin = std::max<Index>(0, event.begin - buffer / 2);
        const Index end = std::min(n_rows, event.end + buffer / 2);
        if (buffer / 2 > 0 && !wide.empty() && begin <= wide.back().end) {
            wide.back().end = end;
        } else {
            wide.push_back({begin, end});
        }
    }
    return wide;
}

/// The highest score of each event, falling: an event is hit by every threshold up to it.
std::vector<double> falling_peaks(const std::vector<Event>& events, ConstVectorView scores) {
    std::vector<double> peaks;
    for (const Event& event : events) {
        double peak = scores[event.begin];
        for (Index i = event.begin + 1; i < event.end; ++i) peak = std::max(peak, scores[i]);
        peaks.push_back(peak);
    }
    std::sort(peaks.begin(), peaks.end(), std::greater<>());
    return peaks;
}

/// TP_l of one threshold is a prefix sum of the labels in falling order of score, so a buffer costs one pass.
RangeAreas areas_of(const Ranking& ranking, Events events, ConstVectorView scores, Index buffer) {
    const auto label = buffered_labels(events, scores.size(), buffer);
    const auto peaks = falling_peaks(buffered_events(events, scores.size(), buffer), scores);
    double plain = 0, total = 0;
    for (const Event& event : events) plain += static_cast<double>(event.rows());
    for (const double value : label) total += value;
    const double positives = (plain + total) / 2, negatives = static_cast<double>(scores.size()) - positives;

    RangeAreas areas{0, 0};
    double true_positives = 0, last_tpr = 0, last_fpr = 0;
    std::size_t k = 0, n_hit = 0;
    for (const std::size_t end : ranking.group_ends) {
        for (; k < end; ++k) true_positives += label[static_cast<std::size_t>(ranking.rows[k])];
        while (n_hit < peaks.size() && peaks[n_hit] >= scores[ranking.rows[end - 1]]) ++n_hit;
        const auto alarms = static_cast<double>(end), hit = static_cast<double>(n_hit);
        const double tpr = std::min(true_positives / positives, 1.0) * hit / static_cast<double>(peaks.size());
        const double fpr = (alarms - true_positives) / negatives;
        areas.roc += (fpr - last_fpr) * (tpr + last_tpr) / 2;
        areas.pr += (tpr - last_tpr) * true_positives / alarms;
        last_tpr = tpr, last_fpr = fpr;
    }
    areas.roc += (1 - last_fpr) * (1 + last_tpr) / 2;  // the curve ends in (1, 1)
    return areas;
}

void require_ranges(const char* who, Events events, ConstVectorView scores, Index buffer) {
    require_rows(who, scores.size());
    require_events(who, events, scores.size());
    require_both_kinds(who, events, scores.size());
    require_finite(who, "scores", scores);
    if (buffer < 0) {
        throw InvalidArgument(std::string(who) + ": buffer must be >= 0 rows, got " + std::to_string(buffer));
    }
}

}  // namespace

RangeAreas range_areas(Events events, ConstVectorView scores, Index buffer) {
    require_ranges("range_areas", events, scores, buffer);
    return areas_of(Ranking(scores), events, scores, buffer);
}

RangeAreas volumes_under_surface(Events events, ConstVectorView scores, Index max_buffer) {
    require_ranges("volumes_under_surface", events, scores, max_buffer);
    const Ranking ranking(scores);
    RangeAreas sum{0, 0};
    for (Index buffer = 0; buffer <= max_buffer; ++buffer) {
        const RangeAreas areas = areas_of(ranking, events, scores, buffer);
        sum.roc += areas.roc;
        sum.pr += areas.pr;
    }
    const auto n = static_cast<double>(max_buffer + 1);
    return {sum.roc / n, sum.pr / n};
}

}  // namespace plantwright::evaluate
