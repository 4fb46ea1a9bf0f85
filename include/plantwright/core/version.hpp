// SPDX-License-Identifier: MIT
/// The one source of the version: CMake, pyproject.toml and the Python module read it from here.
#pragma once

#define PLANTWRIGHT_VERSION_MAJOR 0
#define PLANTWRIGHT_VERSION_MINOR 1
#define PLANTWRIGHT_VERSION_PATCH 0
#define PLANTWRIGHT_VERSION "0.1.0"

namespace plantwright {

inline constexpr const char* kVersion = PLANTWRIGHT_VERSION;

}  // namespace plantwright
