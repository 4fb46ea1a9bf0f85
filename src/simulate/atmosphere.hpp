// SPDX-License-Identifier: MIT
/// The air over a dry continental place, hour by hour: ambient weather, and beside it pressure, wind, rain and mixing.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/site_calendar.hpp"
#include "simulate/weather.hpp"

namespace plantwright::simulate {

struct AirHour {
    Weather weather;
    double pressure_hPa = 0;
    double wind_m_s = 0;         ///< at 10 m
    double wind_from_deg = 0;    ///< in [0, 360)
    double rain_mm = 0;          ///< of the hour, snow as water
    double mixing_height_m = 0;  ///< low under an inversion
    double summer = 0;           ///< 1 in high summer, -1 in the depth of winter
};

/// Wind rises with the pressure's change and by day; rain needs damp air and low pressure, and it damps the air.
std::vector<AirHour> simulate_air(const std::vector<SiteHour>& calendar, std::uint64_t seed);

}  // namespace plantwright::simulate
