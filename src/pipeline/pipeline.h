#pragma once
// Joins the rooms:
//
//   Plan ──Unit──▶ Input ──text──▶ Parser ──FieldIndex──▶ WindowDecoder ──Batch──▶ Encoder ──Piece──▶ Committer ──▶
//   Sink
//                  └────────────────── Carrier: one worker ────────────────────────────┘     in source order
//
// Takes: a planned job and a sink. Gives: the account. Owns: threads and the ring. Threads: starts and joins its own;
// the caller's thread is a worker too. Fails: the first failure in source order that is known.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/carrier.h"
#include "pipeline/committer.h"
#include "plan/units.h"

namespace headrace {
inline namespace v0 {

class Pipeline {
 public:
  /// As many workers run as the job has gauges; `workers` of them carry units, the others rest.
  Pipeline(JobState* job, std::vector<PlannedUnit> units, int64_t workers, Sink* sink, Committer* committer,
           const RunContext& context);

  /// Call `look` once when nothing is left to carry, while all workers are still there to be looked at.
  void set_before_end(std::function<void()> look) { before_end_ = std::move(look); }

  /// Carry and commit every unit. Returns when all workers have ended.
  Status Run();

  /// Let so many workers carry units, from the ends of their units on: at least one, at most as many as there are
  /// gauges. From any thread.
  void SetWorkers(int64_t workers);
  /// Let workers read so many bytes at a time, from their next read on. From any thread.
  void SetChunkBytes(int64_t bytes);

  int64_t max_in_flight() const { return max_carrying_; }
  int64_t units_redone() const { return redone_; }
  int64_t units_given_up() const { return given_up_; }

 private:
  struct StreamState {
    bool busy = false, exhausted = false;
    int64_t next = 0;
  };
  struct Claim {
    Place place;
    UnitId id;
  };

  void LimitWorkers(size_t workers);
  void Work(size_t worker);
  bool BecomesActive(size_t worker);
  Status Carry(size_t worker);
  bool HasEnded() const { return failed_ || ended_ || next_commit_.first == units_.size(); }
  Status WorkUntilDone(size_t worker, Carrier* carrier);
  void WaitForEnd(size_t worker);
  bool NextClaim(std::unique_lock<std::mutex>* lock, size_t worker, Carrier* carrier, Claim* claim);
  bool MayRest() const;
  Stage FindClaim(size_t worker, Claim* claim);
  void TellQueue();
  Result<UnitResult> CarryClaim(const Claim& claim, size_t worker, Carrier* carrier);
  struct Waited {
    bool is_next, has_ended;
  };
  template <class Fits>
  Waited WaitForMemory(const Claim& claim, WorkerGauge* gauge, const Fits& fits);
  Status TakeFromStream(const Claim& claim, Carrier* carrier, StreamUnit* taken);
  Result<UnitResult> CarryFrom(const Claim& claim, const StreamUnit& taken, int64_t true_begin, int64_t max_records,
                               Carrier* carrier) const;
  Result<UnitResult> PlaceUnit(const Claim& claim, const StreamUnit& taken, WorkerGauge* gauge, Carrier* carrier);
  Status CommitReady(std::unique_lock<std::mutex>* lock, WorkerGauge* gauge, Carrier* carrier);
  Status CountKept(const UnitResult& next);
  Status CommitOne(const Claim& claim, UnitResult result, WorkerGauge* gauge, Carrier* carrier);
  void Fail(const Status& status);

  JobState* job_;
  const std::vector<PlannedUnit> units_;
  Sink* sink_;
  Committer* committer_;
  const RunContext& context_;
  std::function<void()> before_end_;
  double started_ = 0;
  std::optional<PositionChain> chain_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // All below is guarded by mutex_.
  size_t active_;       // workers that may carry units: the first ones
  size_t most_active_;  // that have a thread
  bool may_end_ = false;
  std::map<Place, std::pair<Claim, UnitResult>> ready_;
  std::vector<StreamState> streams_;  // parallel to units_
  size_t next_claim_ = 0;
  Place next_commit_{0, 0};
  size_t uncommitted_ = 0;
  int64_t waiting_bytes_ = 0;    // of the pieces in ready_, and of the one that is being committed
  int64_t short_of_memory_ = 0;  // workers that hold a claim and wait for memory
  int64_t carrying_ = 0, max_carrying_ = 0;
  std::atomic<int64_t> redone_ = 0, given_up_ = 0;
  bool committing_ = false, failed_ = false;
  bool ended_ = false;  // the last record that is wanted is committed
  Status status_;
};

}  // namespace v0
}  // namespace headrace
