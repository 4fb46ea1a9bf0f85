// SPDX-License-Identifier: MIT
#include "simulate/reactor_history.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/reactor_streams.hpp"
#include "simulate/reactor_tables.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr Index kShortestCampaign_h = 72, kLongestCampaign_h = 168;
constexpr double kMeanCampaign_h = 0.5 * (kShortestCampaign_h + kLongestCampaign_h);
constexpr double kFoulingPerHour = 0.10 / kLongestCampaign_h;  // of the heat transfer; cleaned between campaigns
constexpr double kMemory = 0.8, kInnovation = 0.6;             // an hour's memory; sqrt(1 - memory^2)

/// The size of a deviation, a fraction of the set-point or in K, in the condition's own unit.
double in_unit(const ConditionTraits& condition, double set_point, double deviation) {
    return condition.relative ? deviation * set_point : deviation;
}

/// Adds to a condition and keeps it physical.
void shift(ReactorConditions& at, const ConditionTraits& condition, double set_point, double by) {
    double& value = at.*condition.value;
    value = std::clamp(value + by, condition.relative ? 0.1 * set_point : condition.low, condition.high);
}

/// Plans one mode's campaigns, each from the mode's own streams.
class ModePlanner {
public:
    ModePlanner(std::size_t mode, const ReactorMode& what, const ReactorHistoryOptions& options)
        : mode_(mode), set_points_(what.set_points), options_(options),
          campaigns_(reactor_stream(options.seed, ReactorProcess::campaigns, key_of(what.name))),
          wander_(reactor_stream(options.seed, ReactorProcess::wander, key_of(what.name))),
          upsets_(reactor_stream(options.seed, ReactorProcess::upsets, key_of(what.name))) {}

    void append_campaign(Index campaign, ReactorHistory& history) {
        const Index length =
            kShortestCampaign_h + static_cast<Index>(campaigns_.below(kLongestCampaign_h - kShortestCampaign_h + 1));
        const Index begin = static_cast<Index>(history.hours.size());
        for (Index hour = 0; hour < length; ++hour) history.hours.push_back({mode_, campaign, hour, 0, set_points_});
        for (const ConditionTraits& condition : kConditions) wander(condition, begin, history);
        foul(begin, history);
        upset(campaign, begin, history);
    }

private:
    void wander(const ConditionTraits& condition, Index begin, ReactorHistory& history) {
        const double set_point = set_points_.*condition.value;
        const double offset = condition.campaign_spread * campaigns_.normal();
        Autoregression wandering(kMemory, kInnovation);
        for (std::size_t t = static_cast<std::size_t>(begin); t < history.hours.size(); ++t) {
            const double deviation = options_.wander * (offset + condition.wander_spread * wandering.step(wander_));
            shift(history.hours[t].truth, condition, set_point, in_unit(condition, set_point, deviation));
        }
    }

    void foul(Index begin, ReactorHistory& history) const {
        for (std::size_t t = static_cast<std::size_t>(begin); t < history.hours.size(); ++t) {
            const double fouling =
                std::min(1.0, options_.wander) * kFoulingPerHour * static_cast<double>(history.hours[t].campaign_hour);
            history.hours[t].truth.heat_transfer *= std::max(0.1, 1 - fouling);
        }
    }

    Index waiting_hours() {
        const double mean_h = kMeanCampaign_h / options_.upsets_per_campaign;
        return 1 + static_cast<Index>(-elementary::log(1 - upsets_.uniform()) * mean_h);
    }

    void upset(Index campaign, Index begin, ReactorHistory& history) {
        if (options_.upsets_per_campaign <= 0) return;
        const Index campaign_end = static_cast<Index>(history.hours.size());
        for (Index now = begin + waiting_hours(); now < campaign_end; now += waiting_hours()) {
            const std::size_t place = static_cast<std::size_t>(upsets_.below(kMeasured));
            const ConditionTraits& condition = kConditions[place];
            const Index end = std::min(campaign_end, now + 6 + static_cast<Index>(upsets_.below(19)));
            const double size = condition.upset * upsets_.uniform(0.6, 1.4) * (upsets_.below(2) == 0 ? -1 : 1);
            const double set_point = set_points_.*condition.value, by = in_unit(condition, set_point, size);
            for (Index t = now; t < end; ++t) {
                ReactorHour& hour = history.hours[static_cast<std::size_t>(t)];
                hour.upset = 1 + static_cast<int>(place);
                shift(hour.truth, condition, set_point, by);
            }
            history.upsets.push_back({mode_, place, campaign, now, end, by});
            now = end;
        }
    }

    std::size_t mode_;
    ReactorConditions set_points_;
    ReactorHistoryOptions options_;
    RandomStream campaigns_, wander_, upsets_;
};

/// The campaign that `n` cuts short, and its upsets.
void cut(ReactorHistory& history, Index n) {
    history.hours.erase(history.hours.begin() + n, history.hours.end());
    std::erase_if(history.upsets, [n](const ReactorUpset& upset) { return upset.begin >= n; });
    for (ReactorUpset& upset : history.upsets) upset.end = std::min(upset.end, n);
}

}  // namespace

ReactorHistory plan_history(const std::vector<ReactorMode>& modes, const ReactorHistoryOptions& options) {
    std::vector<ModePlanner> planners;
    for (std::size_t mode = 0; mode < modes.size(); ++mode) planners.emplace_back(mode, modes[mode], options);
    ReactorHistory history;
    for (Index campaign = 0; static_cast<Index>(history.hours.size()) < options.n; ++campaign) {
        planners[static_cast<std::size_t>(campaign) % planners.size()].append_campaign(campaign, history);
    }
    cut(history, options.n);
    return history;
}

}  // namespace plantwright::simulate
