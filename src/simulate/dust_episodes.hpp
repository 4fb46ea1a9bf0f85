// SPDX-License-Identifier: MIT
/// What happens now and then: dust from far away, and water trucks that stand still.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/simulate/dust_site.hpp"
#include "simulate/site_calendar.hpp"

namespace plantwright::simulate {

enum class DustEpisodeKind : std::int32_t { dust_storm, watering_failure };
inline constexpr int kDustEpisodeKinds = 2;
inline const std::vector<std::string> kDustEpisodeNames = {"dust_storm", "watering_failure"};

struct DustEpisode {
    DustEpisodeKind kind;
    Index begin, end;  ///< hours, [begin, end)
    double severity;   ///< in [0.2, 1]
};

/// Poisson arrivals of each kind, storms thinned outside spring; episodes of one kind do not overlap.
std::vector<DustEpisode> simulate_dust_episodes(const std::vector<SiteHour>& calendar, const DustSiteOptions& options);

/// Severity of one kind at each hour, 0 where there is none.
std::vector<double> severity_of(DustEpisodeKind kind, const std::vector<DustEpisode>& episodes, Index hours);

}  // namespace plantwright::simulate
