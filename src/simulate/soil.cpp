// SPDX-License-Identifier: MIT
#include "simulate/soil.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kCapacity_mm = 7;
constexpr double kSoil_kg_m2 = 30;                // 2 cm of 1,500 kg/m3
constexpr double kDryThreshold_m_s = 0.24;        // disturbed ground
constexpr double kClayBinds_percent = 1.84;       // .0014 clay^2 + .17 clay at 10 % of clay
constexpr double kLogHeight = 6.907755278982137;  // log(10 m / kRoughness_m)
constexpr double kDustPerSaltation_m = 0.6e-5;    // vertical flux of PM10 over horizontal flux, 1/m
constexpr double kAirOverGravity = 1.2 / 9.81;

/// Of open water, mm/h, with e in hPa.
double evaporation(const AirHour& air) {
    const double deficit_hPa = vapour_pressure(air.weather.temperature_C) - vapour_pressure(air.weather.dew_point_C);
    const double frozen = air.weather.temperature_C < 0 ? 0.3 : 1.0;
    return frozen * 0.26 * (1 + 0.54 * air.wind_m_s) * std::max(0.0, deficit_hPa) / 24;
}

}  // namespace

double friction_velocity(double wind_m_s) { return kVonKarman * wind_m_s / kLogHeight; }

double threshold_velocity(double moisture_percent) {
    const double loose = moisture_percent - kClayBinds_percent;
    if (loose <= 0) return kDryThreshold_m_s;
    return kDryThreshold_m_s * std::sqrt(1 + 1.21 * elementary::pow(loose, 0.68));
}

double erosion_flux(double friction_m_s, double threshold_m_s) {
    if (friction_m_s <= threshold_m_s) return 0;
    const double ratio = threshold_m_s / friction_m_s, cube = friction_m_s * friction_m_s * friction_m_s;
    const double saltation_kg_m_s = 2.61 * kAirOverGravity * cube * (1 + ratio) * (1 - ratio * ratio);
    return 1e9 * kDustPerSaltation_m * saltation_kg_m_s;
}

double Soil::step(const AirHour& air) {
    water_mm_ += air.rain_mm;
    water_mm_ -= evaporation(air) * std::min(1.0, water_mm_ / kCapacity_mm);
    water_mm_ = std::clamp(water_mm_, 0.0, kCapacity_mm);
    return 100 * water_mm_ / kSoil_kg_m2;
}

}  // namespace plantwright::simulate
