// SPDX-License-Identifier: MIT
#include "preprocessing/rolling_columns.hpp"

#include <algorithm>
#include <bit>

#include "core/huge_pages.hpp"
#include "plantwright/core/isa.hpp"
#include "preprocessing/ranked_quantiles.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kLongestLevels = 4096;  // rows of a window whose levels stay in the cache
constexpr std::int64_t kLongestLanes = 256;    // beyond, a pass over the sorted window costs more than ranks
constexpr int kMostQuantiles = 8;              // of a call to the kernel

Index padded(Index n) { return (n + kRollingPad - 1) / kRollingPad * kRollingPad; }

/// Of windows by count.
std::int64_t most_rows(const RollingPlan& plan) {
    std::int64_t most = 0;
    for (const WindowLength& window : plan.windows) most = std::max(most, window.rows);
    return most;
}

class ColumnRoller {
public:
    ColumnRoller(const std::shared_ptr<const RollingPlan>& plan, const HeldRows& rows, std::span<const double> x,
                 std::span<Buffer<double>> out)
        : plan_(plan), rows_(rows), x_(x), out_(out) {}

    void run() {
        const Index most = most_rows(*plan_);
        if (std::ssize(x_) > most) {
            if (plan_->statistics() != 0) take_moments();
            for (std::size_t w = 0; w < plan_->windows.size(); ++w) take_orders(w);
        }
        start_up(std::min<Index>(most, std::ssize(x_)));
    }

private:
    double* out_of(std::size_t window, std::size_t quantity) const {
        return out_[window * plan_->quantities.size() + quantity].data();
    }

    void take_moments() {
        std::vector<RollingColumnWindow> windows;
        for (std::size_t w = 0; w < plan_->windows.size(); ++w) {
            RollingColumnWindow& window = windows.emplace_back();
            window.rows = plan_->windows[w].rows;
            window.held = window.rows > 0 ? nullptr : rows_.held[w].data();
            window.statistics = plan_->statistics();
            for (std::size_t k = 0; k < plan_->quantities.size(); ++k) {
                const int statistic = plan_->quantities[k].statistic;
                if (statistic >= 0) window.out[statistic] = out_of(w, k);
            }
        }
        const Index longest = rows_.longest, tile = 512;
        const auto n_levels = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(longest)));
        const RollingShape shape = plan_->shape();
        auto work = Buffer<double>::uninitialized(tile + longest + kRollingPad +
                                                  shape.n_quantities *
                                                      (n_levels * (tile + kRollingPad) + (Index{1} << n_levels)));
        PLANTWRIGHT_KERNELS(kRollingKernels)
            .column({.shape = shape,
                     .x = x_.data(),
                     .n_rows = std::ssize(x_),
                     .n_levels = n_levels,
                     .windows = windows.data(),
                     .n_windows = static_cast<int>(windows.size()),
                     .min_count = static_cast<double>(plan_->min_count),
                     .longest = longest,
                     .tile = tile,
                     .work = work.data()});
    }

    void take_orders(std::size_t w) {
        std::vector<double> quantiles;
        std::vector<double*> out;
        for (std::size_t k = 0; k < plan_->quantities.size(); ++k) {
            if (plan_->quantities[k].statistic >= 0) continue;
            quantiles.push_back(plan_->quantities[k].quantile);
            out.push_back(out_of(w, k));
        }
        const std::size_t n = quantiles.size();
        if (n == 0) return;
        const std::int64_t rows = plan_->windows[w].rows;
        const Buffer<std::int32_t>& held = rows_.held[w];
        const Index most = rows > 0 ? rows : std::max<Index>(1, *std::max_element(held.begin(), held.end()));
        if (rows == 0 && most > kLongestLanes) return slide(w, quantiles, out);
        if (rows > kLongestLanes) return RankedQuantiles(x_, rows, plan_->min_count).run(quantiles, out);
        for (std::size_t first = 0; first < n; first += kMostQuantiles) {
            const std::size_t some = std::min<std::size_t>(kMostQuantiles, n - first);
            order_lanes(most, held.data(), {quantiles.data() + first, some}, out.data() + first);
        }
    }

    void order_lanes(Index window, const std::int32_t* held, std::span<const double> quantiles, double* const* out) {
        const Index whole = padded((std::ssize(x_) + kRollingPad - 1) / kRollingPad);
        const Index stretch = std::min(whole, std::max<Index>(1024, padded(8 * window)));
        auto work = Buffer<double>::uninitialized((2 * window + stretch + 1) * kRollingPad);
        PLANTWRIGHT_KERNELS(kRollingKernels)
            .order({.x = x_.data(),
                    .n_rows = std::ssize(x_),
                    .window = window,
                    .held = held,
                    .quantiles = quantiles.data(),
                    .n_quantiles = static_cast<int>(quantiles.size()),
                    .out = out,
                    .min_count = static_cast<double>(plan_->min_count),
                    .stretch = stretch,
                    .work = work.data()});
    }

    /// Windows by time.
    void slide(std::size_t w, std::span<const double> quantiles, std::span<double* const> out) {
        const auto least = static_cast<std::size_t>(plan_->min_count);
        SortedWindow window;
        std::int64_t before = 0;
        for (Index i = 0; i < std::ssize(x_); ++i) {
            const std::int64_t first = i + 1 - rows_.held[w][i];
            slide_to(window, before, first, i);
            before = first;
            const auto sorted = window.values();
            for (std::size_t q = 0; q < quantiles.size(); ++q)
                out[q][i] = sorted.size() < least ? kNaN : quantile_of_sorted(sorted, quantiles[q]);
        }
    }

    /// From rows [before, i) to [first, i].
    void slide_to(SortedWindow& window, std::int64_t before, std::int64_t first, std::int64_t i) const {
        const auto x = [this](std::int64_t row) { return reading(x_[static_cast<std::size_t>(row)]); };
        if (first >= i) window.clear();
        if (first == before + 1 && first < i) return window.exchange(x(before), x(i));
        for (std::int64_t row = before; row < first && first < i; ++row) window.erase(x(row));
        if (first <= i) window.insert(x(i));
    }

    /// Windows that are not full yet hold fewer rows, which another arithmetic merges.
    void start_up(Index n) {
        RollingSeries series(plan_);
        std::vector<Cell> written(out_.size());
        for (Index i = 0; i < n; ++i) {
            const Cell x = Cell::of_number(x_[static_cast<std::size_t>(i)]);
            const std::int64_t stamp = rows_.stamps.empty() ? kMissingTime : rows_.stamps[static_cast<std::size_t>(i)];
            series.push({&x, 1}, stamp, written);
            for (std::size_t k = 0; k < out_.size(); ++k) out_[k][i] = written[k].number;
        }
    }

    const std::shared_ptr<const RollingPlan>& plan_;
    const HeldRows& rows_;
    std::span<const double> x_;
    std::span<Buffer<double>> out_;
};

}  // namespace

HeldRows::HeldRows(const RollingPlan& plan, std::span<const std::int64_t> stamp, Index n_rows)
    : stamps(stamp), held(plan.windows.size()), longest(std::max<std::int64_t>(1, most_rows(plan))) {
    bool by_time = false;
    for (std::size_t w = 0; w < held.size(); ++w) {
        if (!plan.windows[w].by_time()) continue;
        held[w] = Buffer<std::int32_t>::uninitialized(n_rows);
        by_time = true;
    }
    if (!by_time) return;
    RowWindows windows(plan.windows);
    for (Index i = 0; i < n_rows; ++i) {
        const auto rows = windows.push(stamps[static_cast<std::size_t>(i)]);
        for (std::size_t w = 0; w < held.size(); ++w) {
            if (held[w].size() > 0) held[w][i] = static_cast<std::int32_t>(rows[w]);
        }
    }
    longest = std::max(longest, windows.longest());
}

bool suits_columns(const RollingPlan& plan, const HeldRows& rows) {
    return rows.longest <= kLongestLevels && plan.shape().by_time < 0;
}

Buffer<double> fresh_column(Index n_rows) {
    auto column = Buffer<double>::uninitialized(n_rows);
    advise_huge_pages(column.data(), static_cast<std::size_t>(n_rows) * sizeof(double));
    return column;
}

void roll_column(const std::shared_ptr<const RollingPlan>& plan, const HeldRows& rows, std::span<const double> x,
                 std::span<Buffer<double>> out) {
    ColumnRoller(plan, rows, x, out).run();
}

}  // namespace plantwright
