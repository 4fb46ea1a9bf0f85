// SPDX-License-Identifier: MIT
#include "simulate/meters.hpp"

#include <algorithm>

#include "simulate/streams.hpp"

namespace plantwright::simulate {

void lose_telegrams(Vector& readings, double fraction, RandomStream stream) {
    if (fraction <= 0) return;
    constexpr double kMeanBurst_h = 3.5;
    // Outside a burst one begins with chance p, so a share kMeanBurst / (kMeanBurst + 1/p - 1) of the hours is lost.
    const double begin_chance = 1 / (kMeanBurst_h / fraction - kMeanBurst_h + 1);
    for (Index t = 0; t < readings.size(); ++t) {
        if (stream.uniform() >= begin_chance) continue;
        const Index end = std::min(readings.size(), t + 1 + static_cast<Index>(stream.below(6)));
        for (; t < end; ++t) readings[t] = kNaN;
        --t;
    }
}

Vector hang_meter(Vector& readings, std::uint64_t seed) {
    RandomStream stream = stream_of(seed, SiteProcess::meter);
    Vector stuck(readings.size(), 0.0);
    for (Index t = 1; t < readings.size(); ++t) {
        if (stream.below(30 * 24) != 0) continue;
        const Index end = std::min(readings.size(), t + 3 + static_cast<Index>(stream.below(22)));
        for (; t < end; ++t) {
            readings[t] = readings[t - 1];
            stuck[t] = 1;
        }
    }
    return stuck;
}

}  // namespace plantwright::simulate
