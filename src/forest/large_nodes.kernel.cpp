// SPDX-License-Identifier: MIT
#include "forest/bins_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using U64x4 = std::uint64_t __attribute__((vector_size(32)));
using I64x4 = std::int64_t __attribute__((vector_size(32)));
using F64x4 = double __attribute__((vector_size(32)));

/// positions[i * kGroup + f] = bin * width + f, then one addition a row and feature.
template <int kFeatures>
void add_strip(const std::uint8_t* picked, const std::uint64_t* packed, int n, std::uint64_t* sums) {
    constexpr int kWidth = (kFeatures + 3) / 4 * 4;
    std::uint16_t positions[kStrip * kGroup];
    for (int i = 0; i < n; ++i) {
        for (int f = 0; f < kGroup; ++f)
            positions[i * kGroup + f] = static_cast<std::uint16_t>(picked[i * kGroup + f] * kWidth + f);
    }
    for (int i = 0; i < n; ++i) {
        const std::uint64_t sum = packed[i];
        const std::uint16_t* at = positions + i * kGroup;
#pragma GCC unroll 16
        for (int f = 0; f < kFeatures; ++f) sums[at[f]] += sum;
    }
}

using AddStrip = void (*)(const std::uint8_t*, const std::uint64_t*, int, std::uint64_t*);
constexpr AddStrip kAddStrip[kGroup + 1] = {nullptr,       add_strip<1>,  add_strip<2>,  add_strip<3>,  add_strip<4>,
                                            add_strip<5>,  add_strip<6>,  add_strip<7>,  add_strip<8>,  add_strip<9>,
                                            add_strip<10>, add_strip<11>, add_strip<12>, add_strip<13>, add_strip<14>,
                                            add_strip<15>, add_strip<16>};

void histogram(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
               const std::uint16_t* features, int n_features, std::uint64_t* sums, std::uint8_t* picked) {
    with_picker(table, features, n_features, [&](const auto& picker) {
        for (int begin = 0; begin < n; begin += kStrip) {
            const int m = n - begin < kStrip ? n - begin : kStrip;
            pick_strip(table, slot + begin, m, n - begin, picker, picked + begin * kGroup);
            kAddStrip[n_features](picked + begin * kGroup, packed + begin, m, sums);
        }
    });
}

void wide_histogram(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
                    const std::uint16_t* features, int n_features, int shift, std::uint64_t* sums,
                    std::uint64_t* weights, std::uint8_t* picked) {
    const std::size_t width = static_cast<std::size_t>((n_features + 3) / 4 * 4);
    with_picker(table, features, n_features, [&](const auto& picker) {
        pick_strip(table, slot, n, n, picker, picked);
        for (int i = 0; i < n; ++i) {
            const NodeSum row = NodeSum::unpacked(packed[i], shift);
            for (int f = 0; f < n_features; ++f) {
                const std::size_t at = picked[i * kGroup + f] * width + static_cast<std::size_t>(f);
                sums[at] += row.target;
                weights[at] += row.weight;
            }
        }
    });
}

void pick(const BinTable& table, const std::uint32_t* slot, int n, const std::uint16_t* features, int n_features,
          std::uint8_t* picked) {
    with_picker(table, features, n_features,
                [&](const auto& picker) { pick_strip(table, slot, n, n, picker, picked); });
}

/// Exact below 2^52.
PLANTWRIGHT_INLINE void to_double(const U64x4& x, F64x4& d) {
    const U64x4 bits = x | 0x4330000000000000u;
    std::memcpy(&d, &bits, sizeof d);
    d -= 4503599627370496.0;
}

/// left += what stands at `at`, which becomes the prefix sum; `here` is what stood there.
PLANTWRIGHT_INLINE void add_to_prefix(std::uint64_t* at, U64x4& left, U64x4& here) {
    std::memcpy(&here, at, sizeof here);
    left += here;
    std::memcpy(at, &left, sizeof left);
}

/// Four features: gain = c^2 / (w (W - w)), c = s - w mean, compared by cross-multiplication. `weights` is null where
/// sums are packed.
template <bool kWide>
void scan_four(std::uint64_t* sums, std::uint64_t* weights, int n_bins, int width, const NodeTotals& totals,
               double least_weight, int first, BinScan& best) {
    const std::uint64_t mask = (std::uint64_t{1} << totals.shift) - 1;
    U64x4 left{}, left_weight{};
    F64x4 numerator = F64x4{} - 1.0, denominator = F64x4{} + 1.0;
    I64x4 bin = I64x4{} - 1;
    for (int b = 0; b < n_bins; ++b) {
        std::uint64_t* at = sums + b * width + first;
        U64x4 here;
        F64x4 w, s;
        add_to_prefix(at, left, here);
        if constexpr (kWide) {
            add_to_prefix(weights + b * width + first, left_weight, here);
            w = __builtin_convertvector(reinterpret_cast<const I64x4&>(left_weight), F64x4);
            s = __builtin_convertvector(reinterpret_cast<const I64x4&>(left), F64x4);
        } else {
            to_double(left >> totals.shift, w);
            to_double(left & mask, s);
        }
        const F64x4 right = totals.weight - w, c = s - w * totals.mean, n = c * c, d = w * right;
        const I64x4 better =
            (n * denominator > numerator * d) & (w >= least_weight) & (right >= least_weight) & (here != 0);
        numerator = better ? n : numerator;
        denominator = better ? d : denominator;
        bin = better ? I64x4{} + b : bin;
    }
    std::memcpy(best.numerator + first, &numerator, sizeof numerator);
    std::memcpy(best.denominator + first, &denominator, sizeof denominator);
    std::memcpy(best.bin + first, &bin, sizeof bin);
}

void scan(std::uint64_t* sums, int n_bins, int width, const NodeTotals& totals, double least_weight, BinScan& best) {
    for (int first = 0; first < width; first += 4)
        scan_four<false>(sums, nullptr, n_bins, width, totals, least_weight, first, best);
}

void wide_scan(std::uint64_t* sums, std::uint64_t* weights, int n_bins, int width, const NodeTotals& totals,
               double least_weight, BinScan& best) {
    for (int first = 0; first < width; first += 4)
        scan_four<true>(sums, weights, n_bins, width, totals, least_weight, first, best);
}

/// Bit 16 k + f: whether the picked bin of feature f is the k-th wanted one.
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
PLANTWRIGHT_INLINE std::uint64_t matches(const std::uint8_t* picked, const std::uint8_t* wanted_bin) {
    const __m256i row = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(picked)));
    const auto half = [&](int k) {
        const __m256i bins = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(wanted_bin) + k);
        return static_cast<std::uint64_t>(
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(row, bins))));
    };
    return half(0) | half(1) << 32;
}
#else
PLANTWRIGHT_INLINE std::uint64_t matches(const std::uint8_t* picked, const std::uint8_t* wanted_bin) {
    std::uint64_t bits = 0;
    for (int k = 0; k < 64; ++k) bits |= static_cast<std::uint64_t>(picked[k % kGroup] == wanted_bin[k]) << k;
    return bits;
}
#endif

std::ptrdiff_t collect(const std::uint8_t* picked, int n, const std::uint8_t* wanted_bin, std::uint64_t wanted,
                       std::uint64_t* found, std::ptrdiff_t capacity) {
    std::ptrdiff_t count = 0;
    for (int i = 0; i < n; ++i) {
        std::uint64_t bits = matches(picked + i * kGroup, wanted_bin) & wanted;
        for (; bits != 0; bits &= bits - 1, ++count) {
            if (count < capacity)
                found[count] = static_cast<std::uint64_t>(__builtin_ctzll(bits)) << 32 | static_cast<std::uint32_t>(i);
        }
    }
    return count;
}

}  // namespace

const LargeNodeKernels kLargeNodeKernels = {pick, histogram, scan, wide_histogram, wide_scan, collect};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
