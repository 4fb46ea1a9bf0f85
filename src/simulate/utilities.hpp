// SPDX-License-Identifier: MIT
/// What the whole site shares: compressed air, heating, cooling, ventilation, lighting, and the carbon of it all.
#pragma once

#include "simulate/site_calendar.hpp"
#include "simulate/weather.hpp"

namespace plantwright::simulate {

double hall_temperature(double ambient_C);

/// Polytropic compression of `free_air_m3` (at 1 bar) to `pressure_bar` (gauge), in kWh of electricity.
double compression_energy(double free_air_m3, double pressure_bar);

/// Free air lost in an hour: the usual small leaks and those of a fault of `severity` in [0, 1].
double leak_volume(double pressure_bar, double severity);

double heating_gas(double ambient_C, bool occupied, double oven_loss_kWh);
double ventilation_energy(const Weather& weather, bool occupied);  ///< fans and cooling
double lighting_energy(const Weather& weather, bool occupied);
double grid_factor(const SiteHour& at, const Weather& weather);  ///< kg CO2 per kWh of electricity
inline constexpr double kGasFactor_kg_per_kWh = 0.202;           ///< natural gas, lower heating value

}  // namespace plantwright::simulate
