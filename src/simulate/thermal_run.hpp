// SPDX-License-Identifier: MIT
/// Runs the thermal plant and keeps what its table needs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plantwright/core/types.hpp"
#include "simulate/thermal_plan.hpp"
#include "simulate/thermal_unit.hpp"

namespace plantwright::simulate {

/// A column of the truth.
struct ThermalTruth {
    const char* name;
    const char* unit;
    const char* description;
    double (*of)(const Moment&);
};

/// The eight sensors first, in their order.
const std::vector<ThermalTruth>& thermal_truths();

/// Rows that arrive; those lost whole are not among them.
struct ThermalRecord {
    Buffer<Index> row;  ///< counted with the lost ones
    std::array<Vector, kThermalSensorCount> readings;
    Vector ambient_C, declared_LHV_MJ_kg;
    Buffer<std::int32_t> state;
    std::vector<Vector> truth;  ///< of `thermal_truths()`; empty unless asked for
    std::vector<Outage> outages;
    std::vector<PlannedFault> faults;  ///< severity and sign of stuck sensors as they turned out
};

ThermalRecord run_thermal_plant(const ThermalPlantOptions& options, bool with_truth);

std::int64_t thermal_period_ns(const ThermalPlantOptions& options);
std::int64_t thermal_start_ns(const ThermalPlantOptions& options);

}  // namespace plantwright::simulate
