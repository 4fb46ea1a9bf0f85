// SPDX-License-Identifier: MIT
/// What enters the reactor hour by hour: campaigns of the modes in turn, wandering conditions, upsets.
#pragma once

#include <cstdint>
#include <vector>

#include "plantwright/simulate/reactor.hpp"

namespace plantwright::simulate {

struct ReactorUpset {
    std::size_t mode, condition;  ///< places in the modes and in kConditions
    Index campaign;
    Index begin, end;  ///< hours of the history, [begin, end)
    double shift;      ///< of the condition, in its unit
};

struct ReactorHour {
    std::size_t mode;
    Index campaign, campaign_hour;
    int upset;  ///< 0 = none, else 1 + the condition's place
    ReactorConditions truth;
};

struct ReactorHistory {
    std::vector<ReactorHour> hours;
    std::vector<ReactorUpset> upsets;
};

ReactorHistory plan_history(const std::vector<ReactorMode>& modes, const ReactorHistoryOptions& options);

}  // namespace plantwright::simulate
