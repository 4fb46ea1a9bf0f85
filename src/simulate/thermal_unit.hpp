// SPDX-License-Identifier: MIT
/// The unit itself: boiler, turbine, condenser, generator and their controllers, from one step to the next.
#pragma once

#include "simulate/thermal_drivers.hpp"
#include "simulate/thermal_tables.hpp"

namespace plantwright::simulate {

/// What faults of the process do to it; all 0 where there are none.
struct FaultEffects {
    double leak_kg_s = 0;     ///< coal that a leaking tube wastes
    double bearing_mm_s = 0;  ///< vibration of a worn bearing
    double bearing_K = 0;     ///< warmth of its friction in the generator
    double blocked = 0;       ///< share of the condenser's tubes, and of the flow of its cooling water
};

/// How the unit is run in a step.
struct Operation {
    ThermalState state = ThermalState::running;
    double minute = 0;  ///< since the trip, or since the fires were lit
    double length = 0;  ///< minutes from the fires to normal operation
};

/// Where the heat goes, all in MW; NaN but in normal operation.
struct Balance {
    double fuel, electric, condenser, stack, other, storage;
};

struct Moment {
    SensorValues sensors;
    double ambient_C, declared_LHV_MJ_kg, LHV_MJ_kg;
    double condenser_C, flue_gas_C, soot, condenser_fouling;
    Balance heat;
    ThermalState state;
};

struct UnitSettings {
    std::uint64_t seed;
    double step_min;
    double steam_setpoint_C;
    double fouling;
    double wander;
};

/// It moves only when it is told to go further than it sticks: the cause of limit cycles.
struct StickingValve {
    double position, integral, sticks;

    /// PI control towards an error of 0, wound up no further than the valve can go.
    void control(double error, double gain, double reset_min, double step_min, double low, double high);
};

/// Shares of the way to their targets that lags go in a step.
struct LagShares {
    explicit LagShares(double step_min);
    double dispatch, turbine, mill, air, steam, tower, condenser, generator, analyser, purge, standstill, start_up;
};

/// Everything in the process that nobody can foresee.
struct Unrest {
    Unrest(std::uint64_t seed, double step_min, double wander);
    Wandering grid, tower, feeder, combustion, superheater, excitation, rotor, rotor_balance;
};

class ThermalUnit {
public:
    /// At the steady state of `first`, or nearly so: give it a few hours.
    ThermalUnit(const UnitSettings& settings, const Drivers& first);

    Moment step(const Drivers& drivers, const Operation& operation, const FaultEffects& faults);

private:
    // Normal operation, in the order of a step.
    void run_normally(const Drivers& drivers, const FaultEffects& faults);
    void follow_demand(double demand_percent);
    void feed(const Drivers& drivers);
    void burn(const Drivers& drivers, const FaultEffects& faults);
    void draw_steam(const FaultEffects& faults);
    void mix_air(const Drivers& drivers);
    void superheat(const Drivers& drivers);
    void condense(const Drivers& drivers, const FaultEffects& faults);
    void warm_generator(const FaultEffects& faults);
    void shake(const FaultEffects& faults);
    void foul(const Drivers& drivers);
    void settle_controllers(const Drivers& drivers);

    // Trips and start-ups follow a schedule.
    void stand_still(const Drivers& drivers, double minute);
    void start_up(const Drivers& drivers, double minute, double length);

    double shaft_efficiency() const;
    double inlet_pressure_setpoint() const;
    double coal_needed(double load_percent) const;
    Moment moment(const Drivers& drivers, ThermalState state) const;

    UnitSettings settings_;
    LagShares lag_;
    Unrest unrest_;
    bool controlled_ = true;  ///< by the controllers of normal operation

    double load_setpoint_, load_;                          // %
    double coal_integral_ = 0, mill_ = 0, coal_ = 0;       // kg/s; the controller's, milled, burnt
    double steam_MW_ = 0, leak_MW_ = 0, absorbed_MW_ = 0;  // drawn; lost; taken up by the water
    double drum_bar_, inlet_bar_, steam_C_;
    double air_ = 0, excess_air_ = 1.17, oxygen_, flue_gas_C_ = 130;
    StickingValve spray_, damper_;
    double tower_C_, rise_K_, condenser_C_ = 33;
    double generator_C_, vibration_ = 1;
    double soot_ = 0.5, condenser_fouling_;
    bool blowing_soot_ = false;
    Balance heat_{};
};

}  // namespace plantwright::simulate
