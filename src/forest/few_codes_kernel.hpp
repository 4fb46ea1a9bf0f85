// SPDX-License-Identifier: MIT
/// Splits where features have few values, compiled per instruction-set level; every level gives the same bits.
#pragma once

#include "forest/training_kernel.hpp"

namespace plantwright {

inline constexpr int kFewCodes = 16;

/// Nodes of any number of rows where no feature has more than kFewCodes values, none is missing, and every bin holds
/// one code: the sums of eight features' bins fill 1 KB, or with AVX-512 the registers, so that a histogram pays from
/// some 30 rows on.
struct FewCodesKernels {
    /// Finds the best parting with a row at least on both sides, in double precision; `split` is left alone where no
    /// feature varies.
    void (*search)(const BinTable& table, const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features,
                   int n_features, SmallSplit& split);
    /// left[i] = row i of the node has at most bin `last_left` of the feature.
    void (*decide)(const BinTable& table, const NodeRows& rows, std::int32_t feature, std::uint32_t last_left,
                   std::uint8_t* left);
};

PLANTWRIGHT_DECLARE_KERNELS(FewCodesKernels, kFewCodesKernels)

}  // namespace plantwright
