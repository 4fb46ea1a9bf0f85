// SPDX-License-Identifier: MIT
/// `ThermalPlant`: eight sensors of a 500 MW coal-fired unit, minute by minute, with labelled faults, trips and
/// start-ups.
///
///     Q_fuel = P + Q_condenser + Q_stack + Q_other + C dp/dt         what is burnt, in MW, goes somewhere
///     P / .987 = eta (Q_steam),  eta = .432 (1 + 3.5e-4 (T - 500) + 3e-4 (p - 150) - 2.2e-3 (T_c - 33) - ...)
///     C dp/dt = Q_fuel - Q_stack - Q_other' - Q_steam                the drum's steam is the store
///     dx/dt = (x_target - x) / tau                                   mills, air, superheater, condenser, generator
///
/// The grid asks for load by the hour and the day of the week; weather sets the cooling tower's water; three coals of
/// different heating value and reactivity come in turn; soot and a fouling condenser come and are cleaned away.
/// Controllers hold the drum's pressure, the steam's temperature and the flue gas's oxygen, the last two through valves
/// that stick and so swing in small limit cycles. docs/simulate.md has every equation and constant; they are typical of
/// such units, not measured on one. Backgrounds: Astrom & Bell, Automatica 36, 2000 (drum and pressure); Heat Exchange
/// Institute, Standards for Steam Surface Condensers (condenser); Choudhury, Thornhill & Shah, Control Engineering
/// Practice 13, 2005 (sticking valves).
///
/// The same options give the same bits on every machine: own random numbers and elementary functions. O(rows), about a
/// microsecond each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

/// A fault that is asked for.
struct ThermalFault {
    /// Of one sensor's reading: spike, drift, noise_burst, stuck_sensor, sensor_bias. Of the process, by its physics:
    /// tube_leak, bearing_wear, cooling_fouling.
    std::string kind{};
    double start_h = 0;    ///< since the first row, at least 0
    double hours = 1;      ///< above 0; at least one row
    double severity = 5;   ///< in standard deviations of the residual, see ThermalSensor; a reading's may be negative
    std::string sensor{};  ///< whose reading is at fault; empty for faults of the process
    bool operator==(const ThermalFault&) const = default;
};

/// One of the eight.
struct ThermalSensor {
    std::string name;
    std::string unit;
    double lowest, highest;  ///< of normal operation
    /// Standard deviation of what the other seven sensors leave unexplained (linear regression over a year of normal
    /// operation at the default options): the unit of severity.
    double residual_sd;
};

PLANTWRIGHT_API std::vector<ThermalSensor> thermal_sensors();

/// The eight kinds of faults, in the order of their codes.
PLANTWRIGHT_API std::vector<std::string> thermal_fault_kinds();

struct ThermalPlantOptions {
    Index rows = 10'080;   ///< in [1, 20000000]; at most 50 years
    double period_s = 60;  ///< between rows, in [1, 3600]
    std::uint64_t seed = 0;
    std::string start = "2024-01-01";  ///< first day, ISO-8601
    double steam_setpoint_C = 500;     ///< in [490, 510]
    double faults_per_week = 2;        ///< of all kinds together, in [0, 50]; fewer where long ones fill the weeks
    double faultless_days = 0;         ///< none of those faults begins earlier; at least 0
    double lowest_severity = 4, highest_severity = 8;   ///< of those faults, in [0, 20]
    std::optional<std::vector<ThermalFault>> faults{};  ///< exactly these instead; they may not overlap
    double trips_per_year = 12;                         ///< each followed by a standstill and a start-up; in [0, 100]
    double missing_fraction = 0.002;                    ///< of the cells lost, in bursts of 1 to 6 rows; in [0, 0.5]
    double lost_fraction = 0.001;  ///< of the rows lost whole, and absent from the table; in [0, 0.5]
    double fouling = 1;  ///< of boiler and condenser in normal operation, times the usual; this and the rest in [0, 3]
    double season = 1;   ///< amplitude of the year in the weather, times the usual
    double wander = 1;   ///< of demand, weather, coal and everything in the process, times its usual spread
    double noise = 1;    ///< of all measurements, times its usual spread
    bool truth = true;   ///< with the columns true_*
};

/// Immutable; may be shared by threads.
class PLANTWRIGHT_API ThermalPlant {
public:
    /// Throws InvalidArgument when an option is out of range.
    explicit ThermalPlant(ThermalPlantOptions options = {});

    const ThermalPlantOptions& options() const { return options_; }

    /// One row a period: `time`, the eight sensors (features, the only inputs), `heat_rate_kJ_kWh` and
    /// `efficiency_percent` (responses, derived from the readings, NaN unless running), and with role ignored
    /// `operating_state` (running, trip, start_up), `ambient_C`, `fuel_LHV_MJ_kg`, the labels `fault`, `anomaly` and
    /// `event`, and the truth behind the readings and the balance.
    Frame run() const;

    /// The truth about the faults, one row each: `event` (as in the rows), `kind`, `sensors` (those it touches, parted
    /// by spaces), `start`, `end` (exclusive), `severity`, `size` (in the unit of the first sensor, with its sign). Of
    /// a stuck sensor severity and size are the largest deviation of the reading from what it would have been.
    Frame events() const;

    /// Trips, one row each: `start`, `start_up` (fires are lit), `end` (exclusive; normal operation again). The last
    /// may end after the last row.
    Frame outages() const;

private:
    ThermalPlantOptions options_;
};

}  // namespace plantwright
