#pragma once
// The exact path: one record, one byte at a time, by the rules of docs/dialects.md. Every faulty, over-long or
// unterminated record goes through it, and tests check the index against it.
// Takes: text, in as many pieces as it comes. Gives: the record's end, its fields and its first fault. Owns: a few
// words. Threads: one. Fails: never.
#include <cstdint>
#include <optional>

#include "headrace/reject.h"
#include "simd/structural.h"

namespace headrace {
inline namespace v0 {

/// The bytes that have a meaning to the parser.
struct ParseDialect {
  StructuralBytes bytes;
  bool has_comment = false;
  char comment = '#';
};

/// Follows one record from its start to its terminator. Positions are relative to where the caller says the record
/// starts and may exceed 32 bits.
class RecordScanner {
 public:
  explicit RecordScanner(const ParseDialect& dialect) : dialect_(dialect) {}

  /// Begin a record; `inside_quotes` begins in the middle of a quoted field, `mid_field` of an unquoted one.
  void Start(bool inside_quotes = false, bool mid_field = false);

  /// Go on with text[begin, end); return the position after the record's terminator, or `end` with !ended() where
  /// the record goes on. Field ends are appended to `field_ends` (positions in this text) while there is room for
  /// `capacity` of them.
  uint32_t Feed(const char* text, uint32_t begin, uint32_t end, uint32_t* field_ends, uint32_t capacity);

  /// End the record at the end of the file: the last field ends here.
  void FinishAtEndOfFile(uint32_t end, uint32_t* field_ends, uint32_t capacity);

  bool ended() const { return ended_; }
  bool is_comment() const { return state_ == State::kComment; }
  bool inside_quotes() const { return state_ == State::kQuoted; }
  int64_t num_fields() const { return num_fields_; }
  int64_t length() const { return length_; }  ///< bytes so far, terminator (and the CR of CR LF) left out
  std::optional<RejectKind> fault() const { return fault_; }
  int64_t fault_field_offset() const { return fault_field_offset_; }  ///< from the record's start
  int64_t quote_offset() const { return field_offset_; }              ///< where the field that is being read began

 private:
  enum class State : uint8_t { kRecordStart, kFieldStart, kUnquoted, kQuoted, kAfterQuote, kComment };
  void NoteFault(RejectKind kind);
  void EndField(uint32_t at, uint32_t* field_ends, uint32_t capacity);
  bool Step(char byte);

  const ParseDialect dialect_;
  State state_ = State::kRecordStart;
  bool ended_ = false;
  bool last_was_cr_ = false;
  std::optional<RejectKind> fault_;
  int64_t num_fields_ = 0, length_ = 0, field_offset_ = 0, fault_field_offset_ = 0;
  uint32_t stored_ = 0;
};

}  // namespace v0
}  // namespace headrace
