#pragma once
// One worker's way from bytes to an encoded piece: reads, parses and decodes while the text is in its cache.
// Takes: a unit's segments. Gives: UnitResult. Owns: buffers, reused from unit to unit. Threads: one. Fails: Status.
#include <arrow/util/cancel.h>

#include <atomic>
#include <memory>
#include <vector>

#include "os/file_reader.h"
#include "os/prefetcher.h"
#include "parse/parser.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/position_chain.h"
#include "pipeline/reading.h"
#include "pipeline/unit_result.h"
#include "pipeline/window_decoder.h"
#include "plan/units.h"
#include "tune/gauges.h"

namespace headrace {
inline namespace v0 {

/// What all carriers of a job share.
struct JobState {
  explicit JobState(const Options& job_options) : options(job_options) {}

  const Options& options;
  std::vector<std::unique_ptr<Reading>> readings;  ///< at least one; inputs hold on to theirs
  std::vector<std::unique_ptr<Input>> inputs;
  std::atomic<int64_t> chunk_bytes = 1 << 20;  ///< may change at any time
  Io io = Io::kRead;                           ///< how carriers read plain files
  int64_t batch_files = 0;                     ///< after so many files, idle memory is given back; 0: never
  std::unique_ptr<Prefetcher> prefetcher;      ///< may be nullptr
  int64_t waiting_bytes_each = 0;  ///< for each worker, of finished pieces in the ring; more: only the next in order is
                                   ///< carried
  std::unique_ptr<MemoryBudget> budget;
  std::unique_ptr<Gauges> gauges;  ///< one for each worker that may ever run
  arrow::MemoryPool* pool = nullptr;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();    ///< the caller's
  arrow::StopToken closed = arrow::StopToken::Unstoppable();  ///< of a reader that was closed early

  /// Return true where a value does not fit a type that was inferred: the column must be widened, nothing is rejected.
  bool BreaksPromise(const Reject& reject) const {
    if (reject.column < 0 || reject.kind == RejectKind::kNullNotAllowed) return false;
    const Column& column = options.schema.columns[static_cast<size_t>(reject.column)];
    return column.inferred && !IsVariableWidth(column.type.kind);  // any text fits those
  }

  Status PollStop() const {
    ARROW_RETURN_NOT_OK(stop.Poll());
    return closed.Poll();
  }
};

class Carrier {
 public:
  Carrier(JobState* job, std::unique_ptr<Encoder> encoder, size_t worker);
  ~Carrier() { job_->budget->Leave(worker_); }

  /// Whether units may be given up (UnitResult::gave_up) where workers hold more than the memory limit leaves them; not
  /// at first.
  void set_may_give_up(bool may) { may_give_up_ = may; }
  bool HoldsColumns() const { return decoder_.ExpectedBytes() > 0; }
  /// Give back the memory of columns.
  void Release();

  /// Read and decode a planned unit, up to its record number `max_records` (-1: all). `true_begin` is where its first
  /// record starts, where that is known; -1: find it, guessing that the guess is confirmed or the unit redone.
  Result<UnitResult> Carry(const UnitId& id, const PlannedUnit& unit, int64_t true_begin, int64_t max_records);

  /// Take the next unit of a stream; CarryStream parses it, again where it is asked to. The caller sees to it that only
  /// one worker takes.
  Status TakeFromStream(Input* input, int32_t file, StreamUnit* unit);
  Result<UnitResult> CarryStream(const UnitId& id, const StreamUnit& unit, int64_t max_records);

  /// Make the record and line numbers of the unit carried last those of the file.
  void AddBase(const UnitBase& base, const UnitResult& unit);

  /// Encode the unit carried last into its piece.
  Status Encode(UnitResult* unit);

 private:
  Status CarrySegment(const Segment& segment, int64_t true_begin, SegmentResult* result);
  Status CarryText(Input* input, const Segment& segment, SegmentResult* result);
  Status CarryOversize(Input* input, SegmentResult* result);
  Status CarryPart(Input* input, const StreamPart& part, SegmentResult* result);
  Result<int64_t> Read(const Input& input, int64_t offset, char* to, int64_t num_bytes, FileReader* reader);
  bool IsKept(const Status& failure) const;
  struct KeptRead {
    int64_t got = 0;
    Status damage;  // what is behind that cannot be read
  };
  Result<KeptRead> ReadKept(const Input& input, int64_t offset, char* to, int64_t num_bytes, FileReader* reader);
  Result<int64_t> GuessBegin(Input* input, const Segment& segment);
  Status ParseBuffer(const Input& input, int64_t text_offset, uint32_t end, int64_t stop, bool final, uint32_t* at,
                     SegmentResult* result);
  void Use(const Input& input);
  bool FailedAlready(const SegmentResult& result) const;
  bool Stops(const SegmentResult& result) const { return FailedAlready(result) || gives_up_; }
  Status CheckMemory(const Input& input);
  Status NoteRejects(int64_t text_offset, SegmentResult* result);
  Status NoteReject(const Reject& reject, SegmentResult* result);
  Status NoteOversize(Reject reject, int64_t lines, bool is_comment, SegmentResult* result);
  Status StartUnit(int64_t unit_bytes, int64_t max_records);
  void FinishUnit(UnitResult* result);

  JobState* job_;
  const size_t worker_;
  WorkerGauge* gauge_;
  const Reading* reading_;  // of the input in hand
  std::unique_ptr<FileReader> reader_;
  bool may_give_up_ = false, gives_up_ = false;
  int64_t next_check_ = 0;  // of memory, in bytes of the unit's text
  int64_t last_piece_bytes_ = 0;
  bool is_guess_ = false;              // the segment's begin is not confirmed
  int64_t records_left_ = 0;           // of those that the unit may have
  std::vector<int64_t> segment_rows_;  // rows of the unit up to the end of each segment
  std::unique_ptr<Encoder> encoder_;
  WindowDecoder decoder_;
  RejectLog rejects_;  // of the unit in hand
  TextBuffer text_;
  std::unique_ptr<Parser> parser_;
  std::unique_ptr<FieldIndex> index_;
};

}  // namespace v0
}  // namespace headrace
