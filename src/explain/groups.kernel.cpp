// SPDX-License-Identifier: MIT
#include "explain/groups_kernel.hpp"
#include "explain/lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using F = Lanes<double>::F;
using I = Lanes<double>::I;
constexpr int kLanes = Lanes<double>::kCount;
constexpr int kVectors = static_cast<int>(kGroupLanes) / kLanes;

/// The same order of additions at every level.
double sum_of_disjoint(const std::uint64_t* fails, const double* weight, std::ptrdiff_t n, std::uint64_t with) {
    F sum[kVectors] = {};
    const I all_with = I{} + static_cast<std::int64_t>(with);
    for (std::ptrdiff_t at = 0; at < n; at += kGroupLanes) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
            const auto failed = *reinterpret_cast<const I*>(fails + at + v * kLanes);
            const auto value = *reinterpret_cast<const I*>(weight + at + v * kLanes);
            sum[v] += reinterpret_cast<F>(value & ((failed & all_with) == 0));
        }
    }
    double lanes[kGroupLanes];
    __builtin_memcpy(lanes, sum, sizeof lanes);
    double total = 0;
    for (const double lane : lanes) total += lane;
    return total;
}

/// Mostly one of the first few will do.
bool any_disjoint(const std::uint64_t* fails, std::ptrdiff_t n, std::uint64_t with) {
    std::ptrdiff_t at = 0;
    for (; at + kGroupLanes <= n; at += kGroupLanes) {
        std::uint64_t found = 0;
        for (std::ptrdiff_t k = at; k < at + kGroupLanes; ++k) found |= (fails[k] & with) == 0 ? 1u : 0u;
        if (found) return true;
    }
    for (; at < n; ++at) {
        if ((fails[at] & with) == 0) return true;
    }
    return false;
}

}  // namespace

const GroupKernels kGroupKernels = {sum_of_disjoint, any_disjoint};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
