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
#include "plantwright/core/shared_array.hpp"

namespace plantwright::io {

/// The file's bytes, or its first `max_bytes`. Read, not mapped: a file that shrinks meanwhile must not kill the
/// process. Throws IoError with errno, also where `path` is a directory.
PLANTWRIGHT_API Buffer<std::byte> read_file(const std::filesystem::path& path,
                                            std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

/// `copy` reads the file into memory once. `map` maps it: processes that load one file share its memory, and pages come
/// when they are needed; but while such a model lives, the file must not be written in place or cut (`save` replaces
/// it, which is safe; `cp` over it is not), or the process may be killed or predict nonsense. Where the system cannot
/// map, the file is read.
enum class LoadBy { copy, map };

/// The file's bytes as a private, read-only mapping that lasts as long as a copy of the array; read where it cannot be
/// mapped. Whoever cuts the file meanwhile kills the process at its next look (SIGBUS). Throws IoError.
PLANTWRIGHT_API SharedArray<std::byte> map_file(const std::filesystem::path& path);

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
