// SPDX-License-Identifier: MIT
#include "forest/node_sums.hpp"

#include <algorithm>
#include <limits>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Standard deviation of the quantised targets over all rows.
double quantised_deviation(const PackedTarget& target, Index n_rows) {
    double mean = 0, squares = 0;
    for (Index i = 0; i < n_rows; ++i) mean += static_cast<double>(target.quantised(i)) / static_cast<double>(n_rows);
    for (Index i = 0; i < n_rows; ++i) {
        const double d = static_cast<double>(target.quantised(i)) - mean;
        squares += d * d;
    }
    return std::sqrt(squares / static_cast<double>(n_rows));
}

double x_log_x(double x) { return x > 0 ? x * elementary::log(x) : 0; }

}  // namespace

double least_weight(const NodeTotals& totals) {
    return std::max<double>(totals.min_samples_leaf, static_cast<double>(totals.min_weight_leaf));
}

double bound_of_bin(double weight, double before, double after, double size_before, double size_after, double reach) {
    const double w = after - before;
    if (w < 2) return 0;
    if (before <= 0 && after >= weight) return kInfinity;
    if (before <= 0) return w * reach * reach / std::max(weight - w, 1.0);
    if (after >= weight) return w * reach * reach / before;
    const double c = std::max(size_before, size_after) + w * reach / 2;
    return c * c / std::min(before * (weight - before), after * (weight - after));
}

SquaredErrorSums::SquaredErrorSums(const PackedTarget& target, Index n_rows)
    : deviation_(quantised_deviation(target, n_rows)), sums_(Buffer<std::uint64_t>::uninitialized(kBins * kGroup)) {
    if (target.is_wide()) weights_ = Buffer<std::uint64_t>::uninitialized(kBins * kGroup);
}

void SquaredErrorSums::start(const NodeRows&, const NodeTotals& totals) {
    shift_ = totals.shift;
    weight_ = totals.weight;
    mean_ = totals.mean;
    least_weight_ = least_weight(totals);
}

void SquaredErrorSums::add_bins(const LargeNode& node, const std::uint16_t* features, int n_features,
                                std::uint8_t* picked, BinScan& scan) {
    static const LargeNodeKernels& kernels = PLANTWRIGHT_KERNELS(kLargeNodeKernels);
    width_ = (n_features + 3) / 4 * 4;
    std::fill_n(sums_.data(), Index{node.bins.n_bins} * width_, std::uint64_t{0});
    if (!weights_.empty()) return add_wide_bins(node, features, n_features, picked, scan);
    node.for_each_part([&](int begin, int n) {
        kernels.histogram(node.bins, node.rows.slot + begin, node.rows.packed + begin, n, features, n_features,
                          sums_.data(), picked);
    });
    kernels.scan(sums_.data(), node.bins.n_bins, width_, node.totals, least_weight_, scan);
}

void SquaredErrorSums::add_wide_bins(const LargeNode& node, const std::uint16_t* features, int n_features,
                                     std::uint8_t* picked, BinScan& scan) {
    static const LargeNodeKernels& kernels = PLANTWRIGHT_KERNELS(kLargeNodeKernels);
    std::fill_n(weights_.data(), Index{node.bins.n_bins} * width_, std::uint64_t{0});
    node.for_each_part([&](int begin, int n) {
        kernels.wide_histogram(node.bins, node.rows.slot + begin, node.rows.packed + begin, n, features, n_features,
                               shift_, sums_.data(), weights_.data(), picked);
    });
    kernels.wide_scan(sums_.data(), weights_.data(), node.bins.n_bins, width_, node.totals, least_weight_, scan);
}

double SquaredErrorSums::gain() const {
    const double w = weight_of(left_), right = weight_ - w, c = centred(left_);
    return w < least_weight_ || right < least_weight_ ? -kInfinity : c * c / (w * right);
}

NodeSpread SquaredErrorSums::spread_of(const NodeRows& rows) const {
    double weight = 0, sum = 0, squares = 0, weights_squared = 0;
    for (int i = 0; i < rows.n; ++i) {
        const NodeSum row = unpacked(rows.packed[i]);
        const double w = weight_of(row), s = target_of(row);
        weight += w;
        sum += s;
        squares += s * s / w;
        weights_squared += w * w;
    }
    return {std::max(squares - sum * sum / weight, 0.0), squares, weight * weight / weights_squared};
}

double SquaredErrorSums::bound(int lane, int bin) const {
    const NodeSum after = left_ + (prefix(lane, bin) - prefix(lane, bin - 1));
    return bound_of_bin(weight_, weight_of(left_), weight_of(after), std::abs(centred(left_)), std::abs(centred(after)),
                        2 * deviation_);
}

ClassSums::ClassSums(int n_classes, bool entropy)
    : entropy_(entropy), total_(static_cast<std::size_t>(n_classes)), left_(total_.size()),
      counts_(Buffer<std::uint32_t>::uninitialized(Index{kBins} * n_classes * kClassLanes)) {}

void ClassSums::start(const NodeRows& rows, const NodeTotals& totals) {
    std::fill(total_.begin(), total_.end(), 0u);
    for (int i = 0; i < rows.n; ++i)
        total_[static_cast<std::uint32_t>(rows.packed[i])] += static_cast<std::uint32_t>(rows.packed[i] >> 32);
    weight_ = totals.weight;
    least_weight_ = least_weight(totals);
}

void ClassSums::add_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                         BinScan& scan) {
    static const LargeClassKernels& kernels = PLANTWRIGHT_KERNELS(kLargeClassKernels);
    std::fill_n(counts_.data(), Index{node.bins.n_bins} * std::ssize(total_) * kClassLanes, 0u);
    node.for_each_part([&](int begin, int n) {
        kernels.histogram(node.bins, node.rows.slot + begin, node.rows.packed + begin, n, features, n_features,
                          static_cast<int>(total_.size()), counts_.data(), picked);
    });
    kernels.scan(counts_.data(), node.bins.n_bins, totals(), static_cast<float>(least_weight_), scan);
}

double ClassSums::weight(int lane, int bin) const {
    double sum = 0;
    for (std::size_t k = 0; bin >= 0 && k < total_.size(); ++k) sum += prefix(lane, bin)[k * kClassLanes];
    return sum;
}

void ClassSums::clear_left() {
    std::fill(left_.begin(), left_.end(), 0.0);
    left_weight_ = 0;
}

void ClassSums::set_left(int lane, int bin) {
    for (std::size_t k = 0; k < total_.size(); ++k) left_[k] = bin < 0 ? 0 : prefix(lane, bin)[k * kClassLanes];
    left_weight_ = weight(lane, bin);
}

void ClassSums::add_bin(int lane, int bin) {
    for (std::size_t k = 0; k < total_.size(); ++k) {
        const double count =
            prefix(lane, bin)[k * kClassLanes] - (bin > 0 ? prefix(lane, bin - 1)[k * kClassLanes] : 0u);
        left_[k] += count;
        left_weight_ += count;
    }
}

NodeSpread ClassSums::spread_of(const NodeRows& rows) const {
    double weights_squared = 0;
    for (int i = 0; i < rows.n; ++i) {
        const auto w = static_cast<double>(rows.packed[i] >> 32);
        weights_squared += w * w;
    }
    const std::vector<double> total(total_.begin(), total_.end());
    return {.loss = loss_of(total.data()), .effective_rows = weight_ * weight_ / weights_squared};
}

/// W - sum_k c_k^2 / W, or W log W - sum_k c_k log c_k.
double ClassSums::loss_of(const double* weights) const {
    double weight = 0, sum = 0;
    for (std::size_t k = 0; k < total_.size(); ++k) {
        weight += weights[k];
        sum += entropy_ ? x_log_x(weights[k]) : weights[k] * weights[k];
    }
    return entropy_ ? x_log_x(weight) - sum : weight - sum / weight;
}

double ClassSums::deviation() const {
    double sum = 0;
    for (std::size_t k = 0; k < total_.size(); ++k) {
        const double c = left_[k] - left_weight_ * (total_[k] / weight_);
        sum += c * c;
    }
    return sum;
}

double ClassSums::gain() const {
    const double w = left_weight_, right = weight_ - w;
    if (w < least_weight_ || right < least_weight_) return -kInfinity;
    if (!entropy_) return deviation() / (w * right);
    double sum = -x_log_x(w) - x_log_x(right);
    for (std::size_t k = 0; k < total_.size(); ++k) sum += x_log_x(left_[k]) + x_log_x(total_[k] - left_[k]);
    return sum;
}

/// A row moves the vector of the c_k by at most sqrt(2) times its weight. No bound is known for entropy.
double ClassSums::bound(int lane, int bin) {
    const double before = left_weight_, size_before = std::sqrt(deviation());
    saved_ = left_;
    add_bin(lane, bin);
    const double after = left_weight_, size_after = std::sqrt(deviation());
    left_.swap(saved_);
    left_weight_ = before;
    if (entropy_) return after - before < 2 ? -kInfinity : kInfinity;
    return bound_of_bin(weight_, before, after, size_before, size_after, 1.4142135623730951);
}

}  // namespace plantwright
