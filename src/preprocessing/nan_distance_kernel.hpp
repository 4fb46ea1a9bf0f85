// SPDX-License-Identifier: MIT
/// Squared distances between rows with gaps, compiled per instruction-set level with the same bits at each.
#pragma once

#include <cstddef>

#include "core/levels_kernel.hpp"

namespace plantwright {

inline constexpr std::ptrdiff_t kDistanceLanes = 8;    ///< training rows a tile
inline constexpr std::ptrdiff_t kDistanceQueries = 8;  ///< rows that share one pass over the tiles

/// Of each of the queries to each training row: the sum of squares over the columns that both have, times n_columns
/// over their number; NaN where there is none.
struct NanDistances {
    const double* queries;  ///< (n_queries, n_columns)
    std::ptrdiff_t n_queries;
    std::ptrdiff_t n_columns;
    const double* tiles;  ///< (n_tiles, n_columns, kDistanceLanes), NaN beyond the last row
    std::ptrdiff_t n_tiles;
    double* out;  ///< (n_queries, n_tiles * kDistanceLanes)
};

struct NanDistanceKernels {
    void (*distances)(const NanDistances& work);
};

PLANTWRIGHT_DECLARE_KERNELS(NanDistanceKernels, kNanDistanceKernels)

}  // namespace plantwright
