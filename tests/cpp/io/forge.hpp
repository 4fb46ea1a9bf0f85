// SPDX-License-Identifier: MIT
/// What a hostile author of model files has: fields changed at will, under checksums that fit again.
#pragma once

#include <cstring>
#include <vector>

#include "plantwright/io/checksum.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright::io::testing {

using Bytes = std::vector<std::byte>;

// The layout as docs/io.md has it, written down a second time so that the tests do not believe the code.
inline constexpr std::size_t kVersionAt = 8, kCountAt = 12, kSizeAt = 16, kSumAt = 24, kTableAt = 64, kRowBytes = 40;
inline constexpr std::size_t kKind = 0, kFlags = 2, kElementSize = 6, kReserved = 8, kOffset = 16, kLength = 24,
                             kSum = 32;

inline std::size_t row(std::size_t section) { return kTableAt + section * kRowBytes; }

template <class T>
T get(const Bytes& bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    return value;
}

template <class T>
void put(Bytes& bytes, std::size_t at, T value) {
    std::memcpy(bytes.data() + at, &value, sizeof(T));
}

/// Makes all checksums right that can be.
inline void reseal(Bytes& bytes) {
    if (bytes.size() < kTableAt) return;
    const std::size_t count = get<std::uint32_t>(bytes, kCountAt);
    if (count > (bytes.size() - kTableAt) / kRowBytes) return;
    for (std::size_t i = 0; i < count; ++i) {
        const auto offset = get<std::uint64_t>(bytes, row(i) + kOffset),
                   length = get<std::uint64_t>(bytes, row(i) + kLength);
        if (offset > bytes.size() || length > bytes.size() - offset) continue;
        put(bytes, row(i) + kSum, checksum(std::span(bytes).subspan(offset, length)));
    }
    put(bytes, kSumAt, std::uint64_t{0});
    put(bytes, kSumAt, checksum(std::span(bytes).first(row(count))));
}

/// A container of any contents.
inline Bytes container(const ContainerView& contents) {
    Bytes bytes;
    write_container(contents,
                    [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
    return bytes;
}

}  // namespace plantwright::io::testing
