#pragma once
// What a job would be on a machine of a given topology: workers, chunk, which files go to which cores, and how fast, by
// a model. Nothing of the machine is run.
// Takes: Topology, the inputs. Gives: MachinePlan. Owns: nothing. Threads: any number. Fails: never.
#include <string>
#include <vector>

#include "headrace/ingest.h"
#include "headrace/options.h"
#include "os/topology.h"
#include "plan/inputs.h"

namespace headrace {
inline namespace v0 {

// The model. A machine's strength is counted in fast cores: the first thread of a fast core is one; that of a slower
// kind, and a second thread of a core, are less. Rates: bytes of text a second of one fast core, as `scan` has it,
// times the strength of the CPUs at work, or the quota where that is less, less a share for every worker more.
struct ScalingModel {
  double fast_core_bytes_per_second = 820e6;  ///< Zen 3 at 2.45 GHz, AVX2, Milan rows (bench/results, half of two)
  double slow_core_strength = 0.5;            ///< of a core of a slower kind: an assumption
  double second_thread_strength = 0.25;       ///< of a second thread of a core: an assumption
  double loss_per_worker = 0.02;              ///< of the rate, for each worker beyond the first
};

/// Return the strength of the `workers` strongest threads of a machine, in fast cores.
double StrengthOf(const Topology& topology, int64_t workers, const ScalingModel& model = {});

/// Return the modelled rate, in bytes of text a second; `quota_cpus` may be infinite.
double ModelledRate(const Topology& topology, int64_t workers, double quota_cpus, const ScalingModel& model = {});

/// Plan a job of `files` (none: as many large files as are needed) for a machine.
MachinePlan PlanForMachine(const Topology& topology, const std::vector<InputFacts>& files, const Config& config);

/// Return a topology as lines of a table.
std::vector<KnobReport> DescribeTopology(const Topology& topology, const std::string& origin);

}  // namespace v0
}  // namespace headrace
