// SPDX-License-Identifier: MIT
#include "simulate/reactor_frames.hpp"

#include <algorithm>
#include <string>

#include "simulate/frame_columns.hpp"
#include "simulate/instruments.hpp"
#include "simulate/reactor_streams.hpp"
#include "simulate/start_day.hpp"

namespace plantwright::simulate {
namespace {

constexpr std::int64_t kMinute_ns = 60'000'000'000, kHour_ns = 60 * kMinute_ns;

std::int64_t start_ns(const std::string& start) {
    const std::chrono::sys_days day = start_day("Reactor", start);
    return std::chrono::duration_cast<std::chrono::nanoseconds>(day.time_since_epoch()).count();
}

std::vector<std::string> mode_names(const ReactorOptions& reactor) {
    std::vector<std::string> names;
    for (const ReactorMode& mode : reactor.modes) names.push_back(mode.name);
    return names;
}

/// "none", then the measured conditions: the levels of an upset's label.
std::vector<std::string> upset_names() {
    std::vector<std::string> names = {"none"};
    for (std::size_t i = 0; i < kMeasured; ++i) names.emplace_back(kConditions[i].name);
    return names;
}

template <class T>
const T& at(const std::vector<T>& values, Index i) {
    return values[static_cast<std::size_t>(i)];
}

void add_measured_conditions(FrameColumns& frame, const std::vector<Reading>& readings) {
    for (std::size_t i = 0; i < kMeasured; ++i) {
        const ConditionTraits& condition = kConditions[i];
        frame.numbers(condition.name, condition.unit, condition.role, condition.description,
                      [&readings, i](Index t) { return at(readings, t).conditions[i]; });
    }
}

void add_measured_outcomes(FrameColumns& frame, const std::vector<Reading>& readings) {
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
        const OutcomeTraits& outcome = kOutcomes[i];
        frame.numbers(outcome.name, outcome.unit, Role::target, outcome.description,
                      [&readings, i](Index t) { return at(readings, t).outcomes[i]; });
    }
}

template <class ConditionsAt, class OutcomeAt>
void add_truth(FrameColumns& frame, ConditionsAt conditions_at, OutcomeAt outcome_at) {
    for (const ConditionTraits& condition : kConditions) {
        frame.numbers("true_" + std::string(condition.name), condition.unit, Role::ignored, "truth, without noise",
                      [&](Index t) { return conditions_at(t).*condition.value; });
    }
    for (const OutcomeTraits& outcome : kOutcomes) {
        frame.numbers("true_" + std::string(outcome.name), outcome.unit, Role::ignored, "truth, without noise",
                      [&](Index t) { return outcome_at(t).*outcome.value; });
    }
}

/// What the thermometers show is an input of a warning; what the laboratory finds comes too late for one.
void add_live_outcomes(FrameColumns& frame, const std::vector<Reading>& readings) {
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
        const OutcomeTraits& outcome = kOutcomes[i];
        frame.numbers(outcome.name, outcome.unit, outcome.at_once ? Role::response : Role::target, outcome.description,
                      frame.values([&readings, i](Index t) { return at(readings, t).outcomes[i]; }), true);
    }
}

/// Each mode has instruments of its own, so that its readings do not depend on the other modes.
std::vector<Reading> read_history(const ReactorHistory& history, const std::vector<ReactorOutcome>& outcomes,
                                  const ReactorOptions& reactor, const ReactorHistoryOptions& options) {
    std::vector<Instruments> instruments;
    for (const ReactorMode& mode : reactor.modes) {
        instruments.emplace_back(reactor_stream(options.seed, ReactorProcess::measurement, key_of(mode.name)),
                                 options.noise);
    }
    std::vector<Reading> readings;
    readings.reserve(outcomes.size());
    for (std::size_t t = 0; t < outcomes.size(); ++t) {
        readings.push_back(instruments[history.hours[t].mode].read(history.hours[t].truth, outcomes[t]));
    }
    return readings;
}

/// Minutes of all episodes in one row after another.
struct FlatEpisodes {
    std::vector<const Episode*> episode;
    std::vector<Index> minute;
    std::vector<Reading> readings;

    const EpisodeMinute& now(Index t) const { return at(at(episode, t)->minutes, at(minute, t)); }
};

FlatEpisodes flatten(const std::vector<Episode>& episodes, const ReactorEpisodeOptions& options) {
    FlatEpisodes flat;
    for (std::size_t number = 0; number < episodes.size(); ++number) {
        const Episode& episode = episodes[number];
        Instruments instruments(reactor_stream(options.seed, ReactorProcess::measurement, number), options.noise);
        for (std::size_t minute = 0; minute < episode.minutes.size(); ++minute) {
            const EpisodeMinute& now = episode.minutes[minute];
            ReactorOutcome shown = now.outcome;
            shown.T_max_K = now.hot_spot_sensor_K;
            flat.episode.push_back(&episode);
            flat.minute.push_back(static_cast<Index>(minute));
            flat.readings.push_back(instruments.read(now.truth, shown));
        }
    }
    return flat;
}

void add_episode_labels(FrameColumns& frame, const FlatEpisodes& flat) {
    frame.categories("cause", "label: what goes wrong, from the minute in which it begins", kCauseNames, Role::ignored,
                     [&](Index t) {
                         const Episode& episode = *at(flat.episode, t);
                         return episode.caused_at(at(flat.minute, t)) ? episode.cause : EpisodeCause::none;
                     });
    frame.numbers("minutes_to_runaway", "min", Role::ignored,
                  "label: 0 from the first minute on, missing if none comes", [&](Index t) {
                      const Episode& episode = *at(flat.episode, t);
                      const bool none = episode.runaway == static_cast<Index>(episode.minutes.size());
                      const Index left = std::max<Index>(0, episode.runaway - at(flat.minute, t));
                      return none ? kNaN : static_cast<double>(left);
                  });
}

}  // namespace

Frame outcomes_frame(const std::vector<ReactorOutcome>& outcomes) {
    FrameColumns frame(static_cast<Index>(outcomes.size()));
    for (const OutcomeTraits& outcome : kOutcomes) {
        frame.numbers(outcome.name, outcome.unit, Role::target, outcome.description,
                      [&](Index row) { return at(outcomes, row).*outcome.value; });
    }
    frame.numbers("hot_spot_dm3", "dm3", Role::target, "volume at which the gas is hottest",
                  [&](Index row) { return at(outcomes, row).hot_spot_dm3; });
    return std::move(frame).build();
}

Frame profile_frame(const PlugFlow& reactor, const std::vector<State>& points, double spacing_dm3) {
    FrameColumns frame(static_cast<Index>(points.size()));
    frame.numbers("volume_dm3", "dm3", Role::feature, "from the inlet",
                  [&](Index i) { return static_cast<double>(i) * spacing_dm3; });
    const auto flows = [&](double Flows::*flow) {
        return [&, flow](Index i) { return reactor.flows(at(points, i)).*flow; };
    };
    frame.numbers("flow_A_mol_min", "mol/min", Role::feature, "A", flows(&Flows::A));
    frame.numbers("flow_B_mol_min", "mol/min", Role::feature, "B", flows(&Flows::B));
    frame.numbers("flow_C_mol_min", "mol/min", Role::feature, "C", flows(&Flows::C));
    frame.numbers("flow_D_mol_min", "mol/min", Role::feature, "D", flows(&Flows::D));
    frame.numbers("gas_K", "K", Role::feature, "gas", [&](Index i) { return at(points, i)[kGas]; });
    frame.numbers("coolant_K", "K", Role::feature, "coolant", [&](Index i) { return at(points, i)[kCoolant]; });
    return std::move(frame).build();
}

Frame history_frame(const ReactorHistory& history, const std::vector<ReactorOutcome>& outcomes,
                    const std::vector<double>& targets, const ReactorOptions& reactor,
                    const ReactorHistoryOptions& options) {
    const std::vector<Reading> readings = read_history(history, outcomes, reactor, options);
    const auto hour = [&](Index t) -> const ReactorHour& { return at(history.hours, t); };
    const auto outcome = [&](Index t) -> const ReactorOutcome& { return at(outcomes, t); };
    const std::int64_t start = start_ns(options.start);
    FrameColumns frame(static_cast<Index>(outcomes.size()));
    frame.times("time", "start of the hour, plant's local clock", [&](Index t) { return start + t * kHour_ns; });
    frame.categories("mode", "way the plant is run", mode_names(reactor), Role::feature,
                     [&](Index t) { return hour(t).mode; });
    frame.numbers("campaign", "", Role::group, "counted from 0; the reactor is cleaned in between",
                  [&](Index t) { return hour(t).campaign; });
    frame.numbers("campaign_hour", "h", Role::feature, "since the reactor was cleaned",
                  [&](Index t) { return hour(t).campaign_hour; });
    add_measured_conditions(frame, readings);
    add_measured_outcomes(frame, readings);
    add_truth(frame, [&](Index t) -> const ReactorConditions& { return hour(t).truth; }, outcome);
    frame.numbers("yield_target", "", Role::ignored, "yield below which the mode is off spec",
                  [&](Index t) { return targets[hour(t).mode]; });
    frame.categories("upset", "label: the condition that is off its set-point", upset_names(), Role::ignored,
                     [&](Index t) { return hour(t).upset; });
    frame.numbers("off_spec", "", Role::ignored, "label: 1 where the true yield is below its target",
                  [&](Index t) { return outcome(t).yield_C < targets[hour(t).mode]; });
    frame.numbers("runaway", "", Role::ignored, "label: 1 where the true hot spot is above the limit",
                  [&](Index t) { return outcome(t).T_max_K > reactor.runaway_K; });
    return std::move(frame).build();
}

Frame upsets_frame(const ReactorHistory& history, const ReactorOptions& reactor, const ReactorHistoryOptions& options) {
    const auto upset = [&](Index i) -> const ReactorUpset& { return at(history.upsets, i); };
    const std::int64_t start = start_ns(options.start);
    std::vector<std::string> conditions = upset_names();
    conditions.erase(conditions.begin());
    FrameColumns frame(static_cast<Index>(history.upsets.size()));
    frame.categories("mode", "way the plant is run", mode_names(reactor), Role::feature,
                     [&](Index i) { return upset(i).mode; });
    frame.numbers("campaign", "", Role::group, "counted from 0", [&](Index i) { return upset(i).campaign; });
    frame.categories("condition", "that is off its set-point", conditions, Role::feature,
                     [&](Index i) { return upset(i).condition; });
    frame.times("start", "first hour", [&](Index i) { return start + upset(i).begin * kHour_ns; });
    frame.times("end", "hour after the last", [&](Index i) { return start + upset(i).end * kHour_ns; });
    frame.numbers("shift", "", Role::feature, "of the condition, in its unit", [&](Index i) { return upset(i).shift; });
    return std::move(frame).build();
}

Frame episodes_frame(const std::vector<Episode>& episodes, const ReactorOptions& reactor,
                     const ReactorEpisodeOptions& options) {
    const FlatEpisodes flat = flatten(episodes, options);
    const std::int64_t start = start_ns(options.start);
    FrameColumns frame(static_cast<Index>(flat.minute.size()));
    frame.times("time", "start of the minute; one episode after another",
                [&](Index t) { return start + t * kMinute_ns; });
    frame.numbers("episode", "", Role::group, "counted from 0",
                  [&](Index t) { return at(flat.episode, t) - episodes.data(); });
    frame.numbers("minute", "min", Role::feature, "of the episode", [&](Index t) { return at(flat.minute, t); });
    frame.categories("mode", "way the plant is run", mode_names(reactor), Role::feature,
                     [&](Index t) { return at(flat.episode, t)->mode; });
    add_measured_conditions(frame, flat.readings);
    frame.numbers("cooler_valve", "", Role::feature, "of the coolant's cooler, 0 shut to 1 open",
                  [&](Index t) { return flat.now(t).cooler_valve; });
    add_live_outcomes(frame, flat.readings);
    add_truth(
        frame, [&](Index t) -> const ReactorConditions& { return flat.now(t).truth; },
        [&](Index t) -> const ReactorOutcome& { return flat.now(t).outcome; });
    frame.numbers("true_cooler", "", Role::ignored, "capacity of the coolant's cooler over that of the clean one",
                  [&](Index t) { return flat.now(t).cooler; });
    frame.numbers("runaway", "", Role::ignored, "label: 1 where the true hot spot is above the limit",
                  [&](Index t) { return flat.now(t).outcome.T_max_K > reactor.runaway_K; });
    add_episode_labels(frame, flat);
    return std::move(frame).build();
}

Frame causes_frame(const std::vector<Episode>& episodes, const ReactorOptions& reactor,
                   const ReactorEpisodeOptions& options) {
    const auto episode = [&](Index i) -> const Episode& { return at(episodes, i); };
    const Index length = 60 * options.hours;
    const std::int64_t start = start_ns(options.start);
    const auto time_of = [&](Index i, Index minute) {
        return minute == length ? kMissingTime : start + (i * length + minute) * kMinute_ns;
    };
    FrameColumns frame(static_cast<Index>(episodes.size()));
    frame.numbers("episode", "", Role::group, "counted from 0", [](Index i) { return i; });
    frame.categories("mode", "way the plant is run", mode_names(reactor), Role::feature,
                     [&](Index i) { return episode(i).mode; });
    frame.categories("cause", "what goes wrong", kCauseNames, Role::feature, [&](Index i) { return episode(i).cause; });
    frame.times("start", "minute in which it begins", [&](Index i) { return time_of(i, episode(i).start); });
    frame.numbers("severity", "", Role::feature, "0.5 to 1; 0 where nothing goes wrong",
                  [&](Index i) { return episode(i).severity; });
    frame.times("runaway", "first minute with a hot spot above the limit",
                [&](Index i) { return time_of(i, episode(i).runaway); });
    return std::move(frame).build();
}

}  // namespace plantwright::simulate
