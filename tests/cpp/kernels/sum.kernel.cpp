// SPDX-License-Identifier: MIT
#include "sum_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// Four interleaved partial sums, whatever the registers' width: the same bits at every level.
double sum(const double* values, std::ptrdiff_t size) {
    double lanes[4] = {0, 0, 0, 0};
    for (std::ptrdiff_t i = 0; i < size; ++i)
        lanes[i % 4] += values[i] * 1.1;  // a product, so that contraction would show
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace

const SumKernels sum_kernels = {PLANTWRIGHT_LEVEL_NUMBER, sum};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
