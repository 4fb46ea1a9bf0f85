// SPDX-License-Identifier: MIT
#include "simulate/plume.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kPi = 3.141592653589793, kRadian = kPi / 180;

struct Spread {
    double across, up;  ///< m
};

/// At `x` m from the source.
Spread spread(const AirHour& air, double x, double width_m) {
    const double wind = air.wind_m_s, sun = air.weather.daylight;
    const double unstable = sun / (1 + wind * wind / 16), stable = (1 - sun) / (1 + wind * wind / 9);
    const double across = (0.08 + 0.08 * unstable - 0.04 * stable) * x / std::sqrt(1 + 0.0001 * x);
    const double up = (0.06 + 0.06 * unstable - 0.044 * stable) * x / std::sqrt(1 + 0.0015 * x * (1 - unstable));
    const double source = width_m / 4.3, meander = 0.35 * x / (wind + 0.5);
    return {std::sqrt(across * across + source * source + meander * meander),
            std::min(std::sqrt(up * up + 20.0 * 20.0), 0.8 * air.mixing_height_m)};
}

}  // namespace

Place place_at(double distance_km, double bearing_deg) {
    const double angle = kRadian * bearing_deg;
    return {1000 * distance_km * elementary::sin(angle), 1000 * distance_km * elementary::cos(angle)};
}

double plume(const AirHour& air, const Place& source, double width_m, const Place& receptor) {
    const double towards = kRadian * (air.wind_from_deg + 180);
    const double along_east = elementary::sin(towards), along_north = elementary::cos(towards);
    const double east = receptor.east - source.east, north = receptor.north - source.north;
    const double x = east * along_east + north * along_north, y = east * along_north - north * along_east;
    if (x <= 0) return 0;
    const Spread at = spread(air, x, width_m);
    const double wind = std::max(0.5, air.wind_m_s);
    return elementary::exp(-y * y / (2 * at.across * at.across)) / (kPi * wind * at.across * at.up);
}

}  // namespace plantwright::simulate
