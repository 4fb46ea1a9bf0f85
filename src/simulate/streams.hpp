// SPDX-License-Identifier: MIT
/// One random stream per process of the site, so that an option of one never shifts the numbers of another.
#pragma once

#include "plantwright/core/random.hpp"

namespace plantwright::simulate {

enum class SiteProcess : std::uint64_t {
    weather,
    faults,
    site_plan,
    base_load,
    telegrams,
    meter,
    line_plan = 100,
    line = 200
};

inline RandomStream stream_of(std::uint64_t seed, SiteProcess process, int line = 0) {
    return RandomStream(seed, static_cast<std::uint64_t>(process) + static_cast<std::uint64_t>(line),
                        Purpose::simulation);
}

/// x[t] = memory x[t-1] + noise, stationary with standard deviation 1.
class Autoregression {
public:
    Autoregression(double memory, double innovation_sd) : memory_(memory), innovation_sd_(innovation_sd) {}
    double step(RandomStream& stream) {
        value_ = memory_ * value_ + innovation_sd_ * stream.normal();
        return value_;
    }

private:
    double memory_, innovation_sd_, value_ = 0;
};

}  // namespace plantwright::simulate
