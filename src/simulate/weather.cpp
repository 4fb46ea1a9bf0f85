// SPDX-License-Identifier: MIT
#include "simulate/weather.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kSinLatitude = 0.766044443118978, kCosLatitude = 0.6427876096865393;  // 50 degrees north

/// Sine of the sun's elevation, scaled so that 30 degrees give full daylight.
double daylight(const SiteHour& at) {
    const double declination = 0.4091 * elementary::cos(kTwoPi * (at.day_of_year - 171) / 365.25);
    const double hour_angle = kTwoPi * (at.hour + 0.5 - 12) / 24;
    const double sin_elevation = kSinLatitude * elementary::sin(declination) +
                                 kCosLatitude * elementary::cos(declination) * elementary::cos(hour_angle);
    return std::clamp(2 * sin_elevation, 0.0, 1.0);
}

/// Magnus' exponent: ln of the saturation vapour pressure over that at 0 C.
double magnus(double temperature_C) { return 17.625 * temperature_C / (243.04 + temperature_C); }

}  // namespace

double season(int day_of_year) { return elementary::cos(kTwoPi * (day_of_year - 200) / 365.25); }

double relative_humidity(double temperature_C, double dew_point_C) {
    return std::clamp(100 * elementary::exp(magnus(dew_point_C) - magnus(temperature_C)), 5.0, 100.0);
}

double vapour_pressure(double dew_point_C) { return 6.1094 * elementary::exp(magnus(dew_point_C)); }

std::vector<Weather> simulate_weather(const std::vector<SiteHour>& calendar, const Climate& climate,
                                      RandomStream stream) {
    Autoregression front(0.985, 0.1726), gust(0.8, 0.6), moisture(0.98, 0.199);  // memories of 66 h, 4.5 h, 50 h
    std::vector<Weather> hours;
    hours.reserve(calendar.size());
    for (const SiteHour& at : calendar) {
        const double summer = season(at.day_of_year);
        const double day_mean = climate.mean_C + climate.season * summer + climate.front * front.step(stream);
        const double day_swing =
            (climate.swing + climate.summer_swing * summer) * elementary::cos(kTwoPi * (at.hour - 15) / 24);
        const double temperature = day_mean + day_swing + climate.gust * gust.step(stream);
        const double wandering = climate.moisture * moisture.step(stream);
        const double dew_point =
            std::min(day_mean - climate.dryness - climate.summer_dryness * summer + wandering, temperature);
        hours.push_back({temperature, dew_point, relative_humidity(temperature, dew_point), daylight(at)});
    }
    return hours;
}

}  // namespace plantwright::simulate
