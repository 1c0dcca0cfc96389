#include "os/cgroups.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max() / 2;  // cgroup v1 says so with a number near 2^63

bool Lists(const std::string& list, const std::string& item) {
  return ("," + list + ",").find("," + item + ",") != std::string::npos;
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

Cgroups::Cgroups(const MachineRoot& root) : root_(root) {
  std::istringstream mounts(ReadMachineFile(root.At("/proc/self/mountinfo")));
  for (std::string line; std::getline(mounts, line);) {
    const size_t dash = line.find(" - cgroup");
    if (dash == std::string::npos) continue;
    Mount mount;
    std::string skip, type;
    std::istringstream head(line), tail(line.substr(dash + 3));
    head >> skip >> skip >> skip >> mount.seen >> mount.at;
    tail >> type >> skip >> mount.controllers;
    mount.is_v2 = type == "cgroup2";
    mounts_.push_back(std::move(mount));
  }
  std::istringstream places(ReadMachineFile(root.At("/proc/self/cgroup")));
  for (std::string line; std::getline(places, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    places_.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
}

// The folders from `path`, as /proc/self/cgroup names it, up to the root of what is mounted. In a container the path
// may lie above what is seen: then the mount itself is the innermost folder.
void Cgroups::AddFolders(const Mount& mount, std::string path, std::vector<std::string>* folders) const {
  if (mount.seen != "/") path = (path + "/").starts_with(mount.seen + "/") ? path.substr(mount.seen.size()) : "";
  for (; !path.empty() && path != "/"; path = path.substr(0, path.rfind('/'))) {
    folders->push_back(root_.At(mount.at + path));
  }
  folders->push_back(root_.At(mount.at));
}

std::vector<std::string> Cgroups::Folders(const std::string& controller) const {
  std::vector<std::string> folders;
  for (const Place& place : places_) {
    const bool is_v2 = place.controllers.empty();
    if (!is_v2 && !Lists(place.controllers, controller)) continue;
    for (const Mount& mount : mounts_) {
      if (mount.is_v2 != is_v2 || (!is_v2 && !Lists(mount.controllers, controller))) continue;
      AddFolders(mount, place.path, &folders);
      break;
    }
  }
  return folders;
}

CpuQuota Cgroups::ReadCpuQuota() const {
  CpuQuota quota{std::numeric_limits<double>::infinity(), ""};
  const auto lower = [&quota](double cpus, const std::string& folder) {
    if (cpus < quota.cpus) quota = {cpus, folder};
  };
  for (const std::string& folder : Folders("cpu")) {
    std::istringstream v2(ReadMachineFile(folder + "/cpu.max"));
    double limit = 0, period = 0;
    if (v2 >> limit >> period && period > 0) lower(limit / period, folder);
    limit = static_cast<double>(ReadNumber(folder + "/cpu.cfs_quota_us", -1));
    if (limit <= 0) continue;
    period = static_cast<double>(ReadNumber(folder + "/cpu.cfs_period_us", -1));
    if (period > 0) lower(limit / period, folder);
  }
  return quota;
}

MemoryAllowance Cgroups::ReadMemory() const {
  MemoryAllowance least;
  for (const std::string& folder : Folders("memory")) {
    int64_t limit =
        std::min(ReadNumber(folder + "/memory.max", kNoLimit), ReadNumber(folder + "/memory.high", kNoLimit));
    const bool is_v2 = limit < kNoLimit;
    if (!is_v2) limit = ReadNumber(folder + "/memory.limit_in_bytes", kNoLimit);
    if (limit >= kNoLimit) continue;
    const int64_t all = ReadNumber(folder + (is_v2 ? "/memory.current" : "/memory.usage_in_bytes"), 0);
    const int64_t used = std::max<int64_t>(0, all - ReclaimableBytes(folder, is_v2 ? "" : "total_"));
    const int64_t left = std::max<int64_t>(0, limit - used);
    if (least.limit_bytes < 0 || left < least.left_bytes) least = {limit, left, folder};
  }
  return least;
}

}  // namespace v0
}  // namespace headrace
