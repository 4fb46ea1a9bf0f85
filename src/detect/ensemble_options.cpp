// SPDX-License-Identifier: MIT
#include "detect/ensemble_options.hpp"

#include <cmath>
#include <utility>

#include "detect/checks.hpp"

namespace plantwright::detect {
namespace {

constexpr const char* kWho = "EnsembleDetector";

void require_budget(const EnsembleOptions& o) {
    const int asked = (o.alarms_per_day ? 1 : 0) + (o.false_alarm_rate ? 1 : 0) + (o.contamination ? 1 : 0);
    if (asked != 1) {
        throw InvalidArgument(
            std::string(kWho) +
            ": exactly one of alarms_per_day, false_alarm_rate and contamination must be given, got " +
            std::to_string(asked));
    }
    const double a = o.alarms_per_day.value_or(1);
    require(a > 0 && std::isfinite(a), kWho, "alarms_per_day", a, "a number above 0");
    for (const auto& [name, rate] :
         {std::pair("false_alarm_rate", o.false_alarm_rate), {"contamination", o.contamination}}) {
        const double share = rate.value_or(0.1);
        require(share > 0 && share <= 0.25, kWho, name, share, "in (0, 0.25]");
    }
}

/// Learned weights are found, not given.
void require_combination(const EnsembleOptions& o) {
    SeverityCombination combination = o.combination;
    if (combination.kind == Combination::learned) {
        require(combination.weights.empty(), kWho, "weights", combination.weights.size(),
                "absent where they are learned");
        combination.weights.assign(o.members.size(), 1.0);
    }
    combination.require_valid(kWho, o.members.size());
}

}  // namespace

void require_options(const EnsembleOptions& o) {
    require_budget(o);
    require(!o.members.empty() && o.members.size() <= 32, kWho, "members", o.members.size(), "1 to 32");
    const double period = o.period_s.value_or(1);
    require(period >= 1e-6 && period <= 1e8, kWho, "period_s", period, "in [1e-6, 1e8] seconds");
    require(o.n_folds >= 2 && o.n_folds <= 100, kWho, "n_folds", o.n_folds, "in [2, 100]");
    require(o.gap.value_or(0) >= 0, kWho, "gap", o.gap.value_or(0), ">= 0");
    require(o.on_delay >= 0 && o.on_delay <= 1'000'000, kWho, "on_delay", o.on_delay, "in [0, 1000000] rows");
    require(o.off_delay >= 0 && o.off_delay <= 1'000'000, kWho, "off_delay", o.off_delay, "in [0, 1000000] rows");
    require(o.clear_share > 0 && o.clear_share <= 1, kWho, "clear_share", o.clear_share, "in (0, 1]");
    require(o.max_gap >= 1 && o.max_gap <= 1e6, kWho, "max_gap", o.max_gap, "in [1, 1000000] periods");
    require_combination(o);
}

}  // namespace plantwright::detect
