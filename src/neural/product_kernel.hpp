// SPDX-License-Identifier: MIT
/// Matrix products in register tiles; of internal linkage, compiled per level.
///
/// A tile holds R rows of C column groups in registers: with AVX-512 6 x 64 or 12 x 32, with AVX2 6 x 16, else 3 x 16.
#pragma once

#include "neural/lanes_kernel.hpp"
#include "neural/network_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// The first weight of a column group in the row where the product begins, and how far its rows are apart.
struct GroupStart {
    const float* at;
    std::ptrdiff_t stride;
};

PLANTWRIGHT_NEURAL_INLINE std::ptrdiff_t group_offset(const WeightPanel& w, std::ptrdiff_t group) {
    return (group / w.per_block) * w.rows * w.per_block * kGroup + (group % w.per_block) * kGroup;
}

/// sum[r][j] += A(r, k) w(k, j) for k < depth, one after the other.
template <int R, int C>
PLANTWRIGHT_NEURAL_INLINE void multiply_add(F (&sum)[R][C * kParts], const float* a, std::ptrdiff_t a_stride,
                                            const float* w, std::ptrdiff_t group_stride, std::ptrdiff_t w_stride,
                                            std::ptrdiff_t depth) {
#pragma GCC unroll 2
    for (std::ptrdiff_t k = 0; k < depth; ++k) {
        F b[C * kParts];
#pragma GCC unroll 16
        for (int j = 0; j < C * kParts; ++j) b[j] = load(w + (j / kParts) * group_stride + (j % kParts) * kLanes);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const F value = all(a[r * a_stride]);
#pragma GCC unroll 16
            for (int j = 0; j < C * kParts; ++j) sum[r][j] = fma(value, b[j], sum[r][j]);
        }
        ++a;
        w += w_stride;
    }
}

/// Rows [row, row + R) and C groups from `group` on, to `out` (its own first row and column).
template <int R, int C>
__attribute__((noinline)) void product_tile(const ProductWork& work, std::ptrdiff_t row, std::ptrdiff_t group,
                                            float* out, std::ptrdiff_t out_stride) {
    F sum[R][C * kParts] = {};
    if (work.init) {
        const float* init = work.init + row * work.init_stride + group * kGroup;
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
            for (int j = 0; j < C * kParts; ++j) sum[r][j] = load(init + r * work.init_stride + j * kLanes);
        }
    }
    const std::ptrdiff_t w_stride = work.w.per_block * kGroup;
    const std::ptrdiff_t group_stride = work.w.per_block == 1 ? work.w.rows * kGroup : kGroup;
    multiply_add<R, C>(sum, work.a + row * work.a_stride, work.a_stride,
                       work.w.data + group_offset(work.w, group) + work.first_row * w_stride, group_stride, w_stride,
                       work.depth);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
        for (int j = 0; j < C * kParts; ++j) store(out + r * out_stride + j * kLanes, sum[r][j]);
    }
}

/// The most rows of a tile of C groups.
template <int C>
constexpr int tile_rows() {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return C == 4 ? 6 : 12;
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return C == 1 ? 6 : 1;
#else
    return C == 1 ? 3 : 1;
#endif
}

/// Calls body.operator()<rows>(), 1 <= rows <= tile_rows<C>().
template <int C, class Body>
PLANTWRIGHT_NEURAL_INLINE void with_rows(std::ptrdiff_t rows, const Body& body) {
    constexpr int kMost = tile_rows<C>();
    constexpr auto at_most = [](int r) { return r < kMost ? r : kMost; };
    switch (rows) {
        case 1: return body.template operator()<1>();
        case 2: return body.template operator()<at_most(2)>();
        case 3: return body.template operator()<at_most(3)>();
        case 4: return body.template operator()<at_most(4)>();
        case 5: return body.template operator()<at_most(5)>();
        case 6: return body.template operator()<at_most(6)>();
        case 7: return body.template operator()<at_most(7)>();
        case 8: return body.template operator()<at_most(8)>();
        case 9: return body.template operator()<at_most(9)>();
        case 10: return body.template operator()<at_most(10)>();
        case 11: return body.template operator()<at_most(11)>();
        default: return body.template operator()<kMost>();
    }
}

/// How many rows the next tile takes, of `left`: tiles of nearly equal height, none above `most`.
PLANTWRIGHT_NEURAL_INLINE std::ptrdiff_t next_rows(std::ptrdiff_t left, std::ptrdiff_t most) {
    const std::ptrdiff_t tiles = (left + most - 1) / most;
    return (left + tiles - 1) / tiles;
}

/// `rows` rows of `groups` groups, in tiles of C groups; rows fit a tile of C.
template <int C>
PLANTWRIGHT_NEURAL_INLINE std::ptrdiff_t product_groups(const ProductWork& work, std::ptrdiff_t row,
                                                        std::ptrdiff_t rows, std::ptrdiff_t group,
                                                        std::ptrdiff_t last_group, float* out,
                                                        std::ptrdiff_t out_stride) {
    for (; group + C <= last_group; group += C) {
        with_rows<C>(rows, [&]<int R>() { product_tile<R, C>(work, row, group, out, out_stride); });
        out += C * kGroup;
    }
    return group;
}

/// The rows of a tile that is good for a product of `n_rows`, and the groups beside it: one row alone takes many
/// groups, so that enough sums are under way.
PLANTWRIGHT_NEURAL_INLINE std::ptrdiff_t best_rows(std::ptrdiff_t n_rows, std::ptrdiff_t groups) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return next_rows(n_rows, groups >= 4 ? tile_rows<4>() : tile_rows<1>());
#else
    (void)groups;
    return next_rows(n_rows, tile_rows<1>());
#endif
}

/// Rows [row, row + rows) of groups [group, last), rows from `best_rows`.
PLANTWRIGHT_NEURAL_INLINE void product_rows(const ProductWork& work, std::ptrdiff_t row, std::ptrdiff_t rows,
                                            std::ptrdiff_t group, std::ptrdiff_t last, float* out,
                                            std::ptrdiff_t out_stride) {
    const std::ptrdiff_t first = group;
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    if (rows <= tile_rows<4>()) group = product_groups<4>(work, row, rows, group, last, out, out_stride);
    group = product_groups<2>(work, row, rows, group, last, out + (group - first) * kGroup, out_stride);
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    if (rows == 1) group = product_groups<4>(work, row, rows, group, last, out, out_stride);
#else
    if (rows == 1) group = product_groups<2>(work, row, rows, group, last, out, out_stride);
#endif
    product_groups<1>(work, row, rows, group, last, out + (group - first) * kGroup, out_stride);
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
