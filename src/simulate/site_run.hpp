// SPDX-License-Identifier: MIT
/// All hours of a site as plain numbers, before they become a `Frame`.
#pragma once

#include <vector>

#include "plantwright/simulate/production_site.hpp"
#include "simulate/faults.hpp"
#include "simulate/line_physics.hpp"
#include "simulate/site_calendar.hpp"
#include "simulate/weather.hpp"

namespace plantwright::simulate {

/// Energy of one hour by part, in kWh.
struct EnergyBalance {
    double base, ovens, air, drives, ventilation, lighting, gas;
    double electricity() const { return base + ovens + air + drives + ventilation + lighting; }
    double total() const { return electricity() + gas; }
};

/// `plans` and `lines` are `(hours, n_lines)`, row-major; the rest `(hours,)`.
struct SiteRun {
    int n_lines;
    std::vector<SiteHour> calendar;
    std::vector<Weather> weather;
    std::vector<double> air_bar;
    std::vector<Fault> faults;
    std::vector<PlannedHour> plans;
    std::vector<LineHour> lines;
    std::vector<EnergyBalance> energy;
    std::vector<double> carbon_kg;

    Index hours() const { return static_cast<Index>(calendar.size()); }
    const PlannedHour& plan(Index hour, int line) const {
        return plans[static_cast<std::size_t>(hour * n_lines + line)];
    }
    const LineHour& line(Index hour, int line) const { return lines[static_cast<std::size_t>(hour * n_lines + line)]; }
};

SiteRun run_site(const ProductionSiteOptions& options);

}  // namespace plantwright::simulate
