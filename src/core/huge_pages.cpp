// SPDX-License-Identifier: MIT
#include "core/huge_pages.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace plantwright {

void advise_huge_pages(void* memory, std::size_t n_bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage, end = (begin + n_bytes) / kPage * kPage;
    if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#else
    (void)memory, (void)n_bytes;
#endif
}

}  // namespace plantwright
