// SPDX-License-Identifier: MIT
#include "preprocessing/rolling_column_kernel.hpp"
#include "preprocessing/rolling_lanes_kernel.hpp"
#include "preprocessing/rolling_order_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

// ---- one row, lanes over columns

/// The lowest level holds nothing but counts and extremes: moments of one row are 0.
template <bool kLowest>
PLANTWRIGHT_INLINE void merge_level(const RollingRow& row, const RollingShape& shape, const RollingPiece& before,
                                    std::ptrdiff_t v, const Lanes& f, Piece& piece, Lanes& low, Lanes& high) {
    const double* const at = before.quantities + v;
    Piece older{};
    Lanes f_older, other;
    if (kLowest)
        load(older.n, at);
    else
        load(older, shape, at, row.width);
    load(f_older, before.last + v);
    merge(shape, piece, older, f_older - f, before.rows, before.seconds, before.coefficient);
    if (shape.low >= 0) {
        load(other, at + shape.low * row.width);
        lower(low, other);
    }
    if (shape.high >= 0) {
        load(other, at + shape.high * row.width);
        raise(high, other);
    }
}

PLANTWRIGHT_INLINE void store_extremes(const RollingRow& row, const RollingShape& shape, double* at, const Lanes& low,
                                       const Lanes& high) {
    if (shape.low >= 0) store(at + shape.low * row.width, low);
    if (shape.high >= 0) store(at + shape.high * row.width, high);
}

PLANTWRIGHT_INLINE void advance_levels(const RollingRow& row, const RollingShape& shape, std::ptrdiff_t v,
                                       const Lanes& x, const Lanes& f) {
    Piece piece{};
    piece.n = x == x ? Lanes{} + 1.0 : Lanes{};
    Lanes low = x == x ? x : Lanes{} + kInfinite, high = x == x ? x : Lanes{} - kInfinite;
    const Lanes low_0 = low, high_0 = high;
    const Piece piece_0 = piece;
    if (row.n_levels > 1) merge_level<true>(row, shape, row.levels[0].before, v, f, piece, low, high);
    store(row.levels[0].now + v, piece_0.n);
    store_extremes(row, shape, row.levels[0].now + v, low_0, high_0);
    for (int l = 1; l < row.n_levels; ++l) {
        const RollingLevel& level = row.levels[l];
        const Piece newer = piece;
        const Lanes low_newer = low, high_newer = high;
        if (l + 1 < row.n_levels) merge_level<false>(row, shape, level.before, v, f, piece, low, high);
        store(level.now + v, shape, newer, row.width);
        store_extremes(row, shape, level.now + v, low_newer, high_newer);
    }
}

PLANTWRIGHT_INLINE void write_extremes(const RollingRow& row, const RollingShape& shape, const RollingWindowRow& window,
                                       std::ptrdiff_t v, const Lanes& n) {
    const double least = row.min_count < 1 ? 1 : row.min_count;
    Lanes low{}, high{}, other;
    if (window.newest && shape.low >= 0) {
        load(low, window.newest + shape.low * row.width + v);
        load(other, window.oldest + shape.low * row.width + v);
        lower(low, other);
    }
    if (window.newest && shape.high >= 0) {
        load(high, window.newest + shape.high * row.width + v);
        load(other, window.oldest + shape.high * row.width + v);
        raise(high, other);
    }
    const Lanes values[] = {low, high, high - low};
    for (int s = kRollingMin; s <= kRollingRange; ++s) {
        if (window.statistics >> s & 1)
            store(window.out + s * row.width + v, n >= least ? values[s - kRollingMin] : Lanes{} + kNone);
    }
}

PLANTWRIGHT_INLINE void write_window(const RollingRow& row, const RollingShape& shape, const RollingWindowRow& window,
                                     std::ptrdiff_t v, const Lanes& f) {
    Piece piece{};
    for (int j = 0; j < window.n_pieces; ++j) {
        const RollingPiece& at = window.pieces[j];
        Piece older{};
        load(older, shape, at.quantities + v, row.width);
        if (j == 0) {
            piece = older;
            continue;
        }
        Lanes f_older;
        load(f_older, at.last + v);
        merge(shape, piece, older, f_older - f, at.rows, at.seconds, at.coefficient);
    }
    for (int s = 0; s < kRollingStatistics; ++s) {
        if (!(window.statistics >> s & 1) || (s >= kRollingMin && s <= kRollingRange)) continue;
        Lanes out{};
        finish(static_cast<RollingStatistic>(s), piece, window.by_time, f, row.min_count, out);
        store(window.out + s * row.width + v, out);
    }
    write_extremes(row, shape, window, v, piece.n);
}

/// `shape` is the row's, with what the caller knows of it when compiled.
PLANTWRIGHT_INLINE void take_columns(const RollingRow& row, const RollingShape& shape) {
    for (std::ptrdiff_t v = 0; v < row.width; v += kLanes) {
        Lanes x, f;
        load(x, row.x + v);
        load(f, row.last_before + v);
        or_else(x, Lanes{} + kNone);
        f = x == x ? x : f;
        store(row.last + v, f);
        advance_levels(row, shape, v, x, f);
        for (int w = 0; w < row.n_windows; ++w) write_window(row, shape, row.windows[w], v, f);
    }
}

__attribute__((noinline)) void take_any(const RollingRow& row) { take_columns(row, row.shape); }

__attribute__((noinline)) void take_moments(const RollingRow& row) {
    RollingShape shape = row.shape;
    shape.m3 = shape.by_rows = shape.by_time = -1;
    take_columns(row, shape);
}

__attribute__((noinline)) void take_slopes(const RollingRow& row) {
    RollingShape shape = row.shape;
    shape.m3 = shape.by_time = -1;
    take_columns(row, shape);
}

void take_row(const RollingRow& row) {
    if (row.shape.m3 >= 0 || row.shape.by_time >= 0) return take_any(row);
    row.shape.by_rows >= 0 ? take_slopes(row) : take_moments(row);
}

}  // namespace

const RollingKernels kRollingKernels = {take_row, take_column, order_column};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
