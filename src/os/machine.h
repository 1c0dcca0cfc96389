#pragma once
// What this process may use of the machine: CPUs, memory. Honours affinity and cgroup limits (v1 and v2, nested).
// Takes: /proc and /sys. Gives: an Allowance, read anew at each call (a fifth of a millisecond). Owns: nothing.
// Threads: any number. Fails: never; what cannot be read limits nothing.
#include <cstdint>
#include <string>

#include "os/machine_root.h"

namespace headrace {
inline namespace v0 {

/// What may be used now. Others may change it at any time.
struct Allowance {
  int64_t affinity_cpus = 1;           ///< CPUs that the process may run on
  double quota_cpus = 0;               ///< CPUs' worth of time that a cgroup allows; infinite: no quota
  std::string quota_from;              ///< the cgroup that says so
  int64_t memory_limit_bytes = -1;     ///< of the cgroup that leaves least; -1: no limit
  std::string memory_from;             ///< that cgroup
  int64_t available_memory_bytes = 0;  ///< what machine and cgroups leave now

  /// Return the threads that can run at once, at least 1: a part of a CPU counts as one.
  int64_t cpus() const;
  /// Return why it is so many.
  std::string CpusReason() const;
  bool operator==(const Allowance&) const = default;
};

/// Read what may be used now. Cheap enough to be asked each second.
Allowance ReadAllowance(const MachineRoot& root = MachineRoot::Active());

/// Return the CPUs that this process may run on at once: affinity and cgroup quota, at least 1.
int64_t AvailableCpus();

/// Return all memory of the machine; 0 where it is not known.
int64_t TotalMemoryBytes(const MachineRoot& root = MachineRoot::Active());

/// Return the CPU's name, or "unknown".
std::string CpuModel(const MachineRoot& root = MachineRoot::Active());

/// Return the most memory that this process has had resident (VmHWM); 0 where it is not known.
int64_t PeakMemoryBytes();

/// Return the size of a page of memory.
int64_t PageBytes();

}  // namespace v0
}  // namespace headrace
