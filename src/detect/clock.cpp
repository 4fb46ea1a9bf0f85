// SPDX-License-Identifier: MIT
#include "detect/clock.hpp"

#include <cstdint>
#include <limits>
#include <span>

#include "detect/timed_rows.hpp"

namespace plantwright::detect {
namespace {

std::vector<Index> runs_of(std::span<const std::int64_t> times, std::int64_t longest) {
    std::vector<Index> begins;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const bool follows = times[i] > times[i - 1] && !is_gap(times[i - 1], times[i], longest);
        if (!follows) begins.push_back(static_cast<Index>(i));
    }
    return begins;
}

}  // namespace

Clock clock_of(const Frame& frame) {
    const auto name = frame.schema().name_of(Role::time);
    if (!name || frame.column(*name).kind() != ColumnKind::time) return {};
    const auto stamps = frame.column(*name).times();
    const std::span times(stamps.data(), static_cast<std::size_t>(stamps.size()));
    const auto period = median_step(times);
    if (!period) return {};
    constexpr std::int64_t kMostPeriods = 10;
    const bool fits = *period <= std::numeric_limits<std::int64_t>::max() / kMostPeriods;
    return {static_cast<double>(*period) / 1e9, runs_of(times, fits ? kMostPeriods * *period : *period)};
}

}  // namespace plantwright::detect
