#pragma once
// What is believed of every setting of the knobs: how much faster a job would be at one than at another.
//
// A Gaussian process on a grid, in logarithms. It begins with what holds for most jobs (workers buy speed up to the
// CPUs, settings that are near each other are about as fast) and learns from every trial, so that one trial tells of
// its neighbours too. Takes: differences that were measured, with their variance. Gives: the setting to try next, and
// the best of those that were tried. Owns: no thread, no clock. Threads: one. Fails: never.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

class Surface {
 public:
  explicit Surface(std::vector<TunerKnob> knobs) : knobs_(std::move(knobs)) {}

  /// Lay the grid around a setting, and believe what `cpus` (0: not known) and all that was learnt say.
  void Lay(const Setting& around, double cpus, const std::function<bool(const Setting&)>& fits);
  /// The logarithm of b's objective is by so much more than that of a.
  void Learn(const Setting& a, const Setting& b, double difference, double variance);
  /// What was learnt counts less, by so many times; in force when the grid is laid again.
  void Discount(double times);
  /// Forget what was learnt of numbers of workers; in force when the grid is laid again.
  void ForgetWorkers();

  struct Difference {
    double mean = 0, error = 0;
  };
  /// What b's objective is believed to be more than a's.
  Difference Between(const Setting& a, const Setting& b) const;
  /// The setting that promises most against `best`, if more than `least`; then a neighbour that was never tried; none
  /// where all were.
  std::optional<Setting> Promising(const Setting& best, double least) const;
  /// The best of the settings that were tried, where it is better than `best` by more than half its error.
  std::optional<Setting> Better(const Setting& best) const;

  int64_t Workers(const Setting& setting) const;
  /// What the workers of a setting cost: a worker that buys nothing is given back.
  double Cost(const Setting& setting) const;

 private:
  struct Lesson {
    Setting a, b;
    double difference, variance;
  };
  std::vector<int64_t> Values(size_t knob, int64_t value, double cpus) const;
  double Used(const Setting& setting, double cpus) const;
  double Expected(const Setting& setting, double cpus) const;
  double Covariance(const Setting& a, const Setting& b, double cpus) const;
  size_t Find(const Setting& setting) const;
  std::optional<Setting> UntriedNeighbour(const Setting& best) const;
  Difference BetweenPlaces(size_t a, size_t b) const;
  void Believe(const Lesson& lesson);

  const std::vector<TunerKnob> knobs_;
  std::vector<Lesson> lessons_;
  std::vector<Setting> grid_;
  std::vector<bool> tried_;
  std::vector<double> mean_;        // of the logarithm of the objective at each setting of the grid
  std::vector<double> covariance_;  // of each with each
};

}  // namespace v0
}  // namespace headrace
