#include "os/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <thread>

#include "os/cgroups.h"

namespace headrace {
inline namespace v0 {
namespace {

// The value behind `key` on a line of its own; empty where there is none.
std::string ValueOf(const std::string& text, const std::string& key) {
  size_t at = text.starts_with(key) ? 0 : text.find("\n" + key);
  if (at == std::string::npos) return "";
  at = text.find_first_not_of(" \t:", text.find(key, at) + key.size());
  return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

int64_t MemoryKib(const MachineRoot& root, const std::string& key) {
  std::istringstream in(ValueOf(ReadMachineFile(root.At("/proc/meminfo")), key));
  int64_t kib = 0;
  return in >> kib ? kib : 0;
}

int64_t AffinityCpus(const MachineRoot& root) {
  const int64_t listed = CountList(ValueOf(ReadMachineFile(root.At("/proc/self/status")), "Cpus_allowed_list"));
  if (listed > 0) return listed;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

std::string Short(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

}  // namespace

int64_t Allowance::cpus() const {
  const double quota = std::isfinite(quota_cpus) ? std::ceil(quota_cpus) : static_cast<double>(affinity_cpus);
  return std::max<int64_t>(1, std::min(affinity_cpus, static_cast<int64_t>(quota)));
}

std::string Allowance::CpusReason() const {
  const std::string affinity =
      "affinity allows " + std::to_string(affinity_cpus) + (affinity_cpus == 1 ? " CPU" : " CPUs");
  if (!std::isfinite(quota_cpus)) return affinity + ", and no cgroup sets a quota";
  return affinity + ", the quota of " + quota_from + " is " + Short(quota_cpus);
}

Allowance ReadAllowance(const MachineRoot& root) {
  Allowance allowance;
  allowance.affinity_cpus = AffinityCpus(root);
  const Cgroups cgroups(root);
  CpuQuota quota = cgroups.ReadCpuQuota();
  allowance.quota_cpus = quota.cpus;
  allowance.quota_from = std::move(quota.from);
  MemoryAllowance memory = cgroups.ReadMemory();
  allowance.memory_limit_bytes = memory.limit_bytes;
  allowance.memory_from = std::move(memory.from);
  const int64_t machine = MemoryKib(root, "MemAvailable") * 1024;
  allowance.available_memory_bytes = machine > 0 ? machine : int64_t{1} << 30;
  if (memory.limit_bytes >= 0) {
    allowance.available_memory_bytes = std::min(allowance.available_memory_bytes, memory.left_bytes);
  }
  return allowance;
}

int64_t AvailableCpus() { return ReadAllowance().cpus(); }

int64_t TotalMemoryBytes(const MachineRoot& root) { return MemoryKib(root, "MemTotal") * 1024; }

std::string CpuModel(const MachineRoot& root) {
  const std::string model = ValueOf(ReadMachineFile(root.At("/proc/cpuinfo")), "model name");
  return model.empty() ? "unknown" : model;
}

int64_t PeakMemoryBytes() {
  std::istringstream in(ValueOf(ReadMachineFile("/proc/self/status"), "VmHWM"));
  int64_t kib = 0;
  return in >> kib ? kib * 1024 : 0;
}

int64_t PageBytes() { return sysconf(_SC_PAGESIZE); }

}  // namespace v0
}  // namespace headrace
