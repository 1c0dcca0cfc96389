#pragma once
// What a run shows of itself while it runs: samples at an interval, the verdict on what holds it back, and what the
// tuner decided. docs/monitoring.md is the long form.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headrace {
inline namespace v0 {

/// What a worker does at a moment.
enum class Stage : uint8_t {
  kReading,     ///< opens and reads files, cuts streams
  kDecoding,    ///< parses and decodes
  kEncoding,    ///< encodes pieces
  kCommitting,  ///< hands pieces on in order: writes the output
  kWaitInput,   ///< for text of a stream
  kWaitClaim,   ///< for a unit to carry, or for its position
  kWaitOutput,  ///< for room: the ring of finished units is full, or they hold too much memory
  kParked       ///< told to rest
};
inline constexpr size_t kNumStages = 8;

/// Return the stage's name, such as "wait_input".
std::string_view StageName(Stage stage);

/// What counts up from the beginning of a run. What the machine does not tell has no value.
struct Totals {
  int64_t input_bytes = 0;   ///< that read calls gave, as they lie on disk; what is read twice counts twice
  int64_t text_bytes = 0;    ///< of text, parsed and decoded
  int64_t source_bytes = 0;  ///< of the inputs, as they lie on disk, whose records are committed
  int64_t output_bytes = 0;  ///< of pieces that are committed, about
  int64_t rows_read = 0, rows_rejected = 0, units = 0, files_done = 0;
  int64_t reads = 0;                               ///< read calls
  std::array<double, kNumStages> stage_seconds{};  ///< of all workers, by Stage
  std::optional<double> cpu_seconds;               ///< of the process
  std::optional<double> worker_cpu_seconds;        ///< of the threads that carry units
  std::optional<double> worker_run_queue_seconds;  ///< that these were ready to run and did not
  std::optional<double> helper_cpu_seconds;        ///< of the other threads
  std::optional<double> helper_run_queue_seconds;  ///< the same, of these
  std::optional<double> throttled_seconds;         ///< by the cgroup's CPU quota
  std::optional<double> machine_seconds;           ///< of all CPUs of the machine
  std::optional<double> machine_busy_seconds;      ///< of these, at work
  std::optional<double> machine_io_wait_seconds;   ///< of these, idle while a thread waits for a disk
  std::optional<double> cpu_pressure_seconds;      ///< of the cgroup (PSI "some")
  std::optional<double> io_pressure_seconds;       ///< of the cgroup
  std::optional<double> memory_pressure_seconds;   ///< of the cgroup
  std::optional<int64_t> memory_events;            ///< the cgroup's limits were hit so often
  std::optional<int64_t> io_read_chars;            ///< of /proc/self/io: by read calls of the process
  std::optional<int64_t> io_write_chars;           ///< by its write calls
  std::optional<int64_t> io_read_bytes;            ///< from storage: what the page cache did not have
  std::optional<int64_t> io_write_bytes;           ///< to storage
};

/// What is so at a moment.
struct Levels {
  int64_t workers = 0;          ///< that may carry units
  int64_t chunk_bytes = 0;      ///< that each reads at a time
  int64_t units_in_flight = 0;  ///< being carried
  int64_t units_waiting = 0;    ///< finished, whose turn has not come
  int64_t waiting_bytes = 0;    ///< that these hold
  int64_t bytes_total = 0;      ///< of the inputs as they lie on disk; 0: unknown
  int64_t files_total = 0;
  std::optional<int64_t> rss_bytes, peak_rss_bytes;
  std::optional<int64_t> memory_limit_bytes;  ///< of the machine, or the cgroup's where that is less
  std::optional<int64_t> memory_used_bytes;   ///< of these, by everyone; without what the page cache could give back
  std::optional<double> allotted_cpus;        ///< by affinity and cgroup quota
  std::optional<double> affinity_cpus;        ///< by affinity alone
  std::optional<double> busiest_helper;       ///< share of the interval that the busiest other thread was at work
};

enum class VerdictClass : uint8_t { kBalanced, kCpuBound, kMemoryBound, kIoBound };

/// Return "BALANCED", "CPU_BOUND", "MEMORY_BOUND" or "IO_BOUND".
std::string_view VerdictClassName(VerdictClass verdict);

/// What holds a run back.
struct Verdict {
  VerdictClass verdict = VerdictClass::kBalanced;
  std::string sub_reason;  ///< quota, contended, cores, codec, capacity, bandwidth, source, sink; empty: balanced
  std::string evidence;    ///< the figures, as a sentence
  double confidence = 0;   ///< 0 to 1
  std::optional<double> predicted_gain;  ///< throughput without it, as a multiple of the present; none: not known
  std::string guide;                     ///< class by the thresholds 90 / 85 / 50 alone, from the same samples

  bool operator==(const Verdict&) const = default;
};

/// One turn of a knob.
struct Decision {
  double t = 0;  ///< seconds since the run began
  std::string knob, from, to;
  std::string evidence;
  bool by_trials = false;  ///< else what affinity, quota or memory forced

  bool operator==(const Decision&) const = default;
};

/// One look at a run.
struct Sample {
  double seconds = 0;    ///< since the run began
  double interval = 0;   ///< since the sample before
  double timestamp = 0;  ///< of the wall clock, since 1970
  bool is_last = false;
  Totals totals;
  Totals change;  ///< of the totals, in the interval
  Levels levels;
  Verdict verdict;
  int64_t decisions = 0;  ///< of the tuner, so far
};

/// The samples of a run in short.
struct SamplesReport {
  int64_t samples = 0;
  double interval = 0;  ///< as it was set
  Totals totals;
  Levels levels;                                                       ///< at the end
  std::optional<double> cpu_percent, memory_percent, io_wait_percent;  ///< of the whole run
  std::optional<double> max_cpu_percent, max_memory_percent, max_io_wait_percent;
  int64_t max_units_waiting = 0, max_waiting_bytes = 0;
};

/// Return the process's CPU time as a share of what it may use, in percent.
std::optional<double> CpuPercent(const Totals& change, const Levels& levels, double interval);
/// Return the used share of memory, in percent.
std::optional<double> MemoryPercent(const Levels& levels);
/// Return the share of the machine's CPU time that was idle and waited for a disk, in percent.
std::optional<double> IoWaitPercent(const Totals& change);

/// Return the sample as one line of JSON, without a line end; docs/monitoring.md lists the keys.
std::string SampleToJson(const Sample& sample);

/// Return a decision as one line of JSON, without a line end.
std::string DecisionToJson(const Decision& decision);

/// Return the sample as Prometheus text (exposition format 0.0.4).
std::string SampleToPrometheus(const Sample& sample);

}  // namespace v0
}  // namespace headrace
