// SPDX-License-Identifier: MIT
#include "forest/large_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const LargeNodeKernels& kernels() {
    static const LargeNodeKernels& chosen = PLANTWRIGHT_KERNELS(kLargeNodeKernels);
    return chosen;
}

double to_double(std::uint64_t x) { return static_cast<double>(static_cast<std::int64_t>(x)); }

}  // namespace

LargeSearch::LargeSearch(const RankCodes& codes, double variance)
    : codes_(codes), deviation_(std::sqrt(variance)), sums_(Buffer<std::uint64_t>::uninitialized(kBins * kGroup)), found_(4096) {}

void LargeSearch::search(const LargeNode& node, const std::uint16_t* features, Index n_features, LargeSplit& best) {
    if (picked_.size() < node.rows.n * Index{kGroup}) picked_ = Buffer<std::uint8_t>::uninitialized(node.rows.n * Index{kGroup});
    shift_ = node.totals.shift;
    target_mask_ = (std::uint64_t{1} << shift_) - 1;
    weight_ = to_double(node.totals.total >> shift_);
    mean_ = to_double(node.totals.total & target_mask_) / weight_;
    least_weight_ = std::max<double>(node.totals.min_samples_leaf, static_cast<double>(node.totals.min_weight_leaf));
    for (Index begin = 0; begin < n_features; begin += kGroup) {
        search_group(node, features + begin, static_cast<int>(std::min<Index>(kGroup, n_features - begin)), best);
    }
}

void LargeSearch::search_group(const LargeNode& node, const std::uint16_t* features, int n_features, LargeSplit& best) {
    features_ = features;
    width_ = (n_features + 3) / 4 * 4;
    kernels().histogram(node.bins, node.rows.slot, node.rows.packed, node.rows.n, features, n_features, sums_.data(), picked_.data());
    kernels().scan(sums_.data(), width_, node.totals.total, shift_, least_weight_, scan_);
    best_ = {.split = best};
    take_boundaries(node, n_features);
    wanted_ = 0;
    for (int lane = 0; lane < n_features; ++lane) add_suspects(node, lane);
    if (wanted_ != 0) refine(node);
    if (best_.lane < 0) return;
    name_neighbours(node);
    best = best_.split;
    best.has_missing = missing(best_.lane) != 0;
}

void LargeSearch::take_boundaries(const LargeNode& node, int n_features) {
    for (int lane = 0; lane < n_features; ++lane) {
        missing_left_[lane] = false;
        const double gain = scan_.bin[lane] < 0 ? -1 : scan_.numerator[lane] / scan_.denominator[lane];
        if (gain > best_.split.gain) {
            best_ = {.lane = lane, .bin = static_cast<int>(scan_.bin[lane]), .split = {.gain = gain, .feature = features_[lane]}};
        }
        if (has_missing(lane) && missing(lane) != 0) scan_missing_left(node, lane);
    }
}

std::uint64_t LargeSearch::missing(int lane) const { return has_missing(lane) ? sum_of(lane, kMissingBin) : 0; }

/// One feature with its missing rows on the left; present bins only.
void LargeSearch::scan_missing_left(const LargeNode&, int lane) {
    const std::uint64_t missing_sum = missing(lane);
    const double before = scan_.bin[lane] < 0 ? -1 : scan_.numerator[lane] / scan_.denominator[lane];
    double best_gain = before;
    for (int bin = 0; bin < kMissingBin; ++bin) {
        if (sum_of(lane, bin) == 0) continue;
        const std::uint64_t left = prefix(lane, bin) + missing_sum;
        const double w = to_double(left >> shift_), right = weight_ - w, c = to_double(left & target_mask_) - w * mean_;
        if (w < least_weight_ || right < least_weight_ || !(c * c > best_gain * (w * right))) continue;
        best_gain = c * c / (w * right);
        scan_.bin[lane] = bin;
        missing_left_[lane] = true;
    }
    if (!missing_left_[lane]) return;
    scan_.numerator[lane] = best_gain;
    scan_.denominator[lane] = 1;
    if (best_gain > best_.split.gain) {
        best_ = {.lane = lane, .bin = static_cast<int>(scan_.bin[lane]),
                 .split = {.gain = best_gain, .feature = features_[lane], .missing_go_left = true}};
    }
}

/// The bins next to the best boundary, and the outermost ones.
void LargeSearch::add_suspects(const LargeNode& node, int lane) {
    if (column(lane).exact_bins) return;
    const int end = has_missing(lane) ? kMissingBin : kBins;
    const std::uint64_t all = prefix(lane, end - 1);
    if (all == 0) return;
    int first = 0, last = end - 1, bin[4], n = 0;
    while (prefix(lane, first) == 0) ++first;
    while (last > first && prefix(lane, last - 1) == all) --last;
    const auto add = [&](int b) {
        if (std::find(bin, bin + n, b) == bin + n) bin[n++] = b;
    };
    if (scan_.bin[lane] >= 0) {
        const int at = static_cast<int>(scan_.bin[lane]);
        int next = at + 1;
        while (next < end && prefix(lane, next) == prefix(lane, at)) ++next;
        add(at);
        if (next < end) add(next);
    }
    add(first);
    add(last);
    for (int k = 0; k < n; ++k) {
        const std::uint64_t missing_sum = missing_left_[lane] ? missing(lane) : 0;
        const std::uint64_t before = prefix(lane, bin[k] - 1) + missing_sum, after = prefix(lane, bin[k]) + missing_sum;
        if (bound(node, before, after) <= best_.split.gain) continue;
        const int slot = k * kGroup + lane;
        suspects_[slot] = {lane, bin[k], before};
        wanted_bin_[slot] = static_cast<std::uint8_t>(bin[k]);
        wanted_ |= std::uint64_t{1} << slot;
    }
}

/// A bound on the gain of partings inside a bin (see the head of the header); 0 for a bin of one row.
double LargeSearch::bound(const LargeNode&, std::uint64_t before, std::uint64_t after) const {
    const double w0 = to_double(before >> shift_), w1 = to_double(after >> shift_), w = w1 - w0;
    if (w < 2) return 0;
    if (w0 == 0 && w1 == weight_) return kInfinity;
    const double reach = 2 * deviation_;
    if (w0 == 0) return w * reach * reach / std::max(weight_ - w, 1.0);
    if (w1 == weight_) return w * reach * reach / w0;
    const double c0 = to_double(before & target_mask_) - w0 * mean_, c1 = to_double(after & target_mask_) - w1 * mean_;
    const double c = std::max(std::abs(c0), std::abs(c1)) + w * reach / 2;
    return c * c / std::min(w0 * (weight_ - w0), w1 * (weight_ - w1));
}

/// Sorts the rows of all wanted bins by bin, code and row.
void LargeSearch::refine(const LargeNode& node) {
    const auto collect = [&] {
        return kernels().collect(picked_.data(), node.rows.n, wanted_bin_, wanted_, found_.data(), std::ssize(found_));
    };
    std::ptrdiff_t n = collect();
    if (n > std::ssize(found_)) {
        found_.resize(static_cast<std::size_t>(n));
        n = collect();
    }
    for (std::ptrdiff_t k = 0; k < n; ++k) {
        const auto row = static_cast<std::uint32_t>(found_[static_cast<std::size_t>(k)]);
        const std::uint64_t slot = found_[static_cast<std::size_t>(k)] >> 32;
        const std::uint64_t code = node.rows.codes[node.rows.slot[row] * node.rows.stride + features_[slot % kGroup]];
        found_[static_cast<std::size_t>(k)] = slot << 48 | code << 32 | row;
    }
    std::sort(found_.begin(), found_.begin() + n);
    const std::uint64_t* end = found_.data() + n;
    for (const std::uint64_t* begin = found_.data(); begin < end;) {
        const std::uint64_t* next = begin;
        while (next < end && *next >> 48 == *begin >> 48) ++next;
        scan_suspect(node, begin, next);
        begin = next;
    }
}

void LargeSearch::scan_suspect(const LargeNode& node, const std::uint64_t* begin, const std::uint64_t* end) {
    const auto code_of = [](std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32 & 0xFFFF); };
    const Suspect& suspect = suspects_[*begin >> 48];
    std::uint64_t left = suspect.before;
    for (const std::uint64_t* key = begin; key + 1 < end; ++key) {
        left += node.rows.packed[static_cast<std::uint32_t>(*key)];
        if (code_of(key[0]) == code_of(key[1])) continue;
        const double w = to_double(left >> shift_), right = weight_ - w, c = to_double(left & target_mask_) - w * mean_;
        if (w < least_weight_ || right < least_weight_ || !(c * c > best_.split.gain * (w * right))) continue;
        best_ = {.lane = suspect.lane, .bin = suspect.bin, .fine_bin = suspect.bin,
                 .split = {.gain = c * c / (w * right), .feature = features_[suspect.lane], .left = code_of(key[0]),
                           .right = code_of(key[1]), .missing_go_left = missing_left_[suspect.lane]}};
    }
}

/// Where the boundary lies between two bins: the node's largest code below it and its least above.
void LargeSearch::name_neighbours(const LargeNode& node) {
    if (best_.fine_bin >= 0) return;
    const int lane = best_.lane, end = has_missing(lane) ? kMissingBin : kBins;
    int next = best_.bin + 1;
    while (next < end && prefix(lane, next) == prefix(lane, best_.bin)) ++next;
    std::uint32_t left = 0, right = kMissingRank;
    for (int i = 0; i < node.rows.n; ++i) {
        const int bin = picked_[Index{i} * kGroup + lane];
        if (bin != best_.bin && bin != next) continue;
        const std::uint32_t code = node.rows.codes[node.rows.slot[i] * node.rows.stride + features_[lane]];
        if (bin == best_.bin) left = std::max(left, code);
        else if (next < end) right = std::min(right, code);
    }
    best_.split.left = left;
    best_.split.right = right;
}

}  // namespace plantwright
