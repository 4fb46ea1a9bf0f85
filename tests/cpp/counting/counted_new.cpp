// SPDX-License-Identifier: MIT
/// This program's operator new counts; the library is linked into it.
#include <cstdlib>
#include <new>

#include "counting/allocations.hpp"

namespace plantwright::testing {

thread_local long n_allocations = 0;

}  // namespace plantwright::testing

#ifndef __SANITIZE_ADDRESS__  // it has its own, and then nothing is counted

void* operator new(std::size_t size) {
    ++plantwright::testing::n_allocations;
    if (void* memory = std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++plantwright::testing::n_allocations;
    const auto align = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(align, (size + align) / align * align)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
