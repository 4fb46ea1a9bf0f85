// SPDX-License-Identifier: MIT
#include "simulate/dust_episodes.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/dust_streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kHoursPerYear = 8766;
constexpr double kMostInSpring = 3.39;  // times the year's mean rate, in mid-April

/// Share of the highest rate at that time of the year; its mean over the year is 1 / kMostInSpring.
double storm_season(int day_of_year) {
    const double spring = 0.5 + 0.5 * elementary::cos(6.283185307179586 * (day_of_year - 105) / 365.25);
    return (0.1 + 3.29 * spring * spring * spring * spring) / kMostInSpring;
}

struct Habit {
    DustEpisodeKind kind;
    double per_year;
    Index shortest_h;
    std::uint64_t longer_by_h;
};

void simulate_kind(const Habit& habit, const std::vector<SiteHour>& calendar, std::uint64_t seed,
                   std::vector<DustEpisode>& episodes) {
    if (habit.per_year <= 0) return;
    RandomStream stream = stream_of(seed, DustProcess::episodes, static_cast<std::uint64_t>(habit.kind));
    const bool seasonal = habit.kind == DustEpisodeKind::dust_storm;
    const double highest_rate = habit.per_year * (seasonal ? kMostInSpring : 1.0) / kHoursPerYear;
    const Index hours = static_cast<Index>(calendar.size());
    const auto wait = [&] { return static_cast<Index>(-elementary::log(1 - stream.uniform()) / highest_rate); };
    for (Index now = wait(); now < hours; now += 1 + wait()) {
        const double keep = stream.uniform(), severity = stream.uniform(0.2, 1.0);
        const Index length = habit.shortest_h + static_cast<Index>(stream.below(habit.longer_by_h));
        if (seasonal && keep >= storm_season(calendar[static_cast<std::size_t>(now)].day_of_year)) continue;
        episodes.push_back({habit.kind, now, std::min(now + length, hours), severity});
        now += length;
    }
}

}  // namespace

std::vector<DustEpisode> simulate_dust_episodes(const std::vector<SiteHour>& calendar, const DustSiteOptions& options) {
    std::vector<DustEpisode> episodes;
    simulate_kind({DustEpisodeKind::dust_storm, options.storms_per_year, 8, 40}, calendar, options.seed, episodes);
    simulate_kind({DustEpisodeKind::watering_failure, options.watering_failures_per_year, 12, 84}, calendar,
                  options.seed, episodes);
    std::stable_sort(episodes.begin(), episodes.end(),
                     [](const DustEpisode& a, const DustEpisode& b) { return a.begin < b.begin; });
    return episodes;
}

std::vector<double> severity_of(DustEpisodeKind kind, const std::vector<DustEpisode>& episodes, Index hours) {
    std::vector<double> severity(static_cast<std::size_t>(hours), 0.0);
    for (const DustEpisode& episode : episodes) {
        if (episode.kind != kind) continue;
        std::fill(severity.begin() + episode.begin, severity.begin() + episode.end, episode.severity);
    }
    return severity;
}

}  // namespace plantwright::simulate
