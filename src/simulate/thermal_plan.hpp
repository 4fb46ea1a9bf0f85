// SPDX-License-Identifier: MIT
/// What happens to the unit and when: trips with their start-ups, and faults.
#pragma once

#include <vector>

#include "simulate/thermal_tables.hpp"
#include "simulate/thermal_unit.hpp"

namespace plantwright::simulate {

/// In rows: [trip, fires) stands still, [fires, end) starts up.
struct Outage {
    Index trip, fires, end;
};

struct PlannedFault {
    ThermalFaultKind kind;
    ThermalSensorId sensor;  ///< of a fault of the process, the one that defines its severity
    Index begin, end;        ///< rows, [begin, end)
    double severity;         ///< at least 0
    double sign;             ///< of a reading's fault, 1 or -1

    double size() const { return sign * severity * traits(sensor).residual_sd; }
};

/// In order of time; they do not overlap. The last may end after the last row.
std::vector<Outage> plan_outages(const ThermalPlantOptions& options);

/// In order of time; they do not overlap. Those that nobody asked for keep clear of outages. Throws InvalidArgument on
/// a fault that was asked for and cannot be.
std::vector<PlannedFault> plan_faults(const ThermalPlantOptions& options, const std::vector<Outage>& outages);

/// How much of its severity a fault has in a row of its own, in [0, 1].
double strength(const PlannedFault& fault, Index row);

inline constexpr double kHighestSeverity = 20;  ///< a unit with more would not run on

/// None of a fault of a reading.
FaultEffects effects(const PlannedFault& fault, Index row);

}  // namespace plantwright::simulate
