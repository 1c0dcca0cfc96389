#include "tune/verdict.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace headrace {
inline namespace v0 {
namespace {

// Shares at which a rule holds.
constexpr double kCpu = 0.85;             // of what is allotted: CPU time and time in the run queue
constexpr double kWaits = 0.30;           // of worker time that goes to one end
constexpr double kBlocked = 0.50;         // of that time, in which the worker neither ran nor could have
constexpr double kHelper = 0.70;          // of the interval that a decompressing thread runs, or could
constexpr double kThrottled = 0.05;       // of the interval
constexpr double kQueued = 0.20;          // of CPU time and time in the run queue
constexpr double kCommitting = 0.50;      // of the interval in which a piece is being written
constexpr double kMemoryPressure = 0.10;  // of the interval
constexpr double kBandwidth = 0.70;       // of the copy rate
constexpr double kCopiesOfText = 2;       // memory traffic for each byte of text, as copies of it
constexpr double kLeastConfidence = 0.5;
constexpr double kWithoutThreads = 0.7;  // of the confidence, where threads' times are not known

constexpr double kGuideCpu = 90, kGuideMemory = 85, kGuideIoWait = 50;  // percent

// The figures that the rules compare.
struct Figures {
  double interval = 0;
  double allotted = 1, cpu = 0;           // CPUs; seconds
  double demand = 0;                      // share of what is allotted
  double queued = 0;                      // share of CPU time and time in the run queue
  double throttled = 0;                   // share of the interval
  double work = 0;                        // seconds of workers that were not parked
  double input = 0, input_blocked = 0;    // seconds: reading, and waiting for text
  double output = 0, output_blocked = 0;  // seconds: committing, and waiting for room
  double committing = 0;                  // seconds
  double room = 0;                        // seconds: waiting for room
  double idle = 0;                        // seconds: without a unit to carry
  double queue = 0;                       // seconds of workers: waiting for a CPU
  double wait_input = 0;                  // seconds
  double helper = 0;                      // share of the interval that the busiest helper ran or could have
  double helper_cpu = 0;                  // seconds
  bool knows_threads = false;
};

double Of(const Totals& totals, Stage stage) { return totals.stage_seconds[static_cast<size_t>(stage)]; }

Figures Measure(const Totals& change, const Levels& levels, double interval) {
  Figures f;
  f.interval = interval;
  f.allotted = levels.allotted_cpus.value_or(static_cast<double>(std::max<int64_t>(1, levels.workers)));
  f.cpu = change.cpu_seconds.value_or(0);
  f.knows_threads = change.worker_cpu_seconds && change.worker_run_queue_seconds;
  const double worker_cpu = change.worker_cpu_seconds.value_or(f.cpu);
  const double worker_queue = change.worker_run_queue_seconds.value_or(0);
  f.queue = worker_queue;
  const double queue = worker_queue + change.helper_run_queue_seconds.value_or(0);
  f.helper_cpu = change.helper_cpu_seconds.value_or(0);
  f.demand = (f.cpu + queue) / (f.allotted * interval);
  f.queued = f.cpu + queue > 0 ? queue / (f.cpu + queue) : 0;
  f.throttled = change.throttled_seconds.value_or(0) / interval;
  for (size_t i = 0; i < kNumStages; i++) f.work += change.stage_seconds[i];
  f.work -= Of(change, Stage::kParked);
  f.wait_input = Of(change, Stage::kWaitInput);
  f.committing = Of(change, Stage::kCommitting);
  f.room = Of(change, Stage::kWaitOutput);
  f.idle = Of(change, Stage::kWaitClaim);
  f.input = Of(change, Stage::kReading) + f.wait_input;
  f.output = f.committing + f.room;
  if (!f.knows_threads) {
    f.input_blocked = f.wait_input;
    f.output_blocked = f.room;
  } else {
    // What threads neither ran nor queued for, they were blocked. Waiting stages are that by themselves; the rest of it
    // lies in system calls, of those who read or of those who write.
    const double blocked = std::max(0.0, f.work - worker_cpu - worker_queue - f.idle - f.room);
    const double waiting = std::min(f.wait_input, blocked);
    const double calls = f.input - f.wait_input + f.committing;
    const double in_calls = std::min(blocked - waiting, calls);
    const double reading_share = calls > 0 ? (f.input - f.wait_input) / calls : 0;
    f.input_blocked = waiting + in_calls * reading_share;
    f.output_blocked = in_calls * (1 - reading_share) + f.room;
  }
  const double longest = levels.busiest_helper.value_or(0);
  const double helpers = f.helper_cpu + change.helper_run_queue_seconds.value_or(0);
  f.helper = std::max(longest, std::min(helpers, interval)) / interval;
  return f;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
  return text;
}

// How far `value` is beyond `threshold`, from kLeastConfidence to 1.
double Confidence(double value, double threshold, const Figures& f) {
  const double room = std::max(1 - threshold, 1e-9);
  const double beyond = std::clamp((value - threshold) / room, 0.0, 1.0);
  return (kLeastConfidence + (1 - kLeastConfidence) * beyond) * (f.knows_threads ? 1 : kWithoutThreads);
}

Verdict Make(VerdictClass verdict, const char* sub_reason, double confidence, std::optional<double> gain,
             std::string evidence) {
  Verdict made;
  made.verdict = verdict;
  made.sub_reason = sub_reason;
  made.confidence = confidence;
  if (gain) made.predicted_gain = std::max(1.0, *gain);
  made.evidence = std::move(evidence);
  return made;
}

// Throughput when workers no longer lose `lost` seconds, as far as the CPUs reach; `less_cpu` is CPU time that goes
// too. Where workers wait for one another's input or output, being without a unit is a part of what is lost.
double GainWithout(double lost, double less_cpu, const Figures& f) {
  const double left = std::max(f.work - lost, 1e-9);
  const double cpu = std::max(f.cpu - less_cpu, 1e-9);
  return std::min(f.work / left, f.allotted * f.interval / cpu);
}

std::optional<Verdict> JudgeInput(const Figures& f) {
  if (f.input < kWaits * f.work || f.input_blocked < kBlocked * f.input) return std::nullopt;
  const double share = f.input / f.work;
  const std::string waits = "workers spend " + Percent(share) + " of their time on input, " +
                            Percent(f.input_blocked / f.input) + " of it blocked";
  if (f.wait_input > 0 && f.helper >= kHelper) {
    return Make(VerdictClass::kCpuBound, "codec", Confidence(f.helper, kHelper, f),
                GainWithout(f.input_blocked + f.idle + std::min(f.queue, f.helper_cpu), f.helper_cpu, f),
                waits + "; a thread that decompresses or converts is at work " + Percent(f.helper) + " of the time");
  }
  return Make(VerdictClass::kIoBound, "source", Confidence(share, kWaits, f),
              GainWithout(f.input_blocked + f.idle, 0, f), waits);
}

std::optional<Verdict> JudgeOutput(const Figures& f) {
  if (f.output < kWaits * f.work || f.committing < kCommitting * f.interval) return std::nullopt;
  if (f.output_blocked < kBlocked * f.output) return std::nullopt;
  return Make(VerdictClass::kIoBound, "sink", Confidence(f.output / f.work, kWaits, f),
              GainWithout(f.output_blocked + f.idle, 0, f),
              "workers spend " + Percent(f.output / f.work) + " of their time on output, " +
                  Percent(f.output_blocked / f.output) + " of it blocked; a piece is being written " +
                  Percent(f.committing / f.interval) + " of the time");
}

std::optional<Verdict> JudgeMemory(const Totals& change, const Levels& levels, const Figures& f,
                                   const JobFacts& facts) {
  const double pressure = change.memory_pressure_seconds.value_or(0) / f.interval;
  const double wanted = static_cast<double>(std::max(facts.wanted_workers, levels.workers));
  const double gain = std::min(wanted, f.allotted) / static_cast<double>(std::max<int64_t>(1, levels.workers));
  if (pressure >= kMemoryPressure) {
    return Make(VerdictClass::kMemoryBound, "capacity", Confidence(pressure, kMemoryPressure, f), std::nullopt,
                "the cgroup's threads wait for memory " + Percent(pressure) + " of the time");
  }
  if (f.room > 0 && f.room >= kWaits * f.work && f.committing < kCommitting * f.interval) {
    return Make(VerdictClass::kMemoryBound, "capacity", Confidence(f.room / f.work, kWaits, f),
                GainWithout(f.room, 0, f),
                "workers wait " + Percent(f.room / f.work) +
                    " of their time for room for finished units, while nothing " + "slow is written");
  }
  const double at_work = f.cpu / (static_cast<double>(std::max<int64_t>(1, levels.workers)) * f.interval);
  if (facts.limited_by_memory && gain > 1 && at_work >= kCpu) {
    return Make(VerdictClass::kMemoryBound, "capacity", Confidence(at_work, kCpu, f), gain,
                "the memory limit leaves room for " + std::to_string(levels.workers) + " of " +
                    std::to_string(facts.wanted_workers) + " workers, which are at work " + Percent(at_work) +
                    " of the time");
  }
  if (facts.copy_bytes_per_second > 0 && f.demand >= kCpu) {
    const double moved = kCopiesOfText * static_cast<double>(change.text_bytes) / f.interval;
    const double share = moved / (facts.copy_bytes_per_second * f.allotted);
    if (share >= kBandwidth) {
      return Make(VerdictClass::kMemoryBound, "bandwidth", Confidence(share, kBandwidth, f), std::nullopt,
                  "memory moves at " + Percent(share) + " of the rate at which it copies");
    }
  }
  return std::nullopt;
}

std::optional<Verdict> JudgeCpu(const Levels& levels, const Figures& f, const JobFacts& facts) {
  const double affinity = levels.affinity_cpus.value_or(f.allotted);
  const std::string at_work = "CPU time is " + Percent(f.cpu / (f.allotted * f.interval)) + " of what is allotted";
  const double busy_cpus = std::max(f.cpu / f.interval, 1e-9);
  const bool has_quota = f.allotted < affinity - 1e-6;
  // What queues under a quota waits for the quota.
  if (f.throttled >= kThrottled || (has_quota && f.demand >= kCpu)) {
    const int64_t workers = std::max({facts.workers_without_quota, levels.workers, int64_t{1}});
    const double could = std::min(affinity, static_cast<double>(workers));
    return Make(VerdictClass::kCpuBound, "quota", Confidence(std::max(f.demand, kCpu), kCpu, f), could / busy_cpus,
                at_work + "; the cgroup's quota held threads back for " + Percent(f.throttled) + " of the interval");
  }
  if (f.demand < kCpu) return std::nullopt;
  if (f.queued >= kQueued) {
    const double could = std::min(affinity, f.demand * f.allotted);
    return Make(VerdictClass::kCpuBound, "contended", Confidence(f.queued, kQueued, f), could / busy_cpus,
                at_work + "; threads that could run wait for a CPU " + Percent(f.queued) + " of their time");
  }
  if (f.helper_cpu > f.cpu / 2) {
    return Make(VerdictClass::kCpuBound, "codec", Confidence(f.helper_cpu / f.cpu, 0.5, f),
                f.cpu / std::max(f.cpu - f.helper_cpu, 1e-9),
                at_work + ", " + Percent(f.helper_cpu / f.cpu) + " of it to decompress or convert the input");
  }
  return Make(VerdictClass::kCpuBound, "cores", Confidence(f.demand, kCpu, f), (f.allotted + 1) / f.allotted,
              at_work + "; the gain is that of one CPU more");
}

Verdict JudgeByEvidence(const Totals& change, const Levels& levels, const Figures& f, const JobFacts& facts) {
  // A quota makes every wait longer, and is never their cause: it comes first where it holds threads back.
  const bool throttled = f.throttled >= kThrottled && f.demand >= kCpu;
  if (throttled) return *JudgeCpu(levels, f, facts);
  if (f.work > 0) {
    if (auto verdict = JudgeInput(f)) return *verdict;
    if (auto verdict = JudgeOutput(f)) return *verdict;
  }
  if (auto verdict = JudgeMemory(change, levels, f, facts)) return *verdict;
  if (auto verdict = JudgeCpu(levels, f, facts)) return *verdict;
  const double nearest = std::max({f.demand / kCpu, f.work > 0 ? f.input_blocked / f.work / kWaits : 0.0,
                                   f.work > 0 ? f.output_blocked / f.work / kWaits : 0.0});
  return Make(VerdictClass::kBalanced, "", Confidence(1 - std::min(1.0, nearest), 0, f), 1.0,
              "CPU demand is " + Percent(f.demand) + " of what is allotted, and no wait stands out");
}

}  // namespace

std::string_view VerdictClassName(VerdictClass verdict) {
  constexpr std::string_view kNames[] = {"BALANCED", "CPU_BOUND", "MEMORY_BOUND", "IO_BOUND"};
  return kNames[static_cast<size_t>(verdict)];
}

VerdictClass JudgeAsTheGuide(const Totals& change, const Levels& levels) {
  if (change.machine_busy_seconds && change.machine_seconds && *change.machine_seconds > 0 &&
      100 * *change.machine_busy_seconds / *change.machine_seconds > kGuideCpu) {
    return VerdictClass::kCpuBound;
  }
  if (MemoryPercent(levels).value_or(0) > kGuideMemory) return VerdictClass::kMemoryBound;
  return IoWaitPercent(change).value_or(0) > kGuideIoWait ? VerdictClass::kIoBound : VerdictClass::kBalanced;
}

Verdict Judge(const Totals& change, const Levels& levels, double interval, const JobFacts& facts) {
  const Figures figures = Measure(change, levels, std::max(interval, 1e-9));
  Verdict verdict = JudgeByEvidence(change, levels, figures, facts);
  verdict.guide = VerdictClassName(JudgeAsTheGuide(change, levels));
  return verdict;
}

const Verdict& SteadyVerdict::Next(Verdict verdict) {
  const auto is_same = [](const Verdict& a, const Verdict& b) {
    return a.verdict == b.verdict && a.sub_reason == b.sub_reason;
  };
  if (!any_ || is_same(verdict, held_)) {
    any_ = true;
    seen_ = 0;
    held_ = std::move(verdict);
    return held_;
  }
  seen_ = seen_ > 0 && is_same(verdict, pending_) ? seen_ + 1 : 1;
  pending_ = std::move(verdict);
  if (seen_ == kIntervals) {
    held_ = pending_;
    seen_ = 0;
  } else {
    held_.guide = pending_.guide;
  }
  return held_;
}

}  // namespace v0
}  // namespace headrace
