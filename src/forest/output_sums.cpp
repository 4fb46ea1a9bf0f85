// SPDX-License-Identifier: MIT
#include "forest/output_sums.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The sum over the outputs of their variances, of all rows alike.
double total_variance(const Target& target) {
    const Index n_rows = target.n_rows(), n_outputs = target.n_outputs;
    const auto n = static_cast<double>(n_rows);
    double variance = 0;
    for (Index k = 0; k < n_outputs; ++k) {
        double mean = 0;
        for (Index i = 0; i < n_rows; ++i) mean += target.level[i * n_outputs + k] / n;
        for (Index i = 0; i < n_rows; ++i) {
            const double d = target.level[i * n_outputs + k] - mean;
            variance += d * d / n;
        }
    }
    return variance;
}

}  // namespace

RowPacking::RowPacking(Index n_rows)
    : shift_(2 * static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n_rows)))) {}

bool RowPacking::fits(double largest_weight) const {
    return shift_ + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest_weight))) < 64;
}

OutputSums::OutputSums(const Target& target, const RowPacking& packing)
    : target_(target), packing_(packing), stride_((target.n_outputs + 4) / 4 * 4),
      reach_(2 * std::sqrt(total_variance(target))), mean_(static_cast<std::size_t>(target.n_outputs)),
      left_(static_cast<std::size_t>(stride_)), saved_(left_.size()), small_(Index{kSmallNode} * stride_),
      sums_(Buffer<double>::uninitialized(Index{kBins} * kOutputLanes * stride_)) {}

void OutputSums::start(const NodeRows& rows, const NodeTotals& totals) {
    weight_ = totals.weight;
    least_weight_ = least_weight(totals);
    find_mean(rows);
    if (rows.n <= kSmallNode) return fill(rows, small_);
    if (large_.size() < rows.n * stride_) large_ = Buffer<double>(rows.n * stride_);
    fill(rows, large_);
}

void OutputSums::find_mean(const NodeRows& rows) {
    const Index n_outputs = target_.n_outputs;
    std::fill(mean_.begin(), mean_.end(), 0.0);
    for (int i = 0; i < rows.n; ++i) {
        const double w = packing_.weight(rows.packed[i]);
        const double* y = target_.level.data() + packing_.row(rows.packed[i]) * n_outputs;
        for (std::size_t k = 0; k < mean_.size(); ++k) mean_[k] += w * y[k];
    }
    for (double& mean : mean_) mean /= weight_;
}

/// Padding stays as it is: zero.
template <class T>
void OutputSums::fill(const NodeRows& rows, Buffer<T>& values) const {
    const Index n_outputs = target_.n_outputs;
    T* out = values.data();
    for (int i = 0; i < rows.n; ++i, out += stride_) {
        const double w = packing_.weight(rows.packed[i]);
        const double* y = target_.level.data() + packing_.row(rows.packed[i]) * n_outputs;
        out[0] = static_cast<T>(w);
        for (std::size_t k = 0; k < mean_.size(); ++k) out[1 + k] = static_cast<T>(w * (y[k] - mean_[k]));
    }
}

void OutputSums::add_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                          BinScan& scan) {
    static const LargeOutputKernels& kernels = PLANTWRIGHT_KERNELS(kLargeOutputKernels);
    const auto stride = static_cast<int>(stride_);
    std::fill_n(sums_.data(), node.bins.n_bins * kOutputLanes * stride_, 0.0);
    node.for_each_part([&](int begin, int n) {
        kernels.histogram(node.bins, node.rows.slot + begin, {large_.data() + begin * stride_, stride}, n, features,
                          n_features, sums_.data(), picked);
    });
    kernels.scan(sums_.data(), node.bins.n_bins, stride, n_features, weight_, least_weight_, scan);
}

void OutputSums::clear_left() { std::fill(left_.begin(), left_.end(), 0.0); }

void OutputSums::set_left(int lane, int bin) {
    if (bin < 0) return clear_left();
    std::copy_n(prefix(lane, bin), stride_, left_.begin());
}

void OutputSums::add_bin(int lane, int bin) {
    const double* to = prefix(lane, bin);
    for (std::size_t k = 0; k < left_.size(); ++k) left_[k] += to[k];
    if (bin == 0) return;
    const double* from = prefix(lane, bin - 1);
    for (std::size_t k = 0; k < left_.size(); ++k) left_[k] -= from[k];
}

void OutputSums::add(std::uint64_t packed) {
    const double w = packing_.weight(packed);
    const double* y = target_.level.data() + packing_.row(packed) * target_.n_outputs;
    left_[0] += w;
    for (std::size_t k = 0; k < mean_.size(); ++k) left_[1 + k] += w * (y[k] - mean_[k]);
}

double OutputSums::squares() const {
    double sum = 0;
    for (std::size_t k = 1; k < left_.size(); ++k) sum += left_[k] * left_[k];
    return sum;
}

double OutputSums::gain() const {
    const double w = left_[0], right = weight_ - w;
    return w < least_weight_ || right < least_weight_ ? -kInfinity : squares() / (w * right);
}

double OutputSums::bound(int lane, int bin) {
    const double before = left_[0], size_before = std::sqrt(squares());
    saved_ = left_;
    add_bin(lane, bin);
    const double after = left_[0], size_after = std::sqrt(squares());
    left_.swap(saved_);
    return bound_of_bin(weight_, before, after, size_before, size_after, reach_);
}

}  // namespace plantwright
