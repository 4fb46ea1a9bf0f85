// SPDX-License-Identifier: MIT
/// How many processors the control group of this process grants (Linux cgroup v2 and v1).
#pragma once

#include <filesystem>
#include <string>

#include "plantwright/core/export.hpp"

namespace plantwright {

inline constexpr int kNoCpuQuota = 1 << 20;

/// The smallest quota, rounded up, of the group and all groups around it; kNoCpuQuota where none is set or readable.
/// `mount` is /sys/fs/cgroup; `membership` is the text of /proc/self/cgroup, lines `id:controllers:/path`.
PLANTWRIGHT_API int cgroup_cpus(const std::filesystem::path& mount, const std::string& membership);

}  // namespace plantwright
