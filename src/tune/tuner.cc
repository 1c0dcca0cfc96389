#include "tune/tuner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kIntervalSeconds = 0.2;
constexpr int64_t kReadsAWorker = 4;
constexpr double kLongestInterval = 2;                   // seconds: a source that gives little does not stop the ladder
constexpr double kLongestSettling = 1;                   // seconds
constexpr double kLeastGain = 0.02;                      // of the logarithm of the objective
constexpr double kErrors = 1.5;                          // standard errors
constexpr double kUsualSpread = 0.05, kUsualWeight = 2;  // of differences of adjacent intervals; counts as so many
constexpr size_t kMostRounds = 2;                        // of A B B A, one behind the other
constexpr int64_t kFirstStride = 8, kLeastStride = 2;    // by which sizes are multiplied
constexpr int64_t kFirstStep = 3, kLeastStep = 6;        // the workers by these are steps
constexpr double kSmallerIsEnough = -0.01;
constexpr double kFirstHold = 5, kLongestHold = 60;  // seconds
constexpr int kShiftedIntervals = 3;
constexpr double kReallotted = 0.05;  // of a CPU
const double kWorkerCost = std::log(1.02);
const double kShift = std::log(1.3);

std::string Fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string Signed(double value) { return (value < 0 ? "-" : "+") + Fixed(std::abs(value), 3); }

std::string Rate(double logarithm) { return Fixed(std::exp(logarithm) / 1e6, 1) + " MB/s"; }

// Mean and standard error of what B is more than A in adjacent intervals. Of few differences the spread cannot be
// known: the usual one counts beside.
struct Comparison {
  double mean = 0, error = 0;
};

Comparison Compare(const std::vector<double>& differences) {
  const auto n = static_cast<double>(differences.size());
  Comparison result;
  result.mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
  double squares = kUsualWeight * kUsualSpread * kUsualSpread;
  for (const double difference : differences) squares += (difference - result.mean) * (difference - result.mean);
  result.error = std::sqrt(squares / (n - 1 + kUsualWeight) / n);
  return result;
}

}  // namespace

Tuner::Tuner(std::vector<TunerKnob> knobs, TunerOptions options)
    : knobs_(std::move(knobs)), options_(std::move(options)), allotted_(options_.allotted_cpus) {
  for (const TunerKnob& knob : knobs_) best_.push_back(knob.value);
  setting_ = best_;
  step_ = std::max<int64_t>(1, workers(best_) / kFirstStep);
  stride_ = kFirstStride;
  began_.now = options_.now;
}

int64_t Tuner::workers(const Setting& setting) const {
  for (size_t i = 0; i < knobs_.size(); i++) {
    if (knobs_[i].is_workers) return setting[i];
  }
  return 1;
}

Setting Tuner::At(const Neighbour& neighbour) const {
  const TunerKnob& knob = knobs_[neighbour.knob];
  Setting setting = best_;
  int64_t& value = setting[neighbour.knob];
  if (knob.is_workers) {
    value += neighbour.direction * step_;
  } else {
    value = neighbour.direction > 0 ? value * stride_ : value / stride_;
  }
  value = std::clamp(value, knob.least, knob.most);
  // More of one thing may leave room for less of the others.
  for (size_t i = 0; i < knobs_.size() && options_.fits; i++) {
    if (i == neighbour.knob) continue;
    while (setting[i] > knobs_[i].least && !options_.fits(setting)) {
      setting[i] = knobs_[i].is_workers ? setting[i] - 1 : std::max(knobs_[i].least, setting[i] / 2);
    }
  }
  return setting;
}

// Whether there is such a neighbour to try.
bool Tuner::Has(const Neighbour& neighbour) const {
  if (std::find(rejected_.begin(), rejected_.end(), neighbour) != rejected_.end()) return false;
  const Setting setting = At(neighbour);
  return setting != best_ && (!options_.fits || options_.fits(setting));
}

// All neighbours, the most promising first.
std::vector<Tuner::Neighbour> Tuner::Ordered() const {
  std::vector<Neighbour> workers_first, others;
  for (size_t i = 0; i < knobs_.size(); i++) {
    auto& list = knobs_[i].is_workers ? workers_first : others;
    const bool down_first = verdict_ == VerdictClass::kMemoryBound ||
                            (knobs_[i].is_workers && allotted_ > 0 && static_cast<double>(best_[i]) > allotted_);
    list.push_back({i, down_first ? -1 : 1});
    list.push_back({i, down_first ? 1 : -1});
  }
  const bool input_first = verdict_ == VerdictClass::kIoBound;
  std::vector<Neighbour>& ordered = input_first ? others : workers_first;
  const std::vector<Neighbour>& rest = input_first ? workers_first : others;
  ordered.insert(ordered.end(), rest.begin(), rest.end());
  if (goes_on_) {
    std::stable_partition(ordered.begin(), ordered.end(), [this](const Neighbour& one) { return one == trying_; });
  }
  return ordered;
}

void Tuner::Decide(const Measurement& m, size_t knob, int64_t to, std::string evidence) {
  decisions_.push_back(
      {m.now - options_.now, knobs_[knob].name, std::to_string(best_[knob]), std::to_string(to), std::move(evidence)});
  best_[knob] = to;
}

// Forget what was tried: it was under other conditions.
void Tuner::Restart(const Measurement& m) {
  differences_.clear();
  rejected_.clear();
  goes_on_ = false;
  hold_seconds_ = kFirstHold;
  step_ = std::max<int64_t>(1, workers(best_) / kFirstStep);
  stride_ = kFirstStride;
  Seek(m);
}

// Memory runs out: what is in flight is halved at once.
bool Tuner::Pressed(const Measurement& m) {
  if (!m.memory_pressure) return false;
  bool changed = false;
  for (size_t i = 0; i < knobs_.size(); i++) {
    const int64_t half = std::max(knobs_[i].least, best_[i] / 2);
    if (knobs_[i].is_workers || half == best_[i]) continue;
    Decide(m, i, half, "memory runs out");
    changed = true;
  }
  if (changed) Restart(m);
  return changed;
}

// Other CPUs than before: the workers follow at once, for throughput alone finds back too slowly.
bool Tuner::Reallotted(const Measurement& m) {
  if (m.allotted_cpus <= 0) return false;
  const double before = allotted_;
  if (before > 0 && std::abs(m.allotted_cpus - before) < kReallotted) return false;
  allotted_ = m.allotted_cpus;
  if (before <= 0) return false;
  for (size_t i = 0; i < knobs_.size(); i++) {
    if (!knobs_[i].is_workers) continue;
    const auto cpus = static_cast<int64_t>(std::ceil(m.allotted_cpus - kReallotted));
    Setting wanted = best_;
    wanted[i] = std::clamp(cpus, knobs_[i].least, knobs_[i].most);
    while (wanted[i] > knobs_[i].least && options_.fits && !options_.fits(wanted)) wanted[i]--;
    if (wanted[i] == best_[i]) continue;
    Decide(
        m, i, wanted[i],
        "CPUs that affinity and cgroup quota allow went from " + Fixed(before, 2) + " to " + Fixed(m.allotted_cpus, 2));
  }
  if (phase_ == Phase::kWarmUp) {
    setting_ = best_;
  } else {
    Restart(m);
  }
  return true;
}

// Begin the next trial; hold where every neighbour is rejected, or nothing is left to gain.
void Tuner::Seek(const Measurement& m) {
  if (m.saturated) return Hold(m);
  while (true) {
    for (const Neighbour& neighbour : Ordered()) {
      if (!Has(neighbour)) continue;
      phase_ = Phase::kTrial;
      trying_ = neighbour;
      trials_++;
      rates_.clear();
      BeginInterval(m, best_);
      return;
    }
    // Smaller steps, down to those whose effect can be seen: where workers are many, one more or less is not.
    const int64_t least = std::max<int64_t>(1, workers(best_) / kLeastStep);
    if (step_ <= least && stride_ <= kLeastStride) break;
    stride_ = std::max(kLeastStride, stride_ / 2);
    step_ = step_ <= least ? step_ : std::max(least, step_ / 2);
    rejected_.clear();
  }
  Hold(m);
}

void Tuner::BeginInterval(const Measurement& m, const Setting& setting) {
  settling_ = setting != setting_;
  setting_ = setting;
  began_ = m;
}

bool Tuner::IsSettled(const Measurement& m) const {
  const int64_t edges = knobs_[trying_.knob].is_workers ? m.units - began_.units : m.reads - began_.reads;
  return edges >= workers(setting_) || m.now - began_.now >= kLongestSettling;
}

bool Tuner::IsOver(const Measurement& m) {
  if (settling_ && IsSettled(m)) {
    settling_ = false;
    began_ = m;
  }
  const double seconds = m.now - began_.now;
  if (settling_ || seconds < kIntervalSeconds) return false;
  return m.reads - began_.reads >= kReadsAWorker * workers(setting_) || seconds >= kLongestInterval;
}

void Tuner::EndInterval(const Measurement& m) {
  const auto bytes = static_cast<double>(m.bytes - began_.bytes);
  if (bytes <= 0) {  // nothing came: that says nothing of the setting
    rates_.clear();
    BeginInterval(m, best_);
    return;
  }
  rates_.push_back(std::log(bytes / (m.now - began_.now)));
  if (rates_.size() == 4) {
    EndTrial(m);
  } else {
    BeginInterval(m, rates_.size() == 3 ? best_ : At(trying_));
  }
}

// Add what the trial says of its two settings to what earlier ones said, in either direction.
std::vector<double> Tuner::Pooled(const Setting& other, double cost) {
  std::vector<double>& ours = differences_[{best_, other}];
  std::vector<double>& theirs = differences_[{other, best_}];
  for (const double difference : {rates_[1] - rates_[0] - cost, rates_[2] - rates_[3] - cost}) {
    ours.push_back(difference);
    theirs.push_back(-difference);
  }
  return ours;
}

void Tuner::EndTrial(const Measurement& m) {
  const Setting other = At(trying_);
  const int64_t more_workers = workers(other) - workers(best_);
  const std::vector<double> differences = Pooled(other, static_cast<double>(more_workers) * kWorkerCost);
  const Comparison b = Compare(differences);
  const double bar = more_workers < 0 ? kSmallerIsEnough : kLeastGain;
  if (b.mean > bar + kErrors * b.error) {
    Accept(m, Rate(rates_[0]) + " against " + Rate(rates_[1]) + ", log ratio of the objective " + Signed(b.mean) +
                  " +- " + Fixed(b.error, 3));
  } else if (b.mean > bar && differences.size() < 2 * kMostRounds) {
    // Better, but not for sure: once more, and both count.
    trials_++;
    rates_.clear();
    BeginInterval(m, best_);
  } else {
    rejected_.push_back(trying_);
    goes_on_ = false;
    Seek(m);
  }
}

void Tuner::Accept(const Measurement& m, const std::string& evidence) {
  const Setting accepted = At(trying_);
  for (size_t i = 0; i < knobs_.size(); i++) {
    if (accepted[i] != best_[i]) Decide(m, i, accepted[i], evidence);
  }
  rejected_ = {{trying_.knob, -trying_.direction}};
  goes_on_ = true;
  hold_seconds_ = kFirstHold;
  Seek(m);
}

void Tuner::Hold(const Measurement& m) {
  phase_ = Phase::kHold;
  hold_until_ = m.now + hold_seconds_;
  hold_seconds_ = std::min(kLongestHold, 2 * hold_seconds_);
  held_rate_ = 0;
  shifted_ = 0;
  BeginInterval(m, best_);
}

void Tuner::Watch(const Measurement& m) {
  const auto bytes = static_cast<double>(m.bytes - began_.bytes);
  const double rate = std::log(std::max(bytes, 1.0) / (m.now - began_.now));
  BeginInterval(m, best_);
  if (held_rate_ == 0) held_rate_ = rate;
  shifted_ = std::abs(rate - held_rate_) > kShift ? shifted_ + 1 : 0;
  if (shifted_ >= kShiftedIntervals) {
    Restart(m);
  } else if (m.now >= hold_until_) {
    rejected_.clear();
    Seek(m);
  }
}

bool Tuner::Feed(const Measurement& m) {
  const Setting before = setting_;
  if (Pressed(m) || Reallotted(m)) return setting_ != before;
  const bool other_verdict = m.verdict != verdict_;
  verdict_ = m.verdict;
  if (phase_ == Phase::kWarmUp) {
    if (m.now - options_.now >= options_.warm_up) Seek(m);
  } else if (phase_ == Phase::kHold && other_verdict) {
    Restart(m);
  } else if (IsOver(m)) {
    phase_ == Phase::kTrial ? EndInterval(m) : Watch(m);
  }
  return setting_ != before;
}

}  // namespace v0
}  // namespace headrace
