// SPDX-License-Identifier: MIT
#include "simulate/instruments.hpp"

#include <algorithm>
#include <cmath>

namespace plantwright::simulate {

Reading Instruments::read(const ReactorConditions& conditions, const ReactorOutcome& outcome) {
    Reading reading{};
    for (std::size_t i = 0; i < kMeasured; ++i) {
        const ConditionTraits& condition = kConditions[i];
        const double truth = conditions.*condition.value;
        const double spread = condition.relative ? condition.noise * truth : condition.noise;
        reading.conditions[i] = std::max(0.0, truth + noise_ * spread * stream_.normal());
    }
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
        const OutcomeTraits& traits = kOutcomes[i];
        const double truth = outcome.*traits.value;
        const double spread = traits.absolute_noise + traits.relative_noise * truth, draw = stream_.normal();
        const bool defined = !std::isnan(truth);  // no yield where nothing reacted
        reading.outcomes[i] = defined ? std::clamp(truth + noise_ * spread * draw, 0.0, traits.highest) : truth;
    }
    return reading;
}

}  // namespace plantwright::simulate
