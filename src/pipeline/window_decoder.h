#pragma once
// Decodes the rows of a window into a unit's columns and turns what is bad into rejects, by the error policy.
// Takes: FieldIndex. Gives: Batch, rejects. Owns: the columns' memory, reused from unit to unit. Threads: one a worker.
// Fails: Status (out of memory).
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decode/batch.h"
#include "decode/column_decoder.h"
#include "headrace/options.h"
#include "parse/column_fields.h"
#include "pipeline/reading.h"
#include "pipeline/unit_result.h"
#include "simd/utf8.h"

namespace headrace {
inline namespace v0 {

/// What the columns of one file are.
struct FileColumns {
  std::vector<uint32_t> field_of_column;  ///< for each column of the schema, its field; Prologue::kNoField: none
  /// For each column of the schema that is the same in every row of the file, its value; none: null.
  std::vector<std::optional<std::string>> constants;
};

/// The records of one window, and where they lie.
struct Window {
  const char* text = nullptr;
  int64_t text_offset = 0;  ///< the file's byte at text[0]
  uint32_t begin = 0;       ///< of the window, in the text
  const FileColumns* columns = nullptr;
  FieldIndex* index = nullptr;  ///< its rows may be dropped
};

class WindowDecoder {
 public:
  WindowDecoder(const Options& options, const Reading& reading, arrow::MemoryPool* pool);

  /// Decode the windows that follow by another reading of the job.
  void Use(const Reading& reading);

  /// Forget the columns of the last unit; the next has about `unit_bytes` of text.
  Status Reset(int64_t unit_bytes);

  /// Append the window's rows that are wanted and good, and add up its account in `segment`.
  Status Decode(const Window& window, SegmentResult* segment);

  /// Add to the record and line numbers of the rows [begin, end) of the unit, which count from 0 in their segment.
  void AddToNumbers(int64_t begin, int64_t end, int64_t records, int64_t lines);

  /// The unit's columns. Valid until Reset.
  Batch Finish();
  /// Return what the unit's columns hold so far.
  int64_t ColumnBytes() const;
  /// Return what they will hold at the end of the unit, by what has been decoded, or were larger in an earlier one.
  int64_t ExpectedBytes() const;
  /// Forget the columns and give their memory back. Reset is next.
  void Release();
  /// The rejects of the last window, in order; `file` and `raw` are not set: a copy of its record for each bad value of
  /// a wide table would take hundreds of times the window.
  const std::vector<Reject>& rejects() const { return rejects_; }
  int64_t rows() const { return rows_; }
  /// Of the unit's text.
  int64_t decoded_bytes() const { return decoded_bytes_; }

 private:
  struct ColumnMemory {
    int64_t value_room = 0, row_room = 0, byte_room = 0;  // that the buffers have; fixed widths have room for any bytes
    ColumnOut out;
    std::unique_ptr<arrow::ResizableBuffer> values, validity, bytes;
  };
  struct Found {
    uint32_t row = 0;      // in the window, before any row was dropped
    uint32_t current = 0;  // when it was found
    int32_t column = 0;    // in the schema
    RejectKind kind = RejectKind::kBadInteger;
    uint32_t field_begin = 0, begin = 0, end = 0;  // in the text: the field, the record
  };

  bool ChecksUtf8() const;
  double GrowthFactor() const;
  Status MakeRoom(const DataType& type, uint32_t rows, int64_t bytes, ColumnMemory* memory);
  Status GrowBuffers(const DataType& type, uint32_t rows, int64_t bytes, ColumnMemory* memory);
  Status DecodeColumns(const Window& window);
  Status DecodeColumn(const KeptColumn& kept, bool notes_bad, const Window& window, ColumnMemory* memory);
  Status DecodeFields(const KeptColumn& kept, bool notes_bad, const Window& window, ColumnMemory* memory);
  Status Repeat(const DataType& type, const std::optional<std::string>& value, uint32_t rows, ColumnMemory* memory);
  void NumberRows(const Window& window);
  void Sample(const Window& window, SegmentResult* segment);
  Status Select(const Window& window, SegmentResult* segment);
  void DropRows(FieldIndex* index);
  void NoteRejects(const Window& window, SegmentResult* segment);
  void Count(const Window& window, uint32_t records, SegmentResult* segment) const;

  const Options& options_;
  const std::vector<KeptColumn>& kept() const { return reading_->kept; }
  const RowFilter& filter() const { return reading_->filter; }
  const Reading* reading_;
  arrow::MemoryPool* pool_;
  ColumnFields fields_;
  std::vector<ColumnMemory> columns_, filter_columns_;
  std::vector<bool> is_filtered_;  // parallel to kept_: the filter has noted its bad values already
  std::vector<ColumnMark> marks_;
  std::vector<uint32_t> present_rows_, present_begin_, present_end_;
  std::vector<BadValue> scratch_bad_;
  std::vector<Found> found_;
  std::vector<Reject> rejects_;
  std::vector<uint64_t> drop_;
  PredicateScratch predicate_scratch_;
  std::vector<DecodedColumn> predicate_columns_;
  // Whether every record, blank line and comment is one line.
  bool HasLineForRecord(const FieldIndex& index) const {
    return counts_lf_by_records_ && !index.has_inner_lines && !index.exact;
  }
  bool counts_lf_by_records_;
  bool checks_utf8_;  // of whole windows, before their fields are
  IsValidUtf8Fn is_valid_utf8_;
  bool numbers_rows_ = false;     // there are record or line numbers
  bool tracks_rows_ = false;      // origin_ is kept
  std::vector<uint32_t> origin_;  // of each row, where it was before any row of the window was dropped
  std::vector<uint32_t> record_of_row_, line_of_row_;  // from the window's begin, before any row was dropped
  std::vector<uint32_t> numbers_;
  int64_t first_record_ = 0, first_line_ = 0;  // of the window, in the segment
  int64_t rows_ = 0;
  int64_t most_bytes_ = 0;                      // that columns have held since memory was given back
  int64_t unit_bytes_ = 0, decoded_bytes_ = 0;  // of the unit's text
};

}  // namespace v0
}  // namespace headrace
