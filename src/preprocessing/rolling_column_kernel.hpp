// SPDX-License-Identifier: MIT
/// One column: tile after tile, lanes over time, all windows on the same levels.
#pragma once

#include "preprocessing/rolling_lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using Row = std::ptrdiff_t;

constexpr std::uint32_t kExtremes = 1u << kRollingMin | 1u << kRollingMax | 1u << kRollingRange;

/// The buffers of a tile. Pointers are to its row 0; before it stand those rows of the tile before that its windows
/// need: 2^l of level l.
struct Tile {
    const RollingColumn& column;
    Row first = 0, n_rows = 0;  // of the column
    bool is_full = false;       // no value is missing in any of its windows
    double* last;
    double* levels[kRollingMostLevels];
    Row lengths[kRollingMostLevels];  // of a quantity's buffer

    explicit Tile(const RollingColumn& c) : column(c), last(c.work + c.longest) {
        double* free = last + c.tile + kRollingPad;
        for (int l = 0; l < c.n_levels; ++l) {
            lengths[l] = (Row{1} << l) + c.tile + kRollingPad;
            levels[l] = free + (Row{1} << l);
            free += c.shape.n_quantities * lengths[l];
        }
    }
    double* quantity(int l, int q) const { return levels[l] + q * lengths[l]; }
    Row end() const { return (n_rows + kRollingPad - 1) / kRollingPad * kRollingPad; }
};

PLANTWRIGHT_INLINE void keep(double* row_0, Row n, Row tile) {
    std::memmove(row_0 - n, row_0 - n + tile, static_cast<std::size_t>(n) * sizeof(double));
}

/// The last rows become those before the next tile.
PLANTWRIGHT_INLINE void keep_history(const Tile& tile) {
    keep(tile.last, tile.column.longest, tile.column.tile);
    for (int l = 0; l < tile.column.n_levels; ++l) {
        for (int q = 0; q < tile.column.shape.n_quantities; ++q)
            keep(tile.quantity(l, q), Row{1} << l, tile.column.tile);
    }
}

PLANTWRIGHT_INLINE void fill_history(double* row_0, Row n, double value) {
    for (Row i = -n; i < 0; ++i) row_0[i] = value;
}

/// No values before the first row.
PLANTWRIGHT_INLINE void forget_history(const Tile& tile) {
    const RollingShape& shape = tile.column.shape;
    fill_history(tile.last, tile.column.longest, 0);
    for (int l = 0; l < tile.column.n_levels; ++l) {
        for (int q = 0; q < shape.n_quantities; ++q) {
            const double empty = q == shape.low ? kInfinite : q == shape.high ? -kInfinite : 0;
            for (Row i = -(Row{1} << l); i < tile.column.tile; ++i) tile.quantity(l, q)[i] = empty;
        }
    }
}

/// Level 0 and f. Returns the last row of the tile that has no value, or -1.
PLANTWRIGHT_INLINE Row take_values(const Tile& tile) {
    const RollingShape& shape = tile.column.shape;
    double* const n = tile.levels[0];
    Row missing = -1;
    for (Row i = 0; i < tile.end(); ++i) {
        const double x = i < tile.n_rows ? tile.column.x[tile.first + i] : 0;
        const bool present = x - x == 0;
        tile.last[i] = present ? x + 0.0 : tile.last[i - 1];
        n[i] = present ? 1 : 0;
        missing = present ? missing : i;
    }
    for (Row i = 0; i < tile.end(); ++i) {
        if (shape.low >= 0) tile.quantity(0, shape.low)[i] = n[i] > 0 ? tile.last[i] : kInfinite;
        if (shape.high >= 0) tile.quantity(0, shape.high)[i] = n[i] > 0 ? tile.last[i] : -kInfinite;
    }
    return missing;
}

PLANTWRIGHT_INLINE void write_statistics(const Tile& tile, const RollingColumnWindow& window, Row i, const Piece& piece,
                                         const Lanes& f) {
    for (int s = 0; s < kRollingStatistics; ++s) {
        if (!(window.statistics & ~kExtremes & 1u << s)) continue;
        Lanes out{};
        finish(static_cast<RollingStatistic>(s), piece, false, f, tile.column.min_count, out);
        store_some(window.out[s] + tile.first + i, out, tile.n_rows - i);
    }
}

// ---- moments where a value may be missing

PLANTWRIGHT_INLINE void merge_at(const Tile& tile, const RollingShape& shape, int l, Row i, Row back, const Lanes& f,
                                 Piece& piece) {
    Piece older{};
    Lanes f_older;
    load(older, shape, tile.levels[l] + i - back, tile.lengths[l]);
    load(f_older, tile.last + i - back);
    merge(shape, piece, older, f_older - f, static_cast<double>(-back), 0);
}

PLANTWRIGHT_INLINE void raise_level(const Tile& tile, const RollingShape& shape, int l) {
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(piece, shape, tile.levels[l] + i, tile.lengths[l]);
        load(f, tile.last + i);
        merge_at(tile, shape, l, i, Row{1} << l, f, piece);
        store(tile.levels[l + 1] + i, shape, piece, tile.lengths[l + 1]);
    }
}

PLANTWRIGHT_INLINE void write_moments(const Tile& tile, const RollingShape& shape, const RollingColumnWindow& window) {
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(f, tile.last + i);
        Row back = 0;
        for (int l = 0; l < tile.column.n_levels; ++l) {
            if (!(window.rows >> l & 1)) continue;
            if (back == 0)
                load(piece, shape, tile.levels[l] + i, tile.lengths[l]);
            else
                merge_at(tile, shape, l, i, back, f, piece);
            back += Row{1} << l;
        }
        write_statistics(tile, window, i, piece, f);
    }
}

// ---- moments of windows that differ in length: each lane has digits of its own

struct Digits {
    std::int32_t held[kLanes];
    Row back[kLanes];  // rows merged so far
    bool merges[kLanes];

    /// Whether any lane has digit l.
    PLANTWRIGHT_INLINE bool at(int l) {
        bool any = false;
        for (int lane = 0; lane < kLanes; ++lane) any |= merges[lane] = held[lane] >> l & 1;
        return any;
    }
    PLANTWRIGHT_INLINE void advance(int l) {
        for (int lane = 0; lane < kLanes; ++lane) back[lane] += merges[lane] ? Row{1} << l : 0;
    }
};

PLANTWRIGHT_INLINE void gather(Lanes& v, const double* row, const Digits& digits) {
    double values[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) values[lane] = row[lane - digits.back[lane]];
    load(v, values);
}

PLANTWRIGHT_INLINE void choose(Lanes& v, const Lanes& merged, const Lanes& chosen) { v = chosen > 0.0 ? merged : v; }

PLANTWRIGHT_INLINE void merge_digit(const Tile& tile, const RollingShape& shape, int l, Row i, const Lanes& f,
                                    const Digits& digits, Piece& piece) {
    const Row length = tile.lengths[l];
    const double* const level = tile.levels[l] + i;
    Piece older{}, merged = piece;
    Lanes f_older, chosen, rows, first;
    gather(older.n, level, digits);
    gather(f_older, tile.last + i, digits);
    if (shape.sum >= 0) gather(older.s, level + shape.sum * length, digits);
    if (shape.m2 >= 0) gather(older.m2, level + shape.m2 * length, digits);
    if (shape.m3 >= 0) gather(older.m3, level + shape.m3 * length, digits);
    merge(shape, merged, older, f_older - f, 0, 0);
    for (int lane = 0; lane < kLanes; ++lane) {
        chosen[lane] = digits.merges[lane] ? 1 : 0;
        rows[lane] = static_cast<double>(digits.back[lane]);
    }
    first = rows > 0.0 ? Lanes{} : chosen;  // the first piece is taken as it is
    choose(piece.n, merged.n, chosen);
    choose(piece.s, merged.s, chosen);
    choose(piece.m2, merged.m2, chosen);
    choose(piece.m3, merged.m3, chosen);
    choose(piece.s, older.s, first);
    choose(piece.m2, older.m2, first);
    choose(piece.m3, older.m3, first);
}

PLANTWRIGHT_INLINE void find_digits(const Tile& tile, const RollingColumnWindow& window, Row i, Digits& digits) {
    for (int lane = 0; lane < kLanes; ++lane) {
        digits.held[lane] = i + lane < tile.n_rows ? window.held[tile.first + i + lane] : 0;
        digits.back[lane] = 0;
    }
}

PLANTWRIGHT_INLINE void write_varying_moments(const Tile& tile, const RollingShape& shape,
                                              const RollingColumnWindow& window) {
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        Digits digits;
        load(f, tile.last + i);
        find_digits(tile, window, i, digits);
        for (int l = 0; l < tile.column.n_levels; ++l) {
            if (!digits.at(l)) continue;
            merge_digit(tile, shape, l, i, f, digits, piece);
            digits.advance(l);
        }
        write_statistics(tile, window, i, piece, f);
    }
}

// ---- moments of count, sum and m2 where every value is present: n is the same in all lanes

PLANTWRIGHT_INLINE void merge_dense_at(const Tile& tile, int l, Row i, Row back, const Lanes& f, Lanes& s, Lanes& m2) {
    const auto na = static_cast<double>(back), nb = static_cast<double>(Row{1} << l);
    const double c = 1.0 / (na * nb * (na + nb));
    Lanes sb, m2b{}, f_older;
    load(sb, tile.quantity(l, tile.column.shape.sum) + i - back);
    if (tile.column.shape.m2 >= 0) load(m2b, tile.quantity(l, tile.column.shape.m2) + i - back);
    load(f_older, tile.last + i - back);
    sb = sb + nb * (f_older - f);
    const Lanes tx = s * nb - sb * na;
    m2 = (m2 + m2b) + (tx * tx) * c;
    s = s + sb;
}

PLANTWRIGHT_INLINE void load_dense(const Tile& tile, int l, Row i, Lanes& s, Lanes& m2) {
    load(s, tile.quantity(l, tile.column.shape.sum) + i);
    if (tile.column.shape.m2 >= 0) load(m2, tile.quantity(l, tile.column.shape.m2) + i);
}

PLANTWRIGHT_INLINE void raise_dense_level(const Tile& tile, int l) {
    const RollingShape& shape = tile.column.shape;
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Lanes s, m2{}, f;
        load_dense(tile, l, i, s, m2);
        load(f, tile.last + i);
        merge_dense_at(tile, l, i, Row{1} << l, f, s, m2);
        store(tile.quantity(l + 1, shape.sum) + i, s);
        if (shape.m2 >= 0) store(tile.quantity(l + 1, shape.m2) + i, m2);
    }
}

PLANTWRIGHT_INLINE void write_dense_moments(const Tile& tile, const RollingColumnWindow& window) {
    const bool has_moments = tile.column.shape.sum >= 0;
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Piece piece{};
        Lanes f;
        load(f, tile.last + i);
        Row back = 0;
        for (int l = 0; has_moments && l < tile.column.n_levels; ++l) {
            if (!(window.rows >> l & 1)) continue;
            if (back == 0)
                load_dense(tile, l, i, piece.s, piece.m2);
            else
                merge_dense_at(tile, l, i, back, f, piece.s, piece.m2);
            back += Row{1} << l;
        }
        fill(piece.n, static_cast<double>(window.rows));
        write_statistics(tile, window, i, piece, f);
    }
}

/// What the dense levels leave out: the counts of the rows before a tile that is not dense.
PLANTWRIGHT_INLINE void fill_counts(const Tile& tile) {
    for (int l = 1; l < tile.column.n_levels; ++l)
        fill_history(tile.levels[l], Row{1} << l, static_cast<double>(Row{1} << l));
}

// ---- extremes

PLANTWRIGHT_INLINE void raise_extremes(const Tile& tile, int l) {
    const RollingShape& shape = tile.column.shape;
    const Row back = Row{1} << l;
    for (Row i = 0; i < tile.end(); i += kLanes) {
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
PLANTWRIGHT_INLINE void count_at(const Tile& tile, std::int64_t rows, Row i, Lanes& n) {
    Row back = 0;
    n = Lanes{};
    for (int l = 0; l < tile.column.n_levels; ++l) {
        if (!(rows >> l & 1)) continue;
        Lanes other;
        load(other, tile.levels[l] + i - back);
        n = n + other;
        back += Row{1} << l;
    }
}

PLANTWRIGHT_INLINE void write_extremes(const Tile& tile, const RollingColumnWindow& window, Row i, bool dense,
                                       const Lanes& n, const Lanes& low, const Lanes& high) {
    const double least = tile.column.min_count < 1 ? 1 : tile.column.min_count;
    const Lanes values[] = {low, high, high - low};
    for (int s = kRollingMin; s <= kRollingRange; ++s) {
        if (!(window.statistics >> s & 1)) continue;
        const Lanes& value = values[s - kRollingMin];
        const Lanes out = dense ? value : n >= least ? value : Lanes{} + kNone;
        store_some(window.out[s] + tile.first + i, out, tile.n_rows - i);
    }
}

template <bool kDense>
PLANTWRIGHT_INLINE void take_extremes(const Tile& tile, const RollingColumnWindow& window) {
    const RollingShape& shape = tile.column.shape;
    const int l = 63 - __builtin_clzll(static_cast<unsigned long long>(window.rows));
    const Row back = window.rows - (std::int64_t{1} << l);
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Lanes low{}, high{}, other, n{};
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
        if (!kDense) count_at(tile, window.rows, i, n);
        write_extremes(tile, window, i, kDense, n, low, high);
    }
}

/// Of one window, scalar: `row` is the quantity's row 0 of the highest level that fits.
PLANTWRIGHT_INLINE void spanning(const Tile& tile, int q, Row i, std::int32_t held, double& newest, double& oldest) {
    const int l = 31 - __builtin_clz(static_cast<unsigned>(held));
    const double* const row = tile.quantity(l, q) + i;
    newest = row[0];
    oldest = row[(Row{1} << l) - held];
}

PLANTWRIGHT_INLINE void take_varying_extremes(const Tile& tile, const RollingColumnWindow& window) {
    const RollingShape& shape = tile.column.shape;
    for (Row i = 0; i < tile.end(); i += kLanes) {
        Lanes low{}, high{}, other{}, n{}, part;
        Digits digits;
        find_digits(tile, window, i, digits);
        for (int lane = 0; lane < kLanes; ++lane) {
            double newest = 0, oldest = 0;
            if (digits.held[lane] == 0) continue;
            if (shape.low >= 0) spanning(tile, shape.low, i + lane, digits.held[lane], newest, oldest);
            low[lane] = oldest < newest ? oldest : newest;
            if (shape.high >= 0) spanning(tile, shape.high, i + lane, digits.held[lane], newest, oldest);
            high[lane] = oldest > newest ? oldest : newest;
        }
        for (int lane = 0; lane < kLanes; ++lane) n[lane] = tile.is_full ? digits.held[lane] : 0;
        for (int l = 0; !tile.is_full && l < tile.column.n_levels; ++l) {
            if (!digits.at(l)) continue;
            gather(part, tile.levels[l] + i, digits);
            for (int lane = 0; lane < kLanes; ++lane) other[lane] = digits.merges[lane] ? part[lane] : 0;
            n = n + other;
            digits.advance(l);
        }
        write_extremes(tile, window, i, false, n, low, high);
    }
}

// ---- all of it

__attribute__((noinline)) void take_dense_tile(const Tile& tile) {
    const RollingColumn& column = tile.column;
    for (int l = 0; l + 1 < column.n_levels; ++l) {
        if (column.shape.sum >= 0) raise_dense_level(tile, l);
        raise_extremes(tile, l);
    }
    for (int w = 0; w < column.n_windows; ++w) {
        if (column.windows[w].statistics & ~kExtremes) write_dense_moments(tile, column.windows[w]);
        if (column.windows[w].statistics & kExtremes) take_extremes<true>(tile, column.windows[w]);
    }
}

/// `shape` is the column's, with what the caller knows of it when compiled.
PLANTWRIGHT_INLINE void take_tile_of(const Tile& tile, const RollingShape& shape) {
    const RollingColumn& column = tile.column;
    for (int l = 0; l + 1 < column.n_levels; ++l) {
        raise_level(tile, shape, l);
        raise_extremes(tile, l);
    }
    for (int w = 0; w < column.n_windows; ++w) {
        const RollingColumnWindow& window = column.windows[w];
        const bool moments = window.statistics & ~kExtremes, extremes = window.statistics & kExtremes;
        if (moments && !window.held) write_moments(tile, shape, window);
        if (moments && window.held) write_varying_moments(tile, shape, window);
        if (extremes && !window.held) take_extremes<false>(tile, window);
        if (extremes && window.held) take_varying_extremes(tile, window);
    }
}

__attribute__((noinline)) void take_any_tile(const Tile& tile) { take_tile_of(tile, tile.column.shape); }

__attribute__((noinline)) void take_plain_tile(const Tile& tile) {
    RollingShape shape = tile.column.shape;
    shape.m3 = shape.by_rows = shape.by_time = -1;
    take_tile_of(tile, shape);
}

void take_tile(const Tile& tile) {
    const bool plain = tile.column.shape.m3 < 0 && tile.column.shape.by_rows < 0;
    plain ? take_plain_tile(tile) : take_any_tile(tile);
}

PLANTWRIGHT_INLINE bool may_be_dense(const RollingColumn& column) {
    bool same = column.shape.m3 < 0 && column.shape.by_rows < 0;
    for (int w = 0; w < column.n_windows; ++w) same &= column.windows[w].held == nullptr;
    return same;
}

void take_column(const RollingColumn& column) {
    Tile tile(column);
    forget_history(tile);
    const bool some_dense = may_be_dense(column);
    bool was_dense = false;
    Row last_missing = -1;
    for (; tile.first < column.n_rows; tile.first += column.tile) {
        if (tile.first > 0) keep_history(tile);
        const Row left = column.n_rows - tile.first;
        tile.n_rows = left < column.tile ? left : column.tile;
        const Row missing = take_values(tile);
        tile.is_full = missing < 0 && tile.first - last_missing > column.longest;
        const bool dense = some_dense && tile.is_full;
        if (missing >= 0) last_missing = tile.first + missing;
        if (was_dense && !dense) fill_counts(tile);
        dense ? take_dense_tile(tile) : take_tile(tile);
        was_dense = dense;
    }
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
