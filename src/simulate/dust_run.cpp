// SPDX-License-Identifier: MIT
#include "simulate/dust_run.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/dust_streams.hpp"
#include "simulate/plume.hpp"
#include "simulate/soil.hpp"
#include "simulate/start_day.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kPitWidth_m = 900, kTailingsWidth_m = 700;
constexpr Place kPit{0, 0}, kTailings{700, -500};
constexpr double kHour_s = 3600;

/// Air of the region, 100 km wide and well mixed up to the mixing height: it fills when it is still, and remembers.
class Background {
public:
    explicit Background(double dustiness) : dustiness_(dustiness) {}

    /// After an hour, in ug/m3. `storm` is the severity of dust from far away, 0 for none.
    double step(const AirHour& air, double moisture_percent, double storm) {
        constexpr double kFetch_m = 100'000, kSettling_m_s = 0.004, kInflow_ug_m3 = 16, kStorm_ug_m3 = 550;
        const double height = std::max(150.0, air.mixing_height_m);
        const double exchange = kHour_s * air.wind_m_s / kFetch_m;
        const double loss = kHour_s * (kSettling_m_s / height + washout(air.rain_mm));
        const double inflow = dustiness_ * (kInflow_ug_m3 + kStorm_ug_m3 * storm);
        const double mixed_in = exchange + (storm > 0 ? 0.12 : 0.0);
        const double gain = kHour_s * emission(air, moisture_percent) / height + mixed_in * inflow;
        ug_m3_ = (ug_m3_ + gain) / (1 + mixed_in + loss);  // implicit Euler: stable for any wind
        return ug_m3_;
    }

private:
    /// ug/(m2 s): roads, fields and hearths, the latter in winter; and what the wind lifts from the open land.
    double emission(const AirHour& air, double moisture_percent) const {
        const double hearths = 0.42 * std::max(0.0, 12 - air.weather.temperature_C) / 12;
        const double roads = 0.40 * elementary::exp(-moisture_percent / 15);
        const double lifted =
            erosion_flux(friction_velocity(air.wind_m_s), 1.15 * threshold_velocity(moisture_percent));
        return dustiness_ * (hearths + roads + 0.012 * lifted);
    }

    /// 1/s below clouds, after Seinfeld & Pandis.
    static double washout(double rain_mm) { return rain_mm > 0 ? 1e-4 * elementary::pow(rain_mm, 0.8) : 0.0; }

    double dustiness_, ug_m3_ = 40;
};

void run_sources(DustRun& run, const DustSiteOptions& options) {
    const std::vector<double> storm = severity_of(DustEpisodeKind::dust_storm, run.episodes, run.hours());
    const std::vector<double> unwatered = severity_of(DustEpisodeKind::watering_failure, run.episodes, run.hours());
    Soil soil;
    Background background(options.dustiness);
    run.sources.reserve(run.calendar.size());
    for (std::size_t t = 0; t < run.calendar.size(); ++t) {
        const AirHour& air = run.air[t];
        const double moisture = soil.step(air);
        run.sources.push_back({moisture, options.dustiness * pit_emission(run.mine[t], air, moisture, unwatered[t]),
                               options.dustiness * tailings_emission(air, moisture),
                               background.step(air, moisture, storm[t])});
    }
}

/// A station draws from a stream found by its place in the list; what others measure does not move it.
void run_station(DustRun& run, const DustStation& station, Index place, std::uint64_t seed) {
    const Place receptor = place_at(station.distance_km, station.bearing_deg);
    RandomStream stream = stream_of(seed, DustProcess::residual, static_cast<std::uint64_t>(place));
    Autoregression slow(0.95, 0.3122), quick(0.5, 0.866);
    for (std::size_t t = 0; t < run.calendar.size(); ++t) {
        const double days = slow.step(stream), hours = quick.step(stream);
        const double residual = elementary::exp(0.16 * days + 0.12 * hours);
        const DustSources& from = run.sources[t];
        const double pit = 1e6 * from.pit_g_s * plume(run.air[t], kPit, kPitWidth_m, receptor);
        const double tailings = 1e6 * from.tailings_g_s * plume(run.air[t], kTailings, kTailingsWidth_m, receptor);
        run.at[t * static_cast<std::size_t>(run.n_stations) + static_cast<std::size_t>(place)] = {
            residual * from.background_ug_m3, residual * pit, residual * tailings};
    }
}

}  // namespace

DustRun run_dust_site(const DustSiteOptions& options) {
    DustRun run;
    run.n_stations = static_cast<Index>(options.stations.size());
    run.calendar = site_calendar(start_day("DustSite", options.start), options.days);
    run.air = simulate_air(run.calendar, options.seed);
    run.mine = plan_mine(run.calendar, options.seed);
    run.episodes = simulate_dust_episodes(run.calendar, options);
    run_sources(run, options);
    run.at.resize(run.calendar.size() * options.stations.size());
    for (Index s = 0; s < run.n_stations; ++s) {
        run_station(run, options.stations[static_cast<std::size_t>(s)], s, options.seed);
    }
    return run;
}

}  // namespace plantwright::simulate
