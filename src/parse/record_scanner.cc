#include "parse/record_scanner.h"

#include <algorithm>

#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {

std::string FieldText(const ParseDialect& dialect, const char* text, const FieldSpans& fields, uint32_t field) {
  const char *const begin = text + fields.begin[field], *const end = text + fields.end[field];
  if ((fields.flags[field] & kFieldEscaped) == 0) return {begin, end};
  const bool is_quoted = (fields.flags[field] & kFieldQuoted) != 0;
  FieldBytes bytes(begin, end, is_quoted, dialect.bytes.quote, dialect.escape, dialect.escape_style);
  std::string plain;
  while (!bytes.done()) plain += bytes.Next();
  return plain;
}

void RecordScanner::Start(bool inside_quotes, bool mid_field) {
  state_ = inside_quotes ? State::kQuoted : mid_field ? State::kUnquoted : State::kRecordStart;
  ended_ = last_was_cr_ = false;
  fault_.reset();
  num_fields_ = length_ = field_offset_ = fault_field_offset_ = 0;
  stored_ = 0;
  is_escaped_ = is_lenient_ = is_past_comment_ = false;
  flags_ = 0;
  matched_ = after_quote_ = begin_ = quote_end_ = 0;
}

void RecordScanner::NoteFault(RejectKind kind) {
  if (fault_) return;
  fault_ = kind;
  fault_field_offset_ = field_offset_;
}

void RecordScanner::MarkSpecialBytes() {
  const auto mark = [&](char byte) { is_special_[static_cast<unsigned char>(byte)] = true; };
  for (const char byte : {'\n', '\r', ' ', '\t', dialect_.bytes.quote}) mark(byte);
  for (const char byte : dialect_.delimiter) mark(byte);
  if (dialect_.escape) mark(*dialect_.escape);
  if (dialect_.has_comment) mark(dialect_.comment);
}

// Move over bytes that mean nothing in a field.
uint32_t RecordScanner::SkipPlain(const char* text, uint32_t at, uint32_t end) {
  const bool in_field = state_ == State::kUnquoted || state_ == State::kQuoted || state_ == State::kFieldStart;
  if (!in_field || matched_ > 0 || is_escaped_) return at;
  const uint32_t from = at;
  while (at < end && !is_special_[static_cast<unsigned char>(text[at])]) at++;
  if (at == from) return at;
  if (state_ == State::kFieldStart) state_ = State::kUnquoted;
  last_was_cr_ = false;
  length_ += at - from;
  return at;
}

bool RecordScanner::IsTerminator(char byte) const {
  return byte == dialect_.bytes.terminator || (dialect_.lenient && (byte == '\n' || byte == '\r'));
}

void RecordScanner::BeginField(uint32_t at) {
  begin_ = at;
  flags_ = 0;
  matched_ = 0;
  field_offset_ = length_;
}

// Return true where the byte is the last one of a delimiter. Knuth, Morris and Pratt, "Fast Pattern Matching in
// Strings" (1977), with the shorter prefixes looked for by hand: a delimiter has few bytes.
bool RecordScanner::MatchDelimiter(char byte) {
  if (dialect_.whitespace) return byte == ' ' || byte == '\t';
  const std::string& delimiter = dialect_.delimiter;
  while (matched_ > 0 && delimiter[matched_] != byte) {
    uint32_t shorter = matched_ - 1;
    while (shorter > 0 && delimiter.compare(0, shorter, delimiter, matched_ - shorter, shorter) != 0) shorter--;
    matched_ = shorter;
  }
  matched_ += delimiter[matched_] == byte ? 1 : 0;
  return matched_ == delimiter.size();
}

// Return true where the byte is an escape, or is made an ordinary one by the escape before it.
bool RecordScanner::TakeEscape(char byte) {
  if (is_escaped_) {
    is_escaped_ = false;
    return true;
  }
  if (!dialect_.escape || byte != *dialect_.escape || state_ == State::kAfterQuote || state_ == State::kComment) {
    return false;
  }
  // In quotes, the byte behind it is an ordinary one whatever it is: no other than these two has a meaning there.
  if (dialect_.escape_style == EscapeStyle::kQuoted && state_ != State::kQuoted) return false;
  is_escaped_ = true;
  flags_ |= kFieldEscaped;
  matched_ = 0;
  if (state_ != State::kQuoted) state_ = State::kUnquoted;
  return true;
}

// Behind a closing quote: a delimiter, a terminator with one CR before LF, or the second one of two quotes.
bool RecordScanner::StepAfterQuote(char byte, uint32_t at) {
  const StructuralBytes& bytes = dialect_.bytes;
  const bool after_cr = last_was_cr_ && after_quote_ > 0;
  if (IsTerminator(byte) && (after_quote_ == 0 || after_cr)) return true;
  if (after_quote_ == 0 && byte == bytes.quote) {
    flags_ |= kFieldEscaped;
    state_ = State::kQuoted;
    return false;
  }
  after_quote_++;
  if (after_quote_ == 1 && byte == '\r' && bytes.terminator == '\n') return false;
  if (!after_cr) {
    if (MatchDelimiter(byte)) return true;
    if (matched_ == after_quote_) return false;
  }
  // Directly behind the quote an escape is text; not where that is followed by text, or was no closing quote.
  const bool escapes_text = after_quote_ > 1 && dialect_.escape_style != EscapeStyle::kQuoted;
  if (dialect_.escape && byte == *dialect_.escape && (dialect_.lenient || escapes_text)) {
    is_escaped_ = true;
    flags_ |= kFieldEscaped;
  }
  if (dialect_.lenient) {  // the quote was an ordinary one
    is_lenient_ = true;
    state_ = byte == bytes.quote ? State::kAfterQuote : State::kQuoted;
    quote_end_ = at;
    matched_ = after_quote_ = 0;
    return false;
  }
  NoteFault(RejectKind::kTextAfterQuote);
  state_ = State::kUnquoted;
  return IsTerminator(byte) || (after_cr && MatchDelimiter(byte));
}

// Move by one byte; return true where it ends a field: the last byte of a delimiter, or a terminator.
bool RecordScanner::Step(char byte, uint32_t at) {
  const StructuralBytes& bytes = dialect_.bytes;
  switch (state_) {
    case State::kRecordStart:
      if (dialect_.has_comment && byte == dialect_.comment) {
        state_ = State::kComment;
        return false;
      }
      [[fallthrough]];
    case State::kFieldStart:
      if (dialect_.whitespace && (byte == ' ' || byte == '\t')) {  // more of the run
        begin_ = at + 1;
        field_offset_ = length_ + 1;
        return false;
      }
      if (IsTerminator(byte) || MatchDelimiter(byte)) return true;
      state_ = bytes.quoting && byte == bytes.quote ? State::kQuoted : State::kUnquoted;
      if (state_ == State::kQuoted) {
        flags_ |= kFieldQuoted;
        begin_ = at + 1;
      }
      return false;
    case State::kUnquoted:
      if (IsTerminator(byte) || MatchDelimiter(byte)) return true;
      if (bytes.quoting && byte == bytes.quote) {
        is_lenient_ = dialect_.lenient;
        if (!dialect_.lenient) NoteFault(RejectKind::kQuoteInField);
      }
      return false;
    case State::kQuoted:
      if (byte != bytes.quote) return false;
      state_ = State::kAfterQuote;
      quote_end_ = at;
      matched_ = after_quote_ = 0;
      return false;
    case State::kAfterQuote:
      return StepAfterQuote(byte, at);
    case State::kComment:
      return IsTerminator(byte);
    case State::kAfterCr:
      break;
  }
  return false;
}

// The field ends before position `at`.
void RecordScanner::EndField(uint32_t at, const FieldSpans& fields) {
  num_fields_++;
  if (stored_ == fields.capacity) return;
  const bool is_quoted = state_ == State::kAfterQuote;
  fields.begin[stored_] = begin_;
  fields.end[stored_] = is_quoted ? quote_end_ : std::max(at, begin_);
  fields.flags[stored_] = is_quoted ? flags_ : flags_ & ~kFieldQuoted;
  stored_++;
}

// The record ends before position `at`, by a terminator or the end of the file.
void RecordScanner::EndRecord(uint32_t at, char terminator, const FieldSpans& fields) {
  const bool is_crlf = terminator == '\n' && last_was_cr_;
  if (is_crlf) {
    length_--;
    at--;
  }
  ended_ = terminator != '\r' || !dialect_.lenient;
  // Behind the last run of whitespace there is no field.
  const bool is_trailing = dialect_.whitespace && num_fields_ > 0 && flags_ == 0 && begin_ >= at;
  if (!is_trailing) EndField(at, fields);
  if (ended_) return;
  is_past_comment_ = state_ == State::kComment;
  state_ = State::kAfterCr;
}

uint32_t RecordScanner::Feed(const char* text, uint32_t begin, uint32_t end, const FieldSpans& fields) {
  if (state_ == State::kRecordStart) begin_ = begin;
  for (uint32_t at = SkipPlain(text, begin, end); at < end; at = SkipPlain(text, at + 1, end)) {
    const char byte = text[at];
    if (state_ == State::kAfterCr) {
      ended_ = true;
      return at + (byte == '\n' ? 1 : 0);
    }
    if (TakeEscape(byte)) {
      last_was_cr_ = false;
      length_++;
      continue;
    }
    if (Step(byte, at)) {
      if (IsTerminator(byte)) {
        EndRecord(at, byte, fields);
        if (ended_) return at + 1;
        continue;
      }
      const auto delimiter_bytes = dialect_.whitespace ? 1 : static_cast<uint32_t>(dialect_.delimiter.size());
      EndField(at + 1 - delimiter_bytes, fields);
      state_ = State::kFieldStart;
      length_++;
      BeginField(at + 1);
      last_was_cr_ = false;
      continue;
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
  EndRecord(end, '\0', fields);
}

}  // namespace v0
}  // namespace headrace
