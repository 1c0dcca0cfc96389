#include "os/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "os/cgroups.h"
#include "os/storage.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMiB = int64_t{1} << 20;

// A machine made of files: /proc and /sys of it.
class MachineTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "headrace-machine-XXXXXX";
    root_.prefix = mkdtemp(pattern.data());
    Put("/proc/self/status", "Name:\theadrace\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n");
    Put("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB\nMemAvailable:    8388608 kB\n");
  }
  void TearDown() override { fs::remove_all(root_.prefix); }

  void Put(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root_.At(path)).parent_path());
    std::ofstream(root_.At(path)) << text;
  }

  // cgroup v2 alone, as systemd has it: this process in /user.slice/job.scope.
  void PutV2() const {
    Put("/proc/self/cgroup", "0::/user.slice/job.scope\n");
    Put("/proc/self/mountinfo",
        "24 1 0:22 / /sys rw - sysfs sysfs rw\n"
        "31 24 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  MachineRoot root_;
};

TEST_F(MachineTest, WithoutCgroupsTheMachineAndAffinityCount) {
  const Allowance found = ReadAllowance(root_);
  EXPECT_EQ(found.affinity_cpus, 8);
  EXPECT_EQ(found.cpus(), 8);
  EXPECT_TRUE(std::isinf(found.quota_cpus));
  EXPECT_EQ(found.memory_limit_bytes, -1);
  EXPECT_EQ(found.available_memory_bytes, 8192 * kMiB);
  EXPECT_EQ(TotalMemoryBytes(root_), 16384 * kMiB);
  Put("/proc/self/status", "Cpus_allowed_list:\t1,4-5\n");
  EXPECT_EQ(ReadAllowance(root_).cpus(), 3);
}

TEST_F(MachineTest, Version2TheTightestOfNestedLimitsHolds) {
  PutV2();
  const std::string top = "/sys/fs/cgroup", slice = top + "/user.slice", scope = slice + "/job.scope";
  Put(scope + "/cpu.max", "max 100000\n");
  Put(scope + "/memory.max", "max\n");
  Put(slice + "/cpu.max", "250000 100000\n");
  Put(slice + "/memory.max", "1073741824\n");
  Put(slice + "/memory.current", "536870912\n");
  Put(slice + "/memory.stat", "anon 1\nfile 9\ninactive_file 104857600\nactive_file 104857600\n");
  Allowance found = ReadAllowance(root_);
  EXPECT_DOUBLE_EQ(found.quota_cpus, 2.5);
  EXPECT_EQ(found.quota_from, root_.At(slice));
  EXPECT_EQ(found.cpus(), 3);
  EXPECT_EQ(found.memory_limit_bytes, 1024 * kMiB);
  EXPECT_EQ(found.available_memory_bytes, 712 * kMiB) << "pages of files are given back when they are needed";

  // Tightened while it runs: the next reading says so.
  Put(scope + "/cpu.max", "50000 100000\n");
  Put(scope + "/memory.high", "268435456\n");
  found = ReadAllowance(root_);
  EXPECT_DOUBLE_EQ(found.quota_cpus, 0.5);
  EXPECT_EQ(found.cpus(), 1) << "never 0";
  EXPECT_EQ(found.quota_from, root_.At(scope));
  EXPECT_EQ(found.available_memory_bytes, 256 * kMiB);
  EXPECT_NE(found.CpusReason().find("job.scope is 0.5"), std::string::npos) << found.CpusReason();
}

TEST_F(MachineTest, Version1ControllersOfSeveralMounts) {
  Put("/proc/self/cgroup", "9:name=systemd:/\n4:memory:/a/b\n1:cpu,cpuacct:/a\n0::/\n");
  Put("/proc/self/mountinfo",
      "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "150000\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
  Put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "536870912\n");
  Put("/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "402653184\n");
  Put("/sys/fs/cgroup/memory/a/memory.stat", "inactive_file 1\ntotal_inactive_file 134217728\ntotal_active_file 0\n");
  const Allowance found = ReadAllowance(root_);
  EXPECT_DOUBLE_EQ(found.quota_cpus, 1.5);
  EXPECT_EQ(found.cpus(), 2);
  EXPECT_EQ(found.memory_limit_bytes, 512 * kMiB);
  EXPECT_EQ(found.available_memory_bytes, 256 * kMiB);
}

TEST_F(MachineTest, InAContainerTheMountIsTheInnermostFolder) {
  // The path is the host's; what is mounted is this container's own folder, or one above it.
  Put("/proc/self/cgroup", "1:cpu:/docker/4711/inner\n");
  Put("/proc/self/mountinfo", "32 31 0:29 /docker/4711 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
  Put("/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "-1\n");
  Put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  Put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Cgroups(root_).Folders("cpu"),
            (std::vector<std::string>{root_.At("/sys/fs/cgroup/cpu/inner"), root_.At("/sys/fs/cgroup/cpu")}));
  EXPECT_EQ(ReadAllowance(root_).cpus(), 3);
  Put("/proc/self/mountinfo", "32 31 0:29 /docker/4712 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
  EXPECT_EQ(Cgroups(root_).Folders("cpu"), (std::vector<std::string>{root_.At("/sys/fs/cgroup/cpu")}));
  Put("/proc/self/mountinfo", "32 31 0:29 /docker/47 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
  EXPECT_EQ(Cgroups(root_).Folders("cpu"), (std::vector<std::string>{root_.At("/sys/fs/cgroup/cpu")}));
}

TEST_F(MachineTest, NonsenseLimitsNothing) {
  PutV2();
  Put("/sys/fs/cgroup/cpu.max", "quick\n");
  Put("/sys/fs/cgroup/user.slice/cpu.max", "100000 0\n");
  Put("/sys/fs/cgroup/memory.max", "\n");
  Put("/proc/self/status", "Cpus_allowed_list:\t7-3\n");
  const Allowance found = ReadAllowance(root_);
  EXPECT_TRUE(std::isinf(found.quota_cpus));
  EXPECT_EQ(found.memory_limit_bytes, -1);
  EXPECT_GE(found.cpus(), 1);
}

TEST_F(MachineTest, StorageByTheBlockDevice) {
  Put("/sys/devices/disk/queue/rotational", "1\n");
  Put("/sys/devices/disk/part/size", "9\n");
  Put("/sys/devices/flash/queue/rotational", "0\n");
  fs::create_directories(root_.At("/sys/dev/block"));
  fs::create_directory_symlink("../../devices/disk/part", root_.At("/sys/dev/block/8:1"));
  fs::create_directory_symlink("../../devices/flash", root_.At("/sys/dev/block/259:0"));
  EXPECT_EQ(StorageOfDevice(8, 1, root_), Storage::kRotational);
  EXPECT_EQ(StorageOfDevice(259, 0, root_), Storage::kSolid);
  EXPECT_EQ(StorageOfDevice(0, 44, root_), Storage::kUnknown);
  EXPECT_EQ(StorageOf("/nowhere/at/all", root_), Storage::kUnknown);
}

TEST(Machine, IsReadFastEnoughToBeAskedEachSecond) {
  const auto began = std::chrono::steady_clock::now();
  constexpr int kTimes = 20;
  for (int i = 0; i < kTimes; i++) EXPECT_GE(ReadAllowance().cpus(), 1);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took.count() / kTimes, 0.01);
}

TEST(Machine, FilesInMemoryAreKnown) {
  if (access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "no /dev/shm";
  EXPECT_EQ(StorageOf("/dev/shm"), Storage::kMemory);
}

TEST(Machine, Lists) {
  EXPECT_EQ(CountList("0-3,8"), 5);
  EXPECT_EQ(CountList("0\n"), 1);
  EXPECT_EQ(CountList(""), 0);
  EXPECT_EQ(CountList("x"), 0);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
