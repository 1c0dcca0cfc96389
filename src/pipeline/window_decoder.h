#pragma once
// Decodes the rows of a window into a unit's columns and turns what is bad into rejects, by the error policy.
// Takes: FieldIndex. Gives: Batch, rejects. Owns: the columns' memory, reused from unit to unit. Threads: one a worker.
// Fails: Status (out of memory).
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>

#include <memory>
#include <vector>

#include "decode/batch.h"
#include "decode/column_decoder.h"
#include "headrace/options.h"
#include "parse/column_fields.h"
#include "pipeline/unit_result.h"

namespace headrace {
inline namespace v0 {

/// The kept columns of a job, in output order, each with its decoder. Shared by all workers.
struct KeptColumn {
  int32_t column = 0;  ///< in the schema
  ColumnDecoder decoder;
};

class WindowDecoder {
 public:
  WindowDecoder(const Options& options, const ParseDialect& dialect, const std::vector<KeptColumn>& kept,
                arrow::MemoryPool* pool);

  /// Forget the columns of the last unit.
  Status Reset();

  /// Append the rows of `index` (its rows may be dropped) and add up its account in `segment`. `text_offset` is the
  /// file's byte at text[0]; `begin` is where the window begins in the text.
  Status Decode(const char* text, int64_t text_offset, uint32_t begin, const std::vector<uint32_t>& field_of_column,
                FieldIndex* index, SegmentResult* segment);

  /// The unit's columns. Valid until Reset.
  Batch Finish();
  /// The rejects of the last window, in order; `file` is not set.
  const std::vector<Reject>& rejects() const { return rejects_; }
  int64_t rows() const { return rows_; }

 private:
  struct ColumnMemory {
    std::unique_ptr<arrow::ResizableBuffer> values, validity, bytes;
    ColumnOut out;
  };
  struct Found {
    uint32_t row = 0;
    int32_t kept = 0;
    RejectKind kind = RejectKind::kBadInteger;
    uint32_t field_begin = 0;
  };

  Status MakeRoom(ColumnMemory* memory, const DataType& type, uint32_t rows, int64_t bytes);
  Status DecodeColumns(const char* text, const std::vector<uint32_t>& field_of_column, const FieldIndex& index,
                       int64_t window_bytes);
  void NoteRejects(const char* text, int64_t text_offset, uint32_t begin, const FieldIndex& index,
                   SegmentResult* segment);

  const Options& options_;
  const std::vector<KeptColumn>& kept_;
  arrow::MemoryPool* pool_;
  ColumnFields fields_;
  std::vector<ColumnMemory> columns_;
  std::vector<ColumnOut> marks_;
  std::vector<uint32_t> scratch_rows_;
  std::vector<BadValue> scratch_bad_;
  std::vector<Found> found_;
  std::vector<Reject> rejects_;
  std::vector<uint64_t> drop_;
  const bool counts_lf_by_records_;
  int64_t rows_ = 0;
};

}  // namespace v0
}  // namespace headrace
