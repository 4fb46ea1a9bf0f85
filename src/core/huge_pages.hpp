// SPDX-License-Identifier: MIT
/// Large pages for large memory that is read here and there: fewer misses of the address cache.
#pragma once

#include <cstddef>

namespace plantwright {

/// Asks for large pages in memory that nothing has been written to yet; advice only. Worth 20 % of a prediction by full-depth
/// trees (benchmarks/forest/inference.py).
void advise_huge_pages(void* memory, std::size_t n_bytes);

}  // namespace plantwright
