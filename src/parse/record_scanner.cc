#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

void RecordScanner::Start(bool inside_quotes, bool mid_field) {
  state_ = inside_quotes ? State::kQuoted : mid_field ? State::kUnquoted : State::kRecordStart;
  ended_ = last_was_cr_ = false;
  fault_.reset();
  num_fields_ = length_ = field_offset_ = fault_field_offset_ = 0;
  stored_ = 0;
  is_escaped_ = is_past_comment_ = false;
  flags_ = 0;
  matched_ = after_quote_ = begin_ = quote_end_ = 0;
}

void RecordScanner::NoteFault(RejectKind kind) {
  if (fault_) return;
  fault_ = kind;
  fault_field_offset_ = field_offset_;
}

void RecordScanner::EndField(uint32_t at, const FieldSpans& fields) {
  if (stored_ < fields.capacity) fields.end[stored_++] = at;
  num_fields_++;
}

// Move by one byte; return true where the byte ends a field (delimiter or terminator).
bool RecordScanner::Step(char byte) {
  const StructuralBytes& bytes = dialect_.bytes;
  const bool separator = byte == bytes.delimiter || byte == bytes.terminator;
  switch (state_) {
    case State::kRecordStart:
      if (dialect_.has_comment && byte == dialect_.comment) {
        state_ = State::kComment;
        return false;
      }
      [[fallthrough]];
    case State::kFieldStart:
      if (separator) return true;
      state_ = bytes.quoting && byte == bytes.quote ? State::kQuoted : State::kUnquoted;
      return false;
    case State::kUnquoted:
      if (separator) return true;
      if (bytes.quoting && byte == bytes.quote) NoteFault(RejectKind::kQuoteInField);
      return false;
    case State::kQuoted:
      if (byte == bytes.quote) state_ = State::kAfterQuote;
      return false;
    case State::kAfterQuote:
      if (separator) {
        // The only byte that may stand between a closing quote and LF is one CR.
        return true;
      }
      if (byte == bytes.quote && !last_was_cr_) {
        state_ = State::kQuoted;
        return false;
      }
      if (byte == '\r' && bytes.terminator == '\n' && !last_was_cr_) return false;
      NoteFault(RejectKind::kTextAfterQuote);
      state_ = State::kUnquoted;
      return false;
    case State::kComment:
      return byte == bytes.terminator;
    case State::kAfterCr:  // of the exact path alone
      break;
  }
  return false;
}

uint32_t RecordScanner::Feed(const char* text, uint32_t begin, uint32_t end, const FieldSpans& fields) {
  if (is_exact_) return FeedExact(text, begin, end, fields);
  for (uint32_t at = begin; at < end; at++) {
    const char byte = text[at];
    const bool cr_after_quote = state_ == State::kAfterQuote && last_was_cr_;
    const bool separator = Step(byte);
    if (separator) {
      if (cr_after_quote && byte != dialect_.bytes.terminator) NoteFault(RejectKind::kTextAfterQuote);
      EndField(at, fields);
      if (byte == dialect_.bytes.terminator && state_ != State::kQuoted) {
        if (last_was_cr_ && byte == '\n') length_--;
        ended_ = true;
        return at + 1;
      }
      state_ = State::kFieldStart;
      field_offset_ = length_ + 1;
    }
    last_was_cr_ = byte == '\r';
    length_++;
  }
  return end;
}

void RecordScanner::FinishAtEndOfFile(uint32_t end, const FieldSpans& fields) {
  if (state_ == State::kAfterCr) {
    ended_ = true;
    return;
  }
  const bool was_stray = state_ == State::kAfterQuote && after_quote_ > 0 && dialect_.lenient;
  if (state_ == State::kQuoted || was_stray) {
    fault_ = RejectKind::kUnclosedQuote;
    fault_field_offset_ = field_offset_;
  } else if (state_ == State::kAfterQuote && (last_was_cr_ || after_quote_ > 0)) {
    NoteFault(RejectKind::kTextAfterQuote);
  }
  if (is_exact_) return EndExactRecord(end, '\0', fields);
  EndField(end, fields);
  ended_ = true;
}

}  // namespace v0
}  // namespace headrace
