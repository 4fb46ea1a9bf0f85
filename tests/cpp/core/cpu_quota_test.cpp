// SPDX-License-Identifier: MIT
#include "core/cpu_quota.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace plantwright {
namespace {

namespace fs = std::filesystem;

/// A made-up /sys/fs/cgroup.
class CpuQuota : public testing::Test {
protected:
    void SetUp() override {
        mount_ = fs::path(testing::TempDir()) / ("plantwright_cgroup_" + std::to_string(getpid()));
        fs::create_directories(mount_);
    }
    void TearDown() override { fs::remove_all(mount_); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((mount_ / path).parent_path());
        std::ofstream(mount_ / path) << text << "\n";
    }

    fs::path mount_;
};

TEST_F(CpuQuota, IsUnlimitedWhereNothingIsSaid) {
    EXPECT_EQ(cgroup_cpus(mount_, ""), kNoCpuQuota);
    EXPECT_EQ(cgroup_cpus(mount_, "0::/a/b\n"), kNoCpuQuota);
    EXPECT_EQ(cgroup_cpus(mount_, "nonsense\n:\n::\n"), kNoCpuQuota);
    EXPECT_EQ(cgroup_cpus(mount_ / "absent", "0::/a\n4:cpu,cpuacct:/b\n"), kNoCpuQuota);
}

TEST_F(CpuQuota, OfVersionTwoIsRoundedUp) {
    write("a/cpu.max", "150000 100000");
    EXPECT_EQ(cgroup_cpus(mount_, "0::/a\n"), 2);
    write("a/cpu.max", "10000 100000");
    EXPECT_EQ(cgroup_cpus(mount_, "0::/a\n"), 1);
    write("a/cpu.max", "max 100000");
    EXPECT_EQ(cgroup_cpus(mount_, "0::/a\n"), kNoCpuQuota);
}

TEST_F(CpuQuota, OfTheStrictestGroupOnTheWayUpCounts) {
    write("slice/cpu.max", "300000 100000");
    write("slice/service/cpu.max", "800000 100000");
    EXPECT_EQ(cgroup_cpus(mount_, "0::/slice/service\n"), 3);
    write("cpu.max", "200000 100000");
    EXPECT_EQ(cgroup_cpus(mount_, "0::/slice/service\n"), 2);
    EXPECT_EQ(cgroup_cpus(mount_, "0::/path/of/the/host\n"), 2);  // in a container
}

TEST_F(CpuQuota, OfVersionOneIsReadFromItsOwnFiles) {
    write("cpu/job/cpu.cfs_quota_us", "250000");
    write("cpu/job/cpu.cfs_period_us", "100000");
    EXPECT_EQ(cgroup_cpus(mount_, "11:memory:/job\n4:cpu,cpuacct:/job\n"), 3);
    EXPECT_EQ(cgroup_cpus(mount_, "11:memory:/job\n4:cpuset:/job\n"), kNoCpuQuota);
    write("cpu/job/cpu.cfs_quota_us", "-1");
    EXPECT_EQ(cgroup_cpus(mount_, "4:cpuacct,cpu:/job\n"), kNoCpuQuota);
}

TEST_F(CpuQuota, WithDamagedFilesIsUnlimited) {
    for (const char* text : {"", "garbage", "0 100000", "100000 0", "nan nan", "1e999 1", "100000"}) {
        write("a/cpu.max", text);
        EXPECT_EQ(cgroup_cpus(mount_, "0::/a\n"), kNoCpuQuota) << text;
    }
}

}  // namespace
}  // namespace plantwright
