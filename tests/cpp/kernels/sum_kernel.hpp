// SPDX-License-Identifier: MIT
/// The smallest kernel there is, to test how kernels are built and chosen.
#pragma once

#include <cstddef>

#include "core/levels_kernel.hpp"

namespace plantwright {

struct SumKernels {
    int level_number;
    double (*sum)(const double* values, std::ptrdiff_t size);
};
PLANTWRIGHT_DECLARE_KERNELS(SumKernels, sum_kernels)

}  // namespace plantwright
