#pragma once
// The control groups that this process is in, from its own up to the root: a limit on any of them holds.
// Takes: /proc/self/cgroup and mountinfo. Gives: folders, quotas, limits. Owns: nothing. Threads: any number. Fails:
// never; what cannot be read limits nothing.
#include <cstdint>
#include <string>
#include <vector>

#include "os/machine_root.h"

namespace headrace {
inline namespace v0 {

/// CPUs that a quota leaves, and the folder that says so; infinite and empty where there is none.
struct CpuQuota {
  double cpus;
  std::string from;
};

/// Memory that a limit leaves: what is used already is taken off, but for pages of files, which are given back when
/// they are needed. `limit_bytes` is -1 where there is none.
struct MemoryAllowance {
  int64_t limit_bytes = -1;
  int64_t left_bytes = -1;
  std::string from;
};

/// Return the folders of a controller ("cpu", "memory"), of cgroup v1 and v2, the innermost first.
std::vector<std::string> CgroupFolders(const MachineRoot& root, const std::string& controller);

/// Return the least quota of all folders.
CpuQuota ReadCpuQuota(const MachineRoot& root);

/// Return the allowance of the folder that leaves least.
MemoryAllowance ReadCgroupMemory(const MachineRoot& root);

}  // namespace v0
}  // namespace headrace
