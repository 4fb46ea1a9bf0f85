// SPDX-License-Identifier: MIT
#include "forest/bins_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int kWord = 4;
using F64x4 = double __attribute__((vector_size(32)));

PLANTWRIGHT_INLINE void add_cell(double* to, const double* from, int stride) {
    for (int k = 0; k < stride; k += kWord) {
        F64x4 sum, more;
        std::memcpy(&sum, to + k, sizeof sum);
        std::memcpy(&more, from + k, sizeof more);
        sum += more;
        std::memcpy(to + k, &sum, sizeof sum);
    }
}

/// kStride is the stride, or 0 where it is known at run time alone.
template <int kStride>
PLANTWRIGHT_INLINE void add_rows(const std::uint8_t* picked, const OutputValues<double>& values, int n, int n_features,
                                 double* sums) {
    const int stride = kStride > 0 ? kStride : values.stride;
    for (int i = 0; i < n; ++i) {
        const double* value = values.value + static_cast<std::ptrdiff_t>(i) * stride;
        const std::uint8_t* bin = picked + i * kGroup;
        for (int f = 0; f < n_features; ++f)
            add_cell(sums + static_cast<std::ptrdiff_t>(bin[f] * kOutputLanes + f) * stride, value, stride);
    }
}

void histogram(const BinTable& table, const std::uint32_t* slot, const OutputValues<double>& values, int n,
               const std::uint16_t* features, int n_features, double* sums, std::uint8_t* picked) {
    with_picker(table, features, n_features, [&](const auto& picker) {
        for (int begin = 0; begin < n; begin += kStrip) {
            const int m = n - begin < kStrip ? n - begin : kStrip;
            std::uint8_t* strip = picked + begin * kGroup;
            pick_strip(table, slot + begin, m, n - begin, picker, strip);
            const OutputValues<double> here{values.value + static_cast<std::ptrdiff_t>(begin) * values.stride,
                                            values.stride};
            if (values.stride == kWord)
                add_rows<kWord>(strip, here, m, n_features, sums);
            else
                add_rows<0>(strip, here, m, n_features, sums);
        }
    });
}

void scan(double* sums, int n_bins, int stride, int n_features, double weight, double least_weight, BinScan& best) {
    for (int f = 0; f < n_features; ++f) {
        best.numerator[f] = -1;
        best.denominator[f] = 1;
        best.bin[f] = -1;
        double* at = sums + static_cast<std::ptrdiff_t>(f) * stride;
        const double* before = nullptr;
        for (int b = 0; b < n_bins; ++b, at += static_cast<std::ptrdiff_t>(kOutputLanes) * stride) {
            const bool empty = at[0] == 0;
            if (before) add_cell(at, before, stride);
            before = at;
            const double w = at[0], right = weight - w;
            if (empty || w < least_weight || right < least_weight) continue;
            double squares = 0;
            for (int k = 1; k < stride; ++k) squares += at[k] * at[k];
            if (!(squares * best.denominator[f] > best.numerator[f] * (w * right))) continue;
            best.numerator[f] = squares;
            best.denominator[f] = w * right;
            best.bin[f] = b;
        }
    }
}

}  // namespace

const LargeOutputKernels kLargeOutputKernels = {histogram, scan};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
