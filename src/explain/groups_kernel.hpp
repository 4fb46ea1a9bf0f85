// SPDX-License-Identifier: MIT
/// Sums over groups of rows at a leaf, compiled per instruction-set level. See set_walk.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// Arrays of groups are read to the next multiple of so many.
inline constexpr std::ptrdiff_t kGroupLanes = 16;

struct GroupKernels {
    /// Of `weight[i]`, i < n, where `fails[i]` and `with` have no bit in common. Others that are read must have one.
    double (*sum_of_disjoint)(const std::uint64_t* fails, const double* weight, std::ptrdiff_t n, std::uint64_t with);
    /// Whether there is an i < n where `fails[i]` and `with` have no bit in common.
    bool (*any_disjoint)(const std::uint64_t* fails, std::ptrdiff_t n, std::uint64_t with);
};

PLANTWRIGHT_DECLARE_KERNELS(GroupKernels, kGroupKernels)

}  // namespace plantwright
