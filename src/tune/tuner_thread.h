#pragma once
// Feeds the tuner while a job runs, and applies what it says.
// Takes: Gauges, the sampler's samples. Gives: decisions. Owns: its thread. Threads: Note and Take from any.
// Fails: never.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "tune/gauges.h"
#include "tune/probe.h"
#include "tune/tuner.h"

namespace headrace {
inline namespace v0 {

class TunerThread {
 public:
  /// Begin. `apply` puts a setting in force; it is called from the thread.
  TunerThread(const Gauges* gauges, std::vector<TunerKnob> knobs, TunerOptions options,
              std::function<void(const Setting&)> apply);
  ~TunerThread();

  /// What a sample tells: the verdict, and whether memory runs out.
  void Note(const Verdict& verdict, bool memory_pressure);
  /// Return the decisions since the last call.
  std::vector<Decision> Take();

 private:
  void Work();
  bool Wait();

  const Gauges* const gauges_;
  const std::function<void(const Setting&)> apply_;
  const Probe probe_;

  std::mutex mutex_;
  std::condition_variable stop_;
  // All below is guarded by mutex_.
  Tuner tuner_;
  size_t taken_ = 0;  // of the decisions
  VerdictClass verdict_ = VerdictClass::kBalanced;
  bool memory_pressure_ = false, stopped_ = false;
  bool saturated_ = true;  // as long as nobody has looked
  std::thread thread_;
};

}  // namespace v0
}  // namespace headrace
