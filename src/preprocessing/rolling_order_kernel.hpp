// SPDX-License-Identifier: MIT
/// Quantiles of one column: the window of each lane stays sorted, and one pass without branches takes a value out and
/// another in.
#pragma once

#include "preprocessing/rolling_lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// Value at place h of sorted values, between a = v[floor h] and b = v[floor h + 1] for h = floor h + part.
PLANTWRIGHT_INLINE void between(const Lanes& a, const Lanes& b, const Lanes& part, Lanes& out) {
    const Lanes d = b - a, low = a + d * part, high = b - d * (1.0 - part);
    out = part < 0.5 ? low : high;
    out = part > 0.0 ? out : a;
}

struct SortedLanes {
    double* values;  // (window + 1, kLanes), missing values at the end as infinity
    std::ptrdiff_t window;

    PLANTWRIGHT_INLINE void exchange(const Lanes& out, const Lanes& in) const {
        Lanes a, before = Lanes{} - kInfinite;
        load(a, values);
        for (std::ptrdiff_t k = 0; k < window; ++k) {
            Lanes next;
            load(next, values + (k + 1) * kLanes);
            const Lanes c = a < out ? a : next;
            Lanes b = in > before ? in : before;
            b = c < b ? c : b;
            store(values + k * kLanes, b);
            before = c;
            a = next;
        }
    }
};

/// x of stretch `lane` at row r - window, for r in [0, window + stretch): transposed, missing as infinity. Returns
/// whether all are present.
PLANTWRIGHT_INLINE bool transpose(const RollingOrder& order, std::ptrdiff_t first, double* lanes) {
    bool dense = true;
    for (int lane = 0; lane < kLanes; ++lane) {
        const std::ptrdiff_t start = first + lane * order.stretch - order.window;
        for (std::ptrdiff_t r = 0; r < order.window + order.stretch; ++r) {
            const std::ptrdiff_t i = start + r;
            const bool exists = i >= 0 && i < order.n_rows;
            const double x = exists ? order.x[i] : kInfinite;
            const bool present = x - x == 0;
            dense &= present || i >= order.n_rows;
            lanes[r * kLanes + lane] = present ? x + 0.0 : kInfinite;
        }
    }
    return dense;
}

/// Values of kLanes rows of each lane, to where they belong.
PLANTWRIGHT_INLINE void write_rows(const RollingOrder& order, double* out, std::ptrdiff_t first, std::ptrdiff_t r,
                                   const Lanes* rows) {
    for (int lane = 0; lane < kLanes; ++lane) {
        const std::ptrdiff_t i = first + lane * order.stretch + r;
        Lanes column;
        for (int u = 0; u < kLanes; ++u) column[u] = rows[u][lane];
        if (i < order.n_rows) store_some(out + i, column, order.n_rows - i);
    }
}

constexpr int kMostQuantiles = 8;

/// The quantiles of windows with n values present: their places differ by lane.
PLANTWRIGHT_INLINE void pick(const RollingOrder& order, const double* sorted, const Lanes& n, double quantile,
                             Lanes& out) {
    const double least = order.min_count < 1 ? 1 : order.min_count;
    const Lanes h = quantile * (n - 1.0);
    Lanes a{}, b{}, part{};
    for (int lane = 0; lane < kLanes; ++lane) {
        const std::ptrdiff_t k = n[lane] > 0 ? static_cast<std::ptrdiff_t>(h[lane]) : 0;
        a[lane] = sorted[k * kLanes + lane];
        part[lane] = n[lane] > 0 ? h[lane] - static_cast<double>(k) : 0;
        b[lane] = sorted[(part[lane] > 0 ? k + 1 : k) * kLanes + lane];
    }
    between(a, b, part, out);
    out = n >= least ? out : Lanes{} + kNone;
}

template <bool kDense>
__attribute__((noinline)) void order_block(const RollingOrder& order, std::ptrdiff_t first, const double* lanes,
                                           const SortedLanes& sorted) {
    const std::ptrdiff_t window = order.window;
    const Lanes infinite = Lanes{} + kInfinite;
    Lanes n{}, x;
    for (std::ptrdiff_t k = 0; k <= window; ++k) store(sorted.values + k * kLanes, infinite);
    for (std::ptrdiff_t r = 0; r < window; ++r) {
        load(x, lanes + r * kLanes);
        n = n + (x < infinite ? Lanes{} + 1.0 : Lanes{});
        const SortedLanes filled{sorted.values, r + 1};
        filled.exchange(infinite, x);
    }
    for (std::ptrdiff_t r = 0; r < order.stretch; r += kLanes) {
        Lanes rows[kMostQuantiles][kLanes];
        for (int u = 0; u < kLanes; ++u) {
            Lanes old;
            load(old, lanes + (r + u) * kLanes);
            load(x, lanes + (r + u + window) * kLanes);
            sorted.exchange(old, x);
            if constexpr (!kDense)
                n = n + (x < infinite ? Lanes{} + 1.0 : Lanes{}) - (old < infinite ? Lanes{} + 1.0 : Lanes{});
            for (int q = 0; q < order.n_quantiles; ++q) {
                if constexpr (!kDense) {
                    pick(order, sorted.values, n, order.quantiles[q], rows[q][u]);
                } else {
                    const double h = order.quantiles[q] * (static_cast<double>(window) - 1.0);
                    const auto k = static_cast<std::ptrdiff_t>(h);
                    const double part = h - static_cast<double>(k);
                    Lanes a, b;
                    load(a, sorted.values + k * kLanes);
                    load(b, sorted.values + (part > 0 ? k + 1 : k) * kLanes);
                    between(a, b, Lanes{} + part, rows[q][u]);
                }
            }
        }
        for (int q = 0; q < order.n_quantiles; ++q) write_rows(order, order.out[q], first, r, rows[q]);
    }
}

// ---- windows that differ in length

/// The rows that each lane's window loses and takes in.
struct Steps {
    Row held[kLanes], out[kLanes];  // out: the first row to leave, of the transposed ones
    Row count[kLanes];              // of rows to leave

    /// To the window of row `row` of the column, which is row `at` of the transposed ones.
    PLANTWRIGHT_INLINE Row advance(const RollingOrder& order, Row row, Row at) {
        Row most = 0;
        for (int lane = 0; lane < kLanes; ++lane) {
            const Row i = row + lane * order.stretch;
            const Row before = held[lane];
            held[lane] = i < order.n_rows ? order.held[i] : 0;
            out[lane] = at - before;
            count[lane] = held[lane] > 0 ? before + 1 - held[lane] : before;
            most = count[lane] > most ? count[lane] : most;
        }
        return most;
    }
    PLANTWRIGHT_INLINE void leaving(const double* lanes, Row m, Lanes& x) const {
        double values[kLanes];
        for (int lane = 0; lane < kLanes; ++lane)
            values[lane] = m < count[lane] ? lanes[(out[lane] + m) * kLanes + lane] : kInfinite;
        load(x, values);
    }
    PLANTWRIGHT_INLINE void entering(const double* lanes, Row at, Lanes& x) const {
        double values[kLanes];
        for (int lane = 0; lane < kLanes; ++lane) values[lane] = held[lane] > 0 ? lanes[at * kLanes + lane] : kInfinite;
        load(x, values);
    }
};

PLANTWRIGHT_INLINE void count_values(const Lanes& x, double one, Lanes& n) {
    n = n + (x < kInfinite ? Lanes{} + one : Lanes{});
}

/// Empty lanes take in the rows before the stretch that its last window held.
PLANTWRIGHT_INLINE void fill_windows(const RollingOrder& order, std::ptrdiff_t first, const double* lanes,
                                     const SortedLanes& sorted, Steps& steps, Lanes& n) {
    for (std::ptrdiff_t k = 0; k <= order.window; ++k) store(sorted.values + k * kLanes, Lanes{} + kInfinite);
    for (int lane = 0; lane < kLanes; ++lane) {
        const Row i = first + lane * order.stretch - 1;
        steps.held[lane] = i >= 0 && i < order.n_rows ? order.held[i] : 0;
    }
    for (Row r = 0; r < order.window; ++r) {
        double values[kLanes];
        for (int lane = 0; lane < kLanes; ++lane)
            values[lane] = order.window - r <= steps.held[lane] ? lanes[r * kLanes + lane] : kInfinite;
        Lanes x;
        load(x, values);
        count_values(x, 1, n);
        sorted.exchange(Lanes{} + kInfinite, x);
    }
}

__attribute__((noinline)) void order_varying_block(const RollingOrder& order, std::ptrdiff_t first, const double* lanes,
                                                   const SortedLanes& sorted) {
    Steps steps;
    Lanes n{};
    fill_windows(order, first, lanes, sorted, steps, n);
    for (Row r = 0; r < order.stretch; r += kLanes) {
        Lanes rows[kMostQuantiles][kLanes];
        for (int u = 0; u < kLanes; ++u) {
            const Row at = r + u + order.window, most = steps.advance(order, first + r + u, at);
            Lanes in, out;
            steps.entering(lanes, at, in);
            count_values(in, 1, n);
            for (Row m = 0; m == 0 || m < most; ++m) {
                steps.leaving(lanes, m, out);
                count_values(out, -1, n);
                sorted.exchange(out, in);
                fill(in, kInfinite);
            }
            for (int q = 0; q < order.n_quantiles; ++q) pick(order, sorted.values, n, order.quantiles[q], rows[q][u]);
        }
        for (int q = 0; q < order.n_quantiles; ++q) write_rows(order, order.out[q], first, r, rows[q]);
    }
}

void order_column(const RollingOrder& order) {
    double* const lanes = order.work;
    const SortedLanes sorted{order.work + (order.window + order.stretch) * kLanes, order.window};
    for (std::ptrdiff_t first = 0; first < order.n_rows; first += kLanes * order.stretch) {
        const bool dense = transpose(order, first, lanes);
        if (order.held)
            order_varying_block(order, first, lanes, sorted);
        else if (dense)
            order_block<true>(order, first, lanes, sorted);
        else
            order_block<false>(order, first, lanes, sorted);
    }
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
