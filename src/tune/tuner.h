#pragma once
// The paired ladder: turns knobs while a job runs, one trial after the other, and keeps what is faster.
//
//   warm up ──▶ trial: A B B A ──▶ all trials together: which is A now, which B promises most ──▶ … none ──▶ hold ──▶ …
//
// A trial compares two settings in four adjacent intervals, since on a shared machine adjacent intervals differ by less
// than any two others. docs/monitoring.md has the rules. Takes: measurements, with their time. Gives: settings and
// decisions. Owns: no thread, no clock: tests give both. Threads: one. Fails: never.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "headrace/metrics.h"
#include "tune/surface.h"

namespace headrace {
inline namespace v0 {

struct TunerOptions {
  double now = 0;      ///< when the job began
  double warm_up = 2;  ///< seconds; a job that ends before is never tuned
  double allotted_cpus = 0;
  std::function<bool(const Setting&)> fits;  ///< into the memory budget
};

/// What has been done so far, and what is known now.
struct Measurement {
  double now = 0;
  int64_t bytes = 0, reads = 0, units = 0;  ///< count up
  double allotted_cpus = 0;                 ///< 0: not known
  VerdictClass verdict = VerdictClass::kBalanced;
  bool memory_pressure = false;
  bool saturated = false;  ///< every CPU that is allotted is busy with the job: a search would cost more than it finds
};

class Tuner {
 public:
  Tuner(std::vector<TunerKnob> knobs, TunerOptions options);

  /// Take a measurement, often enough to see the ends of intervals (every 50 ms); return true where `setting` changed.
  bool Feed(const Measurement& measurement);

  const Setting& setting() const { return setting_; }  ///< to be in force now, perhaps for a trial
  const Setting& best() const { return best_; }        ///< that which holds
  const std::vector<Decision>& decisions() const { return decisions_; }
  int64_t trials() const { return trials_; }
  bool converged() const { return phase_ == Phase::kHold; }

 private:
  enum class Phase { kWarmUp, kTrial, kHold };
  struct Interval {
    Setting setting;
    double end = 0, rate = 0;  // logarithm
  };

  bool Pressed(const Measurement& m);
  bool Reallotted(const Measurement& m);
  void Reopen(const Measurement& m, double discount);
  void Restart(const Measurement& m, double discount);
  void RestartWith(double cpus, const Measurement& m, double discount);
  void Seek(const Measurement& m);
  void BeginTrial(const Measurement& m);
  void BeginInterval(const Measurement& m, const Setting& setting);
  void BeginAnew(const Measurement& m);
  bool IsOver(const Measurement& m);
  bool IsSettled(const Measurement& m) const;
  void EndInterval(const Measurement& m);
  bool Jumped(const Measurement& m, double rate);
  void EndTrial(const Measurement& m);
  void Prefer(const Measurement& m);
  void Hold(const Measurement& m);
  void Watch(const Measurement& m, double rate);
  void Decide(const Measurement& m, size_t knob, int64_t to, std::string evidence, bool by_trials = false);

  const std::vector<TunerKnob> knobs_;
  const TunerOptions options_;
  Setting setting_, best_;
  std::vector<Decision> decisions_;
  int64_t trials_ = 0, first_trial_ = 0;  // of this search
  Phase phase_ = Phase::kWarmUp;
  VerdictClass verdict_ = VerdictClass::kBalanced;
  double allotted_ = 0;
  double cpus_ = 0;  // that the job is believed to have: those that are allotted, or what throughput says
  Surface surface_;

  // The trial.
  Setting trying_;
  std::vector<double> rates_;    // logarithms, of the intervals A B B A
  double counting_ = 0;          // variance, for a read is counted when it is done
  double squares_ = 0;           // of what the halves of trials differed
  int64_t halves_compared_ = 0;  // by so many trials
  // The interval.
  Measurement began_;       // where it is measured from
  bool settling_ = true;    // the setting is not in force everywhere yet
  int64_t fewer_than_ = 0;  // so many workers were busy, and some are to rest
  Interval last_;
  std::optional<double> before_jump_;  // what the rate was, where it seems to have jumped

  // Holding.
  double hold_seconds_ = 5, hold_until_ = 0;
  double held_rate_ = 0;  // logarithm
  int shifted_ = 0;       // intervals
};

}  // namespace v0
}  // namespace headrace
