// SPDX-License-Identifier: MIT
#include "forest/histogram_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "forest/code_kernels.hpp"
#include "forest/scans.hpp"

namespace plantwright {
namespace {

constexpr std::uint32_t kRowsPerBin = 2;
constexpr std::uint32_t kMostBins = 4096;  // 32 KB of sums: the first cache level
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

template <class Code>
void HistogramSearch<Code>::start(const PackedNode& node, const std::uint64_t* packed, TargetExtremes extremes) {
    node_ = node;
    packed_ = packed;
    extremes_ = extremes;
    weight_ = packed_weight(node.total, node.shift);
    target_ = packed_sum(node.total, node.shift);
    mean_ = target_ / weight_;
    reach_ = std::max(extremes.high - mean_, mean_ - extremes.low);
    best_ = {.gain = -kInfinity};
    suspects_.clear();
}

template <class Code>
void HistogramSearch<Code>::add(std::int32_t feature, std::int32_t draw, const Code* codes, const CodeRange& range) {
    const Binning binning = bin_codes(codes, range);
    const std::uint64_t missing = bins_[binning.n_bins];
    CodeSplit at{.gain = 0, .feature = feature, .draw = draw};
    scan_bins(at, binning, missing, range.n_missing);
    if (range.n_missing == 0) return;
    at.missing_go_left = true;
    scan_bins(at, binning, missing, range.n_missing);
}

template <class Code>
auto HistogramSearch<Code>::bin_codes(const Code* codes, const CodeRange& range) -> Binning {
    const std::uint32_t wanted = std::clamp(std::bit_floor(node_.n_rows / kRowsPerBin), 16u, kMostBins);
    const int bits = std::max(0, static_cast<int>(std::bit_width(range.high - range.low)) - std::countr_zero(wanted));
    const Binning binning{range.low, bits, ((range.high - range.low) >> bits) + 1};
    bins_.assign(binning.n_bins + 1, 0);
    static const CodeKernels<Code> kernels;
    kernels.histogram(codes, packed_, static_cast<std::ptrdiff_t>(node_.n_rows), range.low, bits, binning.n_bins,
                      bins_.data());
    if (node_.min_samples_leaf <= 1) return binning;
    counts_.assign(binning.n_bins + 1, 0);
    for (std::uint32_t i = 0; i < node_.n_rows; ++i) {
        const bool missing = codes[i] == static_cast<Code>(~Code{0});
        ++counts_[missing ? binning.n_bins : (codes[i] - range.low) >> bits];
    }
    return binning;
}

/// One direction of the missing rows, in ascending order of the bins.
template <class Code>
void HistogramSearch<Code>::scan_bins(CodeSplit at, const Binning& binning, std::uint64_t missing,
                                      std::uint32_t n_missing) {
    std::uint64_t left = at.missing_go_left ? missing : 0;
    std::uint32_t n_left = at.missing_go_left ? n_missing : 0;
    const std::uint64_t all_present = node_.total - (at.missing_go_left ? 0 : missing);
    for (std::uint32_t bin = 0; bin < binning.n_bins; ++bin) {
        if (bins_[bin] == 0) continue;
        if (binning.bits > 0) suspect(at, binning, bin, left, n_left);
        left += bins_[bin];
        if (node_.min_samples_leaf > 1) n_left += counts_[bin];
        at.code = binning.low + ((bin + 1) << binning.bits);
        if (left != node_.total) consider(at, left, n_left);  // with nothing on the right there is no split
        if (left == all_present) return;
    }
}

template <class Code>
void HistogramSearch<Code>::suspect(const CodeSplit& at, const Binning& binning, std::uint32_t bin,
                                    std::uint64_t before, std::uint32_t n_before) {
    const std::uint64_t sum = bins_[bin];
    if (sum >> node_.shift < 2) return;  // a single row
    const Ratio bound = rough_bound(before, sum);
    if (bound.below(best_.gain)) return;
    suspects_.push_back({at.feature, at.draw, at.missing_go_left, binning, bin, before, sum, n_before, bound});
}

/// |c| grows by at most `reach` a unit of weight, from either end, and w (W - w) is least at an end.
template <class Code>
auto HistogramSearch<Code>::rough_bound(std::uint64_t before, std::uint64_t sum) const -> Ratio {
    const double w0 = packed_weight(before, node_.shift), w = packed_weight(sum, node_.shift), w1 = w0 + w;
    if (w0 == 0 && w1 == weight_) return {kInfinity, 1};
    if (w0 == 0) return {weight_ * weight_ * w * reach_ * reach_, weight_ - w};
    if (w1 == weight_) return {weight_ * weight_ * w * reach_ * reach_, w0};
    const double s0 = packed_sum(before, node_.shift), s1 = s0 + packed_sum(sum, node_.shift);
    const double c = std::max(std::abs(s0 - w0 * mean_), std::abs(s1 - w1 * mean_)) + w * reach_ / 2;
    return {weight_ * weight_ * c * c, std::min(w0 * (weight_ - w0), w1 * (weight_ - w1))};
}

template <class Code>
double HistogramSearch<Code>::gain(double weight, double target) const {
    if (weight <= 0 || weight >= weight_) return 0;
    return squared_error_gain(weight, target, weight_, target_);
}

/// The two corners between the ends: first all weight at the highest target, or first all at the lowest.
template <class Code>
double HistogramSearch<Code>::corner_bound(std::uint64_t before, std::uint64_t sum) const {
    const double w0 = packed_weight(before, node_.shift), s0 = packed_sum(before, node_.shift);
    const double w = packed_weight(sum, node_.shift), s = packed_sum(sum, node_.shift);
    const double high_weight = (s - w * extremes_.low) / (extremes_.high - extremes_.low), low_weight = w - high_weight;
    const double first_high = gain(w0 + high_weight, s0 + high_weight * extremes_.high);
    const double first_low = gain(w0 + low_weight, s0 + low_weight * extremes_.low);
    return std::max(first_high, first_low);
}

template <class Code>
void HistogramSearch<Code>::consider(CodeSplit at, std::uint64_t left, std::uint32_t n_left) {
    const double weight = packed_weight(left, node_.shift), sum = packed_sum(left, node_.shift);
    const double c = sum * weight_ - target_ * weight;
    if (Ratio{c * c, weight * (weight_ - weight)}.below(best_.gain)) return;  // most end here, without a division
    at.gain = squared_error_gain(weight, sum, weight_, target_);
    if (!at.better_than(best_)) return;
    const bool enough_rows = node_.min_samples_leaf <= 1 ||
                             (n_left >= node_.min_samples_leaf && node_.n_rows - n_left >= node_.min_samples_leaf);
    if (enough_rows && weight >= node_.min_weight_leaf && weight_ - weight >= node_.min_weight_leaf) best_ = at;
}

/// Moves the suspects [begin, end) that can still win to `possible_`; returns whether there are any.
template <class Code>
bool HistogramSearch<Code>::keep_possible(std::size_t begin, std::size_t end) {
    possible_.clear();
    for (std::size_t i = begin; i < end; ++i) {
        const Suspect& s = suspects_[i];
        if (s.bound.below(best_.gain)) continue;
        if (best_.gain > -kInfinity && Ratio{corner_bound(s.before, s.sum), 1}.below(best_.gain)) continue;
        possible_.push_back(s);
    }
    return !possible_.empty();
}

template <class Code>
void HistogramSearch<Code>::refine(const Code* codes) {
    const Binning& binning = possible_.front().binning;
    wanted_.assign(binning.n_bins + 1, 0);
    for (const Suspect& s : possible_) wanted_[s.bin] = 1;
    keyed_.resize(node_.n_rows);
    std::size_t n = 0;
    for (std::uint32_t i = 0; i < node_.n_rows; ++i) {
        const bool missing = codes[i] == static_cast<Code>(~Code{0});
        keyed_[n] = KeyedRow{codes[i]} << 32 | i;
        n += wanted_[missing ? binning.n_bins : (codes[i] - binning.low) >> binning.bits];
    }
    keyed_.resize(n);
    std::sort(keyed_.begin(), keyed_.end());
    for (const Suspect& s : possible_) scan_bin(s);
}

template <class Code>
void HistogramSearch<Code>::scan_bin(const Suspect& s) {
    const std::uint32_t first = s.binning.low + (s.bin << s.binning.bits);
    const std::uint64_t end = std::uint64_t{first} + (std::uint64_t{1} << s.binning.bits);
    auto row = std::lower_bound(keyed_.begin(), keyed_.end(), KeyedRow{first} << 32);
    CodeSplit at{.gain = 0, .feature = s.feature, .draw = s.draw, .missing_go_left = s.missing_go_left};
    std::uint64_t left = s.before;
    std::uint32_t n_left = s.n_rows_before;
    for (; row != keyed_.end() && *row >> 32 < end; ++row) {
        left += packed_[static_cast<std::uint32_t>(*row)];
        ++n_left;
        const auto next = row + 1;
        if (next == keyed_.end() || *next >> 32 >= end) return;  // the bin's own end has been considered
        at.code = static_cast<std::uint32_t>(*next >> 32);
        if (at.code != *row >> 32) consider(at, left, n_left);
    }
}

template class HistogramSearch<std::uint16_t>;
template class HistogramSearch<std::uint32_t>;

}  // namespace plantwright
