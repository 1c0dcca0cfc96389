#include "tune/metric_table.h"

namespace headrace {
inline namespace v0 {
namespace {

using Value = std::optional<double>;

template <auto kField>
Value Total(const Sample& sample) {
  return Value(static_cast<double>(sample.totals.*kField));
}

template <auto kField>
Value Known(const Sample& sample) {
  const auto& value = sample.totals.*kField;
  return value ? Value(static_cast<double>(*value)) : std::nullopt;
}

template <auto kField>
Value Level(const Sample& sample) {
  return Value(static_cast<double>(sample.levels.*kField));
}

template <auto kField>
Value KnownLevel(const Sample& sample) {
  const auto& value = sample.levels.*kField;
  return value ? Value(static_cast<double>(*value)) : std::nullopt;
}

Value Decisions(const Sample& sample) { return static_cast<double>(sample.decisions); }

constexpr Metric kMetrics[] = {
    {"input_bytes", "headrace_input_bytes_total", "Bytes that read calls gave, as they lie on disk.", true,
     Total<&Totals::input_bytes>},
    {"reads", "headrace_reads_total", "Read calls.", true, Total<&Totals::reads>},
    {"text_bytes", "headrace_text_bytes_total", "Bytes of text that were parsed and decoded.", true,
     Total<&Totals::text_bytes>},
    {"source_bytes", "headrace_source_bytes_total", "Bytes of the inputs, as they lie on disk, that are committed.",
     true, Total<&Totals::source_bytes>},
    {"bytes_total", "headrace_source_size_bytes", "Bytes of all inputs as they lie on disk; 0 where not known.", false,
     Level<&Levels::bytes_total>},
    {"output_bytes", "headrace_output_bytes_total", "Bytes of committed pieces, about.", true,
     Total<&Totals::output_bytes>},
    {"rows_read", "headrace_rows_read_total", "Records of committed units.", true, Total<&Totals::rows_read>},
    {"rows_rejected", "headrace_rows_rejected_total", "Rejected records of committed units.", true,
     Total<&Totals::rows_rejected>},
    {"units", "headrace_units_total", "Committed units.", true, Total<&Totals::units>},
    {"files_done", "headrace_files_done_total", "Inputs read to their end.", true, Total<&Totals::files_done>},
    {"files_total", "headrace_files", "Inputs.", false, Level<&Levels::files_total>},
    {"workers", "headrace_workers", "Workers that may carry units.", false, Level<&Levels::workers>},
    {"chunk_bytes", "headrace_chunk_bytes", "Bytes that a worker reads at a time.", false, Level<&Levels::chunk_bytes>},
    {"units_in_flight", "headrace_units_in_flight", "Units being carried.", false, Level<&Levels::units_in_flight>},
    {"units_waiting", "headrace_units_waiting", "Finished units whose turn to be committed has not come.", false,
     Level<&Levels::units_waiting>},
    {"waiting_bytes", "headrace_waiting_bytes", "Bytes of the pieces of these.", false, Level<&Levels::waiting_bytes>},
    {"cpu_seconds", "headrace_cpu_seconds_total", "CPU time of the process.", true, Known<&Totals::cpu_seconds>},
    {"cpu_percent", "headrace_cpu_ratio", "CPU time of the interval by what affinity and cgroup quota allot.", false,
     [](const Sample& s) { return CpuPercent(s.change, s.levels, s.interval); }},
    {"allotted_cpus", "headrace_allotted_cpus", "CPUs that affinity and cgroup quota allot.", false,
     KnownLevel<&Levels::allotted_cpus>},
    {"worker_cpu_seconds", "headrace_worker_cpu_seconds_total", "CPU time of the workers.", true,
     Known<&Totals::worker_cpu_seconds>},
    {"worker_run_queue_seconds", "headrace_worker_run_queue_seconds_total",
     "Time in which workers could run and waited for a CPU.", true, Known<&Totals::worker_run_queue_seconds>},
    {"helper_cpu_seconds", "headrace_helper_cpu_seconds_total", "CPU time of the other threads.", true,
     Known<&Totals::helper_cpu_seconds>},
    {"helper_run_queue_seconds", "headrace_helper_run_queue_seconds_total",
     "Time in which the other threads could run and waited for a CPU.", true, Known<&Totals::helper_run_queue_seconds>},
    {"throttled_seconds", "headrace_throttled_seconds_total", "Time in which the cgroup's CPU quota was used up.", true,
     Known<&Totals::throttled_seconds>},
    {"rss_bytes", "headrace_resident_memory_bytes", "Resident memory of the process.", false,
     KnownLevel<&Levels::rss_bytes>},
    {"peak_rss_bytes", "headrace_peak_resident_memory_bytes", "The most resident memory that the process has had.",
     false, KnownLevel<&Levels::peak_rss_bytes>},
    {"memory_percent", "headrace_memory_used_ratio",
     "Used memory of the cgroup or the machine by its limit, by everyone in it.", false,
     [](const Sample& s) { return MemoryPercent(s.levels); }},
    {"memory_events", "headrace_memory_events_total", "How often the cgroup's memory limits were hit.", true,
     Known<&Totals::memory_events>},
    {"io_wait_percent", "headrace_io_wait_ratio",
     "CPU time of the machine in the interval that was idle while a thread waited for a disk.", false,
     [](const Sample& s) { return IoWaitPercent(s.change); }},
    {"io_read_chars", "headrace_io_read_chars_total", "Bytes of all read calls of the process.", true,
     Known<&Totals::io_read_chars>},
    {"io_write_chars", "headrace_io_write_chars_total", "Bytes of all write calls of the process.", true,
     Known<&Totals::io_write_chars>},
    {"io_read_bytes", "headrace_io_read_bytes_total", "Bytes read from storage: the page cache did not have them.",
     true, Known<&Totals::io_read_bytes>},
    {"io_write_bytes", "headrace_io_write_bytes_total", "Bytes written to storage.", true,
     Known<&Totals::io_write_bytes>},
    {"cpu_pressure_seconds", "headrace_cpu_pressure_seconds_total",
     "Time in which a thread of the cgroup waited for a CPU (PSI, some).", true, Known<&Totals::cpu_pressure_seconds>},
    {"io_pressure_seconds", "headrace_io_pressure_seconds_total",
     "Time in which a thread of the cgroup waited for I/O (PSI, some).", true, Known<&Totals::io_pressure_seconds>},
    {"memory_pressure_seconds", "headrace_memory_pressure_seconds_total",
     "Time in which a thread of the cgroup waited for memory (PSI, some).", true,
     Known<&Totals::memory_pressure_seconds>},
    {"tuner_decisions", "headrace_tuner_decisions_total", "Turns of knobs by the tuner.", true, Decisions},
};

}  // namespace

std::span<const Metric> Metrics() { return kMetrics; }

}  // namespace v0
}  // namespace headrace
