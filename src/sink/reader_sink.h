#pragma once
// Hands record batches from the committer to a consumer in another thread, few at a time.
// Takes: Batch. Gives: Arrow record batches, by Next. Owns: the batches that wait.
// Threads: the Sink side as in sink.h; Next, Fail and Close from any. Fails: Next returns what Fail was given.
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "headrace/status.h"
#include "sink/dictionary_merge.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// A unit is one record batch. The indices of a dictionary column are those of the whole result, in order of first
/// appearance; each batch carries the dictionary as far as it is known then, so that a later one extends it.
class ReaderSink : public Sink {
 public:
  /// Make a sink in which at most `capacity` batches wait (at least one).
  static Result<std::unique_ptr<ReaderSink>> Make(const std::vector<SinkColumn>& columns, int64_t capacity,
                                                  arrow::MemoryPool* pool);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  Result<std::unique_ptr<Encoder>> MakeEncoder() override;
  /// Wait for room, then hand the batch over. Cancelled after Close or Fail.
  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override;
  Status Finish() override { return Status::OK(); }
  /// Return one report with an empty path and the rows that were handed over, counted from the Arrow batches.
  Result<std::vector<OutputReport>> Inspect() override;
  /// Let Next say that the end is reached, once the waiting batches are taken.
  Status Publish(const std::string& manifest_json) override;

  /// Return the next batch in source order; nullptr at the end; after the batches that were committed before it, the
  /// status given to Fail; Cancelled after Close. Waits until there is one of these.
  Result<std::shared_ptr<arrow::RecordBatch>> Next();

  /// End with `status` in place of the end; the first end counts. Wakes a waiting Commit.
  void Fail(Status status);

  /// Tell that the consumer has gone: drops what waits, wakes Commit and Next. May be repeated.
  void Close();

 private:
  ReaderSink(std::shared_ptr<arrow::Schema> schema, int64_t capacity, arrow::MemoryPool* pool);

  const std::shared_ptr<arrow::Schema> schema_;
  const size_t capacity_;
  arrow::MemoryPool* const pool_;
  DictionaryMerge dictionaries_;

  std::mutex mutex_;  // guards all below
  std::condition_variable room_, news_;
  std::deque<std::shared_ptr<arrow::RecordBatch>> waiting_;
  int64_t rows_ = 0;
  bool ended_ = false, closed_ = false;
  Status failure_;
};

}  // namespace v0
}  // namespace headrace
