// SPDX-License-Identifier: MIT
/// Memory for a column that is written: the first touch of small pages costs more than most arithmetic on them
/// (benchmarks/preprocessing/columns.py).
#pragma once

#include "frame/csv_text.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright {

template <class T>
Buffer<T> fresh_buffer(Index size) {
    auto buffer = Buffer<T>::uninitialized(size);
    csv::prefer_huge_pages(buffer.data(), static_cast<std::size_t>(size) * sizeof(T));
    return buffer;
}

}  // namespace plantwright
