// SPDX-License-Identifier: MIT
#include "plantwright/detect/alarm_calibration.hpp"

#include <cmath>

#include "detect/alarm_budget.hpp"
#include "detect/checks.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

constexpr double kSecondsPerDay = 86'400, kLogOf10 = 2.302585092994046;

detect::AskedRate asked_of(const AlarmCalibrationOptions& o) {
    return {o.alarms_per_day, o.false_alarm_rate, o.contamination};
}

}  // namespace

void AlarmCalibrationOptions::require_valid(const char* who) const {
    detect::require_rates(who, asked_of(*this));
    const double period = period_s.value_or(1);
    detect::require(period >= 1e-6 && period <= 1e8, who, "period", period, "in [1e-6, 1e8] seconds");
    const Index folds = n_folds.value_or(2);
    detect::require(folds >= 2 && folds <= 100, who, "n_folds", folds, "in [2, 100]");
    detect::require(gap.value_or(0) >= 0, who, "gap", gap.value_or(0), ">= 0");
}

AlarmCalibration AlarmCalibration::fit(const char* who, ConstVectorView statistic,
                                       const AlarmCalibrationOptions& options, std::optional<double> period_s) {
    options.require_valid(who);
    if (options.alarms_per_day && !period_s) {
        throw InvalidArgument(std::string(who) +
                              ": alarms_per_day needs the time between rows: a period, or a table with a time column");
    }
    AlarmCalibration made;
    made.options_ = options;
    made.tail_ = Tail::fit(statistic);
    const Vector severities = made.tail_.severities(statistic);
    const detect::AskedRate asked = asked_of(options);
    const double rows_per_day = kSecondsPerDay / period_s.value_or(1);
    detect::AlarmBudget budget = asked.budget(rows_per_day);
    budget.who = who;
    const auto level = detect::find_alarm_level({severities.begin(), severities.end()}, budget);
    made.threshold_ = made.tail_.threshold(elementary::exp(-level.rules.raise_level * kLogOf10));
    made.promised_rate_ = level.promised_per_row * (asked.of_events() ? rows_per_day : 1);
    if (auto note = detect::support_note(made.tail_, level.extrapolated, asked, made.promised_rate_)) {
        made.notes_.push_back(std::move(*note));
    }
    return made;
}

void AlarmCalibration::validate() const {
    options_.require_valid("AlarmCalibration");
    const bool good =
        options_.asks() && std::isfinite(threshold_) && std::isfinite(promised_rate_) && promised_rate_ >= 0;
    if (!good) throw CorruptModel("AlarmCalibration: its rate, threshold and promise do not fit together");
}

}  // namespace plantwright
