// SPDX-License-Identifier: MIT
/// Whole files: read, and written so that a crash or a full disk leaves the old file as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <span>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"

namespace plantwright::io {

/// The file's bytes, or its first `max_bytes`. Read, not mapped: a file that shrinks meanwhile must not kill the
/// process. Throws IoError with errno, also where `path` is a directory.
PLANTWRIGHT_API Buffer<std::byte> read_file(const std::filesystem::path& path,
                                            std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

PLANTWRIGHT_API std::uint64_t size_of_file(const std::filesystem::path& path);  ///< throws IoError

using WriteBytes = std::function<void(std::span<const std::byte>)>;

/// Replaces `path` by what `produce` writes: a temporary file in the same folder, fsync, rename, fsync of the folder.
/// The new file has the old one's mode, or 0666 less the umask. A symbolic link is followed. On any failure, also an
/// exception of `produce`, the temporary file is removed and the old file stands. Of concurrent writers the last wins,
/// whole. Throws IoError with errno.
PLANTWRIGHT_API void write_atomically(const std::filesystem::path& path,
                                      const std::function<void(const WriteBytes&)>& produce);
PLANTWRIGHT_API void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace plantwright::io
