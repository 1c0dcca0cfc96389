#include "tune/samples.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

template <class T>
std::optional<T> Difference(const std::optional<T>& before, const std::optional<T>& now) {
  if (!before || !now) return std::nullopt;
  return *now - *before;
}

std::optional<double> Share(double part, double whole) {
  if (!(whole > 0)) return std::nullopt;
  return 100 * part / whole;
}

void Raise(std::optional<double>* most, const std::optional<double>& value) {
  if (value) *most = std::max(most->value_or(*value), *value);
}

}  // namespace

std::string_view StageName(Stage stage) {
  constexpr std::string_view kNames[kNumStages] = {"reading",    "decoding",   "encoding",    "committing",
                                                   "wait_input", "wait_claim", "wait_output", "parked"};
  return kNames[static_cast<size_t>(stage)];
}

Totals Since(const Totals& before, const Totals& now) {
  Totals change;
  change.input_bytes = now.input_bytes - before.input_bytes;
  change.text_bytes = now.text_bytes - before.text_bytes;
  change.source_bytes = now.source_bytes - before.source_bytes;
  change.output_bytes = now.output_bytes - before.output_bytes;
  change.rows_read = now.rows_read - before.rows_read;
  change.rows_rejected = now.rows_rejected - before.rows_rejected;
  change.units = now.units - before.units;
  change.files_done = now.files_done - before.files_done;
  change.reads = now.reads - before.reads;
  for (size_t i = 0; i < kNumStages; i++) change.stage_seconds[i] = now.stage_seconds[i] - before.stage_seconds[i];
  for (const auto field :
       {&Totals::cpu_seconds, &Totals::worker_cpu_seconds, &Totals::worker_run_queue_seconds,
        &Totals::helper_cpu_seconds, &Totals::helper_run_queue_seconds, &Totals::throttled_seconds,
        &Totals::machine_seconds, &Totals::machine_busy_seconds, &Totals::machine_io_wait_seconds,
        &Totals::cpu_pressure_seconds, &Totals::io_pressure_seconds, &Totals::memory_pressure_seconds}) {
    change.*field = Difference(before.*field, now.*field);
  }
  for (const auto field : {&Totals::memory_events, &Totals::io_read_chars, &Totals::io_write_chars,
                           &Totals::io_read_bytes, &Totals::io_write_bytes}) {
    change.*field = Difference(before.*field, now.*field);
  }
  return change;
}

std::optional<double> CpuPercent(const Totals& change, const Levels& levels, double interval) {
  if (!change.cpu_seconds || !levels.allotted_cpus) return std::nullopt;
  return Share(*change.cpu_seconds, *levels.allotted_cpus * interval);
}

std::optional<double> MemoryPercent(const Levels& levels) {
  if (!levels.memory_limit_bytes || !levels.memory_used_bytes) return std::nullopt;
  return Share(static_cast<double>(*levels.memory_used_bytes), static_cast<double>(*levels.memory_limit_bytes));
}

std::optional<double> IoWaitPercent(const Totals& change) {
  if (!change.machine_io_wait_seconds || !change.machine_seconds) return std::nullopt;
  return Share(*change.machine_io_wait_seconds, *change.machine_seconds);
}

void AddSample(const Sample& sample, SamplesReport* report) {
  report->samples++;
  report->totals = sample.totals;
  report->levels = sample.levels;
  Raise(&report->max_cpu_percent, CpuPercent(sample.change, sample.levels, sample.interval));
  Raise(&report->max_memory_percent, MemoryPercent(sample.levels));
  Raise(&report->max_io_wait_percent, IoWaitPercent(sample.change));
  report->max_units_waiting = std::max(report->max_units_waiting, sample.levels.units_waiting);
  report->max_waiting_bytes = std::max(report->max_waiting_bytes, sample.levels.waiting_bytes);
}

}  // namespace v0
}  // namespace headrace
