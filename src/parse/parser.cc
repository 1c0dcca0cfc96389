#include "parse/parser.h"

#include <algorithm>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

// Where a record's content ends: one CR before LF belongs to the terminator.
uint32_t ContentEnd(const char* text, uint32_t begin, uint32_t terminator_at) {
  const bool crlf = text[terminator_at] == '\n' && terminator_at > begin && text[terminator_at - 1] == '\r';
  return terminator_at - (crlf ? 1 : 0);
}

}  // namespace

FieldIndex::FieldIndex(uint32_t num_columns)
    : columns(num_columns),
      capacity_(std::max<uint32_t>(32 << 10, 2 * num_columns)),
      ends_(new uint32_t[capacity_ + 128]),
      row_begin_(new uint32_t[kMaxRows + 1]),
      faults_(new Fault[kMaxRows + 1]) {}

void FieldIndex::Clear() {
  rows = consumed = blanks = comments = num_faults = 0;
  has_quotes = ascii = false;
}

void FieldIndex::DropRows(const uint64_t* drop) {
  uint32_t kept = 0;
  for (uint32_t row = 0; row < rows; row++) {
    if (drop[row >> 6] >> (row & 63) & 1) continue;
    if (kept != row) {
      std::memmove(ends() + size_t{kept} * columns, ends() + size_t{row} * columns, columns * sizeof(uint32_t));
      row_begin_[kept] = row_begin_[row];
    }
    kept++;
  }
  rows = kept;
}

Parser::Parser(const ParserOptions& options) : options_(options), index_structurals_(ChooseIndexStructurals()) {}

// All records of the stream have `columns` fields, as in most files: every columns-th position is a terminator, and
// there are no more terminators than that.
bool Parser::TakeRegular(const char* text, uint32_t begin, uint32_t stop, uint32_t num_terminators,
                         FieldIndex* index) const {
  const uint32_t columns = options_.columns;
  const char terminator = options_.dialect.bytes.terminator;
  const int64_t longest = options_.max_record_bytes;
  const uint32_t* last = index->ends() + columns - 1;
  bool regular = true;
  for (uint32_t row = 0, start = begin; row < num_terminators; row++, last += columns) {
    regular &= text[*last] == terminator && *last - start <= longest;
    start = *last + 1;
  }
  if (!regular) return false;
  uint32_t* row_begin = index->row_begin();
  const uint32_t rows = std::min(num_terminators, max_records_);
  last = index->ends() + columns - 1;
  uint32_t row = 0, start = begin;
  for (; row < rows && start < stop; row++, last += columns) {
    row_begin[row] = start;
    start = *last + 1;
  }
  index->rows = row;
  index->consumed = start;
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

// One record by the exact path. Return false where it is not complete.
bool Parser::TakeExactly(const char* text, uint32_t begin, uint32_t end, bool final, FieldIndex* index) const {
  RecordScanner scanner(options_.dialect);
  scanner.Start();
  const uint32_t after = scanner.Feed(text, begin, end, index->ends(), index->capacity());
  if (!scanner.ended()) {
    if (!final) return false;
    scanner.FinishAtEndOfFile(end, index->ends(), index->capacity());
  }
  index->consumed = after;
  if (scanner.is_comment()) {
    index->comments++;
    return true;
  }
  const uint32_t content_end = begin + static_cast<uint32_t>(scanner.length());
  const bool unclosed = scanner.fault() == RejectKind::kUnclosedQuote;
  if (scanner.length() > options_.max_record_bytes && !unclosed) {
    index->faults()[index->num_faults++] = {RejectKind::kRecordTooLong, begin, begin, content_end, index->rows};
  } else if (scanner.fault()) {
    const auto field = begin + static_cast<uint32_t>(scanner.fault_field_offset());
    index->faults()[index->num_faults++] = {*scanner.fault(), begin, field, content_end, index->rows};
  } else if (scanner.num_fields() > index->capacity()) {
    index->faults()[index->num_faults++] = {RejectKind::kTooManyFields, begin, begin, content_end, index->rows};
  } else {
    TakeRecord(text, begin, 0, static_cast<uint32_t>(scanner.num_fields()), index);
  }
  return true;
}

bool Parser::ParseWindow(const char* text, uint32_t begin, uint32_t stop, uint32_t end, bool final,
                         FieldIndex* index) const {
  const ParseDialect& dialect = options_.dialect;
  const bool starts_with_comment = dialect.has_comment && begin < end && text[begin] == dialect.comment;
  for (uint64_t window = options_.window_bytes;; window *= 4) {
    const uint32_t window_end = static_cast<uint32_t>(std::min<uint64_t>(end, begin + window));
    index->Clear();
    const StructuralResult found =
        index_structurals_(text, begin, window_end, dialect.bytes, index->ends(), index->capacity());
    index->has_quotes = found.has_quotes;
    index->ascii = found.ascii;
    TakeRecords(text, begin, stop, found.num_positions, found.num_terminators, index);
    if (index->consumed > begin) return true;
    if (found.suspect || found.full || starts_with_comment || (window_end == end && final)) break;
    if (window_end == end) return false;
  }
  // The exact record may reach beyond what the index looked at.
  index->has_quotes = dialect.bytes.quoting;
  index->ascii = false;
  return TakeExactly(text, begin, end, final, index);
}

}  // namespace v0
}  // namespace headrace
