#include "pipeline/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include "os/out_of_memory.h"
#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

int64_t BytesOf(const UnitResult& unit) { return unit.piece ? unit.piece->memory_bytes : 0; }

#ifdef HEADRACE_FAULT_INJECTION
// HEADRACE_FAULT=lose_unit:K or double_unit:K in the build that tests the ledger.
bool IsFaulty(std::string_view fault, int64_t index) {
  const char* wanted = std::getenv("HEADRACE_FAULT");
  return wanted != nullptr && std::string(fault) + ":" + std::to_string(index) == wanted;
}
#endif

}  // namespace

Pipeline::Pipeline(JobState* job, std::vector<PlannedUnit> units, int64_t workers, Sink* sink, Committer* committer,
                   const RunContext& context)
    : job_(job),
      units_(std::move(units)),
      sink_(sink),
      committer_(committer),
      context_(context),
      active_(static_cast<size_t>(workers)),
      most_active_(job->gauges->workers()),
      streams_(units_.size()) {
  const std::vector<KeptColumn>& kept = job->readings.front()->kept;
  const bool numbers_rows = std::any_of(kept.begin(), kept.end(), [](const KeptColumn& column) {
    return column.source == ColumnSource::kRecordNumber || column.source == ColumnSource::kLineNumber;
  });
  const bool is_limited = job->options.max_records >= 0;
  if (numbers_rows || is_limited) chain_.emplace(job->inputs.size(), is_limited);
  job->gauges->SetSettings(workers, job->chunk_bytes);
}

Status Pipeline::Run() {
  started_ = Now();
  std::vector<std::thread> threads(job_->gauges->workers());
  for (size_t i = 1; i < threads.size(); i++) {
    if (StartThread(&threads[i], [this, i] { Work(i); })) continue;
    LimitWorkers(i);  // those that there are do all the work
    break;
  }
  Work(0);
  for (std::thread& thread : threads) {
    if (thread.joinable()) thread.join();
  }
  return status_;
}

void Pipeline::Fail(const Status& status) {
  if (!failed_) status_ = status;
  failed_ = true;
  if (chain_) chain_->BreakAll();
  changed_.notify_all();
}

void Pipeline::LimitWorkers(size_t workers) {
  std::lock_guard<std::mutex> lock(mutex_);
  most_active_ = workers;
  active_ = std::min(active_, most_active_);
  job_->gauges->SetSettings(static_cast<int64_t>(active_), job_->chunk_bytes);
}

void Pipeline::SetWorkers(int64_t workers) {
  std::lock_guard<std::mutex> lock(mutex_);
  active_ = static_cast<size_t>(std::clamp<int64_t>(workers, 1, static_cast<int64_t>(most_active_)));
  job_->gauges->SetSettings(static_cast<int64_t>(active_), job_->chunk_bytes);
  changed_.notify_all();
}

void Pipeline::SetChunkBytes(int64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  job_->chunk_bytes = bytes;
  job_->gauges->SetSettings(static_cast<int64_t>(active_), bytes);
}

void Pipeline::Work(size_t worker) {
  WorkerGauge* gauge = job_->gauges->worker(worker);
  gauge->Start();
  if (const Status status = CatchBadAlloc([&] { return Carry(worker); }); !status.ok()) {
    std::lock_guard<std::mutex> lock(mutex_);
    Fail(status);
  }
  if (before_end_) WaitForEnd(worker);
  gauge->Stop();
}

// Wait until the worker is to carry units; false where the job ends before.
bool Pipeline::BecomesActive(size_t worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!HasEnded()) {
    if (worker < active_) return true;
    job_->gauges->worker(worker)->Enter(Stage::kParked);
    changed_.wait(lock);
  }
  return false;
}

// A worker that rests holds nothing of what it needs to carry units.
Status Pipeline::Carry(size_t worker) {
  while (BecomesActive(worker)) {
    ARROW_ASSIGN_OR_RAISE(auto encoder, sink_->MakeEncoder());
    {
      Carrier carrier(job_, std::move(encoder), worker);
      ARROW_RETURN_NOT_OK(WorkUntilDone(worker, &carrier));
    }
    std::lock_guard<std::mutex> lock(mutex_);
    changed_.notify_all();  // what it held may be what others wait for
  }
  return Status::OK();
}

// A thread that has ended can no longer be asked for its times.
void Pipeline::WaitForEnd(size_t worker) {
  if (worker == 0) before_end_();
  std::unique_lock<std::mutex> lock(mutex_);
  if (worker == 0) {
    may_end_ = true;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return may_end_; });
}

void Pipeline::TellQueue() {
  job_->gauges->SetQueue(carrying_, static_cast<int64_t>(ready_.size()), waiting_bytes_);
  job_->budget->HoldPieces(waiting_bytes_);
}

Status Pipeline::WorkUntilDone(size_t worker, Carrier* carrier) {
  WorkerGauge* gauge = job_->gauges->worker(worker);
  std::unique_lock<std::mutex> lock(mutex_);
  Claim claim;
  while (NextClaim(&lock, worker, carrier, &claim)) {
    max_carrying_ = std::max(max_carrying_, ++carrying_);
    TellQueue();
    lock.unlock();
    Result<UnitResult> result = CarryClaim(claim, worker, carrier);
    lock.lock();
    carrying_--;
    Status status = result.status();
    if (status.IsCancelled()) return status;
    const bool may_be_broken = status.IsOutOfMemory();  // what threw half-way is not used again
    UnitResult unit;
    if (status.ok()) unit = std::move(result).ValueUnsafe();
    unit.failure = std::move(status);
    waiting_bytes_ += BytesOf(unit);
    ready_.emplace(claim.place, std::make_pair(claim, std::move(unit)));
    TellQueue();
    ARROW_RETURN_NOT_OK(CommitReady(&lock, gauge, carrier));
    if (may_be_broken) break;
  }
  return Status::OK();
}

// A worker that is to rest carries what must be committed next before, where no one does: all others may hold units
// that wait for that one. (Who commits a unit comes here next, so someone always does.)
bool Pipeline::MayRest() const {
  const auto [unit, number] = next_commit_;
  const bool is_claimed = units_[unit].is_stream ? streams_[unit].next > number : next_claim_ > unit;
  return is_claimed || carrying_ == 0;
}

// Wait for a unit to carry; false when there is none left, the job has failed, or the worker is to rest.
bool Pipeline::NextClaim(std::unique_lock<std::mutex>* lock, size_t worker, Carrier* carrier, Claim* claim) {
  WorkerGauge* gauge = job_->gauges->worker(worker);
  while (true) {
    if (HasEnded() || (worker >= active_ && MayRest())) return false;
    const Stage stage = FindClaim(worker, claim);
    gauge->Enter(stage);
    if (stage == Stage::kDecoding) return true;
    const bool is_short = short_of_memory_ > 0 || job_->budget->IsShort();
    if (is_short && carrier->HoldsColumns()) {  // which others may need
      lock->unlock();
      carrier->Release();
      lock->lock();
      changed_.notify_all();
    } else {
      changed_.wait(*lock);
    }
  }
}

// The earliest unit that no one carries. The unit that must be committed next may always be carried, also when memory
// is short, or the ring has shrunk below what it holds: whatever happens, there is a way on. Return kDecoding where
// there is such a unit, and otherwise what is waited for.
Stage Pipeline::FindClaim(size_t worker, Claim* claim) {
  const size_t ring_size = 2 * active_ + 1;
  const int64_t max_waiting_bytes = static_cast<int64_t>(active_) * job_->waiting_bytes_each;
  Stage waits_for = Stage::kWaitClaim;
  for (size_t unit = next_commit_.first; unit < units_.size(); unit++) {
    StreamState& stream = streams_[unit];
    const bool is_stream = units_[unit].is_stream;
    if (is_stream && stream.busy) waits_for = Stage::kWaitInput;  // another worker reads it
    if (is_stream ? stream.busy || stream.exhausted : unit < next_claim_) continue;
    const Place place{unit, stream.next};
    const bool is_head = place == next_commit_;
    const bool is_full = uncommitted_ >= ring_size - 1 || waiting_bytes_ > max_waiting_bytes || short_of_memory_ > 0 ||
                         !job_->budget->FitsOneMore(worker);
    if (is_full && !is_head) return Stage::kWaitOutput;
    claim->place = place;
    claim->id.file = units_[unit].segments.front().file;
    uncommitted_++;
    if (is_stream) {
      stream.busy = true;
      stream.next++;
    } else {
      next_claim_ = unit + 1;
    }
    return Stage::kDecoding;
  }
  return waits_for;
}

Status Pipeline::TakeFromStream(const Claim& claim, Carrier* carrier, StreamUnit* taken) {
  Input* input = job_->inputs[static_cast<size_t>(claim.id.file)].get();
  Status status = CatchBadAlloc([&] { return carrier->TakeFromStream(input, claim.id.file, taken); });
  std::lock_guard<std::mutex> lock(mutex_);
  StreamState& stream = streams_[claim.place.first];
  stream.busy = false;
  stream.exhausted = !status.ok() || taken->is_last;
  changed_.notify_all();
  return status;
}

Result<UnitResult> Pipeline::CarryFrom(const Claim& claim, const StreamUnit& taken, int64_t true_begin,
                                       int64_t max_records, Carrier* carrier) const {
  const PlannedUnit& unit = units_[claim.place.first];
  return unit.is_stream ? carrier->CarryStream(claim.id, taken, max_records)
                        : carrier->Carry(claim.id, unit, true_begin, max_records);
}

// Wait until `fits()`, the claim's unit is next in order, or the job has ended.
template <class Fits>
Pipeline::Waited Pipeline::WaitForMemory(const Claim& claim, WorkerGauge* gauge, const Fits& fits) {
  std::unique_lock<std::mutex> lock(mutex_);
  const StageScope scope(gauge, Stage::kWaitOutput);
  short_of_memory_++;
  changed_.notify_all();  // what this worker has given up may be what others wait for
  changed_.wait(lock, [&] { return HasEnded() || claim.place == next_commit_ || fits(); });
  short_of_memory_--;
  return {claim.place == next_commit_, HasEnded()};
}

// Where memory is short, a unit is given up before it has taken much, and carried again when there is room, at the
// latest when it is next in order: then it may take what it needs, and what others carry is given up for it.
Result<UnitResult> Pipeline::CarryClaim(const Claim& claim, size_t worker, Carrier* carrier) {
  const PlannedUnit& unit = units_[claim.place.first];
  WorkerGauge* gauge = job_->gauges->worker(worker);
  MemoryBudget* budget = job_->budget.get();
  StreamUnit taken;
  bool is_next = false;
  const auto carry = [&]() -> Result<UnitResult> {
    carrier->set_may_give_up(!is_next);
    budget->Begin(worker, (static_cast<int64_t>(claim.place.first) << 32) + claim.place.second);
    auto carried = CatchBadAlloc(
        [&] { return chain_ ? PlaceUnit(claim, taken, gauge, carrier) : CarryFrom(claim, taken, -1, -1, carrier); });
    budget->End(worker);
    carrier->set_may_give_up(false);
    return carried;
  };
  const Status status = unit.is_stream ? TakeFromStream(claim, carrier, &taken) : Status::OK();
  Result<UnitResult> result = status.ok() ? carry() : status;
  bool has_ended = false;
  while (result.ok() && result->gave_up) {
    given_up_++;
    carrier->Release();
    const Waited waited = WaitForMemory(claim, gauge, [&] { return budget->FitsOneMore(worker); });
    has_ended = waited.has_ended;
    if (has_ended) {  // what would make room is not committed any more
      result->gave_up = false;
      result->is_unwanted = true;
      break;
    }
    is_next = waited.is_next;
    result = carry();
  }
  if (chain_ && (!result.ok() || result->stopped || has_ended)) chain_->Break(unit.segments.front().file, claim.place);
  ARROW_RETURN_NOT_OK(result);
  if (budget->IsOver()) WaitForMemory(claim, gauge, [&] { return !budget->IsOver(); });
  ARROW_RETURN_NOT_OK(CatchBadAlloc([&] { return carrier->Encode(&*result); }));
  return result;
}

// Carry a unit, wait for what comes before it, and carry it again where it began or ends elsewhere: the records that
// are wanted end right behind the last of them, however the text is cut.
Result<UnitResult> Pipeline::PlaceUnit(const Claim& claim, const StreamUnit& taken, WorkerGauge* gauge,
                                       Carrier* carrier) {
  const PlannedUnit& unit = units_[claim.place.first];
  const int32_t file = unit.segments.front().file;
  const int64_t wanted = job_->options.max_records;
  ARROW_ASSIGN_OR_RAISE(UnitResult result, CarryFrom(claim, taken, -1, wanted, carrier));
  if (result.gave_up) return result;
  carrier->set_may_give_up(false);  // others wait for what comes behind it
  const bool is_head = result.segments.front().is_first;
  gauge->Enter(Stage::kWaitClaim);
  ARROW_ASSIGN_OR_RAISE(UnitBase base, chain_->Wait(claim.place, file, is_head));
  gauge->Enter(Stage::kDecoding);
  result.is_unwanted = wanted >= 0 && base.job_records >= wanted;
  if (result.is_unwanted) {
    chain_->End(file, base);
    result.ends_job = true;
    return result;
  }
  if (base.is_damaged) {  // whatever it holds, only the end of its file counts
    result.is_unwanted = true;
    result.stopped = false;
    result.segments.front().is_last = unit.segments.front().is_last();
    chain_->Publish(file, Place{claim.place.first + 1, 0}, base);
    return result;
  }
  if (!is_head && result.segments.front().begin != base.begin) {
    redone_++;
    ARROW_ASSIGN_OR_RAISE(result, CarryFrom(claim, taken, base.begin, wanted, carrier));
  }
  const auto records = [&result] {
    int64_t sum = 0;
    for (const SegmentResult& segment : result.segments) sum += segment.records;
    return sum;
  };
  const bool is_cut = wanted >= 0 && base.job_records + records() >= wanted;
  if (is_cut) {
    ARROW_ASSIGN_OR_RAISE(result, CarryFrom(claim, taken, base.begin, wanted - base.job_records, carrier));
    result.ends_job = true;
  }
  if (result.stopped) return result;
  carrier->AddBase(base, result);

  const SegmentResult& last = result.segments.back();
  UnitBase next;
  next.begin = last.end;
  next.is_damaged = last.is_damaged;
  next.job_records = base.job_records + records();
  const int64_t lines_before = job_->inputs[static_cast<size_t>(last.file)]->prologue().lines;
  next.records = (last.is_first ? 0 : base.records) + last.records;
  next.lines = (last.is_first ? lines_before : base.lines) + last.lines;
  const bool goes_on = unit.is_stream && !taken.is_last;
  const Place place = goes_on ? Place{claim.place.first, claim.place.second + 1} : Place{claim.place.first + 1, 0};
  if (is_cut) {
    chain_->End(file, next);
  } else {
    chain_->Publish(file, place, next);
  }
  return result;
}

// Commit what is next in source order, as far as it is ready. One worker at a time does so, without holding the lock.
Status Pipeline::CommitReady(std::unique_lock<std::mutex>* lock, WorkerGauge* gauge, Carrier* carrier) {
  if (committing_) return Status::OK();
  committing_ = true;
  Status status;
  for (auto next = ready_.find(next_commit_); status.ok() && !failed_ && !ended_ && next != ready_.end();
       next = ready_.find(next_commit_)) {
    auto [claim, result] = std::move(next->second);
    ready_.erase(next);
    const int64_t bytes = BytesOf(result);
    const bool goes_on = units_[claim.place.first].is_stream && !result.ends_stream;
    const bool ends_job = result.failure.ok() && result.ends_job;
    lock->unlock();
    status = CatchBadAlloc(
        [&, &claim = claim, &result = result] { return CommitOne(claim, std::move(result), gauge, carrier); });
    lock->lock();
    waiting_bytes_ -= bytes;
    TellQueue();
    next_commit_ = goes_on ? Place{claim.place.first, claim.place.second + 1} : Place{claim.place.first + 1, 0};
    uncommitted_--;
    ended_ = ended_ || ends_job;
    changed_.notify_all();
  }
  committing_ = false;
  if (!status.ok()) Fail(status);  // before the lock is let go: nothing behind it may be committed
  return status;
}

// Fail where what the sink keeps leaves no room for the unit that is to be committed, or for the next one.
Status Pipeline::CountKept(const UnitResult& next) {
  const int64_t kept = sink_->kept_bytes();
  if (job_->budget->Keep(kept, BytesOf(next))) return Status::OK();
  const KeptReason text = sink_->DescribeKept();
  return Status::CapacityError(text.what, ", and what is kept, ", kept >> 20,
                               " MiB, leaves no room for units within the memory limit\nfix: ", text.fix);
}

Status Pipeline::CommitOne(const Claim& claim, UnitResult result, WorkerGauge* gauge, Carrier* carrier) {
  const StageScope scope(gauge, Stage::kCommitting);
  ARROW_RETURN_NOT_OK(job_->PollStop());
  ARROW_RETURN_NOT_OK(result.failure);
  const int64_t true_begin = committer_->WrongBegin(result);
  if (true_begin >= 0) {
    redone_++;
    const StageScope again(gauge, Stage::kDecoding);
    ARROW_ASSIGN_OR_RAISE(result, carrier->Carry(claim.id, units_[claim.place.first], true_begin, -1));
    ARROW_RETURN_NOT_OK(carrier->Encode(&result));
  }
#ifdef HEADRACE_FAULT_INJECTION
  if (IsFaulty("lose_unit", committer_->units())) result.piece.reset();
  if (IsFaulty("double_unit", committer_->units()) && !units_[claim.place.first].is_stream) {
    ARROW_ASSIGN_OR_RAISE(UnitResult again,
                          carrier->Carry(claim.id, units_[claim.place.first], result.segments[0].begin, -1));
    ARROW_RETURN_NOT_OK(carrier->Encode(&again));
    ARROW_RETURN_NOT_OK(sink_->Commit(std::move(again.piece), claim.id));
  }
#endif
  ARROW_RETURN_NOT_OK(CountKept(result));
  ARROW_RETURN_NOT_OK(committer_->Commit(std::move(result)));
  if (context_.progress) {
    Snapshot snapshot = committer_->progress();
    snapshot.seconds = Now() - started_;
    context_.progress(snapshot);
  }
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
