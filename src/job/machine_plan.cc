#include "job/machine_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "job/knobs.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kNoQuota = std::numeric_limits<double>::infinity();
constexpr int64_t kAppleWorkers = 16;
constexpr int64_t kAppleRows = 1'000'000;
constexpr int64_t kUsualRowBytes = 65;  // of the Milan grid, where no file shows another
constexpr const char* kAppleSource = "apple-silicon: the guide's \"Apple Silicon Optimizations\"";

std::string Kinds(const Topology& topology) {
  std::string text;
  for (const CoreKind& kind : topology.kinds) {
    text += (text.empty() ? "" : " + ") + std::to_string(kind.cores) +
            (topology.kinds.size() == 1 ? ""
             : text.empty()             ? " fast"
                                        : " efficient");
  }
  return text;
}

KnobReport Planned(const char* name, int64_t value, const std::string& reason) {
  return {name, std::to_string(value), "detected", reason};
}

void PlanKnobs(const Topology& topology, int64_t files, const Config& config, MachinePlan* plan) {
  const bool apple = topology.is_apple();
  if (config.workers.value > 0) {
    plan->workers = config.workers.value;
    plan->config.push_back({"workers", std::to_string(plan->workers), "user", config.workers.reason});
  } else if (apple) {
    const int64_t most = std::min(kAppleWorkers, topology.cpus());
    plan->workers = files == 0 ? most : std::min(files, most);
    plan->config.push_back(Planned("workers", plan->workers, std::string(kAppleSource) + ": min(files, 16)"));
  } else {
    const double of_cores = ModelledRate(topology, topology.cores(), kNoQuota);
    const bool threads_pay = ModelledRate(topology, topology.cpus(), kNoQuota) > of_cores;
    plan->workers = threads_pay ? topology.cpus() : topology.cores();
    plan->config.push_back(Planned("workers", plan->workers,
                                   threads_pay ? "the machine's threads: by the model, second ones pay"
                                               : "the machine's cores; affinity and quota are not known"));
  }
  if (config.chunk_bytes.value > 0) {
    plan->config.push_back({"chunk", std::to_string(config.chunk_bytes.value), "user", config.chunk_bytes.reason});
  } else if (config.chunk_rows > 0) {
    plan->config.push_back({"chunk", std::to_string(config.chunk_rows * kUsualRowBytes), "user",
                            std::to_string(config.chunk_rows) + " rows, of 65 bytes as in the Milan grid"});
  } else if (apple) {
    plan->config.push_back(Planned("chunk", kAppleRows * kUsualRowBytes,
                                   std::string(kAppleSource) + ": 1,000,000 rows, of 65 bytes as in the Milan grid"));
  } else {
    plan->config.push_back(Planned("chunk", 1 << 20, "measured best on files in the page cache"));
  }
  plan->config.push_back({"io", apple ? "mmap" : "read", "detected",
                          apple ? std::string(kAppleSource) + ": memory_map" : "the usual way"});
}

// The largest files to the fast cores, the others to the efficient ones: each file to the kind that would be done
// first.
void PlaceFiles(const Topology& topology, const std::vector<InputFacts>& files, MachinePlan* plan) {
  const ScalingModel model;
  std::vector<size_t> order(files.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return files[a].facts.size > files[b].facts.size; });
  std::vector<double> strength, load(topology.kinds.size(), 0);
  for (size_t kind = 0; kind < topology.kinds.size(); kind++) {
    strength.push_back(static_cast<double>(topology.kinds[kind].cores) * std::pow(model.slow_core_strength, kind));
  }
  // By size alone, the fast cores' share of the bytes comes first.
  const double all = std::accumulate(files.begin(), files.end(), 0.0, [](double sum, const InputFacts& file) {
    return sum + static_cast<double>(file.facts.size);
  });
  const double whole = std::accumulate(strength.begin(), strength.end(), 0.0);
  size_t kind = 0;
  for (const size_t i : order) {
    const auto bytes = static_cast<double>(files[i].facts.size);
    while (kind + 1 < load.size() && load[kind] + bytes / 2 > all * strength[kind] / whole) kind++;
    load[kind] += bytes;
    plan->placement.push_back({files[i].path, files[i].facts.size,
                               topology.kinds.size() == 1 ? "any"
                               : kind == 0                ? "fast"
                                                          : "efficient"});
  }
}

}  // namespace

double StrengthOf(const Topology& topology, int64_t workers, const ScalingModel& model) {
  double strength = 0;
  const auto take = [&](int64_t threads, double each) {
    const int64_t taken = std::clamp<int64_t>(workers, 0, threads);
    strength += static_cast<double>(taken) * each;
    workers -= taken;
  };
  for (size_t kind = 0; kind < topology.kinds.size(); kind++) {
    take(topology.kinds[kind].cores, std::pow(model.slow_core_strength, kind));
  }
  for (size_t kind = 0; kind < topology.kinds.size(); kind++) {
    const CoreKind& cores = topology.kinds[kind];
    take(cores.cpus - cores.cores, model.second_thread_strength * std::pow(model.slow_core_strength, kind));
  }
  return strength;
}

double ModelledRate(const Topology& topology, int64_t workers, double quota_cpus, const ScalingModel& model) {
  const double strength = std::min(StrengthOf(topology, workers, model), quota_cpus);
  const double loss = 1 + model.loss_per_worker * static_cast<double>(std::max<int64_t>(0, workers - 1));
  return model.fast_core_bytes_per_second * strength / loss;
}

MachinePlan PlanForMachine(const Topology& topology, const std::vector<InputFacts>& files, const Config& config) {
  MachinePlan plan;
  plan.hardware = DescribeTopology(topology, "topology");
  PlanKnobs(topology, static_cast<int64_t>(files.size()), config, &plan);
  PlaceFiles(topology, files, &plan);
  std::vector<int64_t> crews = {1, topology.kinds.front().cores, topology.cores(), topology.cpus(), plan.workers};
  std::sort(crews.begin(), crews.end());
  crews.erase(std::unique(crews.begin(), crews.end()), crews.end());
  const double one = ModelledRate(topology, 1, kNoQuota);
  for (const int64_t workers : crews) {
    const double rate = ModelledRate(topology, workers, kNoQuota);
    plan.rates.push_back({workers, StrengthOf(topology, workers), rate, rate / one, workers == plan.workers});
  }
  return plan;
}

std::vector<KnobReport> DescribeTopology(const Topology& topology, const std::string& origin) {
  std::vector<KnobReport> lines;
  const auto add = [&](const char* name, const std::string& value, const std::string& reason) {
    lines.push_back({name, value, origin, reason});
  };
  if (!topology.cpu_model.empty()) add("cpu", topology.cpu_model, "as hwloc has it");
  add("packages", std::to_string(topology.packages), "sockets");
  add("numa_nodes", std::to_string(topology.numa_nodes), "memory that is near some of the cores");
  add("cores", std::to_string(topology.cores()), Kinds(topology));
  add("threads", std::to_string(topology.cpus()),
      topology.cpus() > topology.cores() ? "some cores have two (SMT)" : "one a core: no SMT");
  const auto bytes = [&](const char* name, int64_t value, const char* reason) {
    if (value > 0) add(name, std::to_string(value), reason);
  };
  bytes("l1_bytes", topology.l1_bytes, "data, of the first core");
  bytes("l2_bytes", topology.l2_bytes, "of the first");
  bytes("l3_bytes", topology.l3_bytes, "of the first");
  bytes("memory_bytes", topology.memory_bytes, "all of the machine");
  return lines;
}

}  // namespace v0
}  // namespace headrace
