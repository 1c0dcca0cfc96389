// Explain: the machine, the plan of a job, each knob with its reason; and plans for machines that one does not own.
#include <algorithm>
#include <cmath>
#include <map>

#include "headrace/ingest.h"
#include "job/discover.h"
#include "job/drift.h"
#include "job/knobs.h"
#include "job/machine_plan.h"
#include "job/settle.h"
#include "os/file_reader.h"
#include "os/machine.h"
#include "os/storage.h"
#include "os/topology.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

std::string Decimal(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  return text.ends_with('.') ? text + "0" : text;
}

// The machine as far as jobs are planned by it, then its shape, which only people ask for.
std::vector<KnobReport> DescribeMachine(const Allowance& allowance) {
  std::vector<KnobReport> lines;
  const auto add = [&lines](const char* name, const std::string& value, const std::string& reason) {
    lines.push_back({name, value, "detected", reason});
  };
  add("cpu", CpuModel(), "/proc/cpuinfo");
  add("cpus", std::to_string(allowance.cpus()), allowance.CpusReason());
  add("affinity_cpus", std::to_string(allowance.affinity_cpus), "/proc/self/status");
  const bool has_quota = std::isfinite(allowance.quota_cpus);
  add("quota_cpus", has_quota ? Decimal(allowance.quota_cpus) : "none",
      has_quota ? allowance.quota_from : "no cgroup sets one");
  const bool has_limit = allowance.memory_limit_bytes >= 0;
  add("memory_available_bytes", std::to_string(allowance.available_memory_bytes), "machine and cgroup");
  add("memory_limit_bytes", has_limit ? std::to_string(allowance.memory_limit_bytes) : "none",
      has_limit ? allowance.memory_from : "no cgroup sets one");
  add("page_bytes", std::to_string(PageBytes()), "sysconf");
  add("simd", std::string(SimdLevelName(ActiveSimdLevel())), "best level that the CPU has; HEADRACE_SIMD forces one");
  if (!ForcedSimdName().empty()) lines.back() = {"simd", lines.back().value, "user", "HEADRACE_SIMD"};
  const std::string why_not = WhyNot(Io::kUring);
  add("io_uring", why_not.empty() ? "yes" : "no", why_not.empty() ? "the kernel gives a ring" : why_not);
  auto topology = ReadTopology();
  if (!topology.ok()) {
    add("cores", "unknown", topology.status().message().substr(0, topology.status().message().find('\n')));
    return lines;
  }
  if (TotalMemoryBytes() > 0) topology->memory_bytes = TotalMemoryBytes();  // hwloc's is that of NUMA nodes
  for (KnobReport& line : DescribeTopology(*topology, "detected")) {
    if (line.name != "cpu") lines.push_back(std::move(line));
  }
  return lines;
}

// How many inputs lie on each kind of storage.
KnobReport DescribeStorage(const std::vector<InputFacts>& files) {
  std::map<std::string_view, int64_t> counts;
  for (const InputFacts& file : files) {
    counts[file.path == "-" || !file.kept.empty() || file.remote ? "none" : StorageName(StorageOf(file.file_path()))]++;
  }
  std::string kinds, reason;
  for (const auto& [kind, count] : counts) {
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
    reason += (reason.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(kind);
  }
  return {"storage", kinds, "detected", "of the inputs: " + reason};
}

}  // namespace

Result<Explanation> Explain(const Job& job, const RunContext& context) {
  ARROW_RETURN_NOT_OK(CheckSimdLevel());
  Explanation explanation;
  explanation.hardware = DescribeMachine(ReadAllowance());
  if (job.inputs.empty()) return explanation;
  Job found = job;
  if (job.options.schema.columns.empty()) {
    ARROW_ASSIGN_OR_RAISE(found, KeepInputs(job, context));
    ARROW_ASSIGN_OR_RAISE(const Found discovered, Find(found, context));
    found.options = discovered.discovery.options;
    explanation.inferred = discovered.discovery.columns;
  }
  ARROW_ASSIGN_OR_RAISE(const SettledJob settled, Settle(found, context.stop));
  explanation.hardware.push_back(DescribeStorage(settled.files));
  explanation.config = DescribeConfig(settled);
  explanation.units = static_cast<int64_t>(settled.units.size());
  for (const InputFacts& file : settled.files) {
    explanation.files.push_back(file.path);
    explanation.bytes += file.stored_bytes();
    if (file.is_stream) explanation.units = -1;
  }
  if (std::all_of(settled.files.begin(), settled.files.end(), [](const auto& file) { return file.facts.is_regular; })) {
    ARROW_ASSIGN_OR_RAISE(const auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
    ARROW_ASSIGN_OR_RAISE(const DriftResult drift, FindDrift(*state));
    ARROW_RETURN_NOT_OK(drift.refusal);
    explanation.drift = drift.drift;
  }
  return explanation;
}

Result<MachinePlan> PlanForTopology(const Job& job, const std::string& topology_path, const RunContext& context) {
  ARROW_ASSIGN_OR_RAISE(const Topology topology, ReadTopologyFile(topology_path));
  std::vector<InputFacts> files;
  if (!job.inputs.empty()) {
    ARROW_RETURN_NOT_OK(CheckLimits(job.options));
    ARROW_ASSIGN_OR_RAISE(files, ResolveInputs(job.inputs, job.options, job.kept.get(), context.stop));
  }
  return PlanForMachine(topology, files, job.config);
}

}  // namespace v0
}  // namespace headrace
