// SPDX-License-Identifier: MIT
/// Fixed-width little-endian numbers in bytes.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace plantwright::io {

static_assert(std::endian::native == std::endian::little,
              "arrays are copied into the file as they lie in memory; a big-endian machine would have to swap them");

template <std::unsigned_integral T>
T read_little(std::span<const std::byte> bytes, std::size_t offset = 0) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

template <std::unsigned_integral T>
void append_little(std::vector<std::byte>& bytes, T value) {
    const auto* data = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), data, data + sizeof(T));
}

}  // namespace plantwright::io
