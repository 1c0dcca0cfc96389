#pragma once
// The exact path: one record, one byte at a time, by the rules of docs/dialects.md. Every faulty, over-long or
// unterminated record goes through it, and tests check the index against it.
// Takes: text, in as many pieces as it comes. Gives: the record's end, its fields and its first fault. Owns: a few
// words. Threads: one. Fails: never.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "headrace/reject.h"
#include "headrace/types.h"
#include "simd/structural.h"

namespace headrace {
inline namespace v0 {

/// What a record with more fields than there are columns is.
enum class LongRecord : uint8_t {
  kFault,
  kTruncate,  ///< a row, without the fields behind the last column
  kCollect    ///< a row, whose last field is all the text from where it begins
};

/// The bytes that have a meaning to the parser. `bytes` alone is the regular dialect, which the index reads.
struct ParseDialect {
  StructuralBytes bytes;  ///< its delimiter is the first byte of `delimiter`
  bool has_comment = false;
  char comment = '#';
  std::string delimiter = ",";  ///< of one byte or more
  bool whitespace = false;      ///< in place of the delimiter: a run of spaces and tabs; none around a record
  std::optional<char> escape;   ///< makes the byte behind it an ordinary one
  EscapeStyle escape_style = EscapeStyle::kField;
  bool lenient = false;  ///< the lenient rules of quotes and terminators
  bool pads = false;     ///< a record with too few fields is a row, the rest of it empty
  LongRecord long_record = LongRecord::kFault;

  /// Return true where only the exact path knows the rules.
  bool is_exact() const { return delimiter.size() > 1 || whitespace || escape || lenient; }
  /// Return true where a record may have another number of fields than there are columns.
  bool is_ragged() const { return pads || long_record != LongRecord::kFault; }
};

/// Where the scanner puts the fields of a record: without quotes and the CR of a CR LF, with flags of FieldFlag.
struct FieldSpans {
  uint32_t* begin = nullptr;
  uint32_t* end = nullptr;
  uint8_t* flags = nullptr;
  uint32_t capacity = 0;  ///< fields; further ones are only counted
};

/// Memory for the fields of a record, not cleared: a look at a file's head takes far fewer than there may be.
struct FieldMemory {
  explicit FieldMemory(uint32_t fields)
      : capacity(fields), begin(new uint32_t[fields]), end(new uint32_t[fields]), flags(new uint8_t[fields]) {}
  FieldSpans spans() const { return {begin.get(), end.get(), flags.get(), capacity}; }
  uint32_t capacity;
  std::unique_ptr<uint32_t[]> begin, end;
  std::unique_ptr<uint8_t[]> flags;
};

/// Flags of a field.
enum FieldFlag : uint8_t {
  kFieldQuoted = 1,
  kFieldEscaped = 2  ///< its text is not its bytes: there are doubled quotes or escapes in it
};

/// Return the text of one field of `fields`: doubled quotes halved, escapes read.
std::string FieldText(const ParseDialect& dialect, const char* text, const FieldSpans& fields, uint32_t field);

/// Follows one record from its start to its terminator. Positions are relative to where the caller says the record
/// starts and may exceed 32 bits.
class RecordScanner {
 public:
  explicit RecordScanner(const ParseDialect& dialect) : dialect_(dialect) { MarkSpecialBytes(); }

  /// Begin a record; `inside_quotes` begins in the middle of a quoted field, `mid_field` of an unquoted one.
  void Start(bool inside_quotes = false, bool mid_field = false);

  /// Go on with text[begin, end); return the position after the record's terminator, or `end` with !ended() where
  /// the record goes on. Fields are appended to `fields` (positions in this text).
  uint32_t Feed(const char* text, uint32_t begin, uint32_t end, const FieldSpans& fields);

  /// End the record at the end of the file: the last field ends here.
  void FinishAtEndOfFile(uint32_t end, const FieldSpans& fields);

  bool ended() const { return ended_; }
  bool is_comment() const { return state_ == State::kComment || is_past_comment_; }
  int64_t num_fields() const { return num_fields_; }
  int64_t length() const { return length_; }       ///< bytes so far, terminator (and the CR of CR LF) left out
  bool is_lenient() const { return is_lenient_; }  ///< a quote was read that is a fault by the strict rules
  std::optional<RejectKind> fault() const { return fault_; }
  int64_t fault_field_offset() const { return fault_field_offset_; }  ///< from the record's start

 private:
  enum class State : uint8_t { kRecordStart, kFieldStart, kUnquoted, kQuoted, kAfterQuote, kComment, kAfterCr };
  void MarkSpecialBytes();
  uint32_t SkipPlain(const char* text, uint32_t at, uint32_t end);
  bool Step(char byte, uint32_t at);
  bool StepAfterQuote(char byte, uint32_t at);
  bool MatchDelimiter(char byte);
  bool TakeEscape(char byte);
  bool IsTerminator(char byte) const;
  void NoteFault(RejectKind kind);
  void BeginField(uint32_t at);
  void EndField(uint32_t at, const FieldSpans& fields);
  void EndRecord(uint32_t at, char terminator, const FieldSpans& fields);

  const ParseDialect dialect_;
  State state_ = State::kRecordStart;
  bool ended_ = false;
  bool last_was_cr_ = false;
  std::optional<RejectKind> fault_;
  int64_t num_fields_ = 0, length_ = 0, field_offset_ = 0, fault_field_offset_ = 0;
  uint32_t stored_ = 0;
  bool is_special_[256] = {};     // has a meaning somewhere
  bool is_escaped_ = false;       // the next byte is an ordinary one
  bool is_lenient_ = false;       // so far
  bool is_past_comment_ = false;  // at the CR that ended a comment
  uint8_t flags_ = 0;             // of the field that is being read
  uint32_t matched_ = 0;          // bytes of the delimiter that the text ends with
  uint32_t after_quote_ = 0;      // bytes since the closing quote
  uint32_t begin_ = 0;            // of the field, in this text, its quote left out
  uint32_t quote_end_ = 0;        // the closing quote, in this text
};

}  // namespace v0
}  // namespace headrace
