// SPDX-License-Identifier: MIT
#include "plantwright/simulate/dust_site.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plantwright/core/error.hpp"
#include "simulate/dust_frames.hpp"
#include "simulate/start_day.hpp"

namespace plantwright {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& allowed, const std::string& got) {
    throw InvalidArgument("DustSite: " + option + " must be " + allowed + ", got " + got);
}

/// NaN is out of every range.
void require_between(const std::string& option, double value, double low, double high, const char* allowed) {
    if (!(value >= low && value <= high)) refuse(option, allowed, std::to_string(value));
}

void validate(const std::vector<DustStation>& stations) {
    if (stations.empty()) refuse("stations", "at least one", "none");
    for (std::size_t i = 0; i < stations.size(); ++i) {
        const DustStation& station = stations[i];
        if (station.name.empty()) refuse("stations", "named", "one without a name");
        require_between("distance_km of station '" + station.name + "'", station.distance_km, 0.3, 50, "in [0.3, 50]");
        const bool turned = station.bearing_deg >= 0 && station.bearing_deg < 360;
        if (!turned) {
            refuse("bearing_deg of station '" + station.name + "'", "in [0, 360)", std::to_string(station.bearing_deg));
        }
        const auto same_name = [&](const DustStation& other) { return other.name == station.name; };
        if (std::any_of(stations.begin(), stations.begin() + static_cast<std::ptrdiff_t>(i), same_name)) {
            refuse("stations", "of distinct names", "'" + station.name + "' twice");
        }
    }
}

void validate(const DustSiteOptions& options) {
    if (options.days < 1 || options.days > 36600) refuse("days", "in [1, 36600]", std::to_string(options.days));
    validate(options.stations);
    const Index n_stations = static_cast<Index>(options.stations.size());
    if (n_stations > 200'000 / options.days) {
        refuse("days times stations", "at most 200000",
               std::to_string(options.days) + " times " + std::to_string(n_stations));
    }
    require_between("dustiness", options.dustiness, 0, 20, "in [0, 20]");
    require_between("storms_per_year", options.storms_per_year, 0, 50, "in [0, 50]");
    require_between("watering_failures_per_year", options.watering_failures_per_year, 0, 50, "in [0, 50]");
    require_between("missing_fraction", options.missing_fraction, 0, 0.5, "in [0, 0.5]");
    require_between("detection_limit_ug_m3", options.detection_limit_ug_m3, 0, 100, "in [0, 100]");
    require_between("saturation_ug_m3", options.saturation_ug_m3, 200, 100'000, "in [200, 100000]");
    if (!(options.limit_ug_m3 > 0 && options.limit_ug_m3 <= 10'000)) {
        refuse("limit_ug_m3", "in (0, 10000]", std::to_string(options.limit_ug_m3));
    }
    simulate::start_day("DustSite", options.start);  // refuses what is no date
}

}  // namespace

std::vector<DustStation> dust_stations() {
    return {{"gate", 1.3, 140}, {"village", 2.4, 160}, {"school", 4.5, 110}, {"farm", 2.5, 320}};
}

DustSite::DustSite(DustSiteOptions options) : options_(std::move(options)) { validate(options_); }

Frame DustSite::run() const { return simulate::frame_of_hours(simulate::run_dust_site(options_), options_); }

Frame DustSite::days() const { return simulate::frame_of_days(simulate::run_dust_site(options_), options_); }

Frame DustSite::episodes() const {
    const std::vector<simulate::SiteHour> calendar =
        simulate::site_calendar(simulate::start_day("DustSite", options_.start), options_.days);
    return simulate::frame_of_episodes(simulate::simulate_dust_episodes(calendar, options_), calendar.front().time_ns);
}

}  // namespace plantwright
