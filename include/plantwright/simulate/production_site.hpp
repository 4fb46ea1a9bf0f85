// SPDX-License-Identifier: MIT
/// `ProductionSite`: hourly energy, waste, units and carbon of a simulated factory, with every fault labelled.
///
/// Each row is one hour of the plant's local clock (time = its start). Energy is a balance, and its parts are emitted:
///
///     energy_kWh = electricity_kWh + gas_kWh
///     electricity = base + ovens + compressed air + drives + ventilation and cooling + lighting
///
///     ovens     max(0, U (T - T_hall) (1 + .3 fouling + .8 damage) + m c_p units (T - T_hall) + C dT/dt)
///     air       V p0 n/(n-1) ((p/p0)^((n-1)/n) - 1) / efficiency,   n = 1.4, V = use + leaks, leaks ~ p (choked flow)
///     drives    idle + a units (1 + .3 wear) + b (speed / nominal)^3, and a peak in the hour of a start
///     heating   (U_b (T_inside - T_ambient) - 0.6 oven losses) / boiler efficiency, burnt as gas
///     cooling   thermal load with latent share by relative humidity / COP(T_ambient)
///     carbon_kg = grid factor(hour, season) electricity + 0.202 gas
///
/// Scrap grows with the squares of the oven's distance from the product's optimum, of over-speed and of tool wear, with
/// damp air, low pressure, changeovers and starts. Ambient temperature is season + day + two autocorrelated parts;
/// relative humidity follows from a dew point by Magnus' formula (Alduchov & Eskridge, J. Appl. Meteorology 35, 1996).
/// Constants are typical of a mid-sized factory, not measured on one: see docs/simulate.md for all of them.
///
/// The same options give the same bits on every machine: own random numbers and elementary functions. O(days * lines).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

struct ProductionSiteOptions {
    Index days = 730;  ///< in [1, 36600]
    std::uint64_t seed = 0;
    std::string start = "2023-01-01";  ///< first day, ISO-8601
    int n_lines = 3;                   ///< in [1, 16]; every third line rests at night and at weekends
    double faults_per_year = 6;        ///< of each kind, over the whole site; 0 = none; at most 100
    double missing_fraction = 0;       ///< of the telegrams of sensors and meters lost, in bursts; in [0, 0.5]
    bool stuck_meter = false;          ///< the energy meter repeats old readings now and then (labelled `meter_stuck`)
};

/// A frame per run. Immutable; may be shared by threads.
class PLANTWRIGHT_API ProductionSite {
public:
    /// Throws InvalidArgument when an option is out of range.
    explicit ProductionSite(ProductionSiteOptions options = {});

    const ProductionSiteOptions& options() const { return options_; }

    /// One row an hour. Roles: levers (set-points), disturbances (weather), features (the plan), responses (measured,
    /// not known at prediction), targets (energy_kWh, waste_kg, ...), ignored (parts of the balance, fault labels).
    Frame run() const;

    /// The truth about the faults, one row each: `kind`, `line` (1-based), `start`, `end` (exclusive), `severity`.
    Frame faults() const;

private:
    ProductionSiteOptions options_;
};

}  // namespace plantwright
