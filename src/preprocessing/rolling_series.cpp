// SPDX-License-Identifier: MIT
#include "preprocessing/rolling_series.hpp"

#include <array>
#include <bit>
#include <charconv>

#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr std::array<std::string_view, kRollingStatistics> kNames = {"count", "sum", "mean",  "var",   "std",
                                                                     "min",   "max", "range", "slope", "skew"};

constexpr bool has(std::uint32_t statistics, RollingStatistic s) { return statistics >> s & 1; }

/// "q10", "q2.5"; -1: it is no quantile.
double parse_quantile(std::string_view text) {
    double percent = -1;
    if (text == "median") return 0.5;
    if (text.size() < 2 || text[0] != 'q') return -1;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), percent);
    const bool ok = error == std::errc() && end == text.data() + text.size() && percent >= 0 && percent <= 100;
    return ok ? percent / 100 : -1;
}

int bits(std::int64_t n) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n))); }

}  // namespace

RollingQuantity rolling_quantity(std::string_view who, std::string_view text) {
    for (std::size_t s = 0; s < kNames.size(); ++s) {
        if (kNames[s] == text) return {static_cast<int>(s), -1};
    }
    const double quantile = parse_quantile(text);
    if (quantile >= 0) return {-1, quantile};
    throw InvalidArgument(std::string(who) +
                          ": statistics must be of mean, std, var, min, max, range, sum, count, slope, skew, median "
                          "and quantiles as q10 (percent), got \"" +
                          std::string(text) + "\"");
}

std::uint32_t RollingPlan::statistics() const {
    std::uint32_t bits = 0;
    for (const RollingQuantity& quantity : quantities) {
        if (quantity.statistic >= 0) bits |= 1u << quantity.statistic;
    }
    return bits;
}

std::vector<double> RollingPlan::quantiles() const {
    std::vector<double> result;
    for (const RollingQuantity& quantity : quantities) {
        if (quantity.statistic < 0) result.push_back(quantity.quantile);
    }
    return result;
}

RollingShape RollingPlan::shape() const {
    const std::uint32_t wanted = statistics();
    const bool slope = has(wanted, kRollingSlope), skew = has(wanted, kRollingSkew);
    const bool square = has(wanted, kRollingVar) || has(wanted, kRollingStd) || skew;
    RollingNeeds needs;
    needs.sum = has(wanted, kRollingSum) || has(wanted, kRollingMean) || square || slope;
    needs.m2 = square;
    needs.m3 = skew;
    for (const WindowLength& window : windows) (window.by_time() ? needs.by_time : needs.by_rows) |= slope;
    needs.low = has(wanted, kRollingMin) || has(wanted, kRollingRange);
    needs.high = has(wanted, kRollingMax) || has(wanted, kRollingRange);
    return rolling_shape(needs);
}

RollingSeries::RollingSeries(std::shared_ptr<const RollingPlan> plan)
    : plan_(std::move(plan)), shape_(plan_->shape()), statistics_(plan_->statistics()), quantiles_(plan_->quantiles()),
      width_((plan_->n_columns + kRollingPad - 1) / kRollingPad * kRollingPad), windows_(plan_->windows),
      values_(width_), last_(width_), x_(width_, kNaN),
      out_(std::ssize(plan_->windows) * kRollingStatistics * width_, kNaN), window_rows_(plan_->windows.size()) {
    for (const WindowLength& window : plan_->windows)
        most_levels_ = std::max(most_levels_, window.by_time() ? 63 : bits(window.rows));
    places_ = places();
    if (!quantiles_.empty()) {
        ordered_.resize(plan_->windows.size());
        for (OrderedWindow& window : ordered_) window.columns.resize(static_cast<std::size_t>(plan_->n_columns));
    }
}

void RollingSeries::push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) {
    const std::int64_t row = windows_.n_rows();
    bool present = true;
    for (std::size_t c = 0; c < values.size(); ++c) {
        x_[static_cast<Index>(c)] = values[c].number;
        present &= std::isfinite(values[c].number);
    }
    present_rows_ = present ? present_rows_ + 1 : 0;
    const auto rows = windows_.push(stamp);
    make_place(row);
    if (statistics_ != 0) take_moments(row, rows);
    if (!quantiles_.empty()) take_orders(row, rows);
    write(written);
}

/// A level is there from half its length on: whatever window asks for it began at most that half ago.
void RollingSeries::make_place(std::int64_t row) {
    const std::int64_t longest = std::max<std::int64_t>(1, windows_.longest());
    if (!quantiles_.empty()) values_.grow(longest + 1, row);
    if (statistics_ == 0) return;
    while (std::ssize(levels_) < std::min(bits(longest) + 1, most_levels_)) add_level();
    last_.grow(Index{2} << levels_.size(), row);
}

void RollingSeries::add_level() {
    RowRing<double>& level = levels_.emplace_back(shape_.n_quantities * width_, Index{1} << levels_.size());
    for (Index i = 0; i < level.capacity(); ++i) {
        if (shape_.low >= 0) std::fill_n(level.row(i) + shape_.low * width_, width_, HUGE_VAL);
        if (shape_.high >= 0) std::fill_n(level.row(i) + shape_.high * width_, width_, -HUGE_VAL);
    }
    level_rows_.resize(levels_.size());
    pieces_.resize(levels_.size() * window_rows_.size());
}

RollingPiece RollingSeries::piece(std::size_t level, std::int64_t row, std::int64_t back) const {
    const double newer = static_cast<double>(back), older = static_cast<double>(std::int64_t{1} << level);
    RollingPiece piece{levels_[level].row(row - back), last_.row(row - back), -newer, 0, 0};
    const bool dense = back > 0 && present_rows_ >= back + (std::int64_t{1} << level);
    if (dense) piece.coefficient = 1.0 / (newer * older * (newer + older));
    if (shape_.by_time >= 0) {
        const std::uint64_t distance = elapsed(windows_.stamp(row), windows_.stamp(row - back));
        piece.seconds = static_cast<double>(static_cast<std::int64_t>(distance)) * 1e-9;
    }
    return piece;
}

void RollingSeries::find_pieces(std::int64_t row, std::int64_t n_rows, RollingPiece* pieces,
                                RollingWindowRow& window) const {
    window.pieces = pieces;
    window.n_pieces = 0;
    window.newest = window.oldest = nullptr;
    if (n_rows == 0) return;
    std::int64_t back = 0;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
        if (!(n_rows >> l & 1)) continue;
        pieces[window.n_pieces++] = piece(l, row, back);
        back += std::int64_t{1} << l;
    }
    const auto top = static_cast<std::size_t>(bits(n_rows) - 1);
    window.newest = levels_[top].row(row);
    window.oldest = levels_[top].row(row - (n_rows - (std::int64_t{1} << top)));
}

void RollingSeries::take_moments(std::int64_t row, std::span<const std::int64_t> rows) {
    for (std::size_t l = 0; l < levels_.size(); ++l)
        level_rows_[l] = {levels_[l].row(row), piece(l, row, std::int64_t{1} << l)};
    for (std::size_t w = 0; w < window_rows_.size(); ++w) {
        RollingWindowRow& window = window_rows_[w];
        window.statistics = statistics_;
        window.by_time = plan_->windows[w].by_time();
        window.out = out_.data() + static_cast<Index>(w) * kRollingStatistics * width_;
        find_pieces(row, rows[w], pieces_.data() + w * levels_.size(), window);
    }
    PLANTWRIGHT_KERNELS(kRollingKernels)
        .row({.shape = shape_,
              .width = width_,
              .x = x_.data(),
              .last_before = last_.row(row - 1),
              .last = last_.row(row),
              .levels = level_rows_.data(),
              .n_levels = static_cast<int>(level_rows_.size()),
              .windows = window_rows_.data(),
              .n_windows = static_cast<int>(window_rows_.size()),
              .min_count = static_cast<double>(plan_->min_count)});
}

void RollingSeries::take_orders(std::int64_t row, std::span<const std::int64_t> rows) {
    double* const now = values_.row(row);
    for (Index c = 0; c < plan_->n_columns; ++c) now[c] = reading(x_[c]);
    for (std::size_t w = 0; w < ordered_.size(); ++w) {
        OrderedWindow& window = ordered_[w];
        const std::int64_t first = row - rows[w] + 1, before = window.first_row;
        window.first_row = first;
        for (Index c = 0; c < plan_->n_columns; ++c) {
            SortedWindow& sorted = window.columns[static_cast<std::size_t>(c)];
            if (first >= row) sorted.clear();
            if (first == before + 1 && first < row) {
                sorted.exchange(values_.row(before)[c], now[c]);
                continue;
            }
            for (std::int64_t i = before; i < first && first < row; ++i) sorted.erase(values_.row(i)[c]);
            if (first <= row) sorted.insert(now[c]);
        }
    }
}

void RollingSeries::write(std::span<Cell> written) const {
    const auto least = static_cast<std::size_t>(std::max<std::int64_t>(1, plan_->min_count));
    for (std::size_t k = 0; k < places_.size(); ++k) written[k].number = out_[places_[k]];
    if (quantiles_.empty()) return;
    std::size_t k = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(plan_->n_columns); ++c) {
        for (const OrderedWindow& window : ordered_) {
            const auto sorted = window.columns[c].values();
            for (const RollingQuantity& quantity : plan_->quantities) {
                if (quantity.statistic < 0)
                    written[k].number = sorted.size() < least ? kNaN : quantile_of_sorted(sorted, quantity.quantile);
                ++k;
            }
        }
    }
}

/// Where in `out_` each of the values written stands; of quantiles anywhere.
std::vector<Index> RollingSeries::places() const {
    std::vector<Index> places;
    for (Index c = 0; c < plan_->n_columns; ++c) {
        for (Index w = 0; w < std::ssize(plan_->windows); ++w) {
            for (const RollingQuantity& quantity : plan_->quantities)
                places.push_back((w * kRollingStatistics + std::max(quantity.statistic, 0)) * width_ + c);
        }
    }
    return places;
}

}  // namespace plantwright
