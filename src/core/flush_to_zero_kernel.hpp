// SPDX-License-Identifier: MIT
/// Of internal linkage, since kernels that are compiled for one instruction level include it too.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace plantwright {
namespace {

/// Numbers too small for the format count as zero on this thread while this object lives: gradients that fade over many
/// steps, and weights of deep paths, would otherwise slow everything down a hundredfold.
class [[maybe_unused]] FlushToZero {
public:
#if defined(__SSE2__)
    FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
    ~FlushToZero() { _mm_setcsr(before_); }

private:
    unsigned before_;
#else
    FlushToZero() {}
    ~FlushToZero() {}
#endif
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;
};

}  // namespace
}  // namespace plantwright
