// SPDX-License-Identifier: MIT
#include "plantwright/simulate/reactor.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "simulate/reactor_check.hpp"
#include "simulate/reactor_episodes.hpp"
#include "simulate/reactor_frames.hpp"
#include "simulate/reactor_history.hpp"
#include "simulate/rosenbrock.hpp"

namespace plantwright {
namespace {

using simulate::Flows;
using simulate::PlugFlow;
using simulate::State;
using simulate::Step;

constexpr Index kBlock = 64;  // rows handed to a thread at a time

/// The largest temperature of the gas so far, and where.
struct HotSpot {
    double volume_dm3, T_K;
    void see(const Step& step) {
        const double volume = step.peak_of_gas(), T = step.at(volume)[simulate::kGas];
        if (T > T_K) *this = {volume, T};
    }
};

ReactorOutcome outcome_of(const ReactorConditions& in, const Flows& out, const State& y, const HotSpot& hot_spot) {
    const double used_A = in.feed_A_mol_min - out.A;
    return {.T_max_K = hot_spot.T_K,
            .hot_spot_dm3 = hot_spot.volume_dm3,
            .conversion_A = used_A / in.feed_A_mol_min,
            .yield_C = used_A > 0 ? out.C / used_A : kNaN,
            .out_A_mol_min = out.A,
            .out_B_mol_min = out.B,
            .out_C_mol_min = out.C,
            .out_D_mol_min = out.D,
            .outlet_K = y[simulate::kGas],
            .coolant_outlet_K = y[simulate::kCoolant]};
}

/// Of conditions that have been checked.
ReactorOutcome solve_checked(const ReactorConditions& conditions, const ReactorOptions& options) {
    const PlugFlow reactor(conditions);
    HotSpot hot_spot{0, conditions.inlet_K};
    State outlet = reactor.inlet();
    simulate::integrate(reactor, options.volume_dm3, options.tolerance, [&](const Step& step) {
        hot_spot.see(step);
        outlet = step.y_to;
    });
    return outcome_of(conditions, reactor.flows(outlet), outlet, hot_spot);
}

/// `(n,)` outcomes of `conditions_at(row)`, in parallel.
template <class ConditionsAt>
std::vector<ReactorOutcome> solve_rows(Index n, const ReactorOptions& options, ConditionsAt conditions_at) {
    std::vector<ReactorOutcome> outcomes(static_cast<std::size_t>(n));
    parallel_for((n + kBlock - 1) / kBlock, resolve_n_jobs(options.n_jobs), [&](Index block, int) {
        for (Index row = block * kBlock; row < std::min(n, (block + 1) * kBlock); ++row) {
            outcomes[static_cast<std::size_t>(row)] = solve_checked(conditions_at(row), options);
        }
    });
    return outcomes;
}

/// Yield below which a mode is off spec.
std::vector<double> yield_targets(const ReactorOptions& options) {
    std::vector<double> targets;
    for (const ReactorMode& mode : options.modes) {
        targets.push_back(solve_checked(mode.set_points, options).yield_C - options.yield_margin);
    }
    return targets;
}

std::vector<simulate::Episode> run_episodes(const ReactorOptions& reactor, const ReactorEpisodeOptions& options) {
    std::vector<simulate::Episode> episodes(static_cast<std::size_t>(options.n));
    const auto solve = [&reactor](const ReactorConditions& conditions) { return solve_checked(conditions, reactor); };
    parallel_for(options.n, resolve_n_jobs(reactor.n_jobs), [&](Index i, int) {
        episodes[static_cast<std::size_t>(i)] = simulate::run_episode(i, reactor, options, solve);
    });
    return episodes;
}

}  // namespace

std::vector<ReactorMode> reactor_modes() {
    return {{"standard", {}},
            {"throughput",
             {.feed_A_mol_min = 7,
              .feed_B_mol_min = 14,
              .pressure_atm = 5.4,
              .inlet_K = 310,
              .coolant_mol_min = 17,
              .coolant_inlet_K = 330}},
            {"mild",
             {.feed_A_mol_min = 4.5,
              .feed_B_mol_min = 9.5,
              .pressure_atm = 4.2,
              .inlet_K = 330,
              .coolant_mol_min = 18,
              .coolant_inlet_K = 345}},
            {"low_pressure",
             {.feed_A_mol_min = 3,
              .feed_B_mol_min = 6,
              .pressure_atm = 3.6,
              .inlet_K = 320,
              .coolant_mol_min = 8,
              .coolant_inlet_K = 340}}};
}

Reactor::Reactor(ReactorOptions options) : options_(std::move(options)) { simulate::check(options_); }

ReactorOutcome Reactor::solve(const ReactorConditions& conditions) const {
    simulate::check(conditions, "Reactor.solve: ");
    return solve_checked(conditions, options_);
}

Frame Reactor::solve(const Frame& conditions) const {
    const std::vector<ReactorConditions> rows = simulate::read_conditions(conditions);
    return simulate::outcomes_frame(solve_rows(static_cast<Index>(rows.size()), options_,
                                               [&rows](Index row) { return rows[static_cast<std::size_t>(row)]; }));
}

Frame Reactor::profile(const ReactorConditions& conditions, Index n_points) const {
    simulate::check(conditions, "Reactor.profile: ");
    if (n_points < 2 || n_points > 1'000'000) {
        throw InvalidArgument("Reactor.profile: n_points must be in [2, 1000000], got " + std::to_string(n_points));
    }
    const PlugFlow reactor(conditions);
    const double spacing = options_.volume_dm3 / static_cast<double>(n_points - 1);
    std::vector<State> points = {reactor.inlet()};
    simulate::integrate(reactor, options_.volume_dm3, options_.tolerance, [&](const Step& step) {
        while (static_cast<Index>(points.size()) < n_points) {
            const bool last = static_cast<Index>(points.size()) == n_points - 1;
            const double volume = last ? options_.volume_dm3 : static_cast<double>(points.size()) * spacing;
            if (volume > step.to) return;
            points.push_back(step.at(volume));
        }
    });
    return simulate::profile_frame(reactor, points, spacing);
}

Frame Reactor::steady_states(const ReactorHistoryOptions& options) const {
    simulate::check(options);
    const simulate::ReactorHistory history = simulate::plan_history(options_.modes, options);
    const std::vector<ReactorOutcome> outcomes = solve_rows(
        options.n, options_, [&history](Index row) { return history.hours[static_cast<std::size_t>(row)].truth; });
    return simulate::history_frame(history, outcomes, yield_targets(options_), options_, options);
}

Frame Reactor::upsets(const ReactorHistoryOptions& options) const {
    simulate::check(options);
    return simulate::upsets_frame(simulate::plan_history(options_.modes, options), options_, options);
}

Frame Reactor::episodes(const ReactorEpisodeOptions& options) const {
    simulate::check(options);
    return simulate::episodes_frame(run_episodes(options_, options), options_, options);
}

Frame Reactor::causes(const ReactorEpisodeOptions& options) const {
    simulate::check(options);
    return simulate::causes_frame(run_episodes(options_, options), options_, options);
}

}  // namespace plantwright
