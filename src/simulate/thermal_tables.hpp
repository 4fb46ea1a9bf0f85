// SPDX-License-Identifier: MIT
/// What the unit's sensors and faults are called, mean, and how large they are.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plantwright/simulate/thermal_plant.hpp"

namespace plantwright::simulate {

enum class ThermalSensorId : std::uint8_t {
    steam_temperature,
    steam_pressure,
    vibration,
    generator,
    cooling_water,
    fuel,
    oxygen,
    load
};
inline constexpr std::size_t kThermalSensorCount = 8;
using SensorValues = std::array<double, kThermalSensorCount>;

inline double& at(SensorValues& values, ThermalSensorId id) { return values[static_cast<std::size_t>(id)]; }
inline double at(const SensorValues& values, ThermalSensorId id) { return values[static_cast<std::size_t>(id)]; }

struct ThermalSensorTraits {
    const char* name;
    const char* unit;
    const char* description;
    double lowest, highest;  ///< of normal operation
    double ceiling;          ///< no instrument shows more, or less than 0
    double noise;            ///< standard deviation of a measurement
    double residual_sd;      ///< see ThermalSensor; tests/python/simulate/test_thermal_plant.py measures it
};

inline constexpr std::array<ThermalSensorTraits, kThermalSensorCount> kThermalSensors = {{
    {"steam_temperature_C", "C", "live steam before the turbine", 480, 520, 650, 0.6, 1.7},
    {"steam_pressure_bar", "bar", "live steam before the turbine", 140, 160, 220, 0.25, 0.65},
    {"turbine_vibration_mm_s", "mm/s", "of the turbine's bearing, r.m.s. velocity", 0.5, 2.0, 20, 0.04, 0.1},
    {"generator_temperature_C", "C", "of the generator's windings", 60, 80, 200, 0.25, 0.85},
    {"cooling_water_C", "C", "cooling water behind the condenser", 25, 35, 80, 0.12, 0.65},
    {"fuel_flow_kg_s", "kg/s", "pulverised coal to the burners", 50, 80, 150, 0.25, 0.8},
    {"oxygen_percent", "%", "of the dry flue gas behind the boiler", 2.5, 3.5, 20.95, 0.03, 0.085},
    {"load_percent", "%", "of 500 MW, at the generator's terminals", 70, 95, 120, 0.1, 0.8},
}};

enum class ThermalFaultKind : std::uint8_t {
    spike,
    drift,
    noise_burst,
    stuck_sensor,
    sensor_bias,
    tube_leak,
    bearing_wear,
    cooling_fouling
};
inline constexpr std::size_t kThermalFaultKindCount = 8;

struct ThermalFaultTraits {
    const char* name;
    double shortest_h, longest_h;            ///< of faults that nobody asked for
    std::array<ThermalSensorId, 3> touches;  ///< of a fault of the process, the one that defines severity first
    std::size_t n_touched;                   ///< 0: one sensor's reading alone
};

inline constexpr std::array<ThermalFaultTraits, kThermalFaultKindCount> kThermalFaults = {{
    {"spike", 0, 0, {}, 0},
    {"drift", 4, 24, {}, 0},
    {"noise_burst", 0.5, 4, {}, 0},
    {"stuck_sensor", 2, 12, {}, 0},
    {"sensor_bias", 4, 24, {}, 0},
    {"tube_leak", 6, 24, {ThermalSensorId::fuel, ThermalSensorId::steam_pressure}, 2},
    {"bearing_wear", 6, 36, {ThermalSensorId::vibration, ThermalSensorId::generator}, 2},
    {"cooling_fouling", 6, 36, {ThermalSensorId::cooling_water, ThermalSensorId::generator, ThermalSensorId::fuel}, 3},
}};

inline const ThermalFaultTraits& traits(ThermalFaultKind kind) {
    return kThermalFaults[static_cast<std::size_t>(kind)];
}
inline const ThermalSensorTraits& traits(ThermalSensorId id) { return kThermalSensors[static_cast<std::size_t>(id)]; }
inline bool is_of_process(ThermalFaultKind kind) { return traits(kind).n_touched > 0; }

enum class ThermalState : std::uint8_t { running, trip, start_up };
inline const std::vector<std::string> kThermalStates = {"running", "trip", "start_up"};

}  // namespace plantwright::simulate
