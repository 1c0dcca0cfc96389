#include "tune/probe.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kTicksASecond = 100;  // USER_HZ, as /proc/stat counts

std::optional<std::string> ReadText(const std::string& path) {
  std::string text = ReadMachineFile(path);
  return text.empty() ? std::nullopt : std::optional<std::string>(std::move(text));
}

std::optional<double> FirstNumber(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::istringstream in(*text);
  double value = 0;
  if (in >> value) return value;
  return std::nullopt;
}

// The number behind `key` in lines of "key number" or "key: number".
std::optional<double> NumberOf(const std::optional<std::string>& text, const std::string& key) {
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(key, 0) != 0 || line.size() == key.size()) continue;
    const size_t at = line[key.size()] == ':' ? key.size() + 1 : key.size();
    if (at == key.size() && line[at] != ' ' && line[at] != '\t') continue;
    std::istringstream in(line.substr(at));
    double value = 0;
    if (in >> value) return value;
  }
  return std::nullopt;
}

std::optional<int64_t> Whole(const std::optional<double>& value, double factor = 1) {
  if (!value) return std::nullopt;
  return static_cast<int64_t>(*value * factor);
}

// The number behind `key` in the files of that name, added up over a cgroup and all above it: what comes up against the
// limit of one of them is counted there alone.
std::optional<double> SumOf(const std::vector<std::string>& folders, const std::string& name, const std::string& key) {
  std::optional<double> sum;
  for (const std::string& folder : folders) {
    const auto text = ReadText(folder + "/" + name);
    if (const auto value = key.empty() ? FirstNumber(text) : NumberOf(text, key)) sum = sum.value_or(0) + *value;
  }
  return sum;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS" of our own cgroup alone: neighbours are in the machine's,
// which is that of the root, the only cgroup without a type.
std::optional<double> Pressure(const std::vector<std::string>& folders, const std::string& what) {
  if (folders.empty() || !ReadText(folders.front() + "/cgroup.type")) return std::nullopt;
  const auto text = ReadText(folders.front() + "/" + what + ".pressure");
  if (!text || text->rfind("some", 0) != 0) return std::nullopt;
  const size_t at = text->find("total=");
  if (at == std::string::npos) return std::nullopt;
  const auto total = FirstNumber(text->substr(at + 6));
  return total ? std::optional<double>(*total * 1e-6) : std::nullopt;
}

std::optional<double> Events(const std::vector<std::string>& folders, const std::string& name) {
  const auto high = SumOf(folders, name, "high"), max = SumOf(folders, name, "max");
  if (!high && !max) return std::nullopt;
  return high.value_or(0) + max.value_or(0);
}

std::optional<int64_t> MemoryEvents(const std::vector<std::string>& folders) {
  auto events = Events(folders, "memory.events.local");
  // Before Linux 5.2 there is one file alone, in which all below a cgroup counts too.
  for (size_t i = 0; !events && i < folders.size(); i++) events = Events({folders[i]}, "memory.events");
  return Whole(events ? events : SumOf(folders, "memory.failcnt", ""));
}

void ReadCgroups(const Cgroups& cgroups, Totals* totals) {
  const auto cpu = cgroups.Folders("cpu");
  const auto micros = SumOf(cpu, "cpu.stat", "throttled_usec"), nanos = SumOf(cpu, "cpu.stat", "throttled_time");
  if (micros || nanos) totals->throttled_seconds = micros.value_or(0) * 1e-6 + nanos.value_or(0) * 1e-9;
  totals->memory_events = MemoryEvents(cgroups.Folders("memory"));
  const auto unified = cgroups.Folders("");
  totals->cpu_pressure_seconds = Pressure(unified, "cpu");
  totals->io_pressure_seconds = Pressure(unified, "io");
  totals->memory_pressure_seconds = Pressure(unified, "memory");
}

}  // namespace

double ProcessCpuSeconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Probe::Probe(MachineRoot root, std::function<double()> cpu_seconds)
    : root_(std::move(root)), cpu_seconds_(std::move(cpu_seconds)) {}

std::optional<double> Probe::AllottedCpus() const {
  Levels levels;
  ReadStatus(&levels);
  return AllottedCpus(Cgroups(root_), levels.affinity_cpus);
}

std::optional<double> Probe::AllottedCpus(const Cgroups& cgroups, std::optional<double> affinity_cpus) const {
  const double quota = cgroups.ReadCpuQuota().cpus;
  if (!std::isfinite(quota)) return affinity_cpus;
  return std::min(quota, affinity_cpus.value_or(quota));
}

void Probe::ReadStatus(Levels* levels) const {
  const auto text = ReadText(root_.At("/proc/self/status"));
  levels->rss_bytes = Whole(NumberOf(text, "VmRSS"), 1024);
  levels->peak_rss_bytes = Whole(NumberOf(text, "VmHWM"), 1024);
  if (!text) return;
  const std::string key = "Cpus_allowed_list:";
  const size_t at = text->find(key);
  if (at == std::string::npos) return;
  const int64_t cpus = CountList(text->substr(at + key.size(), text->find('\n', at) - at - key.size()));
  if (cpus > 0) levels->affinity_cpus = static_cast<double>(cpus);
}

void Probe::ReadMemory(const Cgroups& cgroups, Levels* levels) const {
  const auto machine = ReadText(root_.At("/proc/meminfo"));
  const auto total = NumberOf(machine, "MemTotal"), available = NumberOf(machine, "MemAvailable");
  if (total && available) {
    levels->memory_limit_bytes = Whole(total, 1024);
    levels->memory_used_bytes = Whole(*total - *available, 1024);
  }
  const MemoryAllowance cgroup = cgroups.ReadMemory();
  if (cgroup.limit_bytes < 0 || (levels->memory_limit_bytes && cgroup.limit_bytes >= *levels->memory_limit_bytes))
    return;
  levels->memory_limit_bytes = cgroup.limit_bytes;
  levels->memory_used_bytes = cgroup.limit_bytes - cgroup.left_bytes;
}

void Probe::ReadMachine(Totals* totals) const {
  std::istringstream in(ReadMachineFile(root_.At("/proc/stat")));
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft_irq = 0, steal = 0;
  if (!(in >> name >> user >> nice >> system >> idle >> wait) || name != "cpu") return;
  in >> irq >> soft_irq >> steal;
  const double busy = user + nice + system + irq + soft_irq + steal;
  totals->machine_busy_seconds = busy / kTicksASecond;
  totals->machine_io_wait_seconds = wait / kTicksASecond;
  totals->machine_seconds = (busy + idle + wait) / kTicksASecond;
}

void Probe::ReadIo(Totals* totals) const {
  const auto text = ReadText(root_.At("/proc/self/io"));
  totals->io_read_chars = Whole(NumberOf(text, "rchar"));
  totals->io_write_chars = Whole(NumberOf(text, "wchar"));
  totals->io_read_bytes = Whole(NumberOf(text, "read_bytes"));
  totals->io_write_bytes = Whole(NumberOf(text, "write_bytes"));
}

void Probe::ReadThreads(const std::vector<int64_t>& workers, int64_t self, Totals* totals, Levels* levels) {
  std::error_code error;
  std::filesystem::directory_iterator task(root_.At("/proc/self/task"), error), end;
  std::map<int64_t, Times> living;
  double busiest = 0;
  bool any = false;
  for (; !error && task != end; task.increment(error)) {
    std::ifstream in(task->path() / "schedstat");
    double cpu = 0, run_queue = 0;
    if (!(in >> cpu >> run_queue)) continue;
    any = true;
    const int64_t thread = std::atoll(task->path().filename().c_str());
    const bool is_worker = std::find(workers.begin(), workers.end(), thread) != workers.end();
    if (thread == self && !is_worker) continue;
    const Times now{cpu * 1e-9, run_queue * 1e-9};
    const auto seen = threads_.find(thread);
    // A number may be given again to another thread, whose times begin anew.
    const Times before = seen != threads_.end() && seen->second.cpu <= now.cpu ? seen->second : Times{};
    Times& sum = is_worker ? workers_ : helpers_;
    sum.cpu += now.cpu - before.cpu;
    sum.run_queue += std::max(0.0, now.run_queue - before.run_queue);
    if (!is_worker) busiest = std::max(busiest, now.cpu - before.cpu);
    living[thread] = now;
  }
  threads_ = std::move(living);
  if (!any) return;
  totals->worker_cpu_seconds = workers_.cpu;
  totals->worker_run_queue_seconds = workers_.run_queue;
  totals->helper_cpu_seconds = helpers_.cpu;
  totals->helper_run_queue_seconds = helpers_.run_queue;
  levels->busiest_helper = busiest;
}

void Probe::Read(const std::vector<int64_t>& workers, int64_t self, Totals* totals, Levels* levels) {
  totals->cpu_seconds = cpu_seconds_();
  ReadStatus(levels);
  // The kernel's own figure is put together from those of threads, and may fall again.
  if (levels->peak_rss_bytes) levels->peak_rss_bytes = peak_rss_ = std::max(peak_rss_, *levels->peak_rss_bytes);
  const Cgroups cgroups(root_);
  levels->allotted_cpus = AllottedCpus(cgroups, levels->affinity_cpus);
  ReadThreads(workers, self, totals, levels);
  ReadMemory(cgroups, levels);
  ReadMachine(totals);
  ReadIo(totals);
  ReadCgroups(cgroups, totals);
}

}  // namespace v0
}  // namespace headrace
