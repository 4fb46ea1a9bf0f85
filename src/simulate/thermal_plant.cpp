// SPDX-License-Identifier: MIT
#include "plantwright/simulate/thermal_plant.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plantwright/core/error.hpp"
#include "simulate/shown.hpp"
#include "simulate/thermal_frames.hpp"
#include "simulate/thermal_plan.hpp"
#include "simulate/thermal_run.hpp"
#include "simulate/thermal_tables.hpp"

namespace plantwright {
namespace {

using simulate::shown;

/// NaN is out of every range.
void require_between(const char* option, double value, double low, double high) {
    if (value >= low && value <= high) return;
    throw InvalidArgument("ThermalPlant: " + std::string(option) + " must be in [" + shown(low) + ", " + shown(high) +
                          "], got " + shown(value));
}

void validate_length(const ThermalPlantOptions& options) {
    constexpr double kLongest_s = 50 * 365.25 * 86400;
    if (options.rows < 1 || options.rows > 20'000'000) {
        throw InvalidArgument("ThermalPlant: rows must be in [1, 20000000], got " + std::to_string(options.rows));
    }
    require_between("period_s", options.period_s, 1, 3600);
    if (static_cast<double>(options.rows) * options.period_s > kLongest_s) {
        throw InvalidArgument("ThermalPlant: rows times period_s must be at most 50 years, got " +
                              std::to_string(options.rows) + " times " + shown(options.period_s) + " s");
    }
    simulate::thermal_start_ns(options);  // refuses what is no date
}

void validate(const ThermalPlantOptions& options) {
    validate_length(options);
    require_between("steam_setpoint_C", options.steam_setpoint_C, 490, 510);
    require_between("faults_per_week", options.faults_per_week, 0, 50);
    require_between("faultless_days", options.faultless_days, 0, 50 * 366);
    require_between("lowest_severity", options.lowest_severity, 0, simulate::kHighestSeverity);
    require_between("highest_severity", options.highest_severity, options.lowest_severity, simulate::kHighestSeverity);
    require_between("trips_per_year", options.trips_per_year, 0, 100);
    require_between("missing_fraction", options.missing_fraction, 0, 0.5);
    require_between("lost_fraction", options.lost_fraction, 0, 0.5);
    require_between("fouling", options.fouling, 0, 3);
    require_between("season", options.season, 0, 3);
    require_between("wander", options.wander, 0, 3);
    require_between("noise", options.noise, 0, 3);
    simulate::plan_faults(options, {});  // refuses what cannot be
}

}  // namespace

std::vector<ThermalSensor> thermal_sensors() {
    std::vector<ThermalSensor> sensors;
    for (const simulate::ThermalSensorTraits& sensor : simulate::kThermalSensors) {
        sensors.push_back({sensor.name, sensor.unit, sensor.lowest, sensor.highest, sensor.residual_sd});
    }
    return sensors;
}

std::vector<std::string> thermal_fault_kinds() {
    std::vector<std::string> kinds;
    for (const simulate::ThermalFaultTraits& fault : simulate::kThermalFaults) kinds.emplace_back(fault.name);
    return kinds;
}

ThermalPlant::ThermalPlant(ThermalPlantOptions options) : options_(std::move(options)) { validate(options_); }

Frame ThermalPlant::run() const {
    return simulate::frame_of_rows(simulate::run_thermal_plant(options_, options_.truth), options_);
}

Frame ThermalPlant::events() const {
    std::vector<simulate::PlannedFault> faults = simulate::plan_faults(options_, simulate::plan_outages(options_));
    const bool stuck = std::any_of(faults.begin(), faults.end(), [](const simulate::PlannedFault& fault) {
        return fault.kind == simulate::ThermalFaultKind::stuck_sensor;
    });
    if (stuck) faults = simulate::run_thermal_plant(options_, false).faults;  // how far off it is, a run alone tells
    return simulate::frame_of_events(faults, options_);
}

Frame ThermalPlant::outages() const { return simulate::frame_of_outages(simulate::plan_outages(options_), options_); }

}  // namespace plantwright
