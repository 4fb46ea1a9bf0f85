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
    /// Writes the places of those of `fails (n,)` that have no bit in common with one of `others`, in their order; how
    /// many there are. Others that are read must have all bits.
    std::ptrdiff_t (*with_partners)(const std::uint64_t* fails, std::ptrdiff_t n, const std::uint64_t* others,
                                    std::ptrdiff_t n_others, std::uint32_t* places);
    /// A set of bits for each of `fails (n,)`: which of at most 64 others have no bit in common with it.
    void (*partners)(const std::uint64_t* fails, std::ptrdiff_t n, const std::uint64_t* others, std::ptrdiff_t n_others,
                     std::uint64_t* found);
    /// sums[k] += part[i] for each bit k < n_bits of each fails[i], i < n. Other parts that are read must be 0.
    void (*add_by_bit)(const std::uint64_t* fails, const double* part, std::ptrdiff_t n, int n_bits, double* sums);
};

PLANTWRIGHT_DECLARE_KERNELS(GroupKernels, kGroupKernels)

}  // namespace plantwright
