// SPDX-License-Identifier: MIT
/// A value from memory that need not be aligned.
#pragma once

#include <cstdint>
#include <cstring>

namespace plantwright::detail {

template <class T>
T load(const void* data, std::int64_t i) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + i * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
    return value;
}

}  // namespace plantwright::detail
