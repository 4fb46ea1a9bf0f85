// SPDX-License-Identifier: MIT
/// Hourly ambient air of a place: temperature, dew point, relative humidity, daylight.
///
/// Temperature is season + day + two autocorrelated parts; the dew point follows the day's mean, and humidity both by
/// Magnus' formula (Alduchov & Eskridge, J. Appl. Meteorology 35, 1996).
#pragma once

#include <vector>

#include "plantwright/core/random.hpp"
#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

/// All in K, or C for the mean. The defaults are a temperate, damp place.
struct Climate {
    double mean_C = 10;
    double season = 9.5;        ///< amplitude over the year
    double front = 3.5;         ///< standard deviation of what comes and goes within days
    double swing = 3.2;         ///< amplitude over the day, at the equinoxes
    double summer_swing = 1.8;  ///< more of it in high summer, less in winter
    double gust = 0.5;          ///< standard deviation from hour to hour
    double dryness = 4;         ///< how far the dew point lies below the day's mean
    double summer_dryness = 1.5;
    double moisture = 2.2;  ///< standard deviation of the dew point's own wandering
};

struct Weather {
    double temperature_C;
    double dew_point_C;
    double humidity_percent;  ///< relative
    double daylight;          ///< 0 at night, 1 from a sun 30 degrees up
};

/// 1 in high summer (day 200), -1 in the depth of winter.
double season(int day_of_year);

/// Of the air at its dew point, in %; within [5, 100].
double relative_humidity(double temperature_C, double dew_point_C);

/// Of water, in hPa.
double vapour_pressure(double dew_point_C);

std::vector<Weather> simulate_weather(const std::vector<SiteHour>& calendar, const Climate& climate,
                                      RandomStream stream);

}  // namespace plantwright::simulate
