// SPDX-License-Identifier: MIT
/// Labelled faults: what goes wrong, on which line, from when to when, how badly.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/core/buffer.hpp"

namespace plantwright::simulate {

enum class FaultKind : std::int32_t { air_leak, oven_insulation, worn_tool, stuck_sensor };
inline constexpr int kFaultKinds = 4;
inline const std::vector<std::string> kFaultNames = {"air_leak", "oven_insulation", "worn_tool", "stuck_sensor"};

struct Fault {
    FaultKind kind;
    int line;          ///< from 0
    Index begin, end;  ///< hours, [begin, end)
    double severity;   ///< in (0, 1]
};

/// Poisson arrivals of each kind; faults of one kind do not overlap, so that one column a kind labels them.
std::vector<Fault> simulate_faults(Index hours, int n_lines, double faults_per_year, std::uint64_t seed);

/// Severity of each kind at one hour on one line.
struct ActiveFaults {
    std::array<double, kFaultKinds> severity{};
    std::array<double, kFaultKinds> age_h{};
    double of(FaultKind kind) const { return severity[static_cast<std::size_t>(kind)]; }
    double age_of(FaultKind kind) const { return age_h[static_cast<std::size_t>(kind)]; }
};

/// `(hours, n_lines)`, row-major.
std::vector<ActiveFaults> active_faults(const std::vector<Fault>& faults, Index hours, int n_lines);

}  // namespace plantwright::simulate
