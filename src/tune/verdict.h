#pragma once
// What holds a run back, from the evidence of one interval or of a whole run. The rules and their thresholds are in
// docs/monitoring.md; they are numbers here alone.
// Takes: a Sample's change and levels, and facts of the job. Gives: Verdict. Owns: nothing. Threads: any.
// Fails: never; missing evidence lowers the confidence.
#include <optional>

#include "headrace/metrics.h"

namespace headrace {
inline namespace v0 {

/// What does not change while a job runs.
struct JobFacts {
  int64_t wanted_workers = 0;         ///< that would run if memory had no limit; 0: not known
  int64_t workers_without_quota = 0;  ///< that would run if no CPU quota held; 0: not known
  bool limited_by_memory = false;     ///< fewer run, because more would not fit
  double copy_bytes_per_second = 0;   ///< that one CPU copies in memory, as measured; 0: not measured
};

/// Judge `change` over `interval` seconds.
Verdict Judge(const Totals& change, const Levels& levels, double interval, const JobFacts& facts);

/// Return the class by the guide's thresholds: CPU over 90 %, memory over 85 %, I/O wait over 50 %, or balanced.
VerdictClass JudgeAsTheGuide(const Totals& change, const Levels& levels);

/// Holds a verdict until another class or sub-reason was seen in three intervals one behind the other.
class SteadyVerdict {
 public:
  static constexpr int kIntervals = 3;

  /// Take the next interval's verdict; return the one that holds. Its evidence is the newest of its class.
  const Verdict& Next(Verdict verdict);
  const Verdict& held() const { return held_; }

 private:
  Verdict held_, pending_;
  int seen_ = 0;  // of pending_
  bool any_ = false;
};

}  // namespace v0
}  // namespace headrace
