#pragma once
// What the kernel says of this process, its cgroup and the machine, read from /proc and /sys.
// Takes: a root, below which both lie. Gives: totals and levels. Owns: what was read before.
// Threads: one. Fails: never; what cannot be read has no value.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headrace/metrics.h"
#include "os/cgroups.h"
#include "os/machine_root.h"

namespace headrace {
inline namespace v0 {

/// Return the CPU time that this process has taken, in seconds.
double ProcessCpuSeconds();

class Probe {
 public:
  explicit Probe(MachineRoot root = MachineRoot::Active(), std::function<double()> cpu_seconds = ProcessCpuSeconds);

  /// Read everything. `workers` are the threads that carry units; `self` is one that is not counted, unless it is one
  /// of them.
  void Read(const std::vector<int64_t>& workers, int64_t self, Totals* totals, Levels* levels);

  /// Return the CPUs that affinity and cgroup quota allow, in fractions; none where neither can be read.
  std::optional<double> AllottedCpus() const;

 private:
  struct Times {
    double cpu = 0, run_queue = 0;
  };
  void ReadThreads(const std::vector<int64_t>& workers, int64_t self, Totals* totals, Levels* levels);
  void ReadStatus(Levels* levels) const;
  void ReadMemory(const Cgroups& cgroups, Levels* levels) const;
  void ReadMachine(Totals* totals) const;
  void ReadIo(Totals* totals) const;
  std::optional<double> AllottedCpus(const Cgroups& cgroups, std::optional<double> affinity_cpus) const;

  const MachineRoot root_;
  const std::function<double()> cpu_seconds_;
  std::map<int64_t, Times> threads_;  // those that live
  Times workers_, helpers_;           // of all that ever lived
  int64_t peak_rss_ = 0;
};

}  // namespace v0
}  // namespace headrace
