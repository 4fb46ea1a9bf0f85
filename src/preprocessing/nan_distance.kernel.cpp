// SPDX-License-Identifier: MIT
#include "preprocessing/nan_distance_kernel.hpp"

#include <cstring>

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using Lanes = double __attribute__((vector_size(8 * kDistanceLanes)));

/// One query against one tile: sums run over the columns in order, a lane a training row.
inline __attribute__((always_inline)) void tile_distances(const double* query, const double* tile,
                                                          std::ptrdiff_t n_columns, double* out) {
    Lanes squares{}, n_both{};
    for (std::ptrdiff_t j = 0; j < n_columns; ++j) {
        Lanes x;
        std::memcpy(&x, tile + j * kDistanceLanes, sizeof x);
        const Lanes difference = x - query[j];  // NaN where either is
        const auto both = difference == difference;
        const Lanes known = both ? difference : Lanes{};
        squares += known * known;
        n_both += both ? Lanes{} + 1.0 : Lanes{};
    }
    const Lanes distance = squares * static_cast<double>(n_columns) / n_both;  // 0 / 0 is NaN
    std::memcpy(out, &distance, sizeof distance);
}

void distances(const NanDistances& work) {
    const std::ptrdiff_t width = work.n_tiles * kDistanceLanes;
    for (std::ptrdiff_t t = 0; t < work.n_tiles; ++t) {
        const double* tile = work.tiles + t * work.n_columns * kDistanceLanes;
        for (std::ptrdiff_t q = 0; q < work.n_queries; ++q) {
            tile_distances(work.queries + q * work.n_columns, tile, work.n_columns,
                           work.out + q * width + t * kDistanceLanes);
        }
    }
}

}  // namespace

const NanDistanceKernels kNanDistanceKernels = {distances};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
