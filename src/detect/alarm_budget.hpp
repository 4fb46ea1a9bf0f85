// SPDX-License-Identifier: MIT
/// From which severity alarms come as often as was asked, counted on calibration rows by the rules that will run.
#pragma once

#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/detect/alarm_rules.hpp"

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
};

struct AlarmLevel {
    AlarmRules rules;
    double promised_per_row = 0;  ///< the lowest rate at which the rows show kFewestEvents events
    double events = 0;            ///< of the calibration rows at the level found
    bool extrapolated = false;
};
inline constexpr double kFewestEvents = 20;

/// `severities` in time order, NaN where there is none. Throws InvalidArgument where even the lowest level, severity
/// 0.5, alarms less often than asked.
AlarmLevel find_alarm_level(const std::vector<double>& severities, const AlarmBudget& budget);

}  // namespace plantwright::detect
