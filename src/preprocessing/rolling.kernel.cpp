// SPDX-License-Identifier: MIT
#include "preprocessing/rolling_column_kernel.hpp"
#include "preprocessing/rolling_lanes_kernel.hpp"
#include "preprocessing/rolling_order_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

// ---- one row, lanes over columns

struct Level {
    Piece piece;
    Lanes low, high;
};

/// The lowest level holds nothing but counts and extremes: moments of one row are 0.
template <bool kLowest>
PLANTWRIGHT_INLINE void load_level(Level& level, const RollingRow& row, const RollingShape& shape, const double* at) {
    if (kLowest)
        load(level.piece.n, at);
    else
        load(level.piece, shape, at, row.width);
    if (shape.low >= 0) load(level.low, at + shape.low * row.width);
    if (shape.high >= 0) load(level.high, at + shape.high * row.width);
}

template <bool kLowest>
PLANTWRIGHT_INLINE void store_level(double* at, const RollingRow& row, const RollingShape& shape, const Level& level) {
    if (kLowest)
        store(at, level.piece.n);
    else
        store(at, shape, level.piece, row.width);
    if (shape.low >= 0) store(at + shape.low * row.width, level.low);
    if (shape.high >= 0) store(at + shape.high * row.width, level.high);
}

/// Stores level l, which becomes level l + 1. What is merged may stand where it is stored, so it is read first.
template <bool kLowest>
PLANTWRIGHT_INLINE void take_level(const RollingRow& row, const RollingShape& shape, int l, std::ptrdiff_t v,
                                   const Lanes& f, Level& level) {
    const RollingPiece& before = row.levels[l].before;
    Level older{};
    Lanes f_older;
    load_level<kLowest>(older, row, shape, before.quantities + v);
    load(f_older, before.last + v);
    store_level<kLowest>(row.levels[l].now + v, row, shape, level);
    if (l + 1 == row.n_levels) return;
    merge(shape, level.piece, older.piece, f_older - f, before.rows, before.seconds, before.coefficient);
    lower(level.low, older.low);
    raise(level.high, older.high);
}

PLANTWRIGHT_INLINE void advance_levels(const RollingRow& row, const RollingShape& shape, std::ptrdiff_t v,
                                       const Lanes& x, const Lanes& f) {
    Level level{};
    level.piece.n = x == x ? Lanes{} + 1.0 : Lanes{};
    level.low = x == x ? x : Lanes{} + kInfinite;
    level.high = x == x ? x : Lanes{} - kInfinite;
    take_level<true>(row, shape, 0, v, f, level);
    for (int l = 1; l < row.n_levels; ++l) take_level<false>(row, shape, l, v, f, level);
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

/// The shapes of the usual wishes, of which no test is left in the loops (benchmarks/preprocessing/stream.cpp).
template <bool kSquares, bool kSlopes, bool kExtremes>
constexpr RollingShape kShape =
    rolling_shape({.sum = true, .m2 = kSquares, .by_rows = kSlopes, .low = kExtremes, .high = kExtremes});

template <bool... kNeeds>
__attribute__((noinline)) void take_known(const RollingRow& row) {
    take_columns(row, kShape<kNeeds...>);
}

template <bool... kNeeds>
bool take_if(const RollingRow& row) {
    if (row.shape != kShape<kNeeds...>) return false;
    take_known<kNeeds...>(row);
    return true;
}

void take_row(const RollingRow& row) {
    const bool is_done = take_if<true, true, true>(row) || take_if<true, true, false>(row) ||
                         take_if<true, false, true>(row) || take_if<true, false, false>(row) ||
                         take_if<false, true, true>(row) || take_if<false, true, false>(row) ||
                         take_if<false, false, true>(row) || take_if<false, false, false>(row);
    if (!is_done) take_any(row);
}

}  // namespace

const RollingKernels kRollingKernels = {take_row, take_column, order_column};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
