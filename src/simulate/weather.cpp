// SPDX-License-Identifier: MIT
#include "simulate/weather.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kSinLatitude = 0.766044443118978, kCosLatitude = 0.6427876096865393;  // 50 degrees north

/// 1 in high summer (day 200), -1 in the depth of winter.
double season(int day_of_year) { return elementary::cos(kTwoPi * (day_of_year - 200) / 365.25); }

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

std::vector<Weather> simulate_weather(const std::vector<SiteHour>& calendar, std::uint64_t seed) {
    RandomStream stream = stream_of(seed, SiteProcess::weather);
    Autoregression front(0.985, 0.1726), gust(0.8, 0.6), moisture(0.98, 0.199);  // memories of 66 h, 4.5 h, 50 h
    std::vector<Weather> hours;
    hours.reserve(calendar.size());
    for (const SiteHour& at : calendar) {
        const double summer = season(at.day_of_year);
        const double day_mean = 10 + 9.5 * summer + 3.5 * front.step(stream);
        const double day_swing = (3.2 + 1.8 * summer) * elementary::cos(kTwoPi * (at.hour - 15) / 24);
        const double temperature = day_mean + day_swing + 0.5 * gust.step(stream);
        const double dew_point = std::min(day_mean - 4 - 1.5 * summer + 2.2 * moisture.step(stream), temperature);
        const double humidity = 100 * elementary::exp(magnus(dew_point) - magnus(temperature));
        hours.push_back({temperature, std::clamp(humidity, 5.0, 100.0), daylight(at)});
    }
    return hours;
}

}  // namespace plantwright::simulate
