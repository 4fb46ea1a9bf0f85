// SPDX-License-Identifier: MIT
#include "preprocessing/nan_distance_kernel.hpp"

#include <cstring>

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kLanes = 8;
#elif PLANTWRIGHT_LEVEL_NUMBER >= 3
constexpr int kLanes = 4;
#else
constexpr int kLanes = 2;
#endif
constexpr int kParts =
    kDistanceLanes / kLanes;  // of a tile; wider vectors than the machine's are taken apart one by one
using Lanes = double __attribute__((vector_size(8 * kLanes)));

/// One query against one tile: sums run over the columns in order, a lane a training row.
inline __attribute__((always_inline)) void tile_distances(const double* query, const double* tile,
                                                          std::ptrdiff_t n_columns, double* out) {
    Lanes squares[kParts] = {}, n_both[kParts] = {};
    for (std::ptrdiff_t j = 0; j < n_columns; ++j) {
        const Lanes value = Lanes{} + query[j];
        for (int part = 0; part < kParts; ++part) {
            Lanes x;
            std::memcpy(&x, tile + j * kDistanceLanes + part * kLanes, sizeof x);
            const Lanes difference = x - value;  // NaN where either is
            const Lanes known = difference == difference ? difference : Lanes{};
            squares[part] += known * known;
            n_both[part] += difference == difference ? Lanes{} + 1.0 : Lanes{};
        }
    }
    for (int part = 0; part < kParts; ++part) {
        const Lanes distance = squares[part] * static_cast<double>(n_columns) / n_both[part];  // 0 / 0 is NaN
        std::memcpy(out + part * kLanes, &distance, sizeof distance);
    }
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
