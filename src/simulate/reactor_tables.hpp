// SPDX-License-Identifier: MIT
/// What the reactor's conditions and outcomes are called, mean, and how they vary and are measured.
#pragma once

#include <array>

#include "plantwright/simulate/reactor.hpp"

namespace plantwright::simulate {

struct ConditionTraits {
    const char* name;
    const char* unit;
    const char* description;
    Role role;
    double ReactorConditions::*value;
    double low, high;        ///< what is accepted; flows and pressure may not be 0, but for B
    bool relative;           ///< the next four are fractions of the set-point, else in K
    double campaign_spread;  ///< standard deviation of a campaign's set-point about the mode's
    double wander_spread;    ///< of the hourly value about the campaign's
    double upset;            ///< typical size of an upset
    double noise;            ///< standard deviation of a measurement
};

inline constexpr std::size_t kMeasured = 6;  ///< the last condition, heat transfer, no instrument shows
inline constexpr std::array<ConditionTraits, 7> kConditions = {{
    {"feed_A_mol_min", "mol/min", "feed of A", Role::lever, &ReactorConditions::feed_A_mol_min, 0, 10'000, true, 0.006,
     0.035, 0.08, 0.004},
    {"feed_B_mol_min", "mol/min", "feed of B", Role::lever, &ReactorConditions::feed_B_mol_min, 0, 10'000, true, 0.006,
     0.035, 0.08, 0.004},
    {"pressure_atm", "atm", "pressure, constant along the reactor", Role::lever, &ReactorConditions::pressure_atm, 0,
     100, true, 0.015, 0.05, 0.15, 0.003},
    {"inlet_K", "K", "temperature of the feed", Role::lever, &ReactorConditions::inlet_K, 200, 1500, false, 3, 9, 35,
     0.5},
    {"coolant_mol_min", "mol/min", "flow of the coolant", Role::lever, &ReactorConditions::coolant_mol_min, 0, 100'000,
     true, 0.03, 0.1, 0.35, 0.008},
    {"coolant_inlet_K", "K", "temperature of the coolant where it enters", Role::disturbance,
     &ReactorConditions::coolant_inlet_K, 200, 1500, false, 3, 7, 30, 0.5},
    {"heat_transfer", "cal/(min dm3 K)", "heat transfer to the coolant, per volume of the reactor", Role::disturbance,
     &ReactorConditions::heat_transfer, 0, 10'000, true, 0.01, 0, 0, 0},
}};

struct OutcomeTraits {
    const char* name;
    const char* unit;
    const char* description;
    double ReactorOutcome::*value;
    double absolute_noise, relative_noise;  ///< standard deviation of a measurement
    double highest;                         ///< a measurement is clamped to [0, highest]
    bool at_once;                           ///< a thermometer shows it now; the laboratory takes its time
};

inline constexpr double kUnbounded = 1e300;
inline constexpr std::array<OutcomeTraits, 9> kOutcomes = {{
    {"yield_C", "", "mol of C made per mol of A used", &ReactorOutcome::yield_C, 0.004, 0, kUnbounded, false},
    {"conversion_A", "", "fraction of A used", &ReactorOutcome::conversion_A, 0.002, 0, 1, false},
    {"T_max_K", "K", "hot spot of the gas", &ReactorOutcome::T_max_K, 1, 0, kUnbounded, true},
    {"out_A_mol_min", "mol/min", "A at the outlet", &ReactorOutcome::out_A_mol_min, 0.002, 0.005, kUnbounded, false},
    {"out_B_mol_min", "mol/min", "B at the outlet", &ReactorOutcome::out_B_mol_min, 0.002, 0.005, kUnbounded, false},
    {"out_C_mol_min", "mol/min", "C at the outlet", &ReactorOutcome::out_C_mol_min, 0.002, 0.005, kUnbounded, false},
    {"out_D_mol_min", "mol/min", "D at the outlet", &ReactorOutcome::out_D_mol_min, 0.002, 0.005, kUnbounded, false},
    {"outlet_K", "K", "gas at the outlet", &ReactorOutcome::outlet_K, 0.5, 0, kUnbounded, true},
    {"coolant_outlet_K", "K", "coolant at the outlet", &ReactorOutcome::coolant_outlet_K, 0.5, 0, kUnbounded, true},
}};

}  // namespace plantwright::simulate
