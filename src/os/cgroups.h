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

/// Where the process is at one moment; it may be moved, so that this is not kept for long.
class Cgroups {
 public:
  explicit Cgroups(const MachineRoot& root);

  /// Return the folders of a controller ("cpu", "memory"; "" for cgroup v2 alone), the innermost first.
  std::vector<std::string> Folders(const std::string& controller) const;

  /// Return the least quota of all folders.
  CpuQuota ReadCpuQuota() const;

  /// Return the allowance of the folder that leaves least.
  MemoryAllowance ReadMemory() const;

 private:
  // One hierarchy that is mounted: where, and which part of it is seen there.
  struct Mount {
    bool is_v2 = false;
    std::string seen, at, controllers;
  };
  // The process's place in a hierarchy.
  struct Place {
    std::string controllers, path;  // no controllers: cgroup v2
  };

  void AddFolders(const Mount& mount, std::string path, std::vector<std::string>* folders) const;

  const MachineRoot root_;
  std::vector<Mount> mounts_;
  std::vector<Place> places_;
};

}  // namespace v0
}  // namespace headrace
