// SPDX-License-Identifier: MIT
#include "core/cpu_quota.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace plantwright {
namespace {

namespace fs = std::filesystem;

int cpus_of(double quota_us, double period_us) {
    if (!(quota_us > 0) || !(period_us > 0)) return kNoCpuQuota;  // -1 is "no limit" in v1
    return static_cast<int>(std::min<double>(std::ceil(quota_us / period_us), kNoCpuQuota));
}

/// cpu.max holds "max 100000" or "150000 100000".
int v2_quota(const fs::path& group) {
    double quota = 0, period = 0;
    std::ifstream(group / "cpu.max") >> quota >> period;
    return cpus_of(quota, period);
}

int v1_quota(const fs::path& group) {
    double quota = 0, period = 0;
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
    return cpus_of(quota, period);
}

/// In a container the path may be the host's and not exist here; the mount itself is then the container's own group.
int smallest_on_the_way_up(const fs::path& mount, const std::string& path, int (*quota)(const fs::path&)) {
    fs::path group = fs::path(path).relative_path();
    int smallest = quota(mount);
    for (; !group.empty(); group = group.parent_path()) smallest = std::min(smallest, quota(mount / group));
    return smallest;
}

bool names_cpu(std::string controllers) {
    controllers = "," + controllers + ",";
    return controllers.find(",cpu,") != std::string::npos;
}

int quota_of_line(const fs::path& mount, const std::string& line) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) return kNoCpuQuota;
    const std::string controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (controllers.empty()) return smallest_on_the_way_up(mount, path, v2_quota);
    return names_cpu(controllers) ? smallest_on_the_way_up(mount / "cpu", path, v1_quota) : kNoCpuQuota;
}

}  // namespace

int cgroup_cpus(const fs::path& mount, const std::string& membership) {
    int smallest = kNoCpuQuota;
    std::istringstream lines(membership);
    for (std::string line; std::getline(lines, line);) smallest = std::min(smallest, quota_of_line(mount, line));
    return smallest;
}

}  // namespace plantwright
