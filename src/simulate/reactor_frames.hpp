// SPDX-License-Identifier: MIT
/// The reactor's results as tables, with units, roles and measurement noise.
#pragma once

#include <vector>

#include "simulate/plug_flow.hpp"
#include "simulate/reactor_episodes.hpp"
#include "simulate/reactor_history.hpp"

namespace plantwright::simulate {

Frame outcomes_frame(const std::vector<ReactorOutcome>& outcomes);
Frame profile_frame(const PlugFlow& reactor, const std::vector<State>& points, double spacing_dm3);

/// `targets`: per mode, the yield below which it is off spec.
Frame history_frame(const ReactorHistory& history, const std::vector<ReactorOutcome>& outcomes,
                    const std::vector<double>& targets, const ReactorOptions& reactor,
                    const ReactorHistoryOptions& options);
Frame upsets_frame(const ReactorHistory& history, const ReactorOptions& reactor, const ReactorHistoryOptions& options);

Frame episodes_frame(const std::vector<Episode>& episodes, const ReactorOptions& reactor,
                     const ReactorEpisodeOptions& options);
Frame causes_frame(const std::vector<Episode>& episodes, const ReactorOptions& reactor,
                   const ReactorEpisodeOptions& options);

}  // namespace plantwright::simulate
