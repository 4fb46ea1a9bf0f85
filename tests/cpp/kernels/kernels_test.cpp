// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <vector>

#include "plantwright/core/isa.hpp"
#include "sum_kernel.hpp"

namespace plantwright {
namespace {

/// The tables that this processor can run, lowest level first.
std::vector<const SumKernels*> runnable_tables() {
    std::vector<const SumKernels*> tables = {&portable::sum_kernels};
#if defined(__x86_64__) && !defined(PLANTWRIGHT_PORTABLE)
    if (best_isa_level() >= IsaLevel::v2) tables.push_back(&v2::sum_kernels);
    if (best_isa_level() >= IsaLevel::v3) tables.push_back(&v3::sum_kernels);
    if (best_isa_level() >= IsaLevel::v4) tables.push_back(&v4::sum_kernels);
#endif
    return tables;
}

TEST(Kernels, TheChosenTableIsTheOneOfTheChosenLevel) {
    EXPECT_EQ(PLANTWRIGHT_KERNELS(sum_kernels).level_number, static_cast<int>(isa_level()));
}

TEST(Kernels, EachLevelIsCompiledForItself) {
    int lowest = -1;
    for (const SumKernels* table : runnable_tables()) {
        EXPECT_GT(table->level_number, lowest);
        lowest = table->level_number;
    }
    EXPECT_EQ(lowest, static_cast<int>(best_isa_level()));
}

TEST(Kernels, AllLevelsGiveTheSameBits) {
    std::vector<double> values;
    for (int i = 0; i < 1001; ++i) values.push_back(1.0 / (i + 3));
    const auto size = static_cast<std::ptrdiff_t>(values.size());
    for (const SumKernels* table : runnable_tables()) {
        EXPECT_EQ(table->sum(values.data(), size), portable::sum_kernels.sum(values.data(), size));
    }
}

}  // namespace
}  // namespace plantwright
