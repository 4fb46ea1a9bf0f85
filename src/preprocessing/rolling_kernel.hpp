// SPDX-License-Identifier: MIT
/// Rolling statistics, compiled per instruction-set level with the same bits at each.
///
/// A *piece* holds the moments of the 2^l rows up to row t: the number n of present values, and with f the newest of
/// them and p a row's position (its number, or its stamp in seconds) less that of row t
///
///     s = sum (x - f),   m2, m3 = sums of powers of (x - mean),   sp = sum p,   c = sum (x - mean)(p - mean p),
///     mpp = sum (p - mean p)^2
///
/// so that an offset of the data costs no digits. Level l + 1 merges level l at rows t and t - 2^l (Chan, Golub &
/// LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979). A window of k rows
/// merges one piece for each binary digit of k, the smallest at row t: the arithmetic depends on k alone, so whole
/// columns (lanes over time) and streams (lanes over columns) give the same bits. Minimum and maximum are those of two
/// overlapping pieces. O(log k) a row. Rows before the first are as rows without values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

enum RollingStatistic : int {
    kRollingCount,
    kRollingSum,
    kRollingMean,
    kRollingVar,
    kRollingStd,
    kRollingMin,
    kRollingMax,
    kRollingRange,
    kRollingSlope,
    kRollingSkew,
    kRollingStatistics  ///< how many there are
};

inline constexpr std::ptrdiff_t kRollingPad = 8;  ///< lanes of the widest level

/// Where each quantity of a piece stands, -1: it is not kept. The count stands first; `by_rows` and `by_time` are the
/// first of (sp, c, mpp).
struct RollingShape {
    int n_quantities = 1;
    int sum = -1, m2 = -1, m3 = -1, by_rows = -1, by_time = -1, low = -1, high = -1;

    bool operator==(const RollingShape&) const = default;
};

struct RollingNeeds {
    bool sum = false, m2 = false, m3 = false, by_rows = false, by_time = false, low = false, high = false;
};

/// The same needs have the same shape, so that kernels can know it when compiled.
constexpr RollingShape rolling_shape(const RollingNeeds& needs) {
    RollingShape shape;
    const auto place = [&shape](int& at, int n, bool needed) {
        if (!needed) return;
        at = shape.n_quantities;
        shape.n_quantities += n;
    };
    place(shape.sum, 1, needs.sum);
    place(shape.m2, 1, needs.m2);
    place(shape.m3, 1, needs.m3);
    place(shape.by_rows, 3, needs.by_rows);
    place(shape.by_time, 3, needs.by_time);
    place(shape.low, 1, needs.low);
    place(shape.high, 1, needs.high);
    return shape;
}

/// A piece of all columns, `(n_quantities, width)`; `last (width,)` is f, `rows` and `seconds` its row's position.
struct RollingPiece {
    const double* quantities;
    const double* last;
    double rows;
    double seconds;
    double coefficient;  ///< 1 / (n_a n_b n) of its merge with the newer rows where all values are present, else 0
};

/// Level l at row t, to be written, and at row t - 2^l: perhaps the same place, so it is read first.
struct RollingLevel {
    double* now;
    RollingPiece before;
};

struct RollingWindowRow {
    std::uint32_t statistics = 0;  ///< bit RollingStatistic
    bool by_time = false;
    const RollingPiece* pieces = nullptr;  ///< newest first
    int n_pieces = 0;                      ///< 0: the window is empty
    const double* newest = nullptr;        ///< pieces that overlap and span the window
    const double* oldest = nullptr;
    double* out = nullptr;  ///< (kRollingStatistics, width)
};

/// One row of all columns; `width` is a multiple of kRollingPad.
struct RollingRow {
    RollingShape shape;
    std::ptrdiff_t width;
    const double* x;            ///< NaN, infinite: missing
    const double* last_before;  ///< f of the row before
    double* last;
    const RollingLevel* levels;
    int n_levels;
    const RollingWindowRow* windows;
    int n_windows;
    double min_count;
};

struct RollingColumnWindow {
    std::int64_t rows;         ///< the same in all windows, or
    const std::int32_t* held;  ///< (n_rows,) how many rows each holds; null: `rows`
    std::uint32_t statistics;
    double* out[kRollingStatistics];  ///< (n_rows,) each, where the statistic is asked for
};

inline constexpr int kRollingMostLevels = 14;

/// One column; no slopes by time. `tile` is a multiple of kRollingPad.
struct RollingColumn {
    RollingShape shape;
    const double* x;
    std::ptrdiff_t n_rows;
    int n_levels;  ///< bits of `longest`, at most kRollingMostLevels
    const RollingColumnWindow* windows;
    int n_windows;
    double min_count;
    std::ptrdiff_t longest, tile;
    double* work;  ///< (tile + longest + kRollingPad) + n_quantities (n_levels (tile + kRollingPad) + 2^n_levels)
};

/// Quantiles of one column and window. Eight (four, two) stretches of the column run side by side, a lane each.
struct RollingOrder {
    const double* x;
    std::ptrdiff_t n_rows;
    std::ptrdiff_t window;     ///< rows, or the most that any holds
    const std::int32_t* held;  ///< (n_rows,) how many rows each holds; null: `window`
    const double* quantiles;   ///< in [0, 1]
    int n_quantiles;
    double* const* out;  ///< (n_quantiles, n_rows)
    double min_count;
    std::ptrdiff_t stretch;  ///< rows a lane, a multiple of kRollingPad
    double* work;            ///< (2 * window + stretch + 1, kRollingPad)
};

struct RollingKernels {
    void (*row)(const RollingRow& row);
    void (*column)(const RollingColumn& column);
    void (*order)(const RollingOrder& order);
};

PLANTWRIGHT_DECLARE_KERNELS(RollingKernels, kRollingKernels)

}  // namespace plantwright
