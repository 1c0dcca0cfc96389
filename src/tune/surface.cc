#include "tune/surface.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

// The figures below are round, and were chosen on simulated plants of other seeds than those of the tests; halves and
// doubles of them change little.
constexpr double kSwing = 0.3;    // standard deviation of what each knob, and all together, make of the logarithm
constexpr double kReach = 2;      // octaves that a trial tells of
constexpr double kSerial = 0.02;  // of the work does not scale with the workers
constexpr int64_t kSteps = 8;     // workers by these are steps of the grid: where they are many, one more is not seen
constexpr double kSlack = 0.05;   // of a CPU
constexpr double kSure = 0.5;     // standard errors
constexpr size_t kMostLessons = 64;
constexpr double kPi = 3.14159265358979323846;
const double kWorkerCost = std::log(1.02);

// How much better than now it is expected to be, counting a worse one as no better.
double Promise(double mean, double error) {
  const double z = mean / error;
  return error * std::exp(-z * z / 2) / std::sqrt(2 * kPi) + mean * std::erfc(-z / std::sqrt(2.0)) / 2;
}

}  // namespace

int64_t Surface::Workers(const Setting& setting) const {
  for (size_t i = 0; i < knobs_.size(); i++) {
    if (knobs_[i].is_workers) return setting[i];
  }
  return 1;
}

double Surface::Cost(const Setting& setting) const { return kWorkerCost * static_cast<double>(Workers(setting)); }

std::vector<int64_t> Surface::Values(size_t knob, int64_t value, double cpus) const {
  const int64_t least = knobs_[knob].least, most = knobs_[knob].most;
  std::vector<int64_t> values = {value};
  if (knobs_[knob].is_workers) {
    for (int64_t i = least; i <= most; i += std::max<int64_t>(1, i / kSteps)) values.push_back(i);
    values.push_back(most);
    values.push_back(std::clamp(static_cast<int64_t>(std::ceil(cpus - kSlack)), least, most));
  } else {
    for (int64_t i = value / 2; i >= least && i > 0; i /= 2) values.push_back(i);
    for (int64_t i = value * 2; i <= most; i *= 2) values.push_back(i);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// The workers that have a CPU.
double Surface::Used(const Setting& setting, double cpus) const {
  const auto workers = static_cast<double>(Workers(setting));
  return cpus > 0 ? std::min(workers, cpus) : workers;
}

// Before anything is known: Amdahl's law up to the CPUs, nothing beyond them; all sizes are the same.
double Surface::Expected(const Setting& setting, double cpus) const {
  const double used = Used(setting, cpus);
  return std::log(used / (1 + kSerial * (used - 1))) - Cost(setting);
}

// Each knob has a curve of its own, smooth in octaves; how steep it is up to the CPUs is less sure; and beside them
// stands what only all knobs together make.
double Surface::Covariance(const Setting& a, const Setting& b, double cpus) const {
  double sum = std::log2(Used(a, cpus)) * std::log2(Used(b, cpus)), together = 1;
  for (size_t i = 0; i < knobs_.size(); i++) {
    const double octaves = std::log2(static_cast<double>(a[i]) / static_cast<double>(b[i]));
    const double near = std::exp(-octaves * octaves / (2 * kReach * kReach));
    sum += near;
    together *= near;
  }
  return kSwing * kSwing * (sum + together);
}

void Surface::Lay(const Setting& around, double cpus, const std::function<bool(const Setting&)>& fits) {
  grid_ = {{}};
  for (size_t i = 0; i < knobs_.size(); i++) {
    std::vector<Setting> longer;
    for (const Setting& setting : grid_) {
      for (const int64_t value : Values(i, around[i], cpus)) {
        longer.push_back(setting);
        longer.back().push_back(value);
      }
    }
    grid_ = std::move(longer);
  }
  std::erase_if(grid_, [&](const Setting& setting) { return setting != around && fits && !fits(setting); });
  const size_t n = grid_.size();
  mean_.assign(n, 0);
  covariance_.assign(n * n, 0);
  tried_.assign(n, false);
  for (size_t i = 0; i < n; i++) {
    mean_[i] = Expected(grid_[i], cpus);
    for (size_t j = 0; j < n; j++) covariance_[i * n + j] = Covariance(grid_[i], grid_[j], cpus);
  }
  for (const Lesson& lesson : lessons_) Believe(lesson);
}

size_t Surface::Find(const Setting& setting) const {
  return static_cast<size_t>(std::find(grid_.begin(), grid_.end(), setting) - grid_.begin());
}

void Surface::Learn(const Setting& a, const Setting& b, double difference, double variance) {
  if (lessons_.size() == kMostLessons) lessons_.erase(lessons_.begin());
  lessons_.push_back({a, b, difference, variance});
  Believe(lessons_.back());
}

// Condition the process on a difference that was measured: an update of Kalman's.
void Surface::Believe(const Lesson& lesson) {
  const size_t n = grid_.size(), a = Find(lesson.a), b = Find(lesson.b);
  if (a == n || b == n) return;
  tried_[a] = tried_[b] = true;
  std::vector<double> with(n);
  for (size_t i = 0; i < n; i++) with[i] = covariance_[i * n + b] - covariance_[i * n + a];
  const double variance = with[b] - with[a] + lesson.variance;
  const double surprise = lesson.difference - (mean_[b] - mean_[a]);
  for (size_t i = 0; i < n; i++) {
    mean_[i] += with[i] * surprise / variance;
    for (size_t j = 0; j < n; j++) covariance_[i * n + j] -= with[i] * with[j] / variance;
  }
}

void Surface::Discount(double times) {
  for (Lesson& lesson : lessons_) lesson.variance *= times;
}

void Surface::ForgetWorkers() {
  std::erase_if(lessons_, [this](const Lesson& lesson) { return Workers(lesson.a) != Workers(lesson.b); });
}

Surface::Difference Surface::BetweenPlaces(size_t a, size_t b) const {
  const size_t n = grid_.size();
  if (a == n || b == n) return {};
  const double variance = covariance_[a * n + a] + covariance_[b * n + b] - 2 * covariance_[a * n + b];
  return {mean_[b] - mean_[a], std::sqrt(std::max(0.0, variance))};
}

Surface::Difference Surface::Between(const Setting& a, const Setting& b) const {
  return BetweenPlaces(Find(a), Find(b));
}

std::optional<Setting> Surface::Promising(const Setting& best, double least) const {
  const size_t now = Find(best);
  std::optional<Setting> found;
  double most = least;
  for (size_t i = 0; i < grid_.size(); i++) {
    const Difference than = BetweenPlaces(now, i);
    if (than.error <= 0) continue;
    const double promise = Promise(than.mean, than.error);
    if (promise <= most) continue;
    most = promise;
    found = grid_[i];
  }
  return found ? found : UntriedNeighbour(best);
}

// The nearest more or less of one knob, where that was never tried: what is smooth to belief may have a corner there.
std::optional<Setting> Surface::UntriedNeighbour(const Setting& best) const {
  for (size_t knob = 0; knob < knobs_.size(); knob++) {
    for (const int64_t direction : {-1, 1}) {
      size_t nearest = grid_.size();
      for (size_t i = 0; i < grid_.size(); i++) {
        Setting only = best;
        only[knob] = grid_[i][knob];
        const int64_t away = (only[knob] - best[knob]) * direction;
        if (grid_[i] != only || away <= 0) continue;
        if (nearest == grid_.size() || away < (grid_[nearest][knob] - best[knob]) * direction) nearest = i;
      }
      if (nearest < grid_.size() && !tried_[nearest]) return grid_[nearest];
    }
  }
  return std::nullopt;
}

std::optional<Setting> Surface::Better(const Setting& best) const {
  const size_t now = Find(best);
  std::optional<Setting> found;
  double most = 0;
  for (size_t i = 0; i < grid_.size(); i++) {
    const Difference than = BetweenPlaces(now, i);
    if (!tried_[i] || than.mean - kSure * than.error <= most) continue;
    most = than.mean - kSure * than.error;
    found = grid_[i];
  }
  return found;
}

}  // namespace v0
}  // namespace headrace
