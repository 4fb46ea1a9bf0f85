// SPDX-License-Identifier: MIT
/// What the CSV reader asks of the processor: where the characters that shape a table stand. One table per level.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

struct CsvKernels {
    /// Positions of `delimiter`, `newline` and '"' in text[0, size), ascending; returns how many. `positions` has room
    /// for size + 8 values: the last store may write past the end of what is returned. size < 2^32.
    std::size_t (*index)(const char* text, std::size_t size, char delimiter, char newline, std::uint32_t* positions);
    /// How often `value` stands in text[0, size).
    std::size_t (*count)(const char* text, std::size_t size, char value);
};

PLANTWRIGHT_DECLARE_KERNELS(CsvKernels, csv_kernels)

}  // namespace plantwright
