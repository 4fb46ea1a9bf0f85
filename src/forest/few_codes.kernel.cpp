// SPDX-License-Identifier: MIT
#include "forest/few_codes_kernel.hpp"

#include "forest/bins_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int kFeatures = 8;  // that are searched together: of each the sums of one bin stand side by side

using U64x4 = std::uint64_t __attribute__((vector_size(32)));
using I64x4 = std::int64_t __attribute__((vector_size(32)));
using F64x4 = double __attribute__((vector_size(32)));

/// prefix[b * kFeatures + f] = the packed sums of the rows whose bin of feature f is at most b.
struct PrefixSums {
    alignas(64) std::uint64_t prefix[kFewCodes * kFeatures];
    int n_bins;
};

/// body(bins of the row, packed sum) for every row.
template <class Picker, class Body>
PLANTWRIGHT_INLINE void for_each_row(const BinTable& table, const NodeRows& rows, const Picker& picker,
                                     const Body& body) {
    for (int i = 0; i < rows.n; ++i) {
        __builtin_prefetch(table.bins + rows.slot[i + kAhead < rows.n ? i + kAhead : i] * table.stride);
        alignas(16) std::uint8_t bins[kGroup];
        picker.pick(table.bins + rows.slot[i] * table.stride, bins);
        body(bins, rows.packed[i]);
    }
}

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
using U64x8 = std::uint64_t __attribute__((vector_size(64)));

/// Sums of up to kBins bins stay in registers: a row is added to those whose bin is not below its own.
template <int kBins, class Picker>
void add_rows(const BinTable& table, const NodeRows& rows, const Picker& picker, PrefixSums& sums) {
    U64x8 prefix[kBins] = {};
    for_each_row(table, rows, picker, [&](const std::uint8_t* bins, std::uint64_t packed) {
        const __m128i narrow = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bins));
        const auto bin = reinterpret_cast<U64x8>(_mm512_maskz_cvtepu8_epi64(0xFF, narrow));
#pragma GCC unroll 16
        for (int b = 0; b < kBins; ++b)
            prefix[b] = bin <= static_cast<std::uint64_t>(b) ? prefix[b] + packed : prefix[b];
    });
    std::memcpy(sums.prefix, prefix, sizeof prefix);
}

template <class Picker>
void fill(const BinTable& table, const NodeRows& rows, const Picker& picker, PrefixSums& sums) {
    if (sums.n_bins <= kFewCodes / 2)
        add_rows<kFewCodes / 2>(table, rows, picker, sums);
    else
        add_rows<kFewCodes>(table, rows, picker, sums);
}
#else
/// A histogram, then its running sums.
template <class Picker>
void fill(const BinTable& table, const NodeRows& rows, const Picker& picker, PrefixSums& sums) {
    std::memset(sums.prefix, 0, sizeof(std::uint64_t) * static_cast<std::size_t>(sums.n_bins * kFeatures));
    for_each_row(table, rows, picker, [&](const std::uint8_t* bins, std::uint64_t packed) {
        std::uint64_t places;
        std::memcpy(&places, bins, sizeof places);
        places = places << 3 | 0x0706050403020100;  // bin * kFeatures + f; bins lie below 16
#pragma GCC unroll 8
        for (int f = 0; f < kFeatures; ++f) sums.prefix[places >> 8 * f & 0xFF] += packed;
    });
    for (int k = kFeatures; k < sums.n_bins * kFeatures; ++k) sums.prefix[k] += sums.prefix[k - kFeatures];
}
#endif

/// Exact below 2^52.
PLANTWRIGHT_INLINE void to_double(const U64x4& x, F64x4& d) {
    const U64x4 bits = x | 0x4330000000000000u;
    std::memcpy(&d, &bits, sizeof d);
    d -= 4503599627370496.0;
}

struct BestBins {
    alignas(32) double gain[kFeatures];
    alignas(32) std::int64_t bin[kFeatures];  // the last one on the left; -1: none
};

/// As LargeNodeKernels::scan, of four features with a row at least on both sides.
PLANTWRIGHT_INLINE void scan_four(const PrefixSums& sums, const NodeTotals& totals, int first, BestBins& best) {
    const std::uint64_t mask = (std::uint64_t{1} << totals.shift) - 1;
    F64x4 numerator = F64x4{} - 1.0, denominator = F64x4{} + 1.0;
    I64x4 bin = I64x4{} - 1;
    for (int b = 0; b + 1 < sums.n_bins; ++b) {
        U64x4 left;
        std::memcpy(&left, sums.prefix + b * kFeatures + first, sizeof left);
        F64x4 w, s;
        to_double(left >> totals.shift, w);
        to_double(left & mask, s);
        const F64x4 right = totals.weight - w, c = s - w * totals.mean, n = c * c, d = w * right;
        const I64x4 better = (n * denominator > numerator * d) & (w >= 1.0) & (right >= 1.0);
        numerator = better ? n : numerator;
        denominator = better ? d : denominator;
        bin = better ? I64x4{} + b : bin;
    }
    const F64x4 gain = numerator / denominator;
    std::memcpy(best.gain + first, &gain, sizeof gain);
    std::memcpy(best.bin + first, &bin, sizeof bin);
}

/// The node's next code of a feature.
int next_bin(const PrefixSums& sums, int bin, int f) {
    int next = bin + 1;
    while (sums.prefix[next * kFeatures + f] == sums.prefix[bin * kFeatures + f]) ++next;
    return next;
}

void search(const BinTable& table, const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features,
            int n_features, SmallSplit& split) {
    double best_gain = -1;
    for (int begin = 0; begin < n_features; begin += kFeatures) {
        const int n = n_features - begin < kFeatures ? n_features - begin : kFeatures;
        PrefixSums sums;
        sums.n_bins = table.n_bins;
        with_picker(table, features + begin, n, [&](const auto& picker) { fill(table, rows, picker, sums); });
        BestBins best;
        scan_four(sums, totals, 0, best);
        if (n > 4) scan_four(sums, totals, 4, best);
        for (int f = 0; f < n; ++f) {
            if (best.bin[f] < 0 || !(best.gain[f] > best_gain)) continue;
            best_gain = best.gain[f];
            const int bin = static_cast<int>(best.bin[f]);
            split = {.gain = static_cast<float>(best_gain),
                     .feature = features[begin + f],
                     .left = static_cast<std::uint32_t>(bin),
                     .right = static_cast<std::uint32_t>(next_bin(sums, bin, f))};
        }
    }
}

void decide(const BinTable& table, const NodeRows& rows, std::int32_t feature, std::uint32_t last_left,
            std::uint8_t* left) {
    const std::uint8_t* bins = table.bins + feature;
    for (int i = 0; i < rows.n; ++i) {
        __builtin_prefetch(bins + rows.slot[i + kAhead < rows.n ? i + kAhead : i] * table.stride);
        left[i] = bins[rows.slot[i] * table.stride] <= last_left;
    }
}

}  // namespace

const FewCodesKernels kFewCodesKernels = {search, decide};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
