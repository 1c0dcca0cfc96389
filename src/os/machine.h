#pragma once
// What this process may use of the machine: CPUs, memory. Honours affinity and cgroup limits (v1 and v2).
#include <cstdint>
#include <string>

namespace headrace {
inline namespace v0 {

/// Return the CPUs that this process may run on at once: affinity and cgroup quota, at least 1.
int64_t AvailableCpus();

/// Return the bytes of memory that this process may still take: machine or cgroup, whichever is less.
int64_t AvailableMemoryBytes();

/// Return the CPU's name, or "unknown".
std::string CpuModel();

}  // namespace v0
}  // namespace headrace
