// SPDX-License-Identifier: MIT
/// One random stream per process of the dust site, so that an option of one never shifts the numbers of another.
#pragma once

#include "plantwright/core/random.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {

enum class DustProcess : std::uint64_t {
    weather = 10'000,
    pressure,
    wind,
    rain,
    stagnation,
    plan,
    blast,
    episodes,
    telegrams = 10'100,
    residual = 20'000,
    instrument = 30'000
};

inline RandomStream stream_of(std::uint64_t seed, DustProcess process, std::uint64_t member = 0) {
    const Purpose purpose = process == DustProcess::instrument ? Purpose::noise : Purpose::simulation;
    return RandomStream(seed, static_cast<std::uint64_t>(process) + member, purpose);
}

}  // namespace plantwright::simulate
