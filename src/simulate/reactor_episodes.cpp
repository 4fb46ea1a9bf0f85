// SPDX-License-Identifier: MIT
#include "simulate/reactor_episodes.hpp"

#include <algorithm>
#include <utility>

#include "plantwright/core/elementary.hpp"
#include "simulate/reactor_streams.hpp"
#include "simulate/reactor_tables.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kDesignValve = 0.5, kDesignApproach_K = 35, kHoldup_min = 120;
constexpr double kGain_per_K = 0.02, kIntegralTime_min = 30;
constexpr double kSensorLag_min = 3;
constexpr double kCalm = 0.2;  // of the hourly wander: an episode is a day, not a year
constexpr double kMemory = 0.99, kInnovation = 0.1410673597966589;  // a minute's memory; sqrt(1 - memory^2)

/// Tank, cooler and controller of the coolant; heats are divided by c, so that they are flows times kelvins.
class CoolantLoop {
public:
    CoolantLoop(const ReactorConditions& design, const ReactorOutcome& at_design)
        : set_point_K_(design.coolant_inlet_K), water_K_(design.coolant_inlet_K - kDesignApproach_K),
          holdup_mol_(kHoldup_min * design.coolant_mol_min),
          cooler_mol_min_(design.coolant_mol_min * (at_design.coolant_outlet_K - design.coolant_inlet_K) /
                          (kDesignValve * kDesignApproach_K)),
          tank_K_(design.coolant_inlet_K) {}

    double tank_K() const { return tank_K_; }
    double valve() const { return std::clamp(kDesignValve + kGain_per_K * error_K() + integral_, 0.0, 1.0); }

    /// One minute on; `cooler` is the share of its capacity that the cooler still has.
    void advance(double flow_mol_min, double return_K, double cooler) {
        const double removed = valve() * cooler_mol_min_ * cooler * (tank_K_ - water_K_);
        const double step = kGain_per_K * error_K() / kIntegralTime_min;
        integral_ =
            std::clamp(integral_ + step, -kDesignValve, 1 - kDesignValve);  // winds up no further than the valve
        tank_K_ += (flow_mol_min * (return_K - tank_K_) - removed) / holdup_mol_;
    }

private:
    double error_K() const { return tank_K_ - set_point_K_; }

    double set_point_K_, water_K_, holdup_mol_, cooler_mol_min_;
    double tank_K_, integral_ = 0;
};

/// Applies the cause as it stands `hours` after its start; returns the cooler's share.
double apply(EpisodeCause cause, double severity, double hours, ReactorConditions& at) {
    switch (cause) {
        case EpisodeCause::none: break;
        case EpisodeCause::heat_transfer_fouling: at.heat_transfer *= elementary::exp(-0.10 * severity * hours); break;
        case EpisodeCause::coolant_flow_loss: at.coolant_mol_min *= elementary::exp(-0.08 * severity * hours); break;
        case EpisodeCause::cooler_fouling: return elementary::exp(-0.25 * severity * hours);
        case EpisodeCause::pressure_drift: at.pressure_atm *= 1 + 0.025 * severity * hours; break;
        case EpisodeCause::feed_step: {
            const double throughput = 1 + 0.35 * severity * (1 - elementary::exp(-4 * hours));
            at.feed_A_mol_min *= throughput, at.feed_B_mol_min *= throughput, at.pressure_atm *= throughput;
            break;
        }
    }
    return 1;
}

/// The set-points of a plant at rest, each minute a little beside them; the coolant's temperature is the loop's.
class SetPoints {
public:
    SetPoints(const ReactorConditions& design, double wander, RandomStream stream)
        : design_(design), wander_(wander), stream_(stream),
          wandering_(kMeasured, Autoregression(kMemory, kInnovation)) {}

    ReactorConditions next() {
        ReactorConditions at = design_;
        for (std::size_t i = 0; i < kMeasured; ++i) {
            const ConditionTraits& condition = kConditions[i];
            const double deviation = kCalm * wander_ * condition.wander_spread * wandering_[i].step(stream_);
            double& value = at.*condition.value;
            value = condition.relative ? value * std::max(0.1, 1 + deviation) : value + deviation;
        }
        return at;
    }

private:
    ReactorConditions design_;
    double wander_;
    RandomStream stream_;
    std::vector<Autoregression> wandering_;
};

void keep_within(ReactorConditions& at) {
    for (const ConditionTraits& condition : kConditions) {
        double& value = at.*condition.value;
        value = std::clamp(value, condition.relative ? 1e-6 : condition.low, condition.high);
    }
}

}  // namespace

Episode draw_episode(Index number, std::size_t n_modes, const ReactorEpisodeOptions& options) {
    RandomStream stream = reactor_stream(options.seed, ReactorProcess::episode, static_cast<std::uint64_t>(number));
    Episode episode{};
    const Index length = 60 * options.hours;
    episode.mode = static_cast<std::size_t>(stream.below(n_modes));
    episode.cause = static_cast<EpisodeCause>(stream.below(kCauseNames.size()));
    const double begins = stream.uniform(0.15, 0.40), severity = stream.uniform(0.5, 1.0);
    const bool sound = episode.cause == EpisodeCause::none;
    episode.start = sound ? length : static_cast<Index>(begins * static_cast<double>(length));
    episode.severity = sound ? 0 : severity;
    episode.runaway = length;
    return episode;
}

Episode run_episode(Index number, const ReactorOptions& reactor, const ReactorEpisodeOptions& options,
                    const SolveReactor& solve) {
    Episode episode = draw_episode(number, reactor.modes.size(), options);
    const ReactorConditions& design = reactor.modes[episode.mode].set_points;
    const std::uint64_t key = static_cast<std::uint64_t>(number);
    SetPoints set_points(design, options.wander, reactor_stream(options.seed, ReactorProcess::wander, key));
    const ReactorOutcome at_design = solve(design);
    CoolantLoop loop(design, at_design);
    const double sensor_share = 1 - elementary::exp(-1 / kSensorLag_min);
    double sensor_K = at_design.T_max_K;
    for (Index minute = 0; minute < 60 * options.hours; ++minute) {
        ReactorConditions at = set_points.next();
        at.coolant_inlet_K = loop.tank_K();
        const double hours = static_cast<double>(minute - episode.start) / 60;
        const double cooler = episode.caused_at(minute) ? apply(episode.cause, episode.severity, hours, at) : 1;
        keep_within(at);
        const ReactorOutcome outcome = solve(at);
        sensor_K += sensor_share * (outcome.T_max_K - sensor_K);
        episode.minutes.push_back({at, outcome, sensor_K, loop.valve(), cooler});
        if (outcome.T_max_K > reactor.runaway_K) episode.runaway = std::min(episode.runaway, minute);
        loop.advance(at.coolant_mol_min, outcome.coolant_outlet_K, cooler);
    }
    return episode;
}

}  // namespace plantwright::simulate
