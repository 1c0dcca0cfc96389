#include "tune/tuner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kIntervalSeconds = 0.1;
constexpr int64_t kReadsAWorker = 4;
constexpr double kLongestInterval = 2;  // seconds: a source that gives little does not stop the ladder
constexpr double kLongestSettling = 2;  // seconds
// The error of a trial, before trials have told: it counts as so many trials.
constexpr double kUsualError = 0.05, kUsualWeight = 4;
// What a trial has to promise, in the first trials; it doubles with so many more.
constexpr double kLeastPromise = 0.001, kFirstTrials = 20, kTrialsToDouble = 10;  // of the logarithm
constexpr int64_t kTrialsBefore = 40;                // what is asked is never more than by so many, when a hold is over
constexpr double kFirstHold = 5, kLongestHold = 60;  // seconds
constexpr int kShiftedIntervals = 3;
constexpr double kReallotted = 0.05;  // of a CPU
// After a jump, so many times the workers that it leaves work for are expected to be of use: workers without a CPU slow
// the others down, so that fewer seem to be left; and where the source is what falls, more of them hide its latency.
constexpr double kMoreThanSeems = 1.2, kMoreForReads = 1.6;
constexpr double kAged = 2, kOfOtherTimes = 50;  // by these, what was learnt counts less
constexpr double kAdjacent = 0.01;               // seconds between intervals
const double kShift = std::log(1.3), kJump = std::log(1.4);

std::string Fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string Signed(double value) { return (value < 0 ? "-" : "+") + Fixed(std::abs(value), 3); }

std::string Rate(double logarithm) { return Fixed(std::exp(logarithm) / 1e6, 1) + " MB/s"; }

}  // namespace

Tuner::Tuner(std::vector<TunerKnob> knobs, TunerOptions options)
    : knobs_(std::move(knobs)),
      options_(std::move(options)),
      allotted_(options_.allotted_cpus),
      cpus_(allotted_),
      surface_(knobs_) {
  for (const TunerKnob& knob : knobs_) best_.push_back(knob.value);
  setting_ = best_;
  surface_.Lay(best_, cpus_, options_.fits);
  began_.now = options_.now;
}

void Tuner::Decide(const Measurement& m, size_t knob, int64_t to, std::string evidence, bool by_trials) {
  decisions_.push_back({m.now - options_.now, knobs_[knob].name, std::to_string(best_[knob]), std::to_string(to),
                        std::move(evidence), by_trials});
  best_[knob] = to;
}

// Look again, with less trust in what was learnt.
void Tuner::Reopen(const Measurement& m, double discount) {
  surface_.Discount(discount);
  surface_.Lay(best_, cpus_, options_.fits);
  if (phase_ == Phase::kWarmUp) {
    setting_ = best_;
  } else {
    Seek(m);
  }
}

// Other conditions: a search of its own.
void Tuner::Restart(const Measurement& m, double discount) {
  hold_seconds_ = kFirstHold;
  first_trial_ = trials_;
  Reopen(m, discount);
}

// Other CPUs: what was learnt of numbers of workers was under others; of sizes it is still worth something.
void Tuner::RestartWith(double cpus, const Measurement& m, double discount) {
  cpus_ = cpus;
  surface_.ForgetWorkers();
  Restart(m, discount);
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
  if (!changed) return false;
  Restart(m, kAged);
  return true;
}

// Other CPUs than before: the workers follow at once, for throughput alone finds back too slowly.
bool Tuner::Reallotted(const Measurement& m) {
  if (m.allotted_cpus <= 0) return false;
  const double before = allotted_;
  if (before > 0 && std::abs(m.allotted_cpus - before) < kReallotted) return false;
  allotted_ = m.allotted_cpus;
  if (before <= 0) {
    cpus_ = allotted_;
    surface_.Lay(best_, cpus_, options_.fits);
    return false;
  }
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
  RestartWith(allotted_, m, 1);
  return true;
}

// Begin the trial that promises most; hold where none does, or nothing is left to gain.
void Tuner::Seek(const Measurement& m) {
  const double doublings = std::max(0.0, static_cast<double>(trials_ - first_trial_) - kFirstTrials) / kTrialsToDouble;
  const std::optional<Setting> next =
      m.saturated ? std::nullopt : surface_.Promising(best_, kLeastPromise * std::exp2(doublings));
  if (!next) return Hold(m);
  trying_ = *next;
  trials_++;
  BeginTrial(m);
}

void Tuner::BeginTrial(const Measurement& m) {
  phase_ = Phase::kTrial;
  rates_.clear();
  counting_ = 0;
  BeginInterval(m, best_);
}

void Tuner::BeginInterval(const Measurement& m, const Setting& setting) {
  const int64_t before = surface_.Workers(setting_);
  settling_ = setting != setting_;
  fewer_than_ = surface_.Workers(setting) < before ? before : 0;
  setting_ = setting;
  began_ = m;
}

// What was measured says nothing: the trial, or the interval that is watched, begins anew.
void Tuner::BeginAnew(const Measurement& m) { phase_ == Phase::kTrial ? BeginTrial(m) : BeginInterval(m, best_); }

// Workers that are to rest end their units first; those that are to work, and sizes, are in force at the next read.
bool Tuner::IsSettled(const Measurement& m) const {
  const bool all_turned =
      fewer_than_ > 0 ? m.units - began_.units >= fewer_than_ : m.reads - began_.reads >= surface_.Workers(setting_);
  return all_turned || m.now - began_.now >= kLongestSettling;
}

bool Tuner::IsOver(const Measurement& m) {
  if (settling_ && IsSettled(m)) {
    settling_ = false;
    began_ = m;
  }
  const double seconds = m.now - began_.now;
  if (settling_ || seconds < kIntervalSeconds - kAdjacent) return false;
  return m.reads - began_.reads >= kReadsAWorker * surface_.Workers(setting_) || seconds >= kLongestInterval;
}

void Tuner::EndInterval(const Measurement& m) {
  const auto bytes = static_cast<double>(m.bytes - began_.bytes);
  if (bytes <= 0) return BeginAnew(m);  // nothing came: that says nothing of the setting
  const double rate = std::log(bytes / (m.now - began_.now));
  if (Jumped(m, rate)) return;
  if (phase_ == Phase::kHold) return Watch(m, rate);
  rates_.push_back(rate);
  // Each worker's count is wrong by a part of a read at both ends of the interval (variance 1/12 each).
  const auto reads = static_cast<double>(std::max<int64_t>(1, m.reads - began_.reads));
  counting_ += static_cast<double>(surface_.Workers(setting_)) / (6 * reads * reads) / 4;
  if (rates_.size() == 4) return EndTrial(m);
  BeginInterval(m, rates_.size() == 3 ? best_ : trying_);
}

// From one interval to the next at the same setting throughput drifts little. Where it jumps, and is still there in
// the next interval at the best setting, other conditions hold, and the jump says how many CPUs' worth is left.
bool Tuner::Jumped(const Measurement& m, double rate) {
  const bool is_adjacent = setting_ == last_.setting && std::abs(began_.now - last_.end) < kAdjacent;
  if (before_jump_ && setting_ == best_) {
    const double jump = rate - *before_jump_;
    before_jump_.reset();
    last_ = {setting_, m.now, rate};
    if (std::abs(jump) <= kJump) return false;
    const double more = verdict_ == VerdictClass::kIoBound ? kMoreForReads : kMoreThanSeems;
    const double cpus = static_cast<double>(surface_.Workers(best_)) * std::exp(jump) * more;
    RestartWith(allotted_ > 0 ? std::min(cpus, allotted_) : cpus, m, kOfOtherTimes);
    return true;
  }
  if (is_adjacent && std::abs(rate - last_.rate) > kJump) {
    before_jump_ = phase_ == Phase::kTrial && !rates_.empty() ? rates_[0] : last_.rate;
    BeginAnew(m);
    return true;
  }
  last_ = {setting_, m.now, rate};
  return false;
}

void Tuner::EndTrial(const Measurement& m) {
  const double first = rates_[1] - rates_[0], second = rates_[2] - rates_[3];
  squares_ += (first - second) * (first - second) / 4;
  halves_compared_++;
  const double variance =
      (kUsualWeight * kUsualError * kUsualError + squares_) / (kUsualWeight + static_cast<double>(halves_compared_));
  surface_.Learn(best_, trying_, (first + second) / 2 - surface_.Cost(trying_) + surface_.Cost(best_),
                 variance + counting_);
  Prefer(m);
  Seek(m);
}

// By all trials together, the setting just tried may be the better one, or one that was tried before.
void Tuner::Prefer(const Measurement& m) {
  const std::optional<Setting> better = surface_.Better(best_);
  if (!better) return;
  const Surface::Difference than = surface_.Between(best_, *better);
  std::string evidence = "log ratio of the objective " + Signed(than.mean) + " +- " + Fixed(than.error, 3) +
                         " by all trials until trial " + std::to_string(trials_);
  if (*better == trying_) evidence += ", which saw " + Rate(rates_[0]) + " against " + Rate(rates_[1]);
  // The next interval is at a setting that was not in force in the last: so much is expected of it.
  last_ = {*better, m.now, rates_[3] + than.mean + surface_.Cost(*better) - surface_.Cost(best_)};
  for (size_t i = 0; i < knobs_.size(); i++) {
    if ((*better)[i] != best_[i]) Decide(m, i, (*better)[i], evidence, true);
  }
  hold_seconds_ = kFirstHold;
}

void Tuner::Hold(const Measurement& m) {
  phase_ = Phase::kHold;
  hold_until_ = m.now + hold_seconds_;
  hold_seconds_ = std::min(kLongestHold, 2 * hold_seconds_);
  held_rate_ = 0;
  shifted_ = 0;
  BeginInterval(m, best_);
}

void Tuner::Watch(const Measurement& m, double rate) {
  BeginInterval(m, best_);
  if (held_rate_ == 0) held_rate_ = rate;
  shifted_ = std::abs(rate - held_rate_) > kShift ? shifted_ + 1 : 0;
  if (shifted_ >= kShiftedIntervals) {
    Restart(m, kOfOtherTimes);
  } else if (m.now >= hold_until_) {
    first_trial_ = std::max(first_trial_, trials_ - kTrialsBefore);
    Reopen(m, kAged);
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
    Restart(m, kOfOtherTimes);
  } else if (IsOver(m)) {
    EndInterval(m);
  }
  return setting_ != before;
}

}  // namespace v0
}  // namespace headrace
