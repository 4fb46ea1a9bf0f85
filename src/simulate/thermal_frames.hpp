// SPDX-License-Identifier: MIT
/// Tables of the thermal plant.
#pragma once

#include "simulate/thermal_run.hpp"

namespace plantwright::simulate {

Frame frame_of_rows(ThermalRecord record, const ThermalPlantOptions& options);
Frame frame_of_events(const std::vector<PlannedFault>& faults, const ThermalPlantOptions& options);
Frame frame_of_outages(const std::vector<Outage>& outages, const ThermalPlantOptions& options);

}  // namespace plantwright::simulate
