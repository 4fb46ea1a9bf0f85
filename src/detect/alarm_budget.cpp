// SPDX-License-Identifier: MIT
#include "detect/alarm_budget.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "detect/checks.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::detect {
namespace {

constexpr Index kFewestClusters = 30;
constexpr double kLowestLevel = 0.5, kStep = 0.05, kLog10 = 2.302585092994046;

AlarmRules rules_at(double level, const AlarmBudget& budget) {
    return {level, level * budget.clear_share, budget.on_delay, budget.off_delay};
}

double spent(const AlarmCounts& counts, const AlarmBudget& budget) {
    return budget.of_events ? counts.events : counts.rows_in_alarm;
}

/// Levels a step apart with what they give, from the lowest to that which no row reaches.
struct Ladder {
    std::vector<double> levels;
    std::vector<AlarmCounts> counts;
};

Ladder climb(const std::vector<double>& severities, const AlarmBudget& budget) {
    Ladder ladder;
    for (int k = 0;; ++k) {
        const double level = kLowestLevel + kStep * k;
        ladder.levels.push_back(level);
        ladder.counts.push_back(count_alarms(severities, rules_at(level, budget)));
        if (ladder.counts.back().exceeding == 0 || level > 300) return ladder;
    }
}

/// The highest rung with enough events, or else with the most.
std::size_t supported_rung(const Ladder& ladder) {
    std::size_t most = 0;
    for (std::size_t k = ladder.levels.size(); k-- > 0;) {
        if (ladder.counts[k].events >= kFewestEvents) return k;
        if (ladder.counts[k].events > ladder.counts[most].events) most = k;
    }
    return most;
}

/// Between the rung that spends too much and the next, by the logarithm of what they spend.
double between(const Ladder& ladder, std::size_t below, double allowed, const AlarmBudget& budget) {
    const double more = elementary::log(spent(ladder.counts[below], budget));
    const double less = elementary::log(std::max(0.5, spent(ladder.counts[below + 1], budget)));
    const double part = more > less ? (more - elementary::log(allowed)) / (more - less) : 1;
    return ladder.levels[below] + kStep * std::clamp(part, 0.0, 1.0);
}

}  // namespace

AlarmBudget AskedRate::budget(double rows_per_day) const {
    const double share = false_alarm_rate.value_or(contamination.value_or(0));
    return {of_events(), of_events() ? *alarms_per_day / rows_per_day : share};
}

void require_rates(const char* who, const AskedRate& asked) {
    if (asked.count() > 1) {
        throw InvalidArgument(std::string(who) +
                              ": one of alarms_per_day, false_alarm_rate and contamination may be given, got " +
                              std::to_string(asked.count()));
    }
    const double a = asked.alarms_per_day.value_or(1);
    require(a > 0 && std::isfinite(a), who, "alarms_per_day", a, "a number above 0");
    for (const auto& [name, rate] :
         {std::pair("false_alarm_rate", asked.false_alarm_rate), {"contamination", asked.contamination}}) {
        const double share = rate.value_or(0.1);
        require(share > 0 && share <= 0.25, who, name, share, "in (0, 0.25]");
    }
}

std::optional<std::string> support_note(const Tail& tail, bool extrapolated, const AskedRate& asked, double promised) {
    std::ostringstream promise;
    promise.precision(3);
    promise << promised << (asked.of_events() ? " alarms a day" : " of the rows");
    if (tail.n_clusters() < kFewestClusters) {
        return "the training rows hold only " + std::to_string(tail.n_clusters()) +
               " independent blocks (runs of rows above the 90 % point), fewer than 30: promise no rate below " +
               promise.str();
    }
    if (!extrapolated) return std::nullopt;
    return "the rate asked for is rarer than the training rows can show (20 events): it is extrapolated by the tail; "
           "what they bear out is " +
           promise.str();
}

AlarmCounts count_alarms(const std::vector<double>& severities, const AlarmRules& rules) {
    AlarmCounts counts;
    AlarmRules::State state;
    for (std::size_t i = 0; i < severities.size(); ++i) {
        const bool stood = state.phase == AlarmPhase::alarm || state.phase == AlarmPhase::clearing;
        rules.update(state, severities[i], static_cast<std::int64_t>(i));
        const bool stands = state.phase == AlarmPhase::alarm || state.phase == AlarmPhase::clearing;
        counts.events += stands && !stood ? 1 : 0;
        counts.rows_in_alarm += stands && !std::isnan(severities[i]) ? 1 : 0;
        counts.exceeding += severities[i] >= rules.raise_level ? 1 : 0;
    }
    return counts;
}

AlarmLevel find_alarm_level(const std::vector<double>& severities, const AlarmBudget& budget) {
    const auto n = static_cast<double>(
        std::count_if(severities.begin(), severities.end(), [](double s) { return !std::isnan(s); }));
    const double allowed = budget.per_row * n;
    const Ladder ladder = climb(severities, budget);
    const std::size_t supported = supported_rung(ladder);
    const AlarmCounts& at = ladder.counts[supported];
    AlarmLevel found;
    found.promised_per_row =
        at.events > 0 ? spent(at, budget) / n * std::max(1.0, kFewestEvents / at.events) : kFewestEvents / n;

    std::size_t above = ladder.levels.size() - 1;  // the lowest rung of those, from the top, that spend no more
    while (above > 0 && spent(ladder.counts[above - 1], budget) <= allowed) --above;
    double level = 0;
    if (above > 0 && above <= supported + 1) {
        level = between(ladder, above - 1, allowed, budget);
    } else if (above == 0 && spent(ladder.counts[0], budget) == 0) {
        level = ladder.levels[0];  // no row came near: rules that never fired, sensors that never moved
    } else if (above == 0) {
        throw InvalidArgument(std::string(budget.who) +
                              ": so many alarms do not come of normal rows; ask for less than " +
                              std::to_string(spent(ladder.counts[0], budget) / n) + " a row");
    } else {
        const double ratio = at.exceeding > 0 && at.events > 0 ? spent(at, budget) / at.exceeding : 1;
        level = std::max(ladder.levels[supported], -elementary::log(budget.per_row / ratio) / kLog10);
        found.extrapolated = true;
    }
    found.rules = rules_at(level, budget);
    found.events = count_alarms(severities, found.rules).events;
    return found;
}

}  // namespace plantwright::detect
