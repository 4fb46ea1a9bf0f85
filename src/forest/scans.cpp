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

void TargetSums::start_node(std::span<const RowId> rows) {
    start(rows);
    for (const RowId row : rows) add(row);
    total_ = left_;
    weight_ = left_weight_;
}

void TargetSums::start(std::span<const RowId>) {
    std::fill(left_.begin(), left_.end(), 0.0);
    left_weight_ = 0;
}

double SquaredErrorsScan::gain() const {
    double gain = 0;
    for (std::size_t k = 0; k < left_.size(); ++k)
        gain += squared_error_gain(left_weight_, left_[k], weight_, total_[k]);
    return gain;
}

double PoissonScan::gain() const {
    double gain = 0;
    for (std::size_t k = 0; k < left_.size(); ++k) {
        const double left = left_[k], right = total_[k] - left;
        if (left <= kSmallestRateSum || right <= kSmallestRateSum) return kNoGain;
        gain += left * elementary::log(left / left_weight_) + right * elementary::log(right / right_weight());
    }
    return gain;
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

double EntropyScan::gain_of_labels(double n_labels) const {
    double gain = -n_labels * (x_log_x(left_weight_) + x_log_x(right_weight()));
    for (std::size_t k = 0; k < left_.size(); ++k) gain += x_log_x(left_[k]) + x_log_x(right_[k]);
    return gain;
}

void EntropiesScan::start_node(std::span<const RowId> rows) {
    std::fill(total_.begin(), total_.end(), 0.0);
    weight_ = 0;
    for (const RowId row : rows) {
        target_.for_each_class(row, [&](std::size_t k) { total_[k] += w_[row]; });
        weight_ += w_[row];
    }
}

void EntropiesScan::add(RowId row) {
    const double w = w_[row];
    target_.for_each_class(row, [&](std::size_t k) {
        left_[k] += w;
        right_[k] -= w;
    });
    left_weight_ += w;
}

AbsoluteErrorScan::AbsoluteErrorScan(const Target& target, const TreeSample& sample)
    : y_(target.level.data()), w_(sample.weight), n_outputs_(static_cast<std::size_t>(target.n_outputs)),
      rank_(static_cast<std::size_t>(target.level.size())) {}

void AbsoluteErrorScan::start_node(std::span<const RowId> rows) {
    n_rows_ = rows.size();
    by_target_.assign(rows.begin(), rows.end());
    sorted_y_.resize(n_rows_ * n_outputs_);
    for (std::size_t k = 0; k < n_outputs_; ++k) rank_rows(k);
    weight_ = 0;
    for (const RowId row : rows) weight_ += w_[row];
}

void AbsoluteErrorScan::rank_rows(std::size_t output) {
    std::sort(by_target_.begin(), by_target_.end(),
              [&](RowId a, RowId b) { return y(a, output) != y(b, output) ? y(a, output) < y(b, output) : a < b; });
    for (std::size_t i = 0; i < n_rows_; ++i) {
        rank_[by_target_[i] * n_outputs_ + output] = static_cast<std::uint32_t>(i);
        sorted_y_[output * n_rows_ + i] = y(by_target_[i], output);
    }
}

void AbsoluteErrorScan::start(std::span<const RowId> order) {
    left_loss_.assign(order.size() + 1, 0.0);
    right_loss_.assign(order.size() + 1, 0.0);
    for (std::size_t k = 0; k < n_outputs_; ++k) add_losses(k, order);
    left_weight_ = 0;
    n_left_ = 0;
}

void AbsoluteErrorScan::add_losses(std::size_t output, std::span<const RowId> order) {
    const double* sorted_y = sorted_y_.data() + output * n_rows_;
    clear();
    for (std::size_t i = 0; i < order.size(); ++i) {
        insert(order[i], output);
        left_loss_[i + 1] += loss(sorted_y);
    }
    clear();
    for (std::size_t i = order.size(); i-- > 0;) {
        insert(order[i], output);
        right_loss_[i] += loss(sorted_y);
    }
}

void AbsoluteErrorScan::clear() {
    tree_weight_.assign(n_rows_ + 1, 0.0);
    tree_sum_.assign(n_rows_ + 1, 0.0);
    in_weight_ = in_sum_ = 0;
}

void AbsoluteErrorScan::insert(RowId row, std::size_t output) {
    const double w = w_[row], wy = w * y(row, output);
    for (std::size_t i = rank_[row * n_outputs_ + output] + 1; i < tree_weight_.size(); i += i & (~i + 1)) {
        tree_weight_[i] += w;
        tree_sum_[i] += wy;
    }
    in_weight_ += w;
    in_sum_ += wy;
}

/// Any weighted median gives the same loss, so the lower one serves: the smallest rank whose weight reaches one half.
double AbsoluteErrorScan::loss(const double* sorted_y) const {
    const std::size_t n = n_rows_;
    std::size_t below = 0;  // ranks [0, below) hold less than half the weight
    double weight_below = 0, sum_below = 0;
    for (std::size_t step = std::bit_floor(n); step > 0; step /= 2) {
        if (below + step > n || 2 * (weight_below + tree_weight_[below + step]) >= in_weight_) continue;
        below += step;
        weight_below += tree_weight_[below];
        sum_below += tree_sum_[below];
    }
    const double median = sorted_y[std::min(below, n - 1)];
    return (in_sum_ - sum_below - median * (in_weight_ - weight_below)) + (median * weight_below - sum_below);
}

}  // namespace plantwright
