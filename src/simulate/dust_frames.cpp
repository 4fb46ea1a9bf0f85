// SPDX-License-Identifier: MIT
#include "simulate/dust_frames.hpp"

#include <string>
#include <utility>

#include "simulate/dust_sampler.hpp"
#include "simulate/dust_streams.hpp"
#include "simulate/frame_columns.hpp"
#include "simulate/meters.hpp"

namespace plantwright::simulate {
namespace {

constexpr std::int64_t kNanosecondsPerHour = 3'600'000'000'000;

/// Columns of `(moments, n_stations)` rows, in order of time.
class StationColumns : public FrameColumns {
public:
    StationColumns(Index moments, const DustSiteOptions& options)
        : FrameColumns(moments * static_cast<Index>(options.stations.size())), options_(options),
          n_stations_(static_cast<Index>(options.stations.size())) {}

    /// Where and when.
    void add_place(const std::vector<SiteHour>& calendar, Index hours_apart, const char* description) {
        times("time", description,
              [&](Index row) { return calendar[static_cast<std::size_t>(row / n_stations_ * hours_apart)].time_ns; });
        std::vector<std::string> names;
        for (const DustStation& station : options_.stations) names.push_back(station.name);
        categories("station", "where PM10 is sampled", names, Role::feature,
                   [&](Index row) { return row % n_stations_; });
    }

    /// The same for all stations, `value_at(hour)`.
    template <class ValueAt>
    void shared(const char* name, const char* unit, Role role, const char* description, ValueAt value_at) {
        numbers(name, unit, role, description, [&](Index row) { return value_at(row / n_stations_); });
    }

    /// As `shared`, by telegrams of which some are lost.
    template <class ValueAt>
    void readings(const char* name, const char* unit, const char* description, ValueAt value_at) {
        Vector shown = Vector::uninitialized(rows() / n_stations_);
        for (Index t = 0; t < shown.size(); ++t) shown[t] = value_at(t);
        lose_telegrams(shown, options_.missing_fraction, stream_of(options_.seed, DustProcess::telegrams, channel_++));
        shared(name, unit, Role::disturbance, description, [&](Index hour) { return shown[hour]; });
    }

private:
    const DustSiteOptions& options_;
    Index n_stations_;
    std::uint64_t channel_ = 0;
};

void add_weather(StationColumns& frame, const DustRun& run) {
    const auto air = [&run](Index t) -> const AirHour& { return run.air[static_cast<std::size_t>(t)]; };
    frame.readings("temperature_C", "C", "at the mine's mast", [&](Index t) { return air(t).weather.temperature_C; });
    frame.readings("dew_point_C", "C", "at the mine's mast", [&](Index t) { return air(t).weather.dew_point_C; });
    frame.readings("humidity_percent", "%", "relative", [&](Index t) { return air(t).weather.humidity_percent; });
    frame.readings("pressure_hPa", "hPa", "at the mine's mast", [&](Index t) { return air(t).pressure_hPa; });
    frame.readings("wind_speed_m_s", "m/s", "mean of the hour, 10 m above ground",
                   [&](Index t) { return air(t).wind_m_s; });
    frame.readings("wind_direction_deg", "deg", "where it comes from, clockwise from north",
                   [&](Index t) { return air(t).wind_from_deg; });
    frame.readings("rain_mm", "mm", "of the hour, snow as water", [&](Index t) { return air(t).rain_mm; });
}

void add_plan(StationColumns& frame, const DustRun& run) {
    const auto mine = [&run](Index t) -> const MineHour& { return run.mine[static_cast<std::size_t>(t)]; };
    frame.shared("hauling_planned", "", Role::feature, "share of the trucks, 0 to 1",
                 [&](Index t) { return mine(t).hauling; });
    frame.shared("blast_planned", "", Role::feature, "1 in the hour of a blast",
                 [&](Index t) { return mine(t).blast; });
}

void add_dust(StationColumns& frame, const DustRun& run, const std::vector<DustReading>& readings) {
    const auto at = [&](Index row) -> const DustAt& { return run.at[static_cast<std::size_t>(row)]; };
    const auto reading = [&](Index row) -> const DustReading& { return readings[static_cast<std::size_t>(row)]; };
    frame.numbers("PM10_ug_m3", "ug/m3", Role::target, "mean of the hour, censored: see PM10_flag",
                  [&](Index row) { return reading(row).ug_m3; });
    frame.categories("PM10_flag",
                     "of the hour's PM10: at the detection limit or the upper end of the range it is "
                     "censored",
                     kDustFlagNames, Role::response, [&](Index row) { return reading(row).flag; });
    frame.numbers("true_PM10_ug_m3", "ug/m3", Role::ignored, "neither noisy nor censored",
                  [&](Index row) { return at(row).total(); });
    frame.numbers("true_background_ug_m3", "ug/m3", Role::ignored, "part of the truth, from the region and from afar",
                  [&](Index row) { return at(row).background; });
    frame.numbers("true_pit_ug_m3", "ug/m3", Role::ignored, "part of the truth, hauling and blasting",
                  [&](Index row) { return at(row).pit; });
    frame.numbers("true_tailings_ug_m3", "ug/m3", Role::ignored, "part of the truth, wind erosion",
                  [&](Index row) { return at(row).tailings; });
}

void add_truth_of_the_site(StationColumns& frame, const DustRun& run, const std::vector<DustDay>& days) {
    frame.shared("true_soil_moisture_percent", "%", Role::ignored, "of the dry soil's mass, top 2 cm",
                 [&](Index t) { return run.sources[static_cast<std::size_t>(t)].moisture_percent; });
    frame.shared("true_mixing_height_m", "m", Role::ignored, "low under an inversion",
                 [&](Index t) { return run.air[static_cast<std::size_t>(t)].mixing_height_m; });
    frame.numbers("true_exceeds", "", Role::ignored, "label: 1 where the day's true mean reaches the limit",
                  [&](Index row) {
                      const Index day = row / run.n_stations / 24, station = row % run.n_stations;
                      return days[static_cast<std::size_t>(day * run.n_stations + station)].true_exceeds;
                  });
    for (int kind = 0; kind < kDustEpisodeKinds; ++kind) {
        const std::vector<double> severity = severity_of(static_cast<DustEpisodeKind>(kind), run.episodes, run.hours());
        const std::string name = "episode_" + kDustEpisodeNames[static_cast<std::size_t>(kind)];
        frame.shared(name.c_str(), "", Role::ignored, "label: severity, 0 = none, 1 = worst",
                     [&](Index t) { return severity[static_cast<std::size_t>(t)]; });
    }
}

}  // namespace

Frame frame_of_hours(const DustRun& run, const DustSiteOptions& options) {
    const std::vector<DustReading> readings = sample_dust(run, options);
    StationColumns frame(run.hours(), options);
    frame.add_place(run.calendar, 1, "start of the hour, the mine's local clock");
    add_weather(frame, run);
    add_plan(frame, run);
    add_dust(frame, run, readings);
    add_truth_of_the_site(frame, run, dust_days(run, readings, options));
    return std::move(frame).build();
}

Frame frame_of_days(const DustRun& run, const DustSiteOptions& options) {
    const std::vector<DustDay> days = dust_days(run, sample_dust(run, options), options);
    StationColumns frame(run.hours() / 24, options);
    frame.add_place(run.calendar, 24, "start of the day, the mine's local clock");
    const auto column = [&](const char* name, const char* unit, Role role, const char* description,
                            double DustDay::*member) {
        frame.numbers(name, unit, role, description,
                      [&](Index row) { return days[static_cast<std::size_t>(row)].*member; });
    };
    column("PM10_mean_ug_m3", "ug/m3", Role::target, "of the hours as reported; NaN below 18", &DustDay::mean);
    column("PM10_lower_ug_m3", "ug/m3", Role::response, "with hours below detection as 0", &DustDay::lower);
    column("PM10_upper_ug_m3", "ug/m3", Role::response, "NaN where an hour is saturated", &DustDay::upper);
    column("hours_ok", "h", Role::response, "reported, not censored", &DustDay::hours_ok);
    column("hours_below_detection", "h", Role::response, "censored from below", &DustDay::hours_below);
    column("hours_saturated", "h", Role::response, "censored from above", &DustDay::hours_saturated);
    column("exceeds", "", Role::target, "1 or 0 where the bounds tell, else NaN", &DustDay::exceeds);
    column("true_PM10_mean_ug_m3", "ug/m3", Role::ignored, "of all 24 hours", &DustDay::true_mean);
    column("true_exceeds", "", Role::ignored, "label", &DustDay::true_exceeds);
    return std::move(frame).build();
}

Frame frame_of_episodes(const std::vector<DustEpisode>& episodes, std::int64_t origin_ns) {
    FrameColumns frame(static_cast<Index>(episodes.size()));
    const auto at = [&](Index i) -> const DustEpisode& { return episodes[static_cast<std::size_t>(i)]; };
    const auto hour = [&](Index h) { return origin_ns + h * kNanosecondsPerHour; };
    frame.categories("kind", "what happens", kDustEpisodeNames, Role::feature, [&](Index i) { return at(i).kind; });
    frame.times("start", "its first hour", [&](Index i) { return hour(at(i).begin); });
    frame.times("end", "the hour after its last", [&](Index i) { return hour(at(i).end); }, Role::feature);
    frame.numbers("severity", "", Role::feature, "0.2 to 1", [&](Index i) { return at(i).severity; });
    return std::move(frame).build();
}

}  // namespace plantwright::simulate
