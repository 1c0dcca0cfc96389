#pragma once
// The ordered end of the pipeline: confirms where units meet, makes positions absolute, keeps the account, and hands
// pieces and rejects on in source order.
// Takes: UnitResult. Gives: the Report's figures. Owns: counters. Threads: one at a time. Fails: Status with an
// ErrorPlace where the input is at fault.
#include <functional>
#include <memory>
#include <vector>

#include "headrace/ingest.h"
#include "ledger/rejects.h"
#include "pipeline/carrier.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

class Committer {
 public:
  /// `rejects` may be nullptr: then rejects are counted and not kept.
  Committer(const JobState& job, Sink* sink, RejectWriter* rejects);

  /// Return whether `unit` lies behind what could not be read of its file: of that nothing is kept.
  bool IsBehindDamage(const UnitResult& unit) const;

  /// Return where the first record of `unit` truly starts where its guess was wrong, -1 where it was right.
  int64_t WrongBegin(const UnitResult& unit) const;

  /// Account for `unit` and pass on what it holds. Units come in source order and with a confirmed begin.
  Status Commit(UnitResult unit);

  /// Check that every file was read from its first byte to its last, and fill the report's counts.
  Status Finish(Report* report);

  int64_t units() const { return units_; }  ///< committed so far
  const Snapshot& progress() const { return progress_; }

 private:
  struct FileAccount {
    int64_t next_offset = -1;  // -1: not begun
    int64_t records = 0, rejected = 0, lines = 0;
    Bent bent;
    double seconds = 0;
    bool is_damaged = false;  // at next_offset: nothing behind that is kept
    bool complete = false;
  };
  Status CommitAccount(UnitResult* unit);
  Status CommitSegment(const SegmentResult& segment, bool ends_job, RejectLog* rejects);
  Status EndFile(const SegmentResult& segment, bool ends_job);
  void AddFooter(const Footer& footer, FileAccount* file);
  Status CheckEnd(const SegmentResult& segment, const Input& input) const;
  Status PassOnRejects(const SegmentResult& segment, const FileAccount& file, RejectLog* rejects);
  Status PassOn(const Reject& reject);
  Status Failure(const Reject& reject) const;
  Status TooManyRejects(int64_t rejected) const;

  const JobState& job_;
  Sink* sink_;
  RejectWriter* rejects_;
  std::vector<FileAccount> files_;
  std::vector<Reject> first_rejects_;  // for messages
  int64_t rows_read_ = 0, rejected_ = 0, skipped_ = 0, nulled_ = 0, text_bytes_ = 0, units_ = 0, output_bytes_ = 0;
  bool ended_ = false;  // before the last record of the input, as asked for
  Snapshot progress_;
};

}  // namespace v0
}  // namespace headrace
