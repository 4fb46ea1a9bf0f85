// SPDX-License-Identifier: MIT
/// Quantiles of long windows by count, over a whole column, to the bits of `quantile_of_sorted`.
///
/// Blocks of a window's length are sorted once; two neighbouring ones, merged, give each of their rows a rank, and a
/// bit a rank says whether the row is in the window. A row then clears a bit, sets another, and moves each quantile's
/// place to the neighbouring bit: O(log w) a row for the sorting, and no move of memory
/// (benchmarks/preprocessing/rolling.py, orders 1000: nearly twice as fast as keeping the window sorted).
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "plantwright/core/types.hpp"
#include "preprocessing/sorted_window.hpp"

namespace plantwright {

/// A set of ranks, and walks to the neighbours of a member.
class RankSet {
public:
    void reset(Index n_ranks) { words_.assign(static_cast<std::size_t>(n_ranks / 64 + 1), 0); }
    void insert(Index rank) { words_[word(rank)] |= bit(rank); }
    void erase(Index rank) { words_[word(rank)] &= ~bit(rank); }

    /// -1: none.
    Index after(Index rank) const {
        std::size_t w = word(rank);
        std::uint64_t rest = words_[w] & ~(bit(rank) | (bit(rank) - 1));
        while (rest == 0 && ++w < words_.size()) rest = words_[w];
        return rest == 0 ? -1 : static_cast<Index>(64 * w) + std::countr_zero(rest);
    }
    /// -1: none.
    Index before(Index rank) const {
        std::size_t w = word(rank);
        std::uint64_t rest = words_[w] & (bit(rank) - 1);
        while (rest == 0 && w > 0) rest = words_[--w];
        return rest == 0 ? -1 : static_cast<Index>(64 * w) + 63 - std::countl_zero(rest);
    }

private:
    static std::size_t word(Index rank) { return static_cast<std::size_t>(rank) / 64; }
    static std::uint64_t bit(Index rank) { return std::uint64_t{1} << (rank & 63); }

    std::vector<std::uint64_t> words_;
};

class RankedQuantiles {
public:
    RankedQuantiles(std::span<const double> x, Index window, std::int64_t min_count)
        : x_(x), window_(window), least_(std::max<std::int64_t>(1, min_count)),
          rank_of_(static_cast<std::size_t>(2 * window), -1) {}

    /// Writes rows [window, size) of each of `out`.
    void run(std::span<const double> quantiles, std::span<double* const> out) {
        for (const double q : quantiles) cursors_.push_back({q, -1, 0});
        sort_block(0, older_);
        for (Index first = window_; first < std::ssize(x_); first += window_) {
            sort_block(first, newer_);
            give_ranks();
            start_block();
            const Index end = std::min(first + window_, std::ssize(x_));
            for (Index row = first; row < end; ++row) {
                take(rank_of_[static_cast<std::size_t>(row - first)],
                     rank_of_[static_cast<std::size_t>(window_ + row - first)]);
                for (std::size_t k = 0; k < cursors_.size(); ++k) out[k][row] = value(cursors_[k]);
            }
            std::swap(older_, newer_);
        }
    }

private:
    struct Entry {
        double x;
        std::int32_t row;  // of the block
    };
    struct Cursor {
        double quantile;
        Index rank;   // of the value at place floor(quantile (n - 1)); -1: the window is empty
        Index below;  // that place
    };

    void sort_block(Index first, std::vector<Entry>& block) const {
        block.clear();
        for (Index i = 0; i < window_ && first + i < std::ssize(x_); ++i) {
            const double x = reading(x_[static_cast<std::size_t>(first + i)]);
            if (!std::isnan(x)) block.push_back({x, static_cast<std::int32_t>(i)});
        }
        std::sort(block.begin(), block.end(), [](const Entry& a, const Entry& b) { return a.x < b.x; });
    }

    void give_ranks() {
        std::fill(rank_of_.begin(), rank_of_.end(), -1);
        values_.resize(older_.size() + newer_.size());
        const std::int32_t n = static_cast<std::int32_t>(values_.size()), half = static_cast<std::int32_t>(window_);
        std::size_t a = 0, b = 0;
        for (std::int32_t rank = 0; rank < n; ++rank) {
            const bool newer = a == older_.size() || (b < newer_.size() && newer_[b].x < older_[a].x);
            const Entry& entry = newer ? newer_[b] : older_[a];
            values_[static_cast<std::size_t>(rank)] = entry.x;
            rank_of_[static_cast<std::size_t>(entry.row + (newer ? half : 0))] = rank;
            (newer ? b : a) += 1;
        }
    }

    /// The window is the older block.
    void start_block() {
        set_.reset(std::ssize(values_));
        for (const Entry& entry : older_) set_.insert(rank_of_[static_cast<std::size_t>(entry.row)]);
        n_ = std::ssize(older_);
        for (Cursor& cursor : cursors_) {
            cursor.below = n_ == 0 ? 0 : place(cursor);
            const auto at = static_cast<std::size_t>(cursor.below);
            cursor.rank = n_ == 0 ? -1 : rank_of_[static_cast<std::size_t>(older_[at].row)];
        }
    }

    void take(std::int32_t out, std::int32_t in) {
        if (in >= 0) {
            set_.insert(in);
            ++n_;
            for (Cursor& cursor : cursors_) {
                if (cursor.rank < 0) cursor.rank = in;
                cursor.below += in < cursor.rank;
            }
        }
        if (out >= 0) {
            set_.erase(out);
            --n_;
            for (Cursor& cursor : cursors_) leave(cursor, out);
        }
        for (Cursor& cursor : cursors_) settle(cursor);
    }

    void leave(Cursor& cursor, Index out) const {
        cursor.below -= out < cursor.rank;
        if (out != cursor.rank) return;
        cursor.rank = set_.after(out);
        if (cursor.rank >= 0) return;
        cursor.rank = set_.before(out);
        cursor.below = std::max<Index>(0, cursor.below - 1);
    }

    void settle(Cursor& cursor) const {
        if (n_ == 0) return;
        const Index wanted = place(cursor);
        for (; cursor.below < wanted; ++cursor.below) cursor.rank = set_.after(cursor.rank);
        for (; cursor.below > wanted; --cursor.below) cursor.rank = set_.before(cursor.rank);
    }

    Index place(const Cursor& cursor) const {
        return static_cast<Index>(cursor.quantile * (static_cast<double>(n_) - 1.0));
    }

    double value(const Cursor& cursor) const {
        if (n_ < least_) return kNaN;
        const double h = cursor.quantile * (static_cast<double>(n_) - 1.0);
        const double part = h - static_cast<double>(cursor.below);
        const double a = values_[static_cast<std::size_t>(cursor.rank)];
        return part > 0 ? between(a, values_[static_cast<std::size_t>(set_.after(cursor.rank))], part) : a;
    }

    std::span<const double> x_;
    Index window_;
    std::int64_t least_;
    std::vector<std::int32_t> rank_of_;  // of rows of the older, then of the newer block; -1: no value
    std::vector<Entry> older_, newer_;   // sorted
    std::vector<double> values_;         // by rank
    RankSet set_;
    Index n_ = 0;  // values in the window
    std::vector<Cursor> cursors_;
};

}  // namespace plantwright
