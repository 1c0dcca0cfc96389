#include "os/cgroups.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max() / 2;  // cgroup v1 says so with a number near 2^63

// One hierarchy that is mounted: where, and which part of it is seen there.
struct Mount {
  bool is_v2 = false;
  std::string seen, at, controllers;
};

bool Lists(const std::string& list, const std::string& item) {
  return ("," + list + ",").find("," + item + ",") != std::string::npos;
}

std::vector<Mount> FindMounts(const MachineRoot& root) {
  std::istringstream in(ReadMachineFile(root.At("/proc/self/mountinfo")));
  std::vector<Mount> mounts;
  for (std::string line; std::getline(in, line);) {
    const size_t dash = line.find(" - cgroup");
    if (dash == std::string::npos) continue;
    Mount mount;
    std::string skip, type;
    std::istringstream head(line), tail(line.substr(dash + 3));
    head >> skip >> skip >> skip >> mount.seen >> mount.at;
    tail >> type >> skip >> mount.controllers;
    mount.is_v2 = type == "cgroup2";
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

// The folders from `path`, as /proc/self/cgroup names it, up to the root of what is mounted. In a container the path
// may lie above what is seen: then the mount itself is the innermost folder.
void AddFolders(const MachineRoot& root, const Mount& mount, std::string path, std::vector<std::string>* folders) {
  if (mount.seen != "/") path = path.starts_with(mount.seen) ? path.substr(mount.seen.size()) : "";
  for (; !path.empty() && path != "/"; path = path.substr(0, path.rfind('/'))) {
    folders->push_back(root.At(mount.at + path));
  }
  folders->push_back(root.At(mount.at));
}

int64_t ReadNumber(const std::string& path, int64_t otherwise) {
  std::istringstream in(ReadMachineFile(path));
  int64_t value = 0;
  return in >> value ? value : otherwise;
}

// Pages of files that nobody has mapped for writing: what `memory.stat` counts under either of two keys.
int64_t ReclaimableBytes(const std::string& folder, const std::string& prefix) {
  std::istringstream in(ReadMachineFile(folder + "/memory.stat"));
  int64_t bytes = 0, value = 0;
  for (std::string key; in >> key >> value;) {
    if (key == prefix + "inactive_file" || key == prefix + "active_file") bytes += value;
  }
  return bytes;
}

}  // namespace

std::vector<std::string> CgroupFolders(const MachineRoot& root, const std::string& controller) {
  const std::vector<Mount> mounts = FindMounts(root);
  std::istringstream in(ReadMachineFile(root.At("/proc/self/cgroup")));
  std::vector<std::string> folders;
  for (std::string line; std::getline(in, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_v2 = controllers.empty();
    if (!is_v2 && !Lists(controllers, controller)) continue;
    for (const Mount& mount : mounts) {
      if (mount.is_v2 != is_v2 || (!is_v2 && !Lists(mount.controllers, controller))) continue;
      AddFolders(root, mount, line.substr(second + 1), &folders);
      break;
    }
  }
  return folders;
}

CpuQuota ReadCpuQuota(const MachineRoot& root) {
  CpuQuota quota{std::numeric_limits<double>::infinity(), ""};
  const auto lower = [&quota](double cpus, const std::string& folder) {
    if (cpus < quota.cpus) quota = {cpus, folder};
  };
  for (const std::string& folder : CgroupFolders(root, "cpu")) {
    std::istringstream v2(ReadMachineFile(folder + "/cpu.max"));
    double limit = 0, period = 0;
    if (v2 >> limit >> period && period > 0) lower(limit / period, folder);
    limit = static_cast<double>(ReadNumber(folder + "/cpu.cfs_quota_us", -1));
    period = static_cast<double>(ReadNumber(folder + "/cpu.cfs_period_us", -1));
    if (limit > 0 && period > 0) lower(limit / period, folder);
  }
  return quota;
}

MemoryAllowance ReadCgroupMemory(const MachineRoot& root) {
  MemoryAllowance least;
  for (const std::string& folder : CgroupFolders(root, "memory")) {
    int64_t limit =
        std::min(ReadNumber(folder + "/memory.max", kNoLimit), ReadNumber(folder + "/memory.high", kNoLimit));
    int64_t used = ReadNumber(folder + "/memory.current", 0);
    std::string prefix;
    if (limit >= kNoLimit) {
      limit = ReadNumber(folder + "/memory.limit_in_bytes", kNoLimit);
      used = ReadNumber(folder + "/memory.usage_in_bytes", 0);
      prefix = "total_";
    }
    if (limit >= kNoLimit) continue;
    used = std::max<int64_t>(0, used - ReclaimableBytes(folder, prefix));
    const int64_t left = std::max<int64_t>(0, limit - used);
    if (least.limit_bytes < 0 || left < least.left_bytes) least = {limit, left, folder};
  }
  return least;
}

}  // namespace v0
}  // namespace headrace
