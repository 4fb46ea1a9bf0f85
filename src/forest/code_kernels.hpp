// SPDX-License-Identifier: MIT
/// The packed kernels by width of the codes, at the running instruction-set level.
#pragma once

#include "forest/packed_kernel.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {

template <class Code>
struct CodeKernels;

template <>
struct CodeKernels<std::uint16_t> {
    const PackedKernels& k = PLANTWRIGHT_KERNELS(kPackedKernels);
    decltype(k.gather16) gather = k.gather16;
    decltype(k.histogram16) histogram = k.histogram16;
    decltype(k.search16) search = k.search16;
    decltype(k.partition16) partition = k.partition16;
};

template <>
struct CodeKernels<std::uint32_t> {
    const PackedKernels& k = PLANTWRIGHT_KERNELS(kPackedKernels);
    decltype(k.gather32) gather = k.gather32;
    decltype(k.histogram32) histogram = k.histogram32;
    decltype(k.search32) search = k.search32;
    decltype(k.partition32) partition = k.partition32;
};

/// Weight and target sum of a packed sum.
inline double packed_weight(std::uint64_t packed, int shift) {
    return static_cast<double>(static_cast<std::int64_t>(packed >> shift));
}
inline double packed_sum(std::uint64_t packed, int shift) {
    return static_cast<double>(static_cast<std::int64_t>(packed & ((std::uint64_t{1} << shift) - 1)));
}

}  // namespace plantwright
