#pragma once
// What parse gives for one window: a matrix of field ends, and the records that are not rows.
#include <cstdint>
#include <memory>
#include <vector>

#include "headrace/reject.h"

namespace headrace {
inline namespace v0 {

/// A record that is structurally wrong. Positions are in the window's text.
struct Fault {
  RejectKind kind = RejectKind::kTooFewFields;
  uint32_t begin = 0;
  uint32_t field_begin = 0;
  uint32_t end = 0;          ///< terminator left out
  uint32_t rows_before = 0;  ///< rows of the window that come before it
};

/// The records of one window. Row r has its fields at
///   [row_begin[r], ends[r * columns]), [ends[r * columns] + 1, ends[r * columns + 1]), …
/// unless the window is `exact`: then they are [begins[r * columns], ends[r * columns]), …, quotes left out.
/// The memory belongs to whoever constructed it and is reused from window to window.
class FieldIndex {
 public:
  /// Make room for records of `columns` fields.
  explicit FieldIndex(uint32_t columns);

  static constexpr uint32_t kMaxRows = 8192;  ///< of one window

  uint32_t columns = 0;
  uint32_t rows = 0;
  uint64_t revision;      ///< another one whenever the rows become others; no two windows have the same
  uint32_t consumed = 0;  ///< position after the last record that was taken
  uint32_t blanks = 0;    ///< blank lines
  uint32_t comments = 0;  ///< comment lines
  bool has_quotes = false;
  bool all_quoted = false;         ///< every field begins with a quote
  bool has_double_quotes = false;  ///< there may be doubled quotes inside fields
  bool has_inner_lines = false;    ///< there may be line ends inside fields
  bool has_cr = false;             ///< there may be a CR before the terminator of a row
  bool utf8 = false;               ///< every field is known to be well-formed UTF-8
  uint32_t num_faults = 0;
  Bent bent;  ///< of the rows

  /// Of a window with doubled quotes that is not exact: bit i of word w: the byte at window_begin + 64 w + i is the
  /// second of two quotes side by side.
  uint32_t window_begin = 0;
  const uint64_t* double_quotes() const { return double_quotes_.data(); }
  /// Make room for those of so many bytes, and return where they go.
  uint64_t* MakeDoubleQuotes(uint32_t num_bytes);

  uint32_t* ends() { return ends_.get(); }
  const uint32_t* ends() const { return ends_.get(); }
  uint32_t* row_begin() { return row_begin_.get(); }
  const uint32_t* row_begin() const { return row_begin_.get(); }
  Fault* faults() { return faults_.get(); }
  const Fault* faults() const { return faults_.get(); }
  uint32_t capacity() const { return capacity_; }  ///< positions; 64 more may be written

  /// Of an exact window:
  bool exact = false;
  uint32_t* begins() { return begins_.get(); }
  const uint32_t* begins() const { return begins_.get(); }
  uint8_t* flags() { return flags_.get(); }  ///< of FieldFlag, a field
  const uint8_t* flags() const { return flags_.get(); }
  uint32_t* row_end() { return row_end_.get(); }
  /// Make the window exact, with memory for it.
  void SetExact();

  /// Return where a row ends in `text`, its terminator left out.
  uint32_t RowEnd(uint32_t row, const char* text) const;

  void Clear();
  uint32_t num_records() const { return rows + num_faults; }
  /// Take the rows whose bit in `drop` is set out of the matrix.
  void DropRows(const uint64_t* drop);

 private:
  uint32_t capacity_;
  std::unique_ptr<uint32_t[]> ends_, row_begin_;
  std::unique_ptr<uint32_t[]> begins_, row_end_;
  std::unique_ptr<uint8_t[]> flags_;
  std::unique_ptr<Fault[]> faults_;
  std::vector<uint64_t> double_quotes_;
};

}  // namespace v0
}  // namespace headrace
