// SPDX-License-Identifier: MIT
#include "forest/bins_kernel.hpp"
#include "forest/class_gain_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using U32x8 = std::uint32_t __attribute__((vector_size(32)));
using I32x8 = std::int32_t __attribute__((vector_size(32)));
using F32x8 = float __attribute__((vector_size(32)));

void histogram(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
               const std::uint16_t* features, int n_features, int n_classes, std::uint32_t* counts,
               std::uint8_t* picked) {
    const std::size_t per_bin = static_cast<std::size_t>(n_classes) * kClassLanes;
    with_picker(table, features, n_features, [&](const auto& picker) {
        for (int begin = 0; begin < n; begin += kStrip) {
            const int m = n - begin < kStrip ? n - begin : kStrip;
            pick_strip(table, slot + begin, m, n - begin, picker, picked + begin * kGroup);
            for (int i = begin; i < begin + m; ++i) {
                const auto weight = static_cast<std::uint32_t>(packed[i] >> 32);
                std::uint32_t* of_class = counts + static_cast<std::uint32_t>(packed[i]) * kClassLanes;
                const std::uint8_t* bin = picked + i * kGroup;
#pragma GCC unroll 8
                for (int f = 0; f < kClassLanes; ++f)
                    of_class[bin[f] * per_bin + static_cast<std::size_t>(f)] += weight;
            }
        }
    });
}

PLANTWRIGHT_INLINE void load(const std::uint32_t* from, F32x8& value, U32x8& whole) {
    std::memcpy(&whole, from, sizeof whole);
    value = __builtin_convertvector(reinterpret_cast<const I32x8&>(whole), F32x8);
}

/// gini: sum_k c_k^2 / (w (W - w)), c_k = L_k - w T_k / W;  entropy: sum_k L_k log L_k + R_k log R_k - w log w - (W -
/// w) log (W - w)
template <bool kEntropy>
void scan_classes(std::uint32_t* counts, int n_bins, const ClassTotals& classes, float least_weight, BinScan& best) {
    const int n_classes = classes.n_classes;
    float weight = 0;
    for (int k = 0; k < n_classes; ++k) weight += static_cast<float>(classes.of_class[k]);
    F32x8 best_gain = F32x8{} - 3e38f;
    I32x8 best_bin = I32x8{} - 1;
    std::uint32_t* at = counts;
    const std::size_t per_bin = static_cast<std::size_t>(n_classes) * kClassLanes;
    U32x8 left_weight{};
    for (int b = 0; b < n_bins; ++b, at += per_bin) {
        U32x8 here{};
        for (int k = 0; k < n_classes; ++k) {
            U32x8 count;
            std::memcpy(&count, at + k * kClassLanes, sizeof count);
            here += count;
            if (b > 0) {
                U32x8 before;
                std::memcpy(&before, at + k * kClassLanes - per_bin, sizeof before);
                count += before;
                std::memcpy(at + k * kClassLanes, &count, sizeof count);
            }
        }
        left_weight += here;
        const F32x8 w = __builtin_convertvector(reinterpret_cast<const I32x8&>(left_weight), F32x8), right = weight - w;
        F32x8 sum{};
        for (int k = 0; k < n_classes; ++k) {
            const auto total = static_cast<float>(classes.of_class[k]);
            F32x8 left;
            U32x8 whole;
            load(at + k * kClassLanes, left, whole);
            if constexpr (kEntropy) {
                F32x8 a, b;
                x_log_x<F32x8, I32x8>(left, a);
                x_log_x<F32x8, I32x8>(total - left, b);
                sum += a + b;
            } else {
                const F32x8 c = left - w * (total / weight);
                sum += c * c;
            }
        }
        F32x8 gain;
        if constexpr (kEntropy) {
            F32x8 a, b;
            x_log_x<F32x8, I32x8>(w, a);
            x_log_x<F32x8, I32x8>(right, b);
            gain = sum - (a + b);
        } else {
            gain = sum / (w * right);
        }
        const I32x8 better = (gain > best_gain) & (w >= least_weight) & (right >= least_weight) & (here != 0);
        best_gain = better ? gain : best_gain;
        best_bin = better ? I32x8{} + b : best_bin;
    }
    for (int f = 0; f < kClassLanes; ++f) {
        best.numerator[f] = static_cast<double>(best_gain[f]);
        best.denominator[f] = 1;
        best.bin[f] = best_bin[f];
    }
}

void scan(std::uint32_t* counts, int n_bins, const ClassTotals& classes, float least_weight, BinScan& best) {
    if (classes.entropy)
        scan_classes<true>(counts, n_bins, classes, least_weight, best);
    else
        scan_classes<false>(counts, n_bins, classes, least_weight, best);
}

}  // namespace

const LargeClassKernels kLargeClassKernels = {histogram, scan};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
