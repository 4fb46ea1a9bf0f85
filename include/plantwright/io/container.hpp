// SPDX-License-Identifier: MIT
/// The `.plw` container: sections of bytes with kinds, lengths and checksums. The byte format stands in `docs/io.md`.
///
/// There is one way to lay out given contents, and every byte is under a checksum or must be zero, so that any single
/// damaged byte is found. Writing and reading are linear. Distinct objects may be used by distinct threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"
#include "plantwright/io/codec.hpp"

namespace plantwright::io {

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;

enum class SectionKind : std::uint16_t { header = 1, structure = 2, array = 3 };

/// One array of a container; the bytes belong to somebody else.
struct ArrayView {
    ElementKind kind = ElementKind::none;
    std::uint16_t element_size = 0;
    std::span<const std::byte> bytes;
};

/// What a container holds: the header's text, the stream of small values, and the arrays that it refers to by position.
/// Valid as long as the bytes it looks at.
struct ContainerView {
    std::string_view header;  ///< JSON, at most kMaxHeaderBytes
    std::span<const std::byte> structure;
    std::vector<ArrayView> arrays;
};

/// The file's bytes, in pieces in their order; nothing is copied. Throws InvalidArgument where the header is too long.
PLANTWRIGHT_API void write_container(const ContainerView& contents,
                                     const std::function<void(std::span<const std::byte>)>& write);

/// Checks everything but the meaning of the header and the structure. Throws CorruptModel, or UnsupportedVersion where
/// a newer library wrote the file. Sections of unknown kind are skipped where they are marked optional.
PLANTWRIGHT_API ContainerView read_container(std::span<const std::byte> bytes);

/// The header's text from the first bytes of a file of `file_size` bytes: only what comes before the header's end is
/// needed and checked. `front_size` says how many bytes that may take, given the first 64 (or the whole of a shorter
/// file).
PLANTWRIGHT_API std::string_view read_container_header(std::span<const std::byte> front, std::uint64_t file_size);
PLANTWRIGHT_API std::uint64_t front_size(std::span<const std::byte> first, std::uint64_t file_size);

}  // namespace plantwright::io
