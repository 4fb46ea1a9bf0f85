// SPDX-License-Identifier: MIT
/// One column and windows by count: tile after tile, lanes over time, all windows on the same levels.
#pragma once

#include "preprocessing/rolling_lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// The buffers of a tile; row `history + i` of each is the tile's row i.
struct Tile {
    const RollingColumn& column;
    std::ptrdiff_t length;  // of a buffer
    double* last;
    std::ptrdiff_t first = 0, n_rows = 0;  // of the column

    explicit Tile(const RollingColumn& c) : column(c), length(c.history + c.tile), last(c.work) {}
    double* level(int l) const { return column.work + (1 + l * column.shape.n_quantities) * length; }
    double* quantity(int l, int q) const { return level(l) + q * length; }
    std::ptrdiff_t end() const { return column.history + (n_rows + kRollingPad - 1) / kRollingPad * kRollingPad; }
};

/// The last `history` rows become those before the next tile.
PLANTWRIGHT_INLINE void keep_history(const Tile& tile) {
    const std::ptrdiff_t history = tile.column.history;
    const std::size_t n_bytes = static_cast<std::size_t>(history) * sizeof(double);
    const int n_buffers = 1 + tile.column.n_levels * tile.column.shape.n_quantities;
    for (int b = 0; b < n_buffers; ++b) {
        double* buffer = tile.column.work + b * tile.length;
        std::memmove(buffer, buffer + tile.column.tile, n_bytes);
    }
}

/// No values before the first row.
PLANTWRIGHT_INLINE void forget_history(const Tile& tile) {
    const RollingShape& shape = tile.column.shape;
    const int n_buffers = 1 + tile.column.n_levels * shape.n_quantities;
    for (std::ptrdiff_t i = 0; i < n_buffers * tile.length; ++i) tile.column.work[i] = 0;
    for (int l = 0; l < tile.column.n_levels; ++l) {
        for (std::ptrdiff_t i = 0; i < tile.length; ++i) {
            if (shape.low >= 0) tile.quantity(l, shape.low)[i] = kInfinite;
            if (shape.high >= 0) tile.quantity(l, shape.high)[i] = -kInfinite;
        }
    }
}

/// Level 0 and f. Returns the last row of the tile that has no value, or -1.
PLANTWRIGHT_INLINE std::ptrdiff_t take_values(const Tile& tile) {
    const RollingShape& shape = tile.column.shape;
    const std::ptrdiff_t history = tile.column.history, end = tile.end();
    double* const n = tile.level(0);
    std::ptrdiff_t missing = -1;
    for (std::ptrdiff_t i = history; i < end; ++i) {
        const std::ptrdiff_t r = i - history;
        const double x = r < tile.n_rows ? tile.column.x[tile.first + r] : 0;
        const bool present = x - x == 0;
        tile.last[i] = present ? x + 0.0 : tile.last[i - 1];
        n[i] = present ? 1 : 0;
        missing = present ? missing : r;
    }
    for (std::ptrdiff_t i = history; i < end; ++i) {
        if (shape.low >= 0) tile.quantity(0, shape.low)[i] = n[i] > 0 ? tile.last[i] : kInfinite;
        if (shape.high >= 0) tile.quantity(0, shape.high)[i] = n[i] > 0 ? tile.last[i] : -kInfinite;
    }
    return missing;
}

// ---- moments where a value may be missing

PLANTWRIGHT_INLINE void merge_at(const Tile& tile, int l, std::ptrdiff_t i, std::ptrdiff_t back, const Lanes& f,
                                 Piece& piece) {
    Piece older{};
    Lanes f_older;
    load(older, tile.column.shape, tile.level(l) + i - back, tile.length);
    load(f_older, tile.last + i - back);
    merge(tile.column.shape, piece, older, f_older - f, static_cast<double>(-back), 0);
}

PLANTWRIGHT_INLINE void raise_level(const Tile& tile, int l) {
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(piece, tile.column.shape, tile.level(l) + i, tile.length);
        load(f, tile.last + i);
        merge_at(tile, l, i, std::ptrdiff_t{1} << l, f, piece);
        store(tile.level(l + 1) + i, tile.column.shape, piece, tile.length);
    }
}

PLANTWRIGHT_INLINE void write_moments(const Tile& tile, const RollingColumnWindow& window) {
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(f, tile.last + i);
        std::ptrdiff_t back = 0;
        for (int l = 0; l < tile.column.n_levels; ++l) {
            if (!(window.rows >> l & 1)) continue;
            if (back == 0)
                load(piece, tile.column.shape, tile.level(l) + i, tile.length);
            else
                merge_at(tile, l, i, back, f, piece);
            back += std::ptrdiff_t{1} << l;
        }
        const std::ptrdiff_t r = i - tile.column.history;
        for (int s = 0; s < kRollingStatistics; ++s) {
            if (!(window.statistics >> s & 1) || (s >= kRollingMin && s <= kRollingRange)) continue;
            Lanes out{};
            finish(static_cast<RollingStatistic>(s), piece, piece.by_rows, f, tile.column.min_count, out);
            store_some(window.out[s] + tile.first + r, out, tile.n_rows - r);
        }
    }
}

// ---- moments of count, sum and m2 where every value is present: n is the same in all lanes

PLANTWRIGHT_INLINE void merge_dense(Lanes& s, Lanes& m2, Lanes sb, const Lanes& m2b, const Lanes& df, double na,
                                    double nb) {
    const double c = 1.0 / (na * nb * (na + nb));
    sb = sb + nb * df;
    const Lanes tx = s * nb - sb * na;
    m2 = (m2 + m2b) + (tx * tx) * c;
    s = s + sb;
}

PLANTWRIGHT_INLINE void merge_dense_at(const Tile& tile, int l, std::ptrdiff_t i, std::ptrdiff_t back, const Lanes& f,
                                       Lanes& s, Lanes& m2) {
    Lanes sb, m2b{}, f_older;
    load(sb, tile.quantity(l, tile.column.shape.sum) + i - back);
    if (tile.column.shape.m2 >= 0) load(m2b, tile.quantity(l, tile.column.shape.m2) + i - back);
    load(f_older, tile.last + i - back);
    merge_dense(s, m2, sb, m2b, f_older - f, static_cast<double>(back), static_cast<double>(std::ptrdiff_t{1} << l));
}

PLANTWRIGHT_INLINE void raise_dense_level(const Tile& tile, int l) {
    const RollingShape& shape = tile.column.shape;
    const double* const s_of = tile.quantity(l, shape.sum);
    const double* const m2_of = shape.m2 >= 0 ? tile.quantity(l, shape.m2) : nullptr;
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Lanes s, m2{}, f;
        load(s, s_of + i);
        if (m2_of) load(m2, m2_of + i);
        load(f, tile.last + i);
        merge_dense_at(tile, l, i, std::ptrdiff_t{1} << l, f, s, m2);
        store(tile.quantity(l + 1, shape.sum) + i, s);
        if (m2_of) store(tile.quantity(l + 1, shape.m2) + i, m2);
    }
}

PLANTWRIGHT_INLINE void write_dense_moments(const Tile& tile, const RollingColumnWindow& window) {
    const RollingShape& shape = tile.column.shape;
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(f, tile.last + i);
        std::ptrdiff_t back = 0;
        for (int l = 0; l < tile.column.n_levels; ++l) {
            if (!(window.rows >> l & 1)) continue;
            if (back == 0) {
                load(piece.s, tile.quantity(l, shape.sum) + i);
                if (shape.m2 >= 0) load(piece.m2, tile.quantity(l, shape.m2) + i);
            } else {
                merge_dense_at(tile, l, i, back, f, piece.s, piece.m2);
            }
            back += std::ptrdiff_t{1} << l;
        }
        fill(piece.n, static_cast<double>(window.rows));
        const std::ptrdiff_t r = i - tile.column.history;
        for (int s = 0; s < kRollingStatistics; ++s) {
            if (!(window.statistics >> s & 1) || (s >= kRollingMin && s <= kRollingRange)) continue;
            Lanes out{};
            finish(static_cast<RollingStatistic>(s), piece, piece.by_rows, f, tile.column.min_count, out);
            store_some(window.out[s] + tile.first + r, out, tile.n_rows - r);
        }
    }
}

/// What the dense levels leave out: counts, for a tile after this one that is not dense.
PLANTWRIGHT_INLINE void fill_counts(const Tile& tile) {
    for (int l = 1; l < tile.column.n_levels; ++l) {
        double* const n = tile.level(l);
        for (std::ptrdiff_t i = tile.column.history; i < tile.length; ++i)
            n[i] = static_cast<double>(std::ptrdiff_t{1} << l);
    }
}

// ---- extremes

PLANTWRIGHT_INLINE void raise_extremes(const Tile& tile, int l) {
    const RollingShape& shape = tile.column.shape;
    const std::ptrdiff_t back = std::ptrdiff_t{1} << l;
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Lanes a, b;
        if (shape.low >= 0) {
            load(a, tile.quantity(l, shape.low) + i);
            load(b, tile.quantity(l, shape.low) + i - back);
            lower(a, b);
            store(tile.quantity(l + 1, shape.low) + i, a);
        }
        if (shape.high >= 0) {
            load(a, tile.quantity(l, shape.high) + i);
            load(b, tile.quantity(l, shape.high) + i - back);
            raise(a, b);
            store(tile.quantity(l + 1, shape.high) + i, a);
        }
    }
}

/// How many values are present in the window, where some may be missing.
PLANTWRIGHT_INLINE void count_at(const Tile& tile, std::int64_t rows, std::ptrdiff_t i, Lanes& n) {
    std::ptrdiff_t back = 0;
    n = Lanes{};
    for (int l = 0; l < tile.column.n_levels; ++l) {
        if (!(rows >> l & 1)) continue;
        Lanes other;
        load(other, tile.level(l) + i - back);
        n = n + other;
        back += std::ptrdiff_t{1} << l;
    }
}

template <bool kDense>
PLANTWRIGHT_INLINE void write_extremes(const Tile& tile, const RollingColumnWindow& window) {
    const RollingShape& shape = tile.column.shape;
    const double least = tile.column.min_count < 1 ? 1 : tile.column.min_count;
    const int l = 63 - __builtin_clzll(static_cast<unsigned long long>(window.rows));
    const std::ptrdiff_t back = window.rows - (std::int64_t{1} << l);
    for (std::ptrdiff_t i = tile.column.history; i < tile.end(); i += kLanes) {
        Lanes low{}, high{}, other, n;
        if (shape.low >= 0) {
            load(low, tile.quantity(l, shape.low) + i);
            load(other, tile.quantity(l, shape.low) + i - back);
            lower(low, other);
        }
        if (shape.high >= 0) {
            load(high, tile.quantity(l, shape.high) + i);
            load(other, tile.quantity(l, shape.high) + i - back);
            raise(high, other);
        }
        const Lanes values[] = {low, high, high - low};
        if (!kDense) count_at(tile, window.rows, i, n);
        const std::ptrdiff_t r = i - tile.column.history;
        for (int s = kRollingMin; s <= kRollingRange; ++s) {
            if (!(window.statistics >> s & 1)) continue;
            const Lanes& value = values[s - kRollingMin];
            const Lanes out = kDense ? value : n >= least ? value : Lanes{} + kNone;
            store_some(window.out[s] + tile.first + r, out, tile.n_rows - r);
        }
    }
}

// ---- all of it

constexpr std::uint32_t kExtremes = 1u << kRollingMin | 1u << kRollingMax | 1u << kRollingRange;

template <bool kDense>
__attribute__((noinline)) void take_tile(const Tile& tile) {
    const RollingColumn& column = tile.column;
    for (int l = 0; l + 1 < column.n_levels; ++l) {
        if constexpr (kDense)
            if (column.shape.sum >= 0) raise_dense_level(tile, l);
        if constexpr (!kDense) raise_level(tile, l);
        raise_extremes(tile, l);
    }
    for (int w = 0; w < column.n_windows; ++w) {
        const RollingColumnWindow& window = column.windows[w];
        if (window.statistics & ~kExtremes) {
            if constexpr (kDense) write_dense_moments(tile, window);
            if constexpr (!kDense) write_moments(tile, window);
        }
        if (window.statistics & kExtremes) write_extremes<kDense>(tile, window);
    }
    if constexpr (kDense) fill_counts(tile);
}

void take_column(const RollingColumn& column) {
    Tile tile(column);
    forget_history(tile);
    const bool may_be_dense = column.shape.m3 < 0 && column.shape.by_rows < 0;
    std::ptrdiff_t last_missing = -1;
    for (; tile.first < column.n_rows; tile.first += column.tile) {
        if (tile.first > 0) keep_history(tile);
        const std::ptrdiff_t left = column.n_rows - tile.first;
        tile.n_rows = left < column.tile ? left : column.tile;
        const std::ptrdiff_t missing = take_values(tile);
        const bool dense = may_be_dense && missing < 0 && tile.first - last_missing > column.history;
        if (missing >= 0) last_missing = tile.first + missing;
        dense ? take_tile<true>(tile) : take_tile<false>(tile);
    }
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
