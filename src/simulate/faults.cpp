// SPDX-License-Identifier: MIT
#include "simulate/faults.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

Index waiting_hours(RandomStream& stream, double faults_per_year) {
    return static_cast<Index>(-elementary::log(1 - stream.uniform()) * 8766 / faults_per_year);
}

void simulate_kind(FaultKind kind, Index hours, int n_lines, double faults_per_year, std::uint64_t seed,
                   std::vector<Fault>& faults) {
    RandomStream stream = stream_of(seed, SiteProcess::faults, 1000 + static_cast<int>(kind));
    Index now = waiting_hours(stream, faults_per_year);
    while (now < hours) {
        const int line = static_cast<int>(stream.below(static_cast<std::uint64_t>(n_lines)));
        const Index end = now + 24 + static_cast<Index>(stream.below(14 * 24));
        faults.push_back({kind, line, now, std::min(end, hours), stream.uniform(0.3, 1.0)});
        now = end + 1 + waiting_hours(stream, faults_per_year);
    }
}

}  // namespace

std::vector<Fault> simulate_faults(Index hours, int n_lines, double faults_per_year, std::uint64_t seed) {
    std::vector<Fault> faults;
    if (faults_per_year <= 0) return faults;
    for (int kind = 0; kind < kFaultKinds; ++kind) {
        simulate_kind(static_cast<FaultKind>(kind), hours, n_lines, faults_per_year, seed, faults);
    }
    std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.begin < b.begin; });
    return faults;
}

std::vector<ActiveFaults> active_faults(const std::vector<Fault>& faults, Index hours, int n_lines) {
    std::vector<ActiveFaults> active(static_cast<std::size_t>(hours * n_lines));
    for (const Fault& fault : faults) {
        const std::size_t kind = static_cast<std::size_t>(fault.kind);
        for (Index hour = fault.begin; hour < fault.end; ++hour) {
            ActiveFaults& at = active[static_cast<std::size_t>(hour * n_lines + fault.line)];
            at.severity[kind] = fault.severity;
            at.age_h[kind] = static_cast<double>(hour - fault.begin);
        }
    }
    return active;
}

}  // namespace plantwright::simulate
