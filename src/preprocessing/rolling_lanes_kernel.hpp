// SPDX-License-Identifier: MIT
/// Pieces and how they are merged, in lanes; all of internal linkage, compiled per level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "preprocessing/rolling_kernel.hpp"

#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kLanes = 8;
#elif PLANTWRIGHT_LEVEL_NUMBER >= 3
constexpr int kLanes = 4;
#else
constexpr int kLanes = 2;
#endif
using Lanes = double __attribute__((vector_size(8 * kLanes)));
constexpr double kNone = __builtin_nan(""), kInfinite = __builtin_inf();

PLANTWRIGHT_INLINE void load(Lanes& v, const double* p) { std::memcpy(&v, p, sizeof v); }
PLANTWRIGHT_INLINE void store(double* p, const Lanes& v) { std::memcpy(p, &v, sizeof v); }
PLANTWRIGHT_INLINE void store_some(double* p, const Lanes& v, std::ptrdiff_t n) {
    if (n >= kLanes) return store(p, v);
    for (std::ptrdiff_t i = 0; i < n; ++i) p[i] = v[i];
}
PLANTWRIGHT_INLINE void fill(Lanes& v, double x) { v = Lanes{} + x; }
PLANTWRIGHT_INLINE void lower(Lanes& a, const Lanes& b) { a = a < b ? a : b; }
PLANTWRIGHT_INLINE void raise(Lanes& a, const Lanes& b) { a = a > b ? a : b; }

PLANTWRIGHT_INLINE void root(Lanes& v) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    v = reinterpret_cast<Lanes>(_mm512_maskz_sqrt_pd(0xff, reinterpret_cast<__m512d>(v)));
#elif PLANTWRIGHT_LEVEL_NUMBER >= 3
    v = reinterpret_cast<Lanes>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(v)));
#else
    for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrt(v[i]);
#endif
}

/// The number, or `missing` where it is NaN or infinite; -0 becomes 0.
PLANTWRIGHT_INLINE void or_else(Lanes& x, const Lanes& missing) { x = x - x == Lanes{} ? x + 0.0 : missing; }

struct Regressor {
    Lanes sum, c, mpp;
};

struct Piece {
    Lanes n, s, m2, m3;
    Regressor by_rows, by_time;
};

PLANTWRIGHT_INLINE void load(Regressor& r, const double* at, std::ptrdiff_t width) {
    load(r.sum, at);
    load(r.c, at + width);
    load(r.mpp, at + 2 * width);
}

PLANTWRIGHT_INLINE void store(double* at, const Regressor& r, std::ptrdiff_t width) {
    store(at, r.sum);
    store(at + width, r.c);
    store(at + 2 * width, r.mpp);
}

PLANTWRIGHT_INLINE void load(Piece& p, const RollingShape& shape, const double* at, std::ptrdiff_t width) {
    load(p.n, at);
    if (shape.sum >= 0) load(p.s, at + shape.sum * width);
    if (shape.m2 >= 0) load(p.m2, at + shape.m2 * width);
    if (shape.m3 >= 0) load(p.m3, at + shape.m3 * width);
    if (shape.by_rows >= 0) load(p.by_rows, at + shape.by_rows * width, width);
    if (shape.by_time >= 0) load(p.by_time, at + shape.by_time * width, width);
}

PLANTWRIGHT_INLINE void store(double* at, const RollingShape& shape, const Piece& p, std::ptrdiff_t width) {
    store(at, p.n);
    if (shape.sum >= 0) store(at + shape.sum * width, p.s);
    if (shape.m2 >= 0) store(at + shape.m2 * width, p.m2);
    if (shape.m3 >= 0) store(at + shape.m3 * width, p.m3);
    if (shape.by_rows >= 0) store(at + shape.by_rows * width, p.by_rows, width);
    if (shape.by_time >= 0) store(at + shape.by_time * width, p.by_time, width);
}

/// `c` = 1 / (n_a n_b n), 0 where either is empty; `tx` = n_a n_b (mean_a - mean_b) of x.
PLANTWRIGHT_INLINE void merge_regressor(Regressor& a, const Regressor& b, const Lanes& na, const Lanes& nb,
                                        const Lanes& c, const Lanes& tx, double position) {
    const Lanes sum_b = b.sum + nb * position;
    const Lanes tp = a.sum * nb - sum_b * na, scaled = tp * c;
    a.c = (a.c + b.c) + tx * scaled;
    a.mpp = (a.mpp + b.mpp) + tp * scaled;
    a.sum = a.sum + sum_b;
}

/// a, of the newer rows, becomes both; `df` and positions are b's less a's. As merge_dense where all values are
/// present.
/// `coefficient` is 1 / (n_a n_b n) where it is the same in all lanes, else 0.
PLANTWRIGHT_INLINE void merge(const RollingShape& shape, Piece& a, const Piece& b, const Lanes& df, double rows,
                              double seconds, double coefficient = 0) {
    const Lanes na = a.n, n = a.n + b.n;
    a.n = n;
    if (shape.sum < 0) return;
    const Lanes sb = b.s + b.n * df, product = na * b.n * n;
    Lanes c = Lanes{} + coefficient;
    if (!(coefficient > 0)) c = product > 0.0 ? 1.0 / product : Lanes{};
    const Lanes tx = a.s * b.n - sb * na;
    if (shape.m3 >= 0) {
        const Lanes u = tx * c;
        a.m3 = (a.m3 + b.m3) - (u * u * u) * (product * (na - b.n)) - (3.0 * u) * (na * b.m2 - b.n * a.m2);
    }
    if (shape.m2 >= 0) a.m2 = (a.m2 + b.m2) + (tx * tx) * c;
    if (shape.by_rows >= 0) merge_regressor(a.by_rows, b.by_rows, na, b.n, c, tx, rows);
    if (shape.by_time >= 0) merge_regressor(a.by_time, b.by_time, na, b.n, c, tx, seconds);
    a.s = a.s + sb;
}

/// What a window's piece says, where it has the values that the statistic needs.
PLANTWRIGHT_INLINE void finish(RollingStatistic statistic, const Piece& p, bool by_time, const Lanes& f,
                               double min_count, Lanes& out) {
    double least = 1;
    switch (statistic) {
        case kRollingCount: out = p.n; return;
        case kRollingSum: out = f * p.n + p.s; break;
        case kRollingMean: out = f + p.s / p.n; break;
        case kRollingVar:
        case kRollingStd:
            least = 2;
            out = p.m2 / (p.n - 1.0);
            if (statistic == kRollingStd) root(out);
            break;
        case kRollingSlope:
            least = 2;
            out = by_time ? p.by_time.c / p.by_time.mpp : p.by_rows.c / p.by_rows.mpp;
            break;
        case kRollingSkew: {
            least = 3;
            Lanes deviation = p.m2, factor = p.n - 1.0;
            root(deviation);
            root(factor);
            const Lanes skew = (p.n * factor / (p.n - 2.0)) * (p.m3 / (p.m2 * deviation));
            out = p.m2 > 0.0 ? skew : Lanes{};
            break;
        }
        default: break;
    }
    least = least < min_count ? min_count : least;
    out = p.n >= least ? out : Lanes{} + kNone;
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
