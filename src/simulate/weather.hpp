// SPDX-License-Identifier: MIT
/// Hourly weather of a temperate place: temperature, relative humidity, daylight.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

struct Weather {
    double temperature_C;
    double humidity_percent;  ///< relative
    double daylight;          ///< 0 at night, 1 from a sun 30 degrees up
};

std::vector<Weather> simulate_weather(const std::vector<SiteHour>& calendar, std::uint64_t seed);

}  // namespace plantwright::simulate
