// SPDX-License-Identifier: MIT
#include "simulate/dust_sampler.hpp"

#include <algorithm>
#include <cmath>

#include "simulate/dust_streams.hpp"
#include "simulate/meters.hpp"

namespace plantwright::simulate {
namespace {

constexpr Index kHoursPerDay = 24, kCompleteHours = 18;

std::size_t cell(Index row, Index station, Index n_stations) {
    return static_cast<std::size_t>(row * n_stations + station);
}

/// As the instrument shows it: 5 % and 2 ug/m3 of noise, some hours lost, nothing censored yet.
Vector shown_by_instrument(const DustRun& run, Index station, const DustSiteOptions& options) {
    const std::uint64_t member = static_cast<std::uint64_t>(station);
    RandomStream noise = stream_of(options.seed, DustProcess::instrument, member);
    Vector shown = Vector::uninitialized(run.hours());
    for (Index t = 0; t < run.hours(); ++t) {
        const double truth = run.at[cell(t, station, run.n_stations)].total();
        const double relative = noise.normal(), absolute = noise.normal();
        shown[t] = std::max(0.0, truth * (1 + 0.05 * relative) + 2 * absolute);
    }
    lose_telegrams(shown, options.missing_fraction, stream_of(options.seed, DustProcess::telegrams, 1000 + member));
    return shown;
}

DustReading censored(double shown, const DustSiteOptions& options) {
    if (std::isnan(shown)) return {kNaN, DustFlag::missing};
    if (shown < options.detection_limit_ug_m3) return {options.detection_limit_ug_m3, DustFlag::below_detection};
    if (shown > options.saturation_ug_m3) return {options.saturation_ug_m3, DustFlag::saturated};
    return {shown, DustFlag::ok};
}

/// Sums over the hours of one day.
struct DaySums {
    double reported = 0, lower = 0, truth = 0;
    double ok = 0, below = 0, saturated = 0;

    void add(const DustReading& reading, double true_ug_m3) {
        truth += true_ug_m3;
        if (reading.flag == DustFlag::missing) return;
        reported += reading.ug_m3;
        ok += reading.flag == DustFlag::ok;
        below += reading.flag == DustFlag::below_detection;
        saturated += reading.flag == DustFlag::saturated;
        if (reading.flag != DustFlag::below_detection) lower += reading.ug_m3;
    }
    double hours() const { return ok + below + saturated; }
};

/// What is known of the day for certain, given what its reported hours leave open.
double exceeds(double lower, double upper, double limit) {
    if (lower >= limit) return 1;
    return upper < limit ? 0 : kNaN;  // false without an upper bound
}

DustDay day_of(const DaySums& sums, double limit) {
    const bool complete = sums.hours() >= kCompleteHours;
    const double mean = complete ? sums.reported / sums.hours() : kNaN;
    const double lower = complete ? sums.lower / sums.hours() : kNaN;
    const double upper = sums.saturated > 0 ? kNaN : mean;
    const double true_mean = sums.truth / kHoursPerDay;
    return {mean,
            lower,
            upper,
            sums.ok,
            sums.below,
            sums.saturated,
            exceeds(lower, upper, limit),
            true_mean,
            true_mean >= limit ? 1.0 : 0.0};
}

}  // namespace

std::vector<DustReading> sample_dust(const DustRun& run, const DustSiteOptions& options) {
    std::vector<DustReading> readings(run.at.size());
    for (Index station = 0; station < run.n_stations; ++station) {
        const Vector shown = shown_by_instrument(run, station, options);
        for (Index t = 0; t < run.hours(); ++t) {
            readings[cell(t, station, run.n_stations)] = censored(shown[t], options);
        }
    }
    return readings;
}

std::vector<DustDay> dust_days(const DustRun& run, const std::vector<DustReading>& readings,
                               const DustSiteOptions& options) {
    std::vector<DustDay> days;
    days.reserve(readings.size() / kHoursPerDay);
    for (Index day = 0; day < run.hours() / kHoursPerDay; ++day) {
        for (Index station = 0; station < run.n_stations; ++station) {
            DaySums sums;
            for (Index t = day * kHoursPerDay; t < (day + 1) * kHoursPerDay; ++t) {
                const std::size_t at = cell(t, station, run.n_stations);
                sums.add(readings[at], run.at[at].total());
            }
            days.push_back(day_of(sums, options.limit_ug_m3));
        }
    }
    return days;
}

}  // namespace plantwright::simulate
