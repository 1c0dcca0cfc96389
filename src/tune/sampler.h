#pragma once
// Looks at a run at an interval, in a thread of its own, and hands each look on.
// Takes: Gauges. Gives: Sample, to one receiver. Owns: its thread. Threads: the receiver is called from the sampler's
// thread or from Take's, never twice at a time. Fails: never.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "tune/gauges.h"
#include "tune/probe.h"
#include "tune/verdict.h"

namespace headrace {
inline namespace v0 {

struct SamplerOptions {
  double interval = 1;  ///< seconds
  MachineRoot root = MachineRoot::Active();
  JobFacts facts;
  std::function<double()> now;        ///< seconds that only grow; empty: the steady clock
  std::function<double()> wall_time;  ///< seconds since 1970; empty: the system's
  std::function<double()> cpu_seconds = ProcessCpuSeconds;
};

class Sampler {
 public:
  using Receiver = std::function<void(const Sample&)>;

  Sampler(const Gauges* gauges, SamplerOptions options, Receiver receiver);
  ~Sampler();  ///< stops the thread, without a last sample

  /// Begin to look every interval.
  void Start();
  /// Look now, beside the interval.
  void Take();
  /// Stop the thread and look for the last time.
  void Finish();

 private:
  void Work();
  void TakeOne(bool is_last);
  void Join();

  const Gauges* const gauges_;
  const SamplerOptions options_;
  const Receiver receiver_;

  std::mutex taking_;  // guards what is below, up to the thread's
  Probe probe_;
  double began_ = 0;
  Totals base_, before_;  // at the beginning; at the last sample
  double before_seconds_ = 0;
  SteadyVerdict verdict_;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;  // guarded by mutex_
  std::thread thread_;
  std::atomic<int64_t> thread_number_{0};  // of thread_: what it does is not the job's work
};

}  // namespace v0
}  // namespace headrace
