// SPDX-License-Identifier: MIT
/// One random stream per process of the thermal plant, so that an option of one never shifts the numbers of another.
#pragma once

#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::simulate {

enum class ThermalProcess : std::uint64_t {
    front = 50'000,
    gust,
    demand,
    grid,
    grade,
    coal,
    tower,
    feeder,
    combustion,
    superheater,
    excitation,
    rotor,
    rotor_balance,
    condenser_cleaning,
    faults,
    outages,
    lost_rows,
    measurement = 51'000,
    telegrams = 52'000,
    burst = 53'000
};

inline RandomStream stream_of(std::uint64_t seed, ThermalProcess process, std::uint64_t member = 0) {
    const bool noise = process == ThermalProcess::measurement || process == ThermalProcess::burst;
    return RandomStream(seed, static_cast<std::uint64_t>(process) + member,
                        noise ? Purpose::noise : Purpose::simulation);
}

/// Share of the way to its target that a first-order lag goes in `step`, exactly.
inline double lag_share(double step, double time_constant) { return 1 - elementary::exp(-step / time_constant); }

/// An Ornstein-Uhlenbeck process sampled every `step`: stationary from the first value on, whatever the step.
class Wandering {
public:
    Wandering(double sd, double memory, double step, RandomStream stream)
        : keep_(elementary::exp(-step / memory)), innovation_sd_(sd * std::sqrt(1 - keep_ * keep_)), stream_(stream),
          value_(sd * stream_.normal()) {}

    double value() const { return value_; }
    double step() { return value_ = keep_ * value_ + innovation_sd_ * stream_.normal(); }

private:
    double keep_, innovation_sd_;
    RandomStream stream_;
    double value_;
};

}  // namespace plantwright::simulate
