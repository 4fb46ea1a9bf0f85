// SPDX-License-Identifier: MIT
/// From which severity alarms come as often as was asked, counted on calibration rows by the rules that will run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/detect/alarm_rules.hpp"
#include "plantwright/detect/tail.hpp"

namespace plantwright::detect {

struct AlarmCounts {
    double events = 0, rows_in_alarm = 0, exceeding = 0;  ///< exceeding: rows at or above raise_level
};
AlarmCounts count_alarms(const std::vector<double>& severities, const AlarmRules& rules);

struct AlarmBudget {
    bool of_events = true;  ///< else of rows in alarm
    double per_row = 0;     ///< asked, for each row with a severity
    double clear_share = 1;
    Index on_delay = 0, off_delay = 0;
    const char* who = "EnsembleDetector";  ///< for errors
};

/// At most one of three; see EnsembleOptions and AlarmCalibrationOptions.
struct AskedRate {
    std::optional<double> alarms_per_day, false_alarm_rate, contamination;

    int count() const { return alarms_per_day.has_value() + false_alarm_rate.has_value() + contamination.has_value(); }
    bool of_events() const { return alarms_per_day.has_value(); }  ///< else of rows
    AlarmBudget budget(double rows_per_day) const;                 ///< without delays
};

/// Throws InvalidArgument on more than one rate, and on one out of range.
void require_rates(const char* who, const AskedRate& asked);

struct AlarmLevel {
    AlarmRules rules;
    double promised_per_row = 0;  ///< the lowest rate at which the rows show kFewestEvents events
    double events = 0;            ///< of the calibration rows at the level found
    bool extrapolated = false;
};
inline constexpr double kFewestEvents = 20;

/// `severities` in time order, NaN where there is none. Throws InvalidArgument where even the lowest level, severity
/// 0.5, alarms less often than asked; where it never does, it is the level.
AlarmLevel find_alarm_level(const std::vector<double>& severities, const AlarmBudget& budget);

/// What a user must know of the evidence for a level: fewer than 30 independent blocks, or a rate rarer than the rows
/// can show. `promised`: in the unit asked for.
std::optional<std::string> support_note(const Tail& tail, bool extrapolated, const AskedRate& asked, double promised);

}  // namespace plantwright::detect
