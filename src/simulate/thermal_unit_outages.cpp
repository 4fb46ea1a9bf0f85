// SPDX-License-Identifier: MIT
/// Trips and start-ups: lags towards a schedule, not the balances of normal operation.
#include <algorithm>
#include <cmath>

#include "plantwright/core/types.hpp"
#include "simulate/thermal_constants.hpp"
#include "simulate/thermal_unit.hpp"

namespace plantwright::simulate {
namespace {

constexpr Balance kUnknown{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
constexpr double kAirOxygen = 20.9;

/// A hump of height 1 between two times.
double hump(double now, double begin, double end) {
    return std::max(0.0, 1 - std::fabs(2 * (now - begin) / (end - begin) - 1));
}

void approach(double& value, double target, double share) { value += share * (target - value); }

}  // namespace

/// The fires are out and the turbine runs down through its critical speeds, then turns slowly; everything cools.
void ThermalUnit::stand_still(const Drivers& drivers, double minute) {
    controlled_ = false;
    heat_ = kUnknown;
    load_ = load_setpoint_ = coal_ = mill_ = 0;
    approach(inlet_bar_, 40, lag_.standstill);
    approach(steam_C_, 250, lag_.standstill);
    approach(oxygen_, kAirOxygen, lag_.purge);
    approach(tower_C_, drivers.ambient_C < 10 ? 18.0 : 18 + 0.2 * (drivers.ambient_C - 10), lag_.tower);
    approach(rise_K_, 0.3, lag_.condenser);
    approach(generator_C_, tower_C_ + 16, lag_.generator);
    vibration_ = minute < 40 ? 0.9 + 2.2 * hump(minute, 6, 16) + 1.3 * hump(minute, 22, 32) - 0.02 * minute : 0.08;
}

/// Half of the time the boiler warms; then the turbine rolls, is coupled to the grid and takes up load.
void ThermalUnit::start_up(const Drivers& drivers, double minute, double length) {
    controlled_ = false;
    heat_ = kUnknown;
    const double rolling = 0.42 * length, coupled = 0.5 * length;
    const double warm = std::min(1.0, minute / coupled), ramp = std::max(0.0, (minute - coupled) / (length - coupled));
    load_setpoint_ = minute < coupled ? 0 : 6 + (drivers.demand_percent - 6) * ramp;
    load_ = load_setpoint_;
    approach(mill_, std::max(6 + 8 * warm, coal_needed(load_)), lag_.start_up);
    coal_ = std::max(0.0, mill_ + unrest_.feeder.step());
    const double bar = inlet_pressure_setpoint(), target_bar = ramp > 0 ? 95 + (bar - 95) * ramp : 60 + 35 * warm;
    approach(inlet_bar_, target_bar, lag_.start_up);
    approach(steam_C_, 400 + 70 * warm + (settings_.steam_setpoint_C - 470) * ramp, lag_.start_up);
    approach(oxygen_, oxygen_setpoint(70) + 7 * (1 - std::min(1.0, load_ / 65)), lag_.start_up);
    approach(tower_C_, drivers.ambient_C < 10 ? 18.5 : 18.5 + 0.2 * (drivers.ambient_C - 10), lag_.tower);
    approach(rise_K_, 0.5 + 0.095 * load_, lag_.condenser);
    approach(generator_C_, 37 + 0.45 * (tower_C_ + 0.5 * rise_K_) + 30 * load_ * load_ / 1e4 - (load_ > 0 ? 0 : 12),
             lag_.generator);
    const double rolled = coupled - rolling;
    const double critical = hump(minute, rolling + 0.2 * rolled, rolling + 0.45 * rolled) +
                            1.6 * hump(minute, rolling + 0.6 * rolled, rolling + 0.85 * rolled);
    vibration_ = minute < rolling ? 0.08 : 0.7 + 1.3 * critical + 0.3 * ramp;
}

}  // namespace plantwright::simulate
