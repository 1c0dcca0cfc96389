#pragma once
// What workers count while they work: the time in each stage, bytes, queue depths. A clock is taken where a worker goes
// from one stage to another: a few times a read and a unit.
// Takes: stages and counts, from the pipeline. Gives: consistent readings, to the sampler. Owns: atomics.
// Threads: a WorkerGauge is written by its worker alone; anyone reads. Fails: never.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "headrace/metrics.h"

namespace headrace {
inline namespace v0 {

/// Return nanoseconds of the steady clock.
int64_t SteadyNanoseconds();

class alignas(64) WorkerGauge {
 public:
  using Clock = int64_t (*)();
  explicit WorkerGauge(Clock now = SteadyNanoseconds) : now_(now) {}

  /// Begin: time counts from here on, in kWaitClaim. From the worker's thread, whose number is kept.
  void Start();
  /// The worker goes from the stage before to `stage`.
  void Enter(Stage stage);
  /// The worker has ended: no more time counts.
  void Stop();
  Stage stage() const { return stage_; }

  /// A read call gave so many bytes of an input, as they lie on disk.
  void AddInput(int64_t bytes) {
    Add(&input_bytes_, bytes);
    Add(&reads_, 1);
  }
  /// So much text was parsed and decoded.
  void AddText(int64_t bytes) { Add(&text_bytes_, bytes); }

  struct Reading {
    std::array<int64_t, kNumStages> nanoseconds{};  ///< the stage that lasts included
    int64_t input_bytes = 0, text_bytes = 0, reads = 0;
    int64_t thread = 0;  ///< as /proc/self/task has it; 0: not begun
  };
  Reading Read() const;

 private:
  // One thread writes: no read-modify-write is needed.
  static void Add(std::atomic<int64_t>* counter, int64_t more) {
    counter->store(counter->load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  const Clock now_;
  Stage stage_ = Stage::kWaitClaim;  // the worker's copy
  bool running_ = false;             // the worker's copy
  int64_t since_ = 0;                // the worker's copy
  // A reader takes nanoseconds_ and state_ between two equal, even values of version_.
  std::atomic<uint64_t> version_{0};
  std::array<std::atomic<int64_t>, kNumStages> nanoseconds_{};
  std::atomic<int64_t> state_{-1};  // since when, and the stage in the lowest four bits; -1: not running
  std::atomic<int64_t> input_bytes_{0}, text_bytes_{0}, reads_{0}, thread_{0};
};

/// In `stage` for as long as this lives; then again in the stage before.
class StageScope {
 public:
  StageScope(WorkerGauge* gauge, Stage stage) : gauge_(gauge), before_(gauge->stage()) { gauge_->Enter(stage); }
  ~StageScope() { gauge_->Enter(before_); }
  StageScope(const StageScope&) = delete;
  StageScope& operator=(const StageScope&) = delete;

 private:
  WorkerGauge* const gauge_;
  const Stage before_;
};

/// The gauges of a job.
class Gauges {
 public:
  explicit Gauges(size_t workers, WorkerGauge::Clock now = SteadyNanoseconds);

  size_t workers() const { return workers_.size(); }
  WorkerGauge* worker(size_t i) { return workers_[i].get(); }

  /// What is committed so far; from the committer, one call at a time.
  struct Committed {
    int64_t source_bytes = 0, output_bytes = 0, rows_read = 0, rows_rejected = 0, units = 0, files_done = 0;
  };
  void SetCommitted(const Committed& committed);

  /// Of the ring; from whoever holds its lock.
  void SetQueue(int64_t in_flight, int64_t waiting, int64_t waiting_bytes);
  void SetSettings(int64_t workers, int64_t chunk_bytes);
  void SetInputs(int64_t bytes, int64_t files);

  /// Fill what the gauges know.
  void Read(Totals* totals, Levels* levels) const;
  /// Return the workers' threads.
  std::vector<int64_t> Threads() const;

 private:
  std::vector<std::unique_ptr<WorkerGauge>> workers_;
  std::atomic<int64_t> source_bytes_{0}, output_bytes_{0}, rows_read_{0}, rows_rejected_{0}, units_{0}, files_done_{0};
  std::atomic<int64_t> in_flight_{0}, waiting_{0}, waiting_bytes_{0};
  std::atomic<int64_t> active_workers_{0}, chunk_bytes_{0};
  std::atomic<int64_t> bytes_total_{0}, files_total_{0};
};

}  // namespace v0
}  // namespace headrace
