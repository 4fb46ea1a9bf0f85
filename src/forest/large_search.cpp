// SPDX-License-Identifier: MIT
#include "forest/large_search.hpp"

#include <algorithm>
#include <limits>

#include "forest/output_sums.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

const LargeNodeKernels& large_kernels() {
    static const LargeNodeKernels& kernels = PLANTWRIGHT_KERNELS(kLargeNodeKernels);
    return kernels;
}

}  // namespace

/// body(begin, n) with the group's bins of rows [begin, begin + n) in picked_.
template <class Sums>
template <class Body>
void LargeSearch<Sums>::for_each_picked_part(const LargeNode& node, Body&& body) {
    node.for_each_part([&](int begin, int n) {
        if (node.has_parts())
            large_kernels().pick(node.bins, node.rows.slot + begin, n, features_, n_features_, picked_.data());
        body(begin, n);
    });
}

template <class Sums>
void LargeSearch<Sums>::search(Sums& sums, const LargeNode& node, const std::uint16_t* features, Index n_features,
                               LargeSplit& best) {
    const Index n_picked = std::min(node.rows.n, kPartRows) * Index{kGroup};
    if (picked_.size() < n_picked) picked_ = Buffer<std::uint8_t>::uninitialized(n_picked);
    for (Index begin = 0; begin < n_features; begin += Sums::kFeatures) {
        search_group(sums, node, features + begin,
                     static_cast<int>(std::min<Index>(Sums::kFeatures, n_features - begin)), best);
    }
}

template <class Sums>
void LargeSearch<Sums>::search_group(Sums& sums, const LargeNode& node, const std::uint16_t* features, int n_features,
                                     LargeSplit& best) {
    features_ = features;
    n_features_ = n_features;
    sums.add_bins(node, features, n_features, picked_.data(), scan_);
    best_ = {.split = best};
    for (int lane = 0; lane < n_features; ++lane) take_boundary(sums, lane);
    wanted_ = 0;
    for (int lane = 0; lane < n_features; ++lane) add_suspects(sums, lane);
    if (wanted_ != 0) refine(sums, node);
    if (best_.lane < 0) return;
    if (!best_.is_fine) name_neighbours(sums, node);
    best = best_.split;
    best.has_missing = has_missing(sums, best_.lane);
}

template <class Sums>
void LargeSearch<Sums>::take_boundary(Sums& sums, int lane) {
    missing_left_[lane] = false;
    const double gain = scan_.numerator[lane] / scan_.denominator[lane];
    if (scan_.bin[lane] >= 0 && gain > best_.split.gain) {
        best_ = {.lane = lane,
                 .bin = static_cast<int>(scan_.bin[lane]),
                 .split = {.gain = gain, .feature = features_[lane]}};
    }
    if (has_missing(sums, lane)) scan_missing_left(sums, lane);
}

/// The rows of the bins through `bin`, and the missing ones where they go left.
template <class Sums>
void LargeSearch<Sums>::set_left(Sums& sums, int lane, int bin) const {
    sums.set_left(lane, bin);
    if (missing_left_[lane]) sums.add_bin(lane, kMissingBin);
}

/// One feature with its missing rows on the left; present bins only.
template <class Sums>
void LargeSearch<Sums>::scan_missing_left(Sums& sums, int lane) {
    double gain = scan_.bin[lane] < 0 ? -std::numeric_limits<double>::infinity()
                                      : scan_.numerator[lane] / scan_.denominator[lane];
    int best = -1;
    missing_left_[lane] = true;
    for (int bin = 0; bin < kMissingBin; ++bin) {
        if (is_empty(sums, lane, bin)) continue;
        set_left(sums, lane, bin);
        if (!(sums.gain() > gain)) continue;
        gain = sums.gain();
        best = bin;
    }
    missing_left_[lane] = best >= 0;
    if (best < 0) return;
    scan_.bin[lane] = best;
    if (gain > best_.split.gain) {
        best_ = {
            .lane = lane, .bin = best, .split = {.gain = gain, .feature = features_[lane], .missing_go_left = true}};
    }
}

template <class Sums>
int LargeSearch<Sums>::next_bin(const Sums& sums, int lane, int bin, int end) {
    int next = bin + 1;
    while (next < end && is_empty(sums, lane, next)) ++next;
    return next;
}

/// The bins next to the best boundary, and the outermost ones.
template <class Sums>
void LargeSearch<Sums>::add_suspects(Sums& sums, int lane) {
    if (column(lane).exact_bins) return;
    const int end = end_of_present(lane), first = next_bin(sums, lane, -1, end);
    if (first == end) return;
    int last = end - 1, bins[4], n = 0;
    while (is_empty(sums, lane, last)) --last;
    const auto add = [&](int bin) {
        if (std::find(bins, bins + n, bin) == bins + n) bins[n++] = bin;
    };
    if (scan_.bin[lane] >= 0) {
        const int at = static_cast<int>(scan_.bin[lane]), next = next_bin(sums, lane, at, end);
        if (at < end) add(at);
        if (next < end) add(next);
    }
    add(first);
    add(last);
    for (int k = 0; k < n; ++k) {
        set_left(sums, lane, bins[k] - 1);
        if (sums.bound(lane, bins[k]) <= best_.split.gain) continue;
        wanted_bin_[k * kGroup + lane] = static_cast<std::uint8_t>(bins[k]);
        wanted_ |= std::uint64_t{1} << (k * kGroup + lane);
    }
}

/// The rows of all wanted bins, in found_; returns how many.
template <class Sums>
std::ptrdiff_t LargeSearch<Sums>::collect(const LargeNode& node) {
    std::ptrdiff_t n_found = 0;
    for_each_picked_part(node, [&](int begin, int n) {
        const auto collect_part = [&] {
            return large_kernels().collect(picked_.data(), n, wanted_bin_, wanted_, found_.data() + n_found,
                                           std::ssize(found_) - n_found);
        };
        std::ptrdiff_t more = collect_part();
        if (n_found + more > std::ssize(found_)) {
            found_.resize(static_cast<std::size_t>(2 * (n_found + more)));
            more = collect_part();
        }
        for (std::ptrdiff_t i = n_found; i < n_found + more; ++i)
            found_[static_cast<std::size_t>(i)] += static_cast<std::uint32_t>(begin);
        n_found += more;
    });
    return n_found;
}

/// Sorts the rows of all wanted bins by bin, code and row.
template <class Sums>
void LargeSearch<Sums>::refine(Sums& sums, const LargeNode& node) {
    const std::ptrdiff_t n = collect(node);
    for (std::uint64_t& found : std::span(found_.data(), static_cast<std::size_t>(n))) {
        const auto row = static_cast<std::uint32_t>(found);
        const std::uint64_t code =
            node.rows.codes[node.rows.slot[row] * node.rows.stride + features_[(found >> 32) % kGroup]];
        found = found >> 32 << 48 | code << 32 | row;
    }
    std::sort(found_.begin(), found_.begin() + n);
    const std::uint64_t* end = found_.data() + n;
    for (const std::uint64_t* begin = found_.data(); begin < end;) {
        const std::uint64_t* next = begin;
        while (next < end && *next >> 48 == *begin >> 48) ++next;
        scan_suspect(sums, node, begin, next);
        begin = next;
    }
}

template <class Sums>
void LargeSearch<Sums>::scan_suspect(Sums& sums, const LargeNode& node, const std::uint64_t* begin,
                                     const std::uint64_t* end) {
    const auto code_of = [](std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32 & 0xFFFF); };
    const auto slot = static_cast<int>(*begin >> 48);
    const int lane = slot % kGroup, bin = wanted_bin_[slot];
    set_left(sums, lane, bin - 1);
    for (const std::uint64_t* key = begin; key + 1 < end; ++key) {
        sums.add(node.rows.packed[static_cast<std::uint32_t>(*key)]);
        if (code_of(key[0]) == code_of(key[1])) continue;
        const double gain = sums.gain();
        if (!(gain > best_.split.gain)) continue;
        best_ = {.lane = lane,
                 .bin = bin,
                 .is_fine = true,
                 .split = {.gain = gain,
                           .feature = features_[lane],
                           .left = code_of(key[0]),
                           .right = code_of(key[1]),
                           .missing_go_left = missing_left_[lane]}};
    }
}

template <class Sums>
bool LargeSearch<Sums>::decide(const LargeNode& node, std::uint8_t* left) const {
    if (best_.lane < 0 || node.has_parts()) return false;
    const std::uint8_t* picked = picked_.data() + best_.lane;
    const int edge =
        best_.bin + (best_.is_fine ? 0 : 1);  // bins below it go left, and of the edge itself the lower codes
    const bool missing_left = best_.split.missing_go_left && column(best_.lane).has_missing;
    const int parted = best_.is_fine ? edge : -1;
    for (int i = 0; i < node.rows.n; ++i, picked += kGroup) {
        left[i] = *picked < edge || (missing_left && *picked == kMissingBin);
        if (*picked == parted)
            left[i] = node.rows.codes[node.rows.slot[i] * node.rows.stride + best_.split.feature] < best_.split.right;
    }
    return true;
}

/// Where the boundary lies between two bins: the node's largest code below it and its least above.
template <class Sums>
void LargeSearch<Sums>::name_neighbours(const Sums& sums, const LargeNode& node) {
    const int lane = best_.lane, end = end_of_present(lane), next = next_bin(sums, lane, best_.bin, end);
    std::uint32_t left = 0, right = kMissingRank;
    if (column(lane).exact_bins) {  // a bin is a code
        best_.split.left = static_cast<std::uint32_t>(best_.bin);
        best_.split.right = next < end ? static_cast<std::uint32_t>(next) : right;
        return;
    }
    for_each_picked_part(node, [&](int begin, int n) {
        for (int i = 0; i < n; ++i) {
            const int bin = picked_[Index{i} * kGroup + lane];
            if (bin != best_.bin && (bin != next || next == end)) continue;
            const std::uint32_t code = node.rows.codes[node.rows.slot[begin + i] * node.rows.stride + features_[lane]];
            if (bin == best_.bin)
                left = std::max(left, code);
            else
                right = std::min(right, code);
        }
    });
    best_.split.left = left;
    best_.split.right = right;
}

template class LargeSearch<SquaredErrorSums>;
template class LargeSearch<ClassSums>;
template class LargeSearch<OutputSums>;

}  // namespace plantwright
