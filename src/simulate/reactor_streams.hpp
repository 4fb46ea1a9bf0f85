// SPDX-License-Identifier: MIT
/// One random stream per process of the reactor and mode or episode, so that none ever shifts the numbers of another.
#pragma once

#include <cstdint>
#include <string_view>

#include "plantwright/core/random.hpp"

namespace plantwright::simulate {

enum class ReactorProcess : std::uint64_t { campaigns, wander, upsets, episode, measurement };

/// FNV-1a: a mode's numbers follow from its name, not from its place among the modes.
constexpr std::uint64_t key_of(std::string_view name) {
    std::uint64_t hash = 14695981039346656037ull;
    for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ull;
    return hash;
}

inline RandomStream reactor_stream(std::uint64_t seed, ReactorProcess process, std::uint64_t key) {
    const Purpose purpose = process == ReactorProcess::measurement ? Purpose::noise : Purpose::simulation;
    return RandomStream(seed, RandomStream::mix(key) + static_cast<std::uint64_t>(process), purpose);
}

}  // namespace plantwright::simulate
