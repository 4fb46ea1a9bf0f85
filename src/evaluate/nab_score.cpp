// SPDX-License-Identifier: MIT
#include <algorithm>

#include "checks.hpp"
#include "detection_checks.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright::evaluate {
namespace {

struct NabWeights {
    double true_positive, false_positive, false_negative;
};

NabWeights weights_of(NabProfile profile) {  // as published
    switch (profile) {
        case NabProfile::reward_low_fp: return {1.0, 0.22, 1.0};
        case NabProfile::reward_low_fn: return {1.0, 0.11, 2.0};
        default: return {1.0, 0.11, 1.0};
    }
}

/// Position -1 is the first row of the window, 0 its end; beyond 3 windows an alarm is as false as it can be.
double scaled_sigmoid(double position) { return position > 3 ? -1 : 2 / (1 + elementary::exp(5 * position)) - 1; }

/// Of the first alarm in the window, 1 at its first row; or the price of a miss.
double window_score(const Event& window, Index first_alarm, const NabWeights& weight) {
    if (first_alarm < 0) return -weight.false_negative;
    const double position = -static_cast<double>(window.end - first_alarm) / static_cast<double>(window.rows());
    return weight.true_positive * scaled_sigmoid(position) / scaled_sigmoid(-1);
}

/// An alarm soon after a window is less false than one that follows no window.
double false_positive_score(const Event* last_window, Index row) {
    if (last_window == nullptr) return -1;
    const Index width = std::max<Index>(last_window->rows() - 1, 1);
    return scaled_sigmoid(static_cast<double>(row - (last_window->end - 1)) / static_cast<double>(width));
}

}  // namespace

double nab_score(Events events, ConstLabelView alarms, NabProfile profile) {
    constexpr const char* who = "nab_score";
    require_rows(who, alarms.size());
    require_events(who, events, alarms.size());
    require_both_kinds(who, events, alarms.size());
    const NabWeights weight = weights_of(profile);
    const std::vector<Index> first = first_alarms(events, alarms);

    double score = 0;
    Index row = 0;
    const Event* last_window = nullptr;
    const auto score_outside = [&](Index end) {
        for (; row < end; ++row) {
            if (alarms[row] != 0) score += weight.false_positive * false_positive_score(last_window, row);
        }
    };
    for (std::size_t k = 0; k < events.size(); ++k) {
        score_outside(events[k].begin);
        score += window_score(events[k], first[k], weight);
        last_window = &events[k];
        row = events[k].end;
    }
    score_outside(alarms.size());
    const auto n = static_cast<double>(events.size());
    const double null = -n * weight.false_negative, perfect = n * weight.true_positive;
    return 100 * (score - null) / (perfect - null);
}

}  // namespace plantwright::evaluate
