#include "parse/parser.h"

#include <algorithm>
#include <cstring>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

// Where a record's content ends: one CR before LF belongs to the terminator.
uint32_t ContentEnd(const char* text, uint32_t begin, uint32_t terminator_at) {
  const bool crlf = text[terminator_at] == '\n' && terminator_at > begin && text[terminator_at - 1] == '\r';
  return terminator_at - (crlf ? 1 : 0);
}

}  // namespace

Parser::Parser(const ParserOptions& options)
    : options_(options), index_structurals_(ActiveKernels().index_structurals) {}

// All records of the stream have `columns` fields, as in most files: every columns-th position is a terminator, and
// there are no more terminators than that.
bool Parser::TakeRegular(const char* text, uint32_t begin, uint32_t stop, uint32_t num_terminators,
                         FieldIndex* index) const {
  const uint32_t columns = options_.columns;
  const char terminator = options_.dialect.bytes.terminator;
  const char* before = text - 1;  // padding, if the text begins with a terminator
  const uint32_t* last = index->ends() + columns - 1;
  uint32_t* row_begin = index->row_begin();
  bool regular = true, has_cr = false;
  uint32_t start = begin;
  for (uint32_t row = 0; row < num_terminators; row++, last += columns) {
    const uint32_t end = *last;
    regular &= text[end] == terminator;
    has_cr |= before[end] == '\r';
    row_begin[row] = start;
    start = end + 1;
  }
  if (!regular) return false;
  if (start - begin > options_.max_record_bytes) {
    for (uint32_t row = 0; row < num_terminators; row++) {
      if (index->ends()[size_t{row + 1} * columns - 1] - row_begin[row] > options_.max_record_bytes) return false;
    }
  }
  uint32_t rows = std::min(num_terminators, max_records_);
  while (rows > 0 && row_begin[rows - 1] >= stop) rows--;
  index->rows = rows;
  index->consumed = rows == 0 ? begin : index->ends()[size_t{rows} * columns - 1] + 1;
  index->has_cr = has_cr;
  return true;
}

// Judge a record whose fields end at ends()[first …): keep it as a row, or note what it is instead.
void Parser::TakeRecord(const char* text, uint32_t begin, uint32_t first, uint32_t num_fields,
                        FieldIndex* index) const {
  const uint32_t* field_ends = index->ends() + first;
  const uint32_t end = field_ends[num_fields - 1];
  const uint32_t content_end = ContentEnd(text, begin, end);
  if (options_.dialect.has_comment && end > begin && text[begin] == options_.dialect.comment) {
    index->comments++;
  } else if (content_end == begin && options_.columns > 1) {
    index->blanks++;
  } else if (content_end - begin > options_.max_record_bytes || num_fields != options_.columns) {
    const RejectKind kind = content_end - begin > options_.max_record_bytes ? RejectKind::kRecordTooLong
                            : num_fields < options_.columns                 ? RejectKind::kTooFewFields
                                                                            : RejectKind::kTooManyFields;
    index->faults()[index->num_faults++] = {kind, begin, begin, content_end, index->rows};
  } else {
    uint32_t* row = index->ends() + size_t{index->rows} * options_.columns;
    if (row != field_ends) std::memmove(row, field_ends, num_fields * sizeof(uint32_t));
    index->row_begin()[index->rows++] = begin;
  }
}

void Parser::TakeRecords(const char* text, uint32_t begin, uint32_t stop, uint32_t num_positions,
                         uint32_t num_terminators, FieldIndex* index) const {
  if (!options_.dialect.has_comment && num_positions >= uint64_t{num_terminators} * options_.columns &&
      TakeRegular(text, begin, stop, num_terminators, index)) {
    return;
  }
  const ParseDialect& dialect = options_.dialect;
  index->consumed = begin;
  index->has_cr = true;
  uint32_t first = 0;
  for (uint32_t i = 0; i < num_positions; i++) {
    const uint32_t at = index->ends()[i];
    if (text[at] != dialect.bytes.terminator) continue;
    const uint32_t start = index->consumed;
    if (start >= stop || index->num_records() == max_records_) return;
    if (dialect.has_comment && text[start] == dialect.comment && dialect.bytes.quoting) {
      // A comment may hold quotes, which the index took for real ones: go on behind its first terminator.
      const void* line_end = std::memchr(text + start, dialect.bytes.terminator, at + 1 - start);
      const bool quoted = std::memchr(text + start, dialect.bytes.quote, at - start) != nullptr;
      if (quoted) {
        index->comments++;
        index->consumed = static_cast<uint32_t>(static_cast<const char*>(line_end) - text) + 1;
        return;
      }
    }
    TakeRecord(text, start, first, i + 1 - first, index);
    index->consumed = at + 1;
    first = i + 1;
  }
}

// Judge a record of an exact window, whose fields are put where the next row has its own: keep it as a row, or note
// what it is instead.
void Parser::TakeExactRecord(const RecordScanner& scanner, uint32_t begin, FieldIndex* index) const {
  const ParseDialect& dialect = options_.dialect;
  const uint32_t columns = options_.columns, row = index->rows;
  const size_t first = size_t{row} * columns;
  const auto content_end = begin + static_cast<uint32_t>(scanner.length());
  const int64_t num_fields = scanner.num_fields();
  const bool unclosed = scanner.fault() == RejectKind::kUnclosedQuote;
  const auto note = [&](RejectKind kind, int64_t offset) {
    const auto field = begin + static_cast<uint32_t>(offset);
    index->faults()[index->num_faults++] = {kind, begin, field, content_end, row};
  };
  const bool is_empty = num_fields == 1 && index->begins()[first] == index->ends()[first] && index->flags()[first] == 0;
  if (scanner.is_comment()) {
    index->comments++;
  } else if (scanner.length() > options_.max_record_bytes && !unclosed) {
    note(RejectKind::kRecordTooLong, 0);
  } else if (scanner.fault()) {
    note(*scanner.fault(), scanner.fault_field_offset());
  } else if (is_empty && (columns > 1 || dialect.lenient)) {
    index->blanks++;
  } else if (num_fields < columns && !dialect.pads) {
    note(RejectKind::kTooFewFields, 0);
  } else if (num_fields > columns && dialect.long_record == LongRecord::kFault) {
    note(RejectKind::kTooManyFields, 0);
  } else {
    for (auto i = static_cast<size_t>(num_fields); i < columns; i++) {
      index->begins()[first + i] = index->ends()[first + i] = content_end;
      index->flags()[first + i] = 0;
    }
    const size_t last = first + columns - 1;
    const bool collects = dialect.long_record == LongRecord::kCollect;
    index->bent.padded += num_fields < columns ? 1 : 0;
    index->bent.lenient += scanner.is_lenient() ? 1 : 0;
    if (num_fields > columns) (collects ? index->bent.collected : index->bent.truncated)++;
    if (num_fields > columns && collects) {
      index->begins()[last] -= index->flags()[last] & kFieldQuoted;  // its quotes are text again
      index->ends()[last] = content_end;
      index->flags()[last] = 0;
    }
    index->row_begin()[row] = begin;
    index->row_end()[row] = content_end;
    index->rows++;
  }
}

// Up to `max_records` of a window by the exact path alone. Return false where not one is complete.
bool Parser::TakeExactWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final,
                             uint32_t max_records, FieldIndex* index) const {
  const uint32_t columns = options_.columns;
  RecordScanner scanner(options_.dialect);
  index->Clear();
  index->SetExact();
  index->consumed = begin;
  const auto window_stop = static_cast<uint32_t>(std::min<uint64_t>(stop, uint64_t{begin} + options_.window_bytes));
  const uint32_t room = index->capacity() / columns;
  while (index->consumed < window_stop && index->num_records() < max_records && index->rows < room) {
    const uint32_t start = index->consumed;
    const size_t first = size_t{index->rows} * columns;
    const FieldSpans fields{index->begins() + first, index->ends() + first, index->flags() + first, columns};
    scanner.Start();
    const uint32_t after = scanner.Feed(text, start, end, fields);
    if (!scanner.ended()) {
      if (!final) break;
      scanner.FinishAtEndOfFile(end, fields);
    }
    TakeExactRecord(scanner, start, index);
    index->consumed = after;
  }
  return index->consumed > begin;
}

bool Parser::ParseWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final,
                         FieldIndex* index) const {
  const ParseDialect& dialect = options_.dialect;
  if (dialect.is_exact()) return TakeExactWindow(text, begin, stop, end, final, max_records_, index);
  const bool any = ParseRegularWindow(text, begin, stop, end, final, index);
  if (any && dialect.is_ragged() && index->num_faults > 0) [[unlikely]] {
    return TakeExactWindow(text, begin, stop, end, final, max_records_, index);
  }
  return any;
}

bool Parser::ParseRegularWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final,
                                FieldIndex* index) const {
  const ParseDialect& dialect = options_.dialect;
  const bool starts_with_comment = dialect.has_comment && begin < end && text[begin] == dialect.comment;
  for (uint64_t window = options_.window_bytes;; window *= 4) {
    const uint32_t window_end = static_cast<uint32_t>(std::min<uint64_t>(end, begin + window));
    index->Clear();
    StructuralRoom room{index->ends(), index->capacity()};
    if (dialect.bytes.quoting) room.double_quotes = index->MakeDoubleQuotes(window_end - begin);
    index->window_begin = begin;
    const StructuralResult found = index_structurals_(text, begin, window_end, dialect.bytes, room);
    index->has_quotes = found.has_quotes;
    index->all_quoted = found.all_quoted;
    index->has_double_quotes = found.has_double_quotes;
    index->has_inner_lines = found.has_inner_lines;
    index->utf8 = found.ascii;
    TakeRecords(text, begin, stop, found.num_positions, found.num_terminators, index);
    if (index->consumed > begin) return true;
    if (found.suspect || found.full || starts_with_comment || (window_end == end && final)) break;
    if (window_end == end) return false;
  }
  return TakeExactWindow(text, begin, stop, end, final, 1, index);
}

}  // namespace v0
}  // namespace headrace
