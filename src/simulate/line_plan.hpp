// SPDX-License-Identifier: MIT
/// What a line is told to do, hour by hour: product campaigns, set-points, maintenance stops. All of it is known ahead.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

struct Product {
    double oven_C;             ///< where it scraps least
    double speed_units_per_h;  ///< nominal
    double mass_kg;
    double air_m3;          ///< free air per unit
    double drive_kWh;       ///< per unit
    double scrap_fraction;  ///< at the optimum
    double packaging_kg;    ///< waste of packaging per unit
};
inline constexpr int kProducts = 3;
inline constexpr std::array<Product, kProducts> kProductTable = {{
    {180, 60, 4.0, 0.8, 0.35, 0.012, 0.12},
    {210, 45, 6.0, 1.1, 0.55, 0.018, 0.20},
    {165, 80, 2.5, 0.5, 0.22, 0.009, 0.07},
}};
inline const std::vector<std::string> kProductNames = {"none", "bracket", "housing", "cover"};  ///< code = product + 1

struct PlannedHour {
    int product = -1;  ///< -1 = none
    bool running = false;
    bool changeover = false;    ///< first hour of a campaign
    bool planned_stop = false;  ///< maintenance
    bool tool_change = false;   ///< within the first hour of the shift; production goes on slower
    double speed_setpoint_units_per_h = 0;
    double oven_setpoint_C = 0;          ///< 0 = oven off
    double hours_since_maintenance = 0;  ///< of the oven
    double hours_since_tool_change = 0;
};

/// How large a line is beside the first.
inline double line_scale(int line) { return std::array<double, 3>{1.0, 0.8, 1.3}[static_cast<std::size_t>(line % 3)]; }

std::vector<PlannedHour> plan_line(const std::vector<SiteHour>& calendar, int line, std::uint64_t seed);

/// Set-point of the compressed-air net in bar (gauge), chosen anew each week.
std::vector<double> plan_air_pressure(const std::vector<SiteHour>& calendar, std::uint64_t seed);

}  // namespace plantwright::simulate
