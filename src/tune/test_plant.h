#pragma once
// A machine and a job that are made up, for tests of the tuner: how fast a job would be at any setting, under the drift
// that small shared machines show.
//
// The family, each value drawn by the seed (log: logarithmically between the bounds):
//
//   cores            given: 4, 16 or 64
//   one worker       50 to 800 MB/s
//   contention       log 0.001 to 0.08
//   coherence        0 (half of them), or log 1e-6 to 1e-4
//   a read costs     log 2 to 200 us
//   beyond the cache 0 to 8 % less for each doubling, from log 1 to 16 MiB
//   source           none (half of them), or 0.2 to 2 times what the CPUs could take, latency log 0.1 to 20 ms
//   memory           no limit (7 of 10), or room for 20 to 100 % of the most workers at 1 MiB
//   drift            14 to 24 %, of which 3 to 8 % in 200 ms
//   flutter          beside the drift: of adjacent ticks of 50 ms, so that these too differ by 3 to 8 %
//
// The CPUs' rate follows the universal scalability law up to the cores, and falls by 3 % for each worker beyond. Bytes
// count when a read is done; a worker that is to rest ends its unit of 32 MiB first.
//
// Strangers, to which no figure of the tuner was fitted: kThreads, where the upper half of the cores are second threads
// of the others, worth 30 %; kCliff, where 30 % is lost as soon as all chunks together exceed 1.5 MiB a core.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "tune/tuner.h"

namespace headrace {
inline namespace v0 {

constexpr int64_t kPlantMiB = int64_t{1} << 20;

enum class PlantKind { kFamily, kThreads, kCliff };

class Plant {
 public:
  Plant(uint64_t seed, int64_t cores, PlantKind kind = PlantKind::kFamily)
      : random_(seed), cores_(cores), kind_(kind), allotted_(static_cast<double>(cores)) {
    one_ = Draw(50e6, 800e6);
    contention_ = DrawLog(0.001, 0.08);
    coherence_ = Draw(0, 1) < 0.5 ? 0 : DrawLog(1e-6, 1e-4);
    read_ = DrawLog(2e-6, 200e-6);
    cache_ = DrawLog(1, 16) * static_cast<double>(kPlantMiB);
    beyond_cache_ = Draw(0, 0.08);
    const bool has_source = Draw(0, 1) < 0.5;
    const double all = Cpu(cores, kPlantMiB);
    source_ = has_source ? all * Draw(0.2, 2) : 0;
    latency_ = DrawLog(0.1e-3, 20e-3);
    memory_ = Draw(0, 1) < 0.7 ? 0 : Bytes({most_workers(), kPlantMiB}) * Draw(0.2, 1);
    memory_ = memory_ > 0 ? std::max(memory_, Bytes({1, kPlantMiB})) : 0;
    drift_ = Draw(0.14, 0.24);
    const double step = Draw(0.03, 0.08);
    keeps_ = std::pow(1 - step * step / (2 * drift_ * drift_), kTick / 0.2);
    log_noise_ = drift_ * normal_(random_);
    flutter_ = std::sqrt(0.375) * step;  // with the drift, adjacent ticks differ by `step`
    const auto most = static_cast<size_t>(most_workers());
    rests_.assign(most, true);
    for (size_t i = 0; i < most; i++) of_read_.push_back(Draw(0, 1) * kPlantMiB);
    for (size_t i = 0; i < most; i++) of_unit_.push_back(Draw(0, 1) * kUnit);
  }

  static constexpr double kTick = 0.05;  // seconds

  int64_t most_workers() const { return cores_ + 2; }
  double allotted() const { return allotted_; }
  double memory() const { return memory_; }

  /// Of the process at a setting {workers, chunk bytes}.
  double Bytes(const Setting& setting) const {
    return static_cast<double>(setting[0]) * (100.0 * kPlantMiB + 2 * static_cast<double>(setting[1]));
  }
  bool Fits(const Setting& setting) const { return memory_ == 0 || Bytes(setting) <= memory_; }

  /// Bytes a second, without drift.
  double Rate(const Setting& setting) const {
    const double cpu = Cpu(setting[0], setting[1]);
    if (source_ == 0) return cpu;
    const double in_flight = static_cast<double>(setting[0] * setting[1]) / (source_ * latency_);
    const double source = source_ * in_flight / (1 + in_flight);
    return std::pow(std::pow(cpu, -4) + std::pow(source, -4), -0.25);
  }
  double Objective(const Setting& setting) const {
    return Rate(setting) / std::pow(1.02, static_cast<double>(setting[0]));
  }

  /// The best of the whole grid.
  Setting Best() const {
    Setting best = {1, kPlantMiB};
    for (int64_t workers = 1; workers <= most_workers(); workers++) {
      for (int64_t chunk = kPlantMiB / 4; chunk <= 32 * kPlantMiB; chunk *= 2) {
        const Setting setting = {workers, chunk};
        if (Fits(setting) && Objective(setting) > Objective(best)) best = setting;
      }
    }
    return best;
  }

  /// Let a tick pass at `setting`.
  void Pass(const Setting& setting) {
    log_noise_ = keeps_ * log_noise_ + drift_ * std::sqrt(1 - keeps_ * keeps_) * normal_(random_);
    const auto wanted = static_cast<size_t>(setting[0]);
    std::fill(rests_.begin(), rests_.begin() + setting[0], false);
    const int64_t busy = std::count(rests_.begin(), rests_.end(), false);
    const double noise = log_noise_ + flutter_ * normal_(random_);
    const double each = Rate({busy, setting[1]}) * std::exp(noise) * kTick / static_cast<double>(busy);
    for (size_t i = 0; i < rests_.size(); i++) {
      if (!rests_[i]) Work(i, each, static_cast<double>(setting[1]), i >= wanted);
    }
    now_ += kTick;
  }
  Measurement Look() const {
    Measurement m;
    m.now = now_;
    m.bytes = static_cast<int64_t>(bytes_);
    m.reads = static_cast<int64_t>(reads_);
    m.units = static_cast<int64_t>(units_);
    m.allotted_cpus = tells_quota_ ? allotted_ : static_cast<double>(cores_);
    m.verdict = source_ > 0 && source_ < Cpu(cores_, kPlantMiB) ? VerdictClass::kIoBound : VerdictClass::kCpuBound;
    return m;
  }

  void CutQuota(double share) { allotted_ = std::max(1.0, std::floor(static_cast<double>(cores_) * share)); }
  void set_tells_quota(bool tells) { tells_quota_ = tells; }
  /// The source gives another share of what it gave, or begins to be the limit.
  void StepSource(double share) { source_ = Rate({cores_, kPlantMiB}) * share; }

 private:
  static constexpr double kUnit = 32.0 * kPlantMiB;

  double Draw(double least, double most) { return std::uniform_real_distribution<double>(least, most)(random_); }
  double DrawLog(double least, double most) { return std::exp(Draw(std::log(least), std::log(most))); }

  // Let a worker do so many bytes.
  void Work(size_t worker, double bytes, double chunk, bool is_to_rest) {
    of_read_[worker] += bytes;
    const double reads = std::floor(of_read_[worker] / chunk);
    of_read_[worker] -= reads * chunk;
    bytes_ += reads * chunk;
    reads_ += reads;
    of_unit_[worker] += bytes;
    if (of_unit_[worker] < kUnit) return;
    const double units = std::floor(of_unit_[worker] / kUnit);
    of_unit_[worker] = is_to_rest ? 0 : of_unit_[worker] - units * kUnit;
    units_ += units;
    rests_[worker] = is_to_rest;
  }

  double Cpu(int64_t workers, int64_t chunk) const {
    const auto w = static_cast<double>(workers);
    double used = std::min(w, allotted_);
    if (kind_ == PlantKind::kThreads) used = std::min(used, allotted_ / 2) + 0.3 * std::max(0.0, used - allotted_ / 2);
    const double scale = used / (1 + contention_ * (used - 1) + coherence_ * used * (used - 1)) *
                         std::max(0.2, 1 - 0.03 * std::max(0.0, w - allotted_));
    const auto bytes = static_cast<double>(chunk);
    const double cached = 1 / (1 + beyond_cache_ * std::max(0.0, std::log2(bytes / cache_)));
    const bool falls = kind_ == PlantKind::kCliff && w * bytes > 1.5 * kPlantMiB * static_cast<double>(cores_);
    return (falls ? 0.7 : 1) * scale * cached / (1 / one_ + read_ / bytes);
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  const int64_t cores_;
  const PlantKind kind_;
  double allotted_;
  bool tells_quota_ = true;
  double one_, contention_, coherence_, read_, cache_, beyond_cache_, source_, latency_, memory_, drift_, keeps_,
      flutter_;
  std::vector<double> of_read_, of_unit_;  // bytes done, of each worker
  std::vector<bool> rests_;
  double log_noise_ = 0, now_ = 0, bytes_ = 0, reads_ = 0, units_ = 0;
};

}  // namespace v0
}  // namespace headrace
