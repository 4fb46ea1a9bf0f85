// SPDX-License-Identifier: MIT
#include "simulate/thermal_unit.hpp"

#include <algorithm>
#include <cmath>

#include "simulate/thermal_constants.hpp"

namespace plantwright::simulate {
namespace {

/// 1 where a control valve of the turbine is half open and throttles, 0 where the open ones are fully so.
double throttling(double load_percent) {
    const double valve = load_percent / 8;
    return 1 - std::fabs(2 * (valve - std::floor(valve)) - 1);
}

/// From the drum to the turbine, at a flow of steam that carries so many MW.
double pressure_drop(double steam_MW) { return 8e-6 * steam_MW * steam_MW; }

/// max(0, x) with a rounded corner.
double rounded_ramp(double x) { return 0.5 * (x + std::sqrt(x * x + 9)); }

double tower_target(double ambient_C, double load_percent) {
    return 18.6 + rounded_ramp(0.18 * (ambient_C - 12) + 0.05 * (load_percent - 82.5));
}

}  // namespace

void StickingValve::control(double error, double gain, double reset_min, double step_min, double low, double high) {
    integral = std::clamp(integral + gain * error * step_min / reset_min, low, high);
    const double command = std::clamp(integral + gain * error, low, high);
    const double asked = command - position;
    if (std::fabs(asked) > sticks) position = command + (asked > 0 ? 0.25 : -0.25) * sticks;  // it slips too far
}

LagShares::LagShares(double step_min)
    : dispatch(lag_share(step_min, 4)), turbine(lag_share(step_min, 1.2)), mill(lag_share(step_min, 2)),
      air(lag_share(step_min, 1)), steam(lag_share(step_min, 4)), tower(lag_share(step_min, 25)),
      condenser(lag_share(step_min, 1.5)), generator(lag_share(step_min, 35)), analyser(lag_share(step_min, 0.8)),
      purge(lag_share(step_min, 3)), standstill(lag_share(step_min, 10 * 60)), start_up(lag_share(step_min, 8)) {}

Unrest::Unrest(std::uint64_t seed, double step_min, double wander)
    : grid(0.2 * wander, 3, step_min, stream_of(seed, ThermalProcess::grid)),
      tower(0.3 * wander, 90, step_min, stream_of(seed, ThermalProcess::tower)),
      feeder(0.15 * wander, 2, step_min, stream_of(seed, ThermalProcess::feeder)),
      combustion(0.003 * wander, 6, step_min, stream_of(seed, ThermalProcess::combustion)),
      superheater(1.6 * wander, 20, step_min, stream_of(seed, ThermalProcess::superheater)),
      excitation(0.7 * wander, 120, step_min, stream_of(seed, ThermalProcess::excitation)),
      rotor(0.06 * wander, 30, step_min, stream_of(seed, ThermalProcess::rotor)),
      rotor_balance(0.06 * wander, 4 * 1440, step_min, stream_of(seed, ThermalProcess::rotor_balance)) {}

ThermalUnit::ThermalUnit(const UnitSettings& settings, const Drivers& first)
    : settings_(settings), lag_(settings.step_min), unrest_(settings.seed, settings.step_min, settings.wander),
      load_setpoint_(first.demand_percent), load_(first.demand_percent), steam_C_(settings.steam_setpoint_C),
      oxygen_(oxygen_setpoint(first.demand_percent)), spray_{0.5, 0.5, 0.05}, damper_{0, 0, 0.009},
      tower_C_(tower_target(first.ambient_C, first.demand_percent)), rise_K_(0.1 * first.demand_percent),
      generator_C_(67), condenser_fouling_(stream_of(settings.seed, ThermalProcess::condenser_cleaning).uniform()) {
    drum_bar_ = inlet_bar_ = inlet_pressure_setpoint();
    settle_controllers(first);
}

Moment ThermalUnit::step(const Drivers& drivers, const Operation& operation, const FaultEffects& faults) {
    // The end of a start-up is run as normal operation is, but not called so until all has settled.
    const double ramped = operation.length - kSettling_min;
    if (operation.state == ThermalState::trip) {
        stand_still(drivers, operation.minute);
    } else if (operation.state == ThermalState::start_up && operation.minute < ramped) {
        start_up(drivers, operation.minute, ramped);
    } else {
        if (!controlled_) settle_controllers(drivers);
        run_normally(drivers, faults);
    }
    return moment(drivers, operation.state);
}

void ThermalUnit::run_normally(const Drivers& drivers, const FaultEffects& faults) {
    controlled_ = true;
    foul(drivers);
    follow_demand(drivers.demand_percent);
    feed(drivers);
    burn(drivers, faults);
    draw_steam(faults);
    mix_air(drivers);
    superheat(drivers);
    condense(drivers, faults);
    warm_generator(faults);
    shake(faults);
}

/// As after a long time at the present load, so that nothing jumps when the controllers take over.
void ThermalUnit::settle_controllers(const Drivers& drivers) {
    steam_MW_ = kMW_per_percent * load_ / kGenerator / shaft_efficiency();
    inlet_bar_ = inlet_pressure_setpoint();
    drum_bar_ = inlet_bar_ + pressure_drop(steam_MW_);
    mill_ = coal_needed(load_) * kDesignLHV_MJ_kg / drivers.coal.LHV_MJ_kg;
    coal_integral_ = mill_ - kMW_per_percent * load_ / kOverallEfficiency / kDesignLHV_MJ_kg;
    excess_air_ = excess_air_of(oxygen_setpoint(load_));
    damper_.position = damper_.integral = drivers.coal.LHV_MJ_kg / kDesignLHV_MJ_kg - 1;
    air_ = mill_ * drivers.coal.LHV_MJ_kg * excess_air_;
    spray_.position = spray_.integral = 0.5;
}

/// The grid's call, no faster than the boiler bears; the governor adds its share of the grid's unrest.
void ThermalUnit::follow_demand(double demand_percent) {
    const double ramp = kRamp_percent_min * settings_.step_min;
    load_setpoint_ += std::clamp(lag_.dispatch * (demand_percent - load_setpoint_), -ramp, ramp);
    load_ += lag_.turbine * (load_setpoint_ + unrest_.grid.step() - load_);
}

double ThermalUnit::inlet_pressure_setpoint() const { return 150 + 0.35 * (load_setpoint_ - 82.5); }

/// Of the steam's heat, what the shaft gets: more of hotter, tenser steam and against a colder condenser.
double ThermalUnit::shaft_efficiency() const {
    return full_load_efficiency(load_) * (1 + 3.5e-4 * (steam_C_ - 500) + 3e-4 * (inlet_bar_ - 150) -
                                          2.2e-3 * (condenser_C_ - 33) - 0.004 * throttling(load_));
}

/// kg/s of the design coal.
double ThermalUnit::coal_needed(double load_percent) const {
    return kMW_per_percent * load_percent / kGenerator / full_load_efficiency(load_percent) / kBoilerEfficiency /
           kDesignLHV_MJ_kg;
}

/// Coal as the load asks for it and the drum's pressure corrects it, through the mills.
void ThermalUnit::feed(const Drivers& drivers) {
    constexpr double kGain = 0.4, kReset_min = 20;  // kg/s a bar
    const double expected_MW = kMW_per_percent * load_setpoint_ / kGenerator / full_load_efficiency(load_setpoint_);
    const double error = inlet_pressure_setpoint() + pressure_drop(expected_MW) - drum_bar_;
    coal_integral_ += kGain * error * settings_.step_min / kReset_min;
    const double forward = kMW_per_percent * load_setpoint_ / kOverallEfficiency / kDesignLHV_MJ_kg;
    mill_ += lag_.mill * (forward + coal_integral_ + kGain * error - mill_);
    coal_ = mill_ + unrest_.feeder.step();
    heat_.fuel = coal_ * drivers.coal.LHV_MJ_kg;
}

/// What goes up the stack and through the walls is lost to the water; so is what leaks.
void ThermalUnit::burn(const Drivers& drivers, const FaultEffects& faults) {
    flue_gas_C_ = 128 + 0.5 * (load_ - 82.5) + 10 * settings_.fouling * soot_ + 0.25 * (drivers.ambient_C - 10);
    const double flue_gas_kg_s = heat_.fuel * (0.34 * excess_air_ + 0.055);
    leak_MW_ = kDesignLHV_MJ_kg * kBoilerEfficiency * faults.leak_kg_s;
    heat_.stack = flue_gas_kg_s * kFlueGas_MJ_kgK * (flue_gas_C_ - drivers.ambient_C) + leak_MW_;
    heat_.other = 0.008 * heat_.fuel + 2.5;  // unburnt coal; walls
    absorbed_MW_ = heat_.fuel - heat_.stack - heat_.other;
}

/// The turbine takes the steam that its load needs; what the boiler gives more or less, the drum stores.
void ThermalUnit::draw_steam(const FaultEffects& faults) {
    heat_.electric = kMW_per_percent * load_;
    const double shaft_MW = heat_.electric / kGenerator + kFriction_MW_s_mm * faults.bearing_mm_s;
    steam_MW_ = shaft_MW / shaft_efficiency();
    heat_.other += shaft_MW - heat_.electric;
    heat_.storage = absorbed_MW_ - steam_MW_;
    drum_bar_ += 60 * settings_.step_min * heat_.storage / kStore_MJ_bar;
    inlet_bar_ = drum_bar_ - pressure_drop(steam_MW_ + leak_MW_);
}

/// Air follows the coal as if it were the design's; the oxygen controller's damper makes up for what it is.
void ThermalUnit::mix_air(const Drivers& drivers) {
    const double setpoint = oxygen_setpoint(load_setpoint_);
    damper_.control(setpoint - oxygen_, 0.015 * drivers.coal.reactivity, 2, settings_.step_min, -0.2, 0.2);
    const double wanted = mill_ * kDesignLHV_MJ_kg * excess_air_of(setpoint) * (1 + damper_.position);
    air_ += lag_.air * (wanted - air_);
    const double unrest = 1 + drivers.coal.reactivity * unrest_.combustion.step();
    excess_air_ = std::max(1.02, air_ / heat_.fuel * unrest);
    oxygen_ += lag_.analyser * (21 * (1 - 1 / excess_air_) - oxygen_);
}

/// The superheater would make it too hot; sprayed water takes off what is too much.
void ThermalUnit::superheat(const Drivers& drivers) {
    const double setpoint = settings_.steam_setpoint_C + 0.3 * (load_setpoint_ - 82.5);  // slides as the pressure does
    const double error = steam_C_ - setpoint;
    spray_.control(error, 0.004, 4, settings_.step_min, 0, 1);
    const double overfiring = (absorbed_MW_ + leak_MW_) / steam_MW_ - 1;
    const double unsprayed = settings_.steam_setpoint_C + 24 + 0.6 * (load_ - 82.5) - 7 * settings_.fouling * soot_ -
                             8 * (drivers.coal.reactivity - 1) + 80 * overfiring + unrest_.superheater.step();
    const double spray_K = 45 * (1.4 - 0.4 * load_ / 82.5) * spray_.position;  // more so where less steam flows
    steam_C_ += lag_.steam * (unsprayed - spray_K - steam_C_);
}

/// The turbine's waste heat warms the tower's water, and the condenser stands as far above it as its tubes need.
void ThermalUnit::condense(const Drivers& drivers, const FaultEffects& faults) {
    const double dirt = settings_.fouling * condenser_fouling_;
    const double flow_kg_s = kWater_kg_s * (1 - 0.03 * dirt) * (1 - faults.blocked);
    const double waste_MW = steam_MW_ * (1 - shaft_efficiency());
    const double target = tower_target(drivers.ambient_C, load_) + unrest_.tower.step();
    tower_C_ += lag_.tower * (target - tower_C_);
    rise_K_ += lag_.condenser * (waste_MW / (flow_kg_s * kWater_MJ_kgK) - rise_K_);
    const double transfer_units = kTransferUnits * (1 - 0.12 * dirt);  // blocked tubes lose flow and area alike
    condenser_C_ = tower_C_ + rise_K_ / (1 - elementary::exp(-transfer_units));
    heat_.condenser = rise_K_ * flow_kg_s * kWater_MJ_kgK;
}

/// Losses of the windings go with the square of the current, into coolers on the same water.
void ThermalUnit::warm_generator(const FaultEffects& faults) {
    const double current = load_ / 100;
    const double target = 37 + 0.45 * (tower_C_ + 0.5 * rise_K_) +
                          30 * current * current * (1 + 0.25 * faults.blocked) + faults.bearing_K +
                          unrest_.excitation.step();
    generator_C_ += lag_.generator * (target - generator_C_);
}

void ThermalUnit::shake(const FaultEffects& faults) {
    const double off_design = load_ / 100 - 0.85;
    vibration_ = 1.03 + 0.012 * (load_ - 82.5) + 6 * off_design * off_design + 0.15 * throttling(load_) +
                 0.012 * (condenser_C_ - 33) + unrest_.rotor.step() + unrest_.rotor_balance.step() +
                 faults.bearing_mm_s;
}

/// Soot settles for hours and is blown off in minutes; the condenser's tubes are cleaned every four weeks.
void ThermalUnit::foul(const Drivers& drivers) {
    constexpr double kSettles_min = 8 * 60, kBlown_min = 25, kCleaned_min = 28 * 1440;
    if (soot_ >= 1) blowing_soot_ = true;
    if (soot_ <= 0.1) blowing_soot_ = false;
    const double rate = blowing_soot_ ? -1 / kBlown_min : drivers.coal.slagging * load_ / 82.5 / kSettles_min;
    soot_ = std::clamp(soot_ + rate * settings_.step_min, 0.0, 1.0);
    condenser_fouling_ += settings_.step_min / kCleaned_min;
    if (condenser_fouling_ >= 1) condenser_fouling_ -= 1;
}

Moment ThermalUnit::moment(const Drivers& drivers, ThermalState state) const {
    return {.sensors = {steam_C_, inlet_bar_, vibration_, generator_C_, tower_C_ + rise_K_, coal_, oxygen_, load_},
            .ambient_C = drivers.ambient_C,
            .declared_LHV_MJ_kg = drivers.declared_LHV_MJ_kg,
            .LHV_MJ_kg = drivers.coal.LHV_MJ_kg,
            .condenser_C = condenser_C_,
            .flue_gas_C = flue_gas_C_,
            .soot = soot_,
            .condenser_fouling = condenser_fouling_,
            .heat = heat_,
            .state = state};
}

}  // namespace plantwright::simulate
