// SPDX-License-Identifier: MIT
#include "simulate/utilities.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kIntake_Pa = 1e5, kPolytropic = 1.4, kCompressorEfficiency = 0.65, kJoule_per_kWh = 3.6e6;
constexpr double kBuildingLoss_kW_per_K = 6, kBoilerEfficiency = 0.9;

}  // namespace

double hall_temperature(double ambient_C) { return std::max(17.0, ambient_C + 3); }

double compression_energy(double free_air_m3, double pressure_bar) {
    const double exponent = (kPolytropic - 1) / kPolytropic;
    const double work_J_per_m3 = kIntake_Pa / exponent * (elementary::pow(1 + pressure_bar, exponent) - 1);
    return free_air_m3 * work_J_per_m3 / kCompressorEfficiency / kJoule_per_kWh;
}

double leak_volume(double pressure_bar, double severity) { return (60 + 300 * severity) * (1 + pressure_bar) / 8; }

double heating_gas(double ambient_C, bool occupied, double oven_loss_kWh) {
    const double inside_C = occupied ? 18 : 12;
    const double need_kWh = kBuildingLoss_kW_per_K * (inside_C - ambient_C) - 0.6 * oven_loss_kWh;
    return std::max(0.0, need_kWh) / kBoilerEfficiency;
}

double ventilation_energy(const Weather& weather, bool occupied) {
    if (!occupied) return 3;
    const double load_K = std::max(0.0, weather.temperature_C + 2 * weather.daylight - 20);
    const double latent = 1 + 0.01 * std::max(0.0, weather.humidity_percent - 50);
    const double coefficient_of_performance = std::max(2.0, 3.5 - 0.05 * (weather.temperature_C - 25));
    return 15 + 9 * load_K * latent / coefficient_of_performance;
}

double lighting_energy(const Weather& weather, bool occupied) {
    return occupied ? 20 * (0.35 + 0.65 * (1 - weather.daylight)) : 1.5;
}

double grid_factor(const SiteHour& at, const Weather& weather) {
    const double winter = elementary::cos(kTwoPi * (at.day_of_year - 15) / 365.25);
    const double evening = elementary::cos(kTwoPi * (at.hour - 19) / 24);
    return 0.38 + 0.05 * winter + 0.04 * evening - 0.10 * weather.daylight;
}

}  // namespace plantwright::simulate
