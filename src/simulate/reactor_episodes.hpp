// SPDX-License-Identifier: MIT
/// Dynamic episodes of the reactor: a quasi-steady gas over a coolant loop with heat capacity, minute by minute.
///
/// The gas stays some 16 s in the reactor, so at each minute it is at the steady state of that minute's conditions.
/// What has inertia is the coolant loop, a stirred tank that feeds the jacket and is held at its set-point by a cooler:
///
///     N c dTa0/dt = m c (Ta_out - Ta0) - u K (Ta0 - Tw),   c = 18.02 cal/(mol K),   N = 120 min of the design flow
///     u = 1/2 + 0.02 e + 0.02/30 integral of e dt, within [0, 1],   e = Ta0 - set-point
///
/// with K and Tw such that the design duty needs u = 1/2 at Ta0 - Tw = 35 K; advanced by Euler's method, a minute a
/// step, where the loop's fastest time constant is ten. The thermometer of the hot spot lags by 3 minutes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plantwright/simulate/reactor.hpp"

namespace plantwright::simulate {

/// What goes wrong, s = severity in [0.5, 1], t in hours since its start:
enum class EpisodeCause : std::int32_t {
    none,
    heat_transfer_fouling,  ///< Ua * exp(-0.10 s t)
    coolant_flow_loss,      ///< m * exp(-0.08 s t), a worn pump
    cooler_fouling,         ///< K * exp(-0.25 s t): the loop warms once the controller has no reserve left
    pressure_drift,         ///< P * (1 + 0.025 s t), a set-point that creeps
    feed_step               ///< Fa0, Fb0 and P * (1 + 0.35 s (1 - exp(-4 t))): more throughput, within a quarter hour
};
inline const std::vector<std::string> kCauseNames = {"none",           "heat_transfer_fouling", "coolant_flow_loss",
                                                     "cooler_fouling", "pressure_drift",        "feed_step"};

struct EpisodeMinute {
    ReactorConditions truth;
    ReactorOutcome outcome;
    double hot_spot_sensor_K;  ///< before its noise
    double cooler_valve;       ///< u
    double cooler;             ///< K over that of the clean cooler
};

struct Episode {
    std::size_t mode;
    EpisodeCause cause;
    Index start;      ///< minute in which the cause begins; the episode's length if there is none
    double severity;  ///< 0 if there is none
    Index runaway;    ///< first minute with a hot spot above the limit; the episode's length if there is none
    std::vector<EpisodeMinute> minutes;

    bool caused_at(Index minute) const { return minute >= start; }
};

using SolveReactor = std::function<ReactorOutcome(const ReactorConditions&)>;

/// Mode, cause, start and severity alone.
Episode draw_episode(Index number, std::size_t n_modes, const ReactorEpisodeOptions& options);

Episode run_episode(Index number, const ReactorOptions& reactor, const ReactorEpisodeOptions& options,
                    const SolveReactor& solve);

}  // namespace plantwright::simulate
