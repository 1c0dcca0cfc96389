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
  Pipeline(JobState* job, std::vector<PlannedUnit> units, int64_t workers, Sink* sink, Committer* committer,
           const RunContext& context);

  /// Carry and commit every unit. Returns when all workers have ended.
  Status Run();

  int64_t max_in_flight() const { return max_carrying_; }
  int64_t units_redone() const { return redone_; }

 private:
  struct StreamState {
    bool busy = false, exhausted = false;
    int64_t next = 0;
  };
  struct Claim {
    Place place;
    UnitId id;
  };

  void Work();
  Status WorkUntilDone(Carrier* carrier);
  bool NextClaim(std::unique_lock<std::mutex>* lock, Claim* claim);
  bool FindClaim(Claim* claim);
  Result<UnitResult> CarryClaim(const Claim& claim, Carrier* carrier);
  Status TakeFromStream(const Claim& claim, Carrier* carrier, StreamUnit* taken);
  Result<UnitResult> CarryFrom(const Claim& claim, const StreamUnit& taken, int64_t true_begin, int64_t max_records,
                               Carrier* carrier) const;
  Result<UnitResult> PlaceUnit(const Claim& claim, const StreamUnit& taken, Carrier* carrier);
  Status CommitReady(std::unique_lock<std::mutex>* lock, Carrier* carrier);
  Status CommitOne(const Claim& claim, UnitResult result, Carrier* carrier);
  void Fail(const Status& status);

  JobState* job_;
  const std::vector<PlannedUnit> units_;
  const int64_t workers_;
  Sink* sink_;
  Committer* committer_;
  const RunContext& context_;
  const size_t ring_size_;
  double started_ = 0;
  std::optional<PositionChain> chain_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // All below is guarded by mutex_.
  std::map<Place, std::pair<Claim, UnitResult>> ready_;
  std::vector<StreamState> streams_;  // parallel to units_
  size_t next_claim_ = 0;
  Place next_commit_{0, 0};
  size_t uncommitted_ = 0;
  int64_t waiting_bytes_ = 0;  // of the pieces in ready_
  int64_t carrying_ = 0, max_carrying_ = 0;
  std::atomic<int64_t> redone_ = 0;
  bool committing_ = false, failed_ = false;
  bool ended_ = false;  // the last record that is wanted is committed
  Status status_;
};

}  // namespace v0
}  // namespace headrace
