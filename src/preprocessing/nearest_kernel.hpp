// SPDX-License-Identifier: MIT
/// Which points may be near: squared distances in single precision, compiled per instruction-set level.
///
/// |p - q|^2 - |q|^2 = |p|^2 - 2 q.p, one multiplication and addition a coordinate, lanes over points. What passes
/// depends on the level by rounding, so a caller allows for it and decides in double precision.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

inline constexpr std::ptrdiff_t kNearestQueries = 6;  ///< at once
inline constexpr std::ptrdiff_t kNearestBlock = 256;  ///< points

/// Points [first, first + kNearestBlock), one after the other in memory: rows of all points that are a power of two
/// apart would share a set of the first cache.
struct NearestBlock {
    const float* points;   ///< (n_coordinates, kNearestBlock)
    const float* squares;  ///< |p|^2, (kNearestBlock,)
    std::ptrdiff_t n_coordinates;
    std::ptrdiff_t first;
};

/// Those of a block that are no farther from a query than its bound.
struct NearestPassed {
    std::int32_t points[kNearestQueries][kNearestBlock];
    float distances[kNearestQueries][kNearestBlock];
    std::int32_t n[kNearestQueries];
};

struct NearestKernels {
    /// `queries (n_coordinates, kNearestQueries)` holds -2 q; `bounds (kNearestQueries,)` are of |p|^2 - 2 q.p.
    void (*pass)(const NearestBlock& block, const float* queries, const float* bounds, NearestPassed& passed);
};

PLANTWRIGHT_DECLARE_KERNELS(NearestKernels, kNearestKernels)

}  // namespace plantwright
