// SPDX-License-Identifier: MIT
/// All hours of a dust site as plain numbers, before instruments see them and they become a `Frame`.
#pragma once

#include <vector>

#include "plantwright/simulate/dust_site.hpp"
#include "simulate/atmosphere.hpp"
#include "simulate/dust_episodes.hpp"
#include "simulate/mine.hpp"
#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

/// The parts that every station of an hour shares.
struct DustSources {
    double moisture_percent;  ///< of the soil
    double pit_g_s, tailings_g_s;
    double background_ug_m3;
};

/// At one station.
struct DustAt {
    double background, pit, tailings;  ///< ug/m3, the residual's factor in them
    double total() const { return background + pit + tailings; }
};

/// `at` is `(hours, n_stations)`, row-major; the rest `(hours,)`.
struct DustRun {
    Index n_stations;
    std::vector<SiteHour> calendar;
    std::vector<AirHour> air;
    std::vector<MineHour> mine;
    std::vector<DustEpisode> episodes;
    std::vector<DustSources> sources;
    std::vector<DustAt> at;

    Index hours() const { return static_cast<Index>(calendar.size()); }
};

DustRun run_dust_site(const DustSiteOptions& options);

}  // namespace plantwright::simulate
