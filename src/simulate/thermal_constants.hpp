// SPDX-License-Identifier: MIT
/// Constants of the unit that normal operation and outages share.
#pragma once

namespace plantwright::simulate {

inline constexpr double kMW_per_percent = 5;                                 // 500 MW
inline constexpr double kGenerator = 0.987;                                  // efficiency of generator and gears
inline constexpr double kDesignLHV_MJ_kg = 16.4, kOverallEfficiency = 0.40;  // what the controllers believe
inline constexpr double kBoilerEfficiency = 0.925;                           // at design, for first guesses
inline constexpr double kStore_MJ_bar = 1500;                                // heat that a bar in the drum stands for
inline constexpr double kWater_kg_s = 16'500, kWater_MJ_kgK = 0.00419;
inline constexpr double kFlueGas_MJ_kgK = 0.00106;
inline constexpr double kTransferUnits = 1.35;  // of the clean condenser
inline constexpr double kRamp_percent_min = 0.4;
inline constexpr double kFriction_MW_s_mm = 0.3;  // per mm/s of vibration
inline constexpr double kSettling_min = 60;

inline double oxygen_setpoint(double load_percent) { return 3.3 - 0.02 * (load_percent - 70); }
inline double excess_air_of(double oxygen_percent) { return 21 / (21 - oxygen_percent); }

/// Of the steam's heat, what the shaft gets at design conditions; best near full load.
inline double full_load_efficiency(double load_percent) {
    const double below_best = load_percent / 100 - 0.95;
    return 0.432 * (1 - 0.25 * below_best * below_best);
}

}  // namespace plantwright::simulate
