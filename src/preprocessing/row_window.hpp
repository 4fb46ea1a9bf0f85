// SPDX-License-Identifier: MIT
/// How many rows windows hold, by count and by time, and rings of what rows were.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/preprocessing/cell.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

/// `width` values a row, of the last `capacity` rows, a power of two.
template <class T>
class RowRing {
public:
    explicit RowRing(Index width = 1, Index capacity = 1) : width_(width) { grow(capacity, 0); }

    T* row(std::int64_t i) { return data_.data() + (i & (capacity_ - 1)) * width_; }
    const T* row(std::int64_t i) const { return data_.data() + (i & (capacity_ - 1)) * width_; }
    Index width() const { return width_; }
    Index capacity() const { return capacity_; }

    /// Makes place for `n` rows; keeps those before row `end`.
    void grow(Index n, std::int64_t end) {
        if (n <= capacity_) return;
        RowRing old = std::move(*this);
        capacity_ = std::max<Index>(old.capacity_, 1);
        width_ = old.width_;
        while (capacity_ < n) capacity_ *= 2;
        data_ = Buffer<T>(capacity_ * width_);
        for (std::int64_t i = std::max<std::int64_t>(0, end - old.capacity_); i < end; ++i)
            std::copy_n(old.row(i), width_, row(i));
    }

private:
    Index width_ = 1;
    Index capacity_ = 0;
    Buffer<T> data_;
};

/// Nanoseconds from `before` to `after`, >= before, without overflow.
inline std::uint64_t elapsed(std::int64_t before, std::int64_t after) {
    return static_cast<std::uint64_t>(after) - static_cast<std::uint64_t>(before);
}

/// The latest stamp seen; see plantwright/preprocessing/memory_step.hpp for late stamps and missing ones.
class RowClock {
public:
    explicit RowClock(std::int64_t reach) : reach_(static_cast<std::uint64_t>(reach)) {}

    /// Whether the clock starts, or starts anew.
    bool advance(std::int64_t stamp) {
        if (stamp == kMissingTime) return false;
        const bool starts = now_ == kMissingTime || (stamp < now_ && elapsed(stamp, now_) > reach_);
        if (starts || stamp > now_) now_ = stamp;
        return starts;
    }
    bool is_running() const { return now_ != kMissingTime; }
    std::int64_t now() const { return now_; }

private:
    std::uint64_t reach_;
    std::int64_t now_ = kMissingTime;
};

/// The last rows that a window holds: `rows` of them, or those with a clock in (now - length, now].
class RowWindow {
public:
    explicit RowWindow(const WindowLength& length)
        : rows_(length.rows), length_(static_cast<std::uint64_t>(length.nanoseconds)), clock_(length.nanoseconds) {}

    /// Takes in row i, the next one; `stamps` holds the rows that were in the window and this one, a missing stamp as
    /// the one before. Returns how many rows the window holds now.
    std::int64_t push(std::int64_t i, std::int64_t stamp, const RowRing<std::int64_t>& stamps) {
        if (rows_ > 0) return std::min(rows_, i + 1);
        if (clock_.advance(stamp)) {
            first_ = start_ = i;
            front_ = stamp;
        }
        if (!clock_.is_running()) return 0;
        while (first_ < i && front_ < clock_.now() && elapsed(front_, clock_.now()) >= length_) {
            left_ = front_;
            front_ = std::max(front_, *stamps.row(++first_));
        }
        return i - first_ + 1;
    }

    /// Of a window by time: the last row before it, unless that is older than the window and `tolerance` (0: any);
    /// -1: none.
    std::int64_t row_before(std::int64_t tolerance) const {
        if (first_ == start_) return -1;
        const bool too_old = elapsed(left_, clock_.now()) - length_ > static_cast<std::uint64_t>(tolerance);
        return tolerance > 0 && too_old ? -1 : first_ - 1;
    }

private:
    std::int64_t rows_;
    std::uint64_t length_;
    RowClock clock_;
    std::int64_t start_ = 0;              // where the clock started
    std::int64_t first_ = 0, front_ = 0;  // its first row, and the clock then
    std::int64_t left_ = 0;               // the clock at the row before
};

/// Windows over one series, and the stamps they need.
class RowWindows {
public:
    explicit RowWindows(std::span<const WindowLength> lengths) : rows_(lengths.size()) {
        for (const WindowLength& length : lengths) {
            windows_.emplace_back(length);
            has_time_ |= length.by_time();
        }
    }

    /// The next row, and how many rows each window then holds.
    std::span<const std::int64_t> push(std::int64_t stamp) {
        const std::int64_t i = n_rows_++;
        if (has_time_) stamps_.grow(longest_ + 2, i);
        *stamps_.row(i) = stamp != kMissingTime || i == 0 ? stamp : *stamps_.row(i - 1);
        for (std::size_t w = 0; w < windows_.size(); ++w) {
            rows_[w] = windows_[w].push(i, stamp, stamps_);
            longest_ = std::max(longest_, rows_[w]);
        }
        return rows_;
    }
    /// See RowWindow::row_before.
    std::int64_t row_before(std::size_t window, std::int64_t tolerance) const {
        return windows_[window].row_before(tolerance);
    }
    std::int64_t n_rows() const { return n_rows_; }
    std::int64_t longest() const { return longest_; }  ///< that any window was
    std::int64_t stamp(std::int64_t row) const { return *stamps_.row(row); }

private:
    std::vector<RowWindow> windows_;
    std::vector<std::int64_t> rows_;
    RowRing<std::int64_t> stamps_;
    std::int64_t n_rows_ = 0, longest_ = 0;
    bool has_time_ = false;
};

}  // namespace plantwright
