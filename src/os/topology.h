#pragma once
// The shape of a machine: cores by kind, SMT, caches, NUMA. Read with hwloc, for plans and for telling; no job waits
// for it.
// Takes: this machine, or a file: hwloc's XML, or a synthetic description. Gives: Topology. Owns: nothing. Threads: any
// number. Fails: Status that says what is wrong with the file, or that hwloc is missing.
#include <cstdint>
#include <string>
#include <vector>

#include "headrace/status.h"
#include "os/machine_root.h"

namespace headrace {
inline namespace v0 {

/// Cores that are alike.
struct CoreKind {
  int64_t cores = 0;
  int64_t cpus = 0;  ///< hardware threads
};

struct Topology {
  std::string cpu_model;        ///< empty: not told
  std::vector<CoreKind> kinds;  ///< at least one; the fastest first
  int64_t packages = 1, numa_nodes = 1;
  int64_t l1_bytes = 0, l2_bytes = 0, l3_bytes = 0;  ///< of one data or unified cache; 0: not told
  int64_t memory_bytes = 0;                          ///< 0: not told

  int64_t cores() const;
  int64_t cpus() const;
  bool is_apple() const { return cpu_model.starts_with("Apple"); }
};

/// Read the machine's own topology. A root of a test is read as hwloc reads one (HWLOC_FSROOT).
Result<Topology> ReadTopology(const MachineRoot& root = MachineRoot::Active());

/// Read the topology of another machine from `path`.
Result<Topology> ReadTopologyFile(const std::string& path);

}  // namespace v0
}  // namespace headrace
