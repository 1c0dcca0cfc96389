#pragma once
// Finds the records of a window and the fields of its rows.
// Takes: a buffer that starts at a record start. Gives: FieldIndex. Owns: nothing. Threads: one parser a worker.
// Fails: never; what is not a row is a fault, a blank or a comment in the index.
#include <cstdint>

#include "parse/field_index.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

struct ParserOptions {
  ParseDialect dialect;
  uint32_t columns = 1;  ///< fields of a regular record
  int64_t max_record_bytes = 0;
  uint32_t window_bytes = 16 << 10;  ///< text indexed at once, about; more only where one record needs it
};

class Parser {
 public:
  explicit Parser(const ParserOptions& options);

  /// Index records from `begin`: those that start before `stop` and end in text[begin, end). With `final`, `end` is
  /// the end of the file and ends the last record. Return false where not even one record is complete and more text
  /// is needed (never with `final`). Needs kTextPadding readable bytes on either side.
  bool ParseWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final, FieldIndex* index) const;

  /// Index no more than this many records at once, of FieldIndex::kMaxRows.
  void set_max_records(uint32_t max_records) { max_records_ = max_records; }

  const ParserOptions& options() const { return options_; }

 private:
  void TakeRecords(const char* text, uint32_t begin, uint32_t stop, uint32_t num_positions, uint32_t num_terminators,
                   FieldIndex* index) const;
  bool TakeRegular(const char* text, uint32_t begin, uint32_t stop, uint32_t num_terminators, FieldIndex* index) const;
  bool ParseRegularWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final,
                          FieldIndex* index) const;
  void TakeExactRecord(const RecordScanner& scanner, uint32_t begin, FieldIndex* index) const;
  bool TakeExactWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final, uint32_t max_records,
                       FieldIndex* index) const;
  void TakeRecord(const char* text, uint32_t begin, uint32_t first, uint32_t num_fields, FieldIndex* index) const;

  ParserOptions options_;
  uint32_t max_records_ = FieldIndex::kMaxRows;
  IndexStructuralsFn index_structurals_;
};

}  // namespace v0
}  // namespace headrace
