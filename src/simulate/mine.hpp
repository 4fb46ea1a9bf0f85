// SPDX-License-Identifier: MIT
/// The mine: what it plans to do, and what that lifts into the air.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/atmosphere.hpp"
#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

struct MineHour {
    double hauling;  ///< share of the trucks planned to run, in [0, 1]
    bool blast;
};

/// Trucks run day and night, fewer on Sundays and at holidays, and none now and then for a day; blasts at noon of
/// working days.
std::vector<MineHour> plan_mine(const std::vector<SiteHour>& calendar, std::uint64_t seed);

/// g/s of PM10 from the pit's roads and blasts. `watering_failure` is a severity in [0, 1].
double pit_emission(const MineHour& plan, const AirHour& air, double moisture_percent, double watering_failure);

/// g/s from the tailings, by the wind alone.
double tailings_emission(const AirHour& air, double moisture_percent);

}  // namespace plantwright::simulate
