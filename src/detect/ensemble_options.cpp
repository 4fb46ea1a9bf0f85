// SPDX-License-Identifier: MIT
#include "detect/ensemble_options.hpp"

#include <cmath>
#include <utility>

#include "detect/checks.hpp"

namespace plantwright::detect {
namespace {

constexpr const char* kWho = "EnsembleDetector";

void require_budget(const EnsembleOptions& o) {
    const AskedRate asked = asked_of(o);
    if (asked.count() != 1) {
        throw InvalidArgument(
            std::string(kWho) +
            ": exactly one of alarms_per_day, false_alarm_rate and contamination must be given, got " +
            std::to_string(asked.count()));
    }
    require_rates(kWho, asked);
}

void require_delay(const char* name, Index rows, const std::optional<double>& seconds) {
    require(rows >= 0 && rows <= 1'000'000, kWho, name, rows, "in [0, 1000000] rows");
    require(!seconds || rows == 0, kWho, name, rows, "0 rows where it is given in seconds");
    require(seconds.value_or(0) >= 0 && seconds.value_or(0) <= 1e14, kWho, name, seconds.value_or(0),
            "at least 0 seconds");
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
    const Index folds = o.n_folds.value_or(2);
    require(folds >= 2 && folds <= 100, kWho, "n_folds", folds, "in [2, 100]");
    require(o.gap.value_or(0) >= 0, kWho, "gap", o.gap.value_or(0), ">= 0");
    require_delay("on_delay", o.on_delay, o.on_delay_s);
    require_delay("off_delay", o.off_delay, o.off_delay_s);
    require(o.clear_share > 0 && o.clear_share <= 1, kWho, "clear_share", o.clear_share, "in (0, 1]");
    require(o.max_gap >= 1 && o.max_gap <= 1e6, kWho, "max_gap", o.max_gap, "in [1, 1000000] periods");
    require_combination(o);
}

}  // namespace plantwright::detect
