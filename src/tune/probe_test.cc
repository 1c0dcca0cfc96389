// The probe on trees of files that stand for machines: /proc and /sys of other kernels and containers.
#include "tune/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace headrace {
inline namespace v0 {
namespace {

using testing::DoubleNear;
using testing::Eq;
using testing::Optional;

class ProbeTest : public testing::Test {
 protected:
  ProbeTest() {
    root_ = testing::TempDir() + "headrace-probe-" + std::to_string(::getpid());
    std::filesystem::remove_all(root_);
  }
  ~ProbeTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void Thread(int64_t number, int64_t cpu_ms, int64_t queue_ms) const {
    Write("/proc/self/task/" + std::to_string(number) + "/schedstat",
          std::to_string(cpu_ms * 1'000'000) + " " + std::to_string(queue_ms * 1'000'000) + " 17\n");
  }

  std::string root_;
};

TEST_F(ProbeTest, AMachineWithoutFilesGivesNothing) {
  Probe probe({root_}, [] { return 1.5; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(totals.cpu_seconds, Optional(1.5));
  EXPECT_EQ(totals.worker_cpu_seconds, std::nullopt);
  EXPECT_EQ(totals.throttled_seconds, std::nullopt);
  EXPECT_EQ(totals.io_read_bytes, std::nullopt);
  EXPECT_EQ(totals.machine_seconds, std::nullopt);
  EXPECT_EQ(totals.memory_pressure_seconds, std::nullopt);
  EXPECT_EQ(totals.memory_events, std::nullopt);
  EXPECT_EQ(levels.rss_bytes, std::nullopt);
  EXPECT_EQ(levels.allotted_cpus, std::nullopt);
  EXPECT_EQ(levels.memory_limit_bytes, std::nullopt);
  EXPECT_EQ(levels.busiest_helper, std::nullopt);
}

TEST_F(ProbeTest, ReadsWhatTheProcessIsTold) {
  Write("/proc/self/status", "Name:\theadrace\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nCpus_allowed_list:\t0-2,7\n");
  Write("/proc/self/io", "rchar: 100\nwchar: 200\nsyscr: 1\nsyscw: 2\nread_bytes: 30\nwrite_bytes: 40\n");
  Write("/proc/stat", "cpu  100 10 50 800 40 0 5 35 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  Write("/proc/meminfo", "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   250 kB\n");
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(levels.rss_bytes, Optional(Eq(1024 * 1024)));
  EXPECT_THAT(levels.peak_rss_bytes, Optional(Eq(2048 * 1024)));
  EXPECT_THAT(levels.affinity_cpus, Optional(4.0));
  EXPECT_THAT(levels.allotted_cpus, Optional(4.0));
  EXPECT_THAT(totals.io_read_chars, Optional(Eq(100)));
  EXPECT_THAT(totals.io_write_chars, Optional(Eq(200)));
  EXPECT_THAT(totals.io_read_bytes, Optional(Eq(30)));
  EXPECT_THAT(totals.io_write_bytes, Optional(Eq(40)));
  EXPECT_THAT(totals.machine_busy_seconds, Optional(2.0));
  EXPECT_THAT(totals.machine_io_wait_seconds, Optional(0.4));
  EXPECT_THAT(totals.machine_seconds, Optional(DoubleNear(10.4, 1e-9)));
  EXPECT_THAT(MemoryPercent(levels), Optional(75.0));

  Write("/proc/self/status", "VmHWM:\t    2040 kB\nVmRSS:\t    1024 kB\n");
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(levels.peak_rss_bytes, Optional(Eq(2048 * 1024))) << "the kernel's figure falls by some pages at times";
}

TEST_F(ProbeTest, ReadsACgroupOfVersion2AndItsAncestors) {
  Write("/proc/self/status", "Cpus_allowed_list:\t0-7\n");
  Write("/proc/self/cgroup", "0::/user/job\n");
  Write("/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Write("/proc/meminfo", "MemTotal:  1000 kB\nMemAvailable:   900 kB\n");
  Write("/sys/fs/cgroup/user/cpu.max", "150000 100000\n");
  Write("/sys/fs/cgroup/user/job/cpu.max", "max 100000\n");
  Write("/sys/fs/cgroup/user/job/cpu.stat", "usage_usec 5\nnr_throttled 3\nthrottled_usec 2500000\n");
  Write("/sys/fs/cgroup/user/job/memory.max", "409600\n");
  Write("/sys/fs/cgroup/user/job/memory.current", "307200\n");
  Write("/sys/fs/cgroup/user/job/memory.stat", "anon 1\ninactive_file 92400\nactive_file 10000\n");
  Write("/sys/fs/cgroup/user/job/memory.events", "low 0\nhigh 2\nmax 5\noom 0\n");
  Write("/sys/fs/cgroup/user/job/cgroup.type", "domain\n");
  for (const char* what : {"cpu", "io", "memory"}) {
    Write("/sys/fs/cgroup/user/job/" + std::string(what) + ".pressure",
          "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
  }
  Write("/proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=99000000\n");
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(levels.allotted_cpus, Optional(1.5)) << "the limit of an ancestor holds";
  EXPECT_THAT(levels.affinity_cpus, Optional(8.0));
  EXPECT_THAT(totals.throttled_seconds, Optional(2.5));
  EXPECT_THAT(levels.memory_limit_bytes, Optional(Eq(409600)));
  EXPECT_THAT(levels.memory_used_bytes, Optional(Eq(204800))) << "without what the page cache can give back";
  EXPECT_THAT(totals.memory_events, Optional(Eq(7)));
  EXPECT_THAT(totals.io_pressure_seconds, Optional(1.5)) << "ours, not the machine's";
  EXPECT_THAT(totals.cpu_pressure_seconds, Optional(1.5));
  EXPECT_THAT(totals.memory_pressure_seconds, Optional(1.5));
}

TEST_F(ProbeTest, ReadsCgroupsOfVersion1) {
  Write("/proc/self/status", "Cpus_allowed_list:\t3\n");
  Write("/proc/self/cgroup", "4:memory:/a/b\n2:cpuacct:/\n1:cpu:/\n0::/\n");
  Write("/proc/self/mountinfo",
        "31 20 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "32 20 0:28 /a/b /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  Write("/proc/meminfo", "MemTotal:  1000 kB\nMemAvailable:   900 kB\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  Write("/sys/fs/cgroup/cpu/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 750000000\n");
  // In a container the host's path is not seen: its end is mounted as the root.
  Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "102400\n");
  Write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "51200\n");
  Write("/sys/fs/cgroup/memory/memory.failcnt", "12\n");
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(levels.allotted_cpus, Optional(0.5));
  EXPECT_THAT(totals.throttled_seconds, Optional(0.75));
  EXPECT_THAT(levels.memory_limit_bytes, Optional(Eq(102400)));
  EXPECT_THAT(MemoryPercent(levels), Optional(50.0));
  EXPECT_THAT(totals.memory_events, Optional(Eq(12)));
  EXPECT_EQ(totals.io_pressure_seconds, std::nullopt);
}

TEST_F(ProbeTest, LimitsOfAncestorsAreCountedWhereTheyAre) {
  Write("/proc/self/cgroup", "0::/user/job\n");
  Write("/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Write("/sys/fs/cgroup/user/cpu.stat", "nr_throttled 3\nthrottled_usec 2500000\n");
  Write("/sys/fs/cgroup/user/job/cpu.stat", "nr_throttled 1\nthrottled_usec 250000\n");
  // Those of a cgroup alone; the other file has all below it, too.
  Write("/sys/fs/cgroup/user/memory.events.local", "high 0\nmax 40\n");
  Write("/sys/fs/cgroup/user/job/memory.events.local", "high 2\nmax 0\n");
  Write("/sys/fs/cgroup/user/memory.events", "high 102\nmax 40\n");
  Write("/sys/fs/cgroup/user/job/memory.events", "high 2\nmax 0\n");
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(totals.throttled_seconds, Optional(2.75));
  EXPECT_THAT(totals.memory_events, Optional(Eq(42)));

  Write("/proc/self/cgroup", "4:memory:/a/b\n1:cpu:/a/b\n");
  Write("/proc/self/mountinfo",
        "31 20 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "32 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  Write("/sys/fs/cgroup/cpu/a/cpu.stat", "nr_throttled 4\nthrottled_time 750000000\n");
  Write("/sys/fs/cgroup/cpu/a/b/cpu.stat", "nr_throttled 0\nthrottled_time 0\n");
  Write("/sys/fs/cgroup/memory/a/memory.failcnt", "797\n");
  Write("/sys/fs/cgroup/memory/a/b/memory.failcnt", "0\n");
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(totals.throttled_seconds, Optional(0.75));
  EXPECT_THAT(totals.memory_events, Optional(Eq(797)));
}

TEST_F(ProbeTest, TheRootsPressureIsThatOfNeighbours) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Write("/sys/fs/cgroup/memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=99000000\n");
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_EQ(totals.memory_pressure_seconds, std::nullopt);
  Write("/sys/fs/cgroup/cgroup.type", "domain\n");  // in a container, the root that is seen is a cgroup like others
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(totals.memory_pressure_seconds, Optional(99.0));
}

TEST_F(ProbeTest, AddsUpThreadsThatComeAndGo) {
  Probe probe({root_}, [] { return 0.0; });
  Totals totals;
  Levels levels;
  Thread(10, 1000, 100);
  Thread(11, 500, 0);
  Thread(99, 7000, 0);  // the sampler's own
  probe.Read({10}, 99, &totals, &levels);
  EXPECT_THAT(totals.worker_cpu_seconds, Optional(1.0));
  EXPECT_THAT(totals.worker_run_queue_seconds, Optional(0.1));
  EXPECT_THAT(totals.helper_cpu_seconds, Optional(0.5));
  EXPECT_THAT(levels.busiest_helper, Optional(0.5));

  Thread(10, 1500, 300);
  std::filesystem::remove_all(root_ + "/proc/self/task/11");
  Thread(12, 200, 50);
  probe.Read({10}, 99, &totals, &levels);
  EXPECT_THAT(totals.worker_cpu_seconds, Optional(1.5));
  EXPECT_THAT(totals.worker_run_queue_seconds, Optional(DoubleNear(0.3, 1e-9)));
  EXPECT_THAT(totals.helper_cpu_seconds, Optional(DoubleNear(0.7, 1e-9))) << "an ended thread's time stays";
  EXPECT_THAT(levels.busiest_helper, Optional(DoubleNear(0.2, 1e-9)));

  Thread(12, 20, 5);  // the number was given again
  probe.Read({10}, 99, &totals, &levels);
  EXPECT_THAT(totals.helper_cpu_seconds, Optional(DoubleNear(0.72, 1e-9)));
}

TEST(Probe, ReadsTheMachineThatItRunsOn) {
#ifdef __linux__
  Probe probe;
  Totals totals;
  Levels levels;
  probe.Read({}, 0, &totals, &levels);
  EXPECT_THAT(totals.cpu_seconds, Optional(testing::Gt(0.0)));
  EXPECT_THAT(levels.rss_bytes, Optional(testing::Gt(1 << 20)));
  EXPECT_THAT(levels.allotted_cpus, Optional(testing::Gt(0.0)));
#else
  GTEST_SKIP() << "reads /proc";
#endif
}

}  // namespace
}  // namespace v0
}  // namespace headrace
