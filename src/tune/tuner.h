#pragma once
// The paired ladder: turns knobs while a job runs, one trial after the other, and keeps what is faster.
//
//   warm up ──▶ trial: A B B A ──▶ accepted: B is the new A ──▶ … every neighbour rejected ──▶ hold ──▶ look again
//
// A trial compares a setting with its neighbour in four adjacent intervals, since on a shared machine adjacent
// intervals differ by less than any two others. docs/monitoring.md has the rules. Takes: measurements, with their time.
// Gives: settings and decisions. Owns: no thread, no clock: tests give both. Threads: one. Fails: never.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "headrace/metrics.h"

namespace headrace {
inline namespace v0 {

/// The values of all knobs, in the order of the knobs.
using Setting = std::vector<int64_t>;

struct TunerKnob {
  std::string name;
  int64_t value = 0;  ///< to begin with
  int64_t least = 1, most = 1;
  bool is_workers = false;  ///< costs 2 % of the objective each, is in force at ends of units; others at the next read
};

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
  struct Neighbour {
    size_t knob = 0;
    int direction = 1;
    bool operator==(const Neighbour&) const = default;
  };

  bool Has(const Neighbour& neighbour) const;
  Setting At(const Neighbour& neighbour) const;
  std::vector<Neighbour> Ordered() const;
  int64_t workers(const Setting& setting) const;
  bool Pressed(const Measurement& m);
  bool Reallotted(const Measurement& m);
  void Restart(const Measurement& m);
  void Seek(const Measurement& m);
  void BeginInterval(const Measurement& m, const Setting& setting);
  bool IsOver(const Measurement& m);
  bool IsSettled(const Measurement& m) const;
  void EndInterval(const Measurement& m);
  std::vector<double> Pooled(const Setting& other, double cost);
  void EndTrial(const Measurement& m);
  void Accept(const Measurement& m, const std::string& evidence);
  void Hold(const Measurement& m);
  void Watch(const Measurement& m);
  void Decide(const Measurement& m, size_t knob, int64_t to, std::string evidence);

  const std::vector<TunerKnob> knobs_;
  const TunerOptions options_;
  Setting setting_, best_;
  std::vector<Decision> decisions_;
  int64_t trials_ = 0;
  Phase phase_ = Phase::kWarmUp;
  VerdictClass verdict_ = VerdictClass::kBalanced;
  double allotted_ = 0;

  // The trial.
  Neighbour trying_;
  bool goes_on_ = false;             // in the direction that was accepted last
  std::vector<Neighbour> rejected_;  // of best_, at this step
  int64_t step_ = 1, stride_ = 2;    // of the workers; of sizes, by which they are multiplied
  // What the second setting is more than the first, under the present conditions.
  std::map<std::pair<Setting, Setting>, std::vector<double>> differences_;
  std::vector<double> rates_;  // logarithms, of the intervals A B B A …
  // The interval.
  Measurement began_;     // where it is measured from
  bool settling_ = true;  // the setting is not in force everywhere yet

  // Holding.
  double hold_seconds_ = 5, hold_until_ = 0;
  double held_rate_ = 0;  // logarithm
  int shifted_ = 0;       // intervals
};

}  // namespace v0
}  // namespace headrace
