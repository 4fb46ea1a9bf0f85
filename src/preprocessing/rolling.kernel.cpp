// SPDX-License-Identifier: MIT
#include "preprocessing/rolling_column_kernel.hpp"
#include "preprocessing/rolling_lanes_kernel.hpp"
#include "preprocessing/rolling_order_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

// ---- one row, lanes over columns

PLANTWRIGHT_INLINE void advance_levels(const RollingRow& row, std::ptrdiff_t v, const Lanes& x, const Lanes& f) {
    const RollingShape& shape = row.shape;
    Piece piece{};
    piece.n = x == x ? Lanes{} + 1.0 : Lanes{};
    Lanes low = x == x ? x : Lanes{} + kInfinite, high = x == x ? x : Lanes{} - kInfinite;
    for (int l = 0; l < row.n_levels; ++l) {
        const RollingLevel& level = row.levels[l];
        store(level.now + v, shape, piece, row.width);
        if (shape.low >= 0) store(level.now + shape.low * row.width + v, low);
        if (shape.high >= 0) store(level.now + shape.high * row.width + v, high);
        if (l + 1 == row.n_levels) return;
        const double* before = level.before.quantities + v;
        Piece older{};
        Lanes f_older, other;
        load(older, shape, before, row.width);
        load(f_older, level.before.last + v);
        merge(shape, piece, older, f_older - f, level.before.rows, level.before.seconds);
        if (shape.low >= 0) {
            load(other, before + shape.low * row.width);
            lower(low, other);
        }
        if (shape.high >= 0) {
            load(other, before + shape.high * row.width);
            raise(high, other);
        }
    }
}

PLANTWRIGHT_INLINE void write_extremes(const RollingRow& row, const RollingWindowRow& window, std::ptrdiff_t v,
                                       const Lanes& n) {
    const double least = row.min_count < 1 ? 1 : row.min_count;
    Lanes low{}, high{}, other;
    if (window.newest && row.shape.low >= 0) {
        load(low, window.newest + row.shape.low * row.width + v);
        load(other, window.oldest + row.shape.low * row.width + v);
        lower(low, other);
    }
    if (window.newest && row.shape.high >= 0) {
        load(high, window.newest + row.shape.high * row.width + v);
        load(other, window.oldest + row.shape.high * row.width + v);
        raise(high, other);
    }
    const Lanes values[] = {low, high, high - low};
    for (int s = kRollingMin; s <= kRollingRange; ++s) {
        if (window.statistics >> s & 1)
            store(window.out + s * row.width + v, n >= least ? values[s - kRollingMin] : Lanes{} + kNone);
    }
}

PLANTWRIGHT_INLINE void write_window(const RollingRow& row, const RollingWindowRow& window, std::ptrdiff_t v,
                                     const Lanes& f) {
    const RollingShape& shape = row.shape;
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
        merge(shape, piece, older, f_older - f, at.rows, at.seconds);
    }
    const Regressor& slope = window.by_time ? piece.by_time : piece.by_rows;
    for (int s = 0; s < kRollingStatistics; ++s) {
        if (!(window.statistics >> s & 1) || (s >= kRollingMin && s <= kRollingRange)) continue;
        Lanes out{};
        finish(static_cast<RollingStatistic>(s), piece, slope, f, row.min_count, out);
        store(window.out + s * row.width + v, out);
    }
    write_extremes(row, window, v, piece.n);
}

void take_row(const RollingRow& row) {
    for (std::ptrdiff_t v = 0; v < row.width; v += kLanes) {
        Lanes x, f;
        load(x, row.x + v);
        load(f, row.last_before + v);
        or_else(x, Lanes{} + kNone);
        f = x == x ? x : f;
        store(row.last + v, f);
        advance_levels(row, v, x, f);
        for (int w = 0; w < row.n_windows; ++w) write_window(row, row.windows[w], v, f);
    }
}

}  // namespace

const RollingKernels kRollingKernels = {take_row, take_column, order_column};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
