#include "os/machine.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

std::string FirstLine(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

int64_t ReadNumber(const std::string& path, int64_t otherwise) {
  std::istringstream in(FirstLine(path));
  int64_t value = 0;
  return in >> value ? value : otherwise;
}

// Directories of this process's cgroup and its ancestors: a limit on any of them holds.
std::vector<std::string> CgroupDirectories(const std::string& controller) {
  std::ifstream in("/proc/self/cgroup");
  std::vector<std::string> directories;
  for (std::string line; std::getline(in, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool is_v2 = controllers == ",,";
    if (!is_v2 && controllers.find("," + controller + ",") == std::string::npos) continue;
    const std::string root = is_v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + controller;
    for (std::string path = line.substr(second + 1); !path.empty() && path != "/";
         path = path.substr(0, path.rfind('/'))) {
      directories.push_back(root + path);
    }
    directories.push_back(root);
  }
  return directories;
}

double CpuQuota() {
  double quota = std::numeric_limits<double>::infinity();
  for (const std::string& directory : CgroupDirectories("cpu")) {
    std::istringstream v2(FirstLine(directory + "/cpu.max"));
    double limit = 0, period = 0;
    if (v2 >> limit >> period && period > 0) quota = std::min(quota, limit / period);
    limit = static_cast<double>(ReadNumber(directory + "/cpu.cfs_quota_us", -1));
    period = static_cast<double>(ReadNumber(directory + "/cpu.cfs_period_us", -1));
    if (limit > 0 && period > 0) quota = std::min(quota, limit / period);
  }
  return quota;
}

int64_t MachineMemory() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("MemAvailable:", 0) == 0) return std::stoll(line.substr(13)) * 1024;
  }
  return int64_t{1} << 30;
}

}  // namespace

int64_t AvailableCpus() {
  int64_t cpus = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cpus = std::max(1, CPU_COUNT(&set));
  const double quota = CpuQuota();
  if (std::isfinite(quota)) cpus = std::min<int64_t>(cpus, static_cast<int64_t>(std::ceil(quota)));
  return std::max<int64_t>(1, cpus);
}

int64_t AvailableMemoryBytes() {
  int64_t available = MachineMemory();
  for (const std::string& directory : CgroupDirectories("memory")) {
    int64_t limit = ReadNumber(directory + "/memory.max", kNoLimit);
    int64_t used = ReadNumber(directory + "/memory.current", 0);
    if (limit == kNoLimit) {
      limit = ReadNumber(directory + "/memory.limit_in_bytes", kNoLimit);
      used = ReadNumber(directory + "/memory.usage_in_bytes", 0);
    }
    if (limit < kNoLimit / 2) available = std::min(available, std::max<int64_t>(0, limit - used));
  }
  return available;
}

std::string CpuModel() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace v0
}  // namespace headrace
