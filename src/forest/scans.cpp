// SPDX-License-Identifier: MIT
#include "forest/scans.hpp"

#include <algorithm>
#include <bit>

#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

constexpr double kSmallestRateSum = 10 * std::numeric_limits<double>::epsilon();  // as scikit-learn's poisson

double x_log_x(double x) { return x > 0 ? x * elementary::log(x) : 0; }

}  // namespace

void SquaredErrorScan::start_node(std::span<const RowId> rows) {
    weight_ = sum_ = 0;
    for (const RowId row : rows) {
        weight_ += w_[row];
        sum_ += w_[row] * y_[row];
    }
}

void PoissonScan::start_node(std::span<const RowId> rows) {
    weight_ = sum_ = 0;
    for (const RowId row : rows) {
        weight_ += w_[row];
        sum_ += w_[row] * y_[row];
    }
}

double PoissonScan::gain() const {
    const double right_sum = sum_ - left_sum_;
    if (left_sum_ <= kSmallestRateSum || right_sum <= kSmallestRateSum) return kNoGain;
    return left_sum_ * elementary::log(left_sum_ / left_weight_) +
           right_sum * elementary::log(right_sum / right_weight());
}

ClassScan::ClassScan(const Target& target, const TreeSample& sample)
    : label_(target.label.data()), w_(sample.weight), total_(static_cast<std::size_t>(target.n_outputs)) {}

void ClassScan::start_node(std::span<const RowId> rows) {
    std::fill(total_.begin(), total_.end(), 0.0);
    weight_ = 0;
    for (const RowId row : rows) {
        total_[static_cast<std::size_t>(label_[row])] += w_[row];
        weight_ += w_[row];
    }
}

void GiniScan::start(std::span<const RowId>) {
    left_.assign(total_.size(), 0.0);
    right_ = total_;
    left_weight_ = left_squares_ = right_squares_ = 0;
    for (const double total : total_) right_squares_ += total * total;
}

void GiniScan::add(RowId row) {
    const auto k = static_cast<std::size_t>(label_[row]);
    const double w = w_[row];
    left_squares_ += w * (2 * left_[k] + w);
    right_squares_ -= w * (2 * right_[k] - w);
    left_[k] += w;
    right_[k] -= w;
    left_weight_ += w;
}

EntropyScan::EntropyScan(const Target& target, const TreeSample& sample) : ClassScan(target, sample) {
    constexpr double kLargestTable = 1 << 24;
    if (!sample.whole_weights || sample.total_weight > kLargestTable) return;
    table_.resize(static_cast<std::size_t>(sample.total_weight) + 1);
    for (std::size_t i = 0; i < table_.size(); ++i) table_[i] = plantwright::x_log_x(static_cast<double>(i));
}

void EntropyScan::start(std::span<const RowId>) {
    left_.assign(total_.size(), 0.0);
    right_ = total_;
    left_weight_ = 0;
}

void EntropyScan::add(RowId row) {
    const auto k = static_cast<std::size_t>(label_[row]);
    left_[k] += w_[row];
    right_[k] -= w_[row];
    left_weight_ += w_[row];
}

double EntropyScan::x_log_x(double x) const {
    return table_.empty() ? plantwright::x_log_x(x) : table_[static_cast<std::size_t>(x)];
}

double EntropyScan::gain() const {
    double gain = -x_log_x(left_weight_) - x_log_x(right_weight());
    for (std::size_t k = 0; k < left_.size(); ++k) gain += x_log_x(left_[k]) + x_log_x(right_[k]);
    return gain;
}

AbsoluteErrorScan::AbsoluteErrorScan(const Target& target, const TreeSample& sample)
    : y_(target.level.data()), w_(sample.weight), rank_(static_cast<std::size_t>(target.y.size())) {}

void AbsoluteErrorScan::start_node(std::span<const RowId> rows) {
    by_target_.assign(rows.begin(), rows.end());
    std::sort(by_target_.begin(), by_target_.end(),
              [&](RowId a, RowId b) { return y_[a] != y_[b] ? y_[a] < y_[b] : a < b; });
    sorted_y_.resize(rows.size());
    weight_ = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rank_[by_target_[i]] = static_cast<std::uint32_t>(i);
        sorted_y_[i] = y_[by_target_[i]];
        weight_ += w_[rows[i]];
    }
}

void AbsoluteErrorScan::start(std::span<const RowId> order) {
    const std::size_t n = order.size();
    left_loss_.assign(n + 1, 0.0);
    right_loss_.assign(n + 1, 0.0);
    clear();
    for (std::size_t i = 0; i < n; ++i) {
        insert(order[i]);
        left_loss_[i + 1] = loss();
    }
    clear();
    for (std::size_t i = n; i-- > 0;) {
        insert(order[i]);
        right_loss_[i] = loss();
    }
    left_weight_ = 0;
    n_left_ = 0;
}

void AbsoluteErrorScan::clear() {
    tree_weight_.assign(sorted_y_.size() + 1, 0.0);
    tree_sum_.assign(sorted_y_.size() + 1, 0.0);
    in_weight_ = in_sum_ = 0;
}

void AbsoluteErrorScan::insert(RowId row) {
    const double w = w_[row], wy = w * y_[row];
    for (std::size_t i = rank_[row] + 1; i < tree_weight_.size(); i += i & (~i + 1)) {
        tree_weight_[i] += w;
        tree_sum_[i] += wy;
    }
    in_weight_ += w;
    in_sum_ += wy;
}

/// Any weighted median gives the same loss, so the lower one serves: the smallest rank whose weight reaches one half.
double AbsoluteErrorScan::loss() const {
    const std::size_t n = sorted_y_.size();
    std::size_t below = 0;  // ranks [0, below) hold less than half the weight
    double weight_below = 0, sum_below = 0;
    for (std::size_t step = std::bit_floor(n); step > 0; step /= 2) {
        if (below + step > n || 2 * (weight_below + tree_weight_[below + step]) >= in_weight_) continue;
        below += step;
        weight_below += tree_weight_[below];
        sum_below += tree_sum_[below];
    }
    const double median = sorted_y_[std::min(below, n - 1)];
    return (in_sum_ - sum_below - median * (in_weight_ - weight_below)) + (median * weight_below - sum_below);
}

}  // namespace plantwright
