#include "pipeline/window_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <tuple>

#include "decode/repeat.h"
#include "os/keeps_ledger.h"
#include "simd/kernels.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kMoreRoom = 1.0625;          // than what a part of the unit tells
constexpr int64_t kTellingBytes = 256 << 10;  // of text, that show how large columns become

// Grow `buffer` to at least `num_bytes`, or to `factor` times that, so that growth is rare.
Status Grow(std::unique_ptr<arrow::ResizableBuffer>* buffer, int64_t num_bytes, double factor,
            arrow::MemoryPool* pool) {
  num_bytes += ColumnOut::kSlack;
  if (*buffer && (*buffer)->size() >= num_bytes) return Status::OK();
  if (!*buffer) {
    ARROW_ASSIGN_OR_RAISE(*buffer, arrow::AllocateResizableBuffer(num_bytes, pool));
    return Status::OK();
  }
  return (*buffer)->Resize(static_cast<int64_t>(static_cast<double>(num_bytes) * factor), false);
}

// In blocks whose count fits a byte: the compiler then counts in vectors of bytes.
int64_t CountLines(const char* begin, const char* end) {
  constexpr ptrdiff_t kBlock = 240;
  int64_t lines = 0;
  for (; end - begin >= kBlock; begin += kBlock) {
    uint8_t count = 0;
    for (uint32_t i = 0; i < kBlock; i++) count = static_cast<uint8_t>(count + (begin[i] == '\n'));
    lines += count;
  }
  return lines + std::count(begin, end, '\n');
}

}  // namespace

WindowDecoder::WindowDecoder(const Options& options, const Reading& reading, arrow::MemoryPool* pool)
    : options_(options),
      reading_(&reading),
      pool_(pool),
      fields_(reading.dialect),
      columns_(reading.kept.size()),
      filter_columns_(reading.filter.columns.size()),
      marks_(reading.kept.size()),
      present_rows_(FieldIndex::kMaxRows + 64),
      present_begin_(FieldIndex::kMaxRows + 64),
      present_end_(FieldIndex::kMaxRows + 64),
      scratch_bad_(FieldIndex::kMaxRows + 64),
      drop_(FieldIndex::kMaxRows / 64 + 1),
      counts_lf_by_records_(reading.dialect.bytes.terminator == '\n'),
      checks_utf8_(ChecksUtf8()),
      is_valid_utf8_(ActiveKernels().is_valid_utf8) {
  const RowFilter& filter = reading.filter;
  for (const KeptColumn& column : reading.kept) {
    numbers_rows_ |= column.source == ColumnSource::kRecordNumber || column.source == ColumnSource::kLineNumber;
    is_filtered_.push_back(std::any_of(filter.columns.begin(), filter.columns.end(),
                                       [&](const KeptColumn& other) { return other.column == column.column; }));
  }
  tracks_rows_ = numbers_rows_ || filter.active();
  if (tracks_rows_) origin_.resize(FieldIndex::kMaxRows);
  if (numbers_rows_) {
    for (auto* numbers : {&record_of_row_, &line_of_row_, &numbers_}) numbers->resize(FieldIndex::kMaxRows);
  }
}

void WindowDecoder::Use(const Reading& reading) {
  reading_ = &reading;
  fields_.Use(reading.dialect);
  counts_lf_by_records_ = reading.dialect.bytes.terminator == '\n';
  checks_utf8_ = ChecksUtf8();
}

// Whether there is text to check, and a window can be checked whole: cut at ASCII, no character falls apart.
bool WindowDecoder::ChecksUtf8() const {
  const StructuralBytes& bytes = reading_->dialect.bytes;
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  return is_ascii(bytes.delimiter) && (!bytes.quoting || is_ascii(bytes.quote)) &&
         std::any_of(kept().begin(), kept().end(), [](const KeptColumn& column) {
           const TypeKind kind = column.decoder->type().kind;
           return kind == TypeKind::kString || kind == TypeKind::kDictionary;
         });
}

Status WindowDecoder::Reset(int64_t unit_bytes) {
  most_bytes_ = std::max(most_bytes_, ColumnBytes());
  rows_ = 0;
  unit_bytes_ = unit_bytes;
  decoded_bytes_ = 0;
  for (size_t i = 0; i < columns_.size(); i++) {
    ARROW_RETURN_NOT_OK(MakeRoom(kept()[i].decoder->type(), 0, 0, &columns_[i]));
    Rollback({}, &columns_[i].out);
    columns_[i].out.told = {};
    if (IsVariableWidth(kept()[i].decoder->type().kind)) std::memset(columns_[i].out.values, 0, sizeof(int32_t));
  }
  return Status::OK();
}

// How much more room a column may need than it has: by half again, and once a part of the unit tells, what the whole
// will take. Each growth clears pages and copies what is there.
double WindowDecoder::GrowthFactor() const {
  if (decoded_bytes_ < kTellingBytes) return 1.5;
  return std::max(static_cast<double>(unit_bytes_) / static_cast<double>(decoded_bytes_), 1.0) * kMoreRoom;
}

// For so many more rows, and bytes of variable widths. It looks at the column alone: where there are a thousand, what
// their buffers know of themselves would not stay in the cache.
Status WindowDecoder::MakeRoom(const DataType& type, uint32_t rows, int64_t bytes, ColumnMemory* memory) {
  const ColumnOut& out = memory->out;
  const bool has_room = out.num_values + rows < memory->value_room && out.rows + rows < memory->row_room &&
                        out.num_bytes + bytes <= memory->byte_room;
  return has_room ? Status::OK() : GrowBuffers(type, rows, bytes, memory);
}

Status WindowDecoder::GrowBuffers(const DataType& type, uint32_t rows, int64_t bytes, ColumnMemory* memory) {
  ColumnOut& out = memory->out;
  const double factor = GrowthFactor();
  ARROW_RETURN_NOT_OK(Grow(&memory->values, (out.num_values + rows + 1) * ValueWidth(type), factor, pool_));
  ARROW_RETURN_NOT_OK(Grow(&memory->validity, (out.rows + rows + 64) / 64 * 8, factor, pool_));
  out.values = memory->values->mutable_data();
  out.validity = reinterpret_cast<uint64_t*>(memory->validity->mutable_data());
  memory->value_room = (memory->values->size() - ColumnOut::kSlack) / ValueWidth(type);
  memory->row_room = (memory->validity->size() - ColumnOut::kSlack) / 8 * 64;
  memory->byte_room = std::numeric_limits<int64_t>::max();
  if (IsVariableWidth(type.kind)) {
    ARROW_RETURN_NOT_OK(Grow(&memory->bytes, out.num_bytes + bytes, factor, pool_));
    out.bytes = reinterpret_cast<char*>(memory->bytes->mutable_data());
    memory->byte_room = memory->bytes->size() - ColumnOut::kSlack;
  }
  return Status::OK();
}

Status WindowDecoder::DecodeFields(const KeptColumn& kept, bool notes_bad, const Window& window, ColumnMemory* memory) {
  const FieldIndex& index = *window.index;
  ARROW_RETURN_NOT_OK(MakeRoom(kept.decoder->type(), index.rows, index.consumed - window.begin, memory));
  const uint32_t field = window.columns->field_of_column[static_cast<size_t>(kept.column)];
  const FieldList fields = fields_.Gather(index, window.text, field);
  BadValueList bad{scratch_bad_.data(), 0};
  kept.decoder->Decode(fields, DecodeScratch{present_rows_.data(), present_begin_.data(), present_end_.data()},
                       &memory->out, &bad);
  for (uint32_t b = 0; kKeepsLedger && notes_bad && b < bad.size; b++) {
    const BadValue& value = bad.data[b];
    Found found;
    found.row = tracks_rows_ ? origin_[value.row] : value.row;
    found.current = value.row;
    found.column = kept.column;
    found.kind = value.kind;
    found.field_begin = fields.begin[value.row] - (fields.is_quoted(value.row) ? 1 : 0);
    found.begin = index.row_begin()[value.row];
    found.end = index.RowEnd(value.row, window.text);
    found_.push_back(found);
  }
  return Status::OK();
}

Status WindowDecoder::Repeat(const DataType& type, const std::optional<std::string>& value, uint32_t rows,
                             ColumnMemory* memory) {
  const int64_t bytes = value && IsVariableWidth(type.kind) ? static_cast<int64_t>(value->size()) * rows : 0;
  if (memory->out.num_bytes + bytes > std::numeric_limits<int32_t>::max()) {
    return Status::CapacityError("a text that is the same in every row of a file takes more than 2 GiB in one unit. ",
                                 "Lower --unit-bytes.");
  }
  ARROW_RETURN_NOT_OK(MakeRoom(type, rows, bytes, memory));
  if (value) {
    AppendRepeated(type, *value, rows, &memory->out);
  } else {
    AppendNulls(rows, &memory->out);
  }
  return Status::OK();
}

Status WindowDecoder::DecodeColumn(const KeptColumn& kept, bool notes_bad, const Window& window, ColumnMemory* memory) {
  const DataType& type = kept.decoder->type();
  const auto column = static_cast<size_t>(kept.column);
  const uint32_t rows = window.index->rows;
  switch (kept.source) {
    case ColumnSource::kField:
      if (window.columns->field_of_column[column] != Prologue::kNoField) [[likely]] {
        return DecodeFields(kept, notes_bad, window, memory);
      }
      return Repeat(type, std::nullopt, rows, memory);
    case ColumnSource::kFilename:
    case ColumnSource::kPath:
      return Repeat(type, window.columns->constants[column], rows, memory);
    case ColumnSource::kRecordNumber:
    case ColumnSource::kLineNumber:
      break;
  }
  const bool records = kept.source == ColumnSource::kRecordNumber;
  const std::vector<uint32_t>& numbers = records ? record_of_row_ : line_of_row_;
  for (uint32_t row = 0; row < rows; row++) numbers_[row] = numbers[origin_[row]];
  ARROW_RETURN_NOT_OK(MakeRoom(type, rows, 0, memory));
  AppendNumbers(numbers_.data(), records ? first_record_ : first_line_, rows, &memory->out);
  return Status::OK();
}

Status WindowDecoder::DecodeColumns(const Window& window) {
  for (size_t i = 0; i < kept().size(); i++) {
    marks_[i] = MarkOf(columns_[i].out);
    ARROW_RETURN_NOT_OK(DecodeColumn(kept()[i], !is_filtered_[i], window, &columns_[i]));
  }
  return Status::OK();
}

// Note for each row how many records and lines of the window come before it.
void WindowDecoder::NumberRows(const Window& window) {
  const FieldIndex& index = *window.index;
  if (HasLineForRecord(index) && index.num_faults + index.blanks + index.comments == 0) {
    std::iota(record_of_row_.begin(), record_of_row_.begin() + index.rows, 0);
    std::iota(line_of_row_.begin(), line_of_row_.begin() + index.rows, 0);
    return;
  }
  const char* counted = window.text + window.begin;
  uint32_t faults = 0, lines = 0;
  for (uint32_t row = 0; row < index.rows; row++) {
    while (faults < index.num_faults && index.faults()[faults].rows_before <= row) faults++;
    const char* record = window.text + index.row_begin()[row];
    lines += static_cast<uint32_t>(CountLines(counted, record));
    counted = record;
    record_of_row_[row] = row + faults;
    line_of_row_[row] = lines;
  }
}

// Take the rows of drop_ out of the window.
void WindowDecoder::DropRows(FieldIndex* index) {
  if (tracks_rows_) {
    uint32_t kept = 0;
    for (uint32_t row = 0; row < index->rows; row++) {
      if ((drop_[row >> 6] >> (row & 63) & 1) == 0) origin_[kept++] = origin_[row];
    }
  }
  index->DropRows(drop_.data());
}

void WindowDecoder::Sample(const Window& window, SegmentResult* segment) {
  std::fill(drop_.begin(), drop_.end(), 0);
  const FieldIndex& index = *window.index;
  for (uint32_t row = 0; row < index.rows; row++) {
    if (filter().InSample(segment->file, window.text_offset + index.row_begin()[row])) continue;
    drop_[row >> 6] |= uint64_t{1} << (row & 63);
    segment->filtered++;
  }
  DropRows(window.index);
}

// Keep the rows for which the predicate is true. Its columns are decoded for this window alone; a row with a bad value
// in them is rejected, whatever the predicate, unless the policy makes the value null.
Status WindowDecoder::Select(const Window& window, SegmentResult* segment) {
  const size_t first = found_.size();
  predicate_columns_.resize(filter().columns.size());
  for (size_t i = 0; i < filter().columns.size(); i++) {
    const DataType& type = filter().columns[i].decoder->type();
    ColumnMemory& memory = filter_columns_[i];
    Rollback({}, &memory.out);
    ARROW_RETURN_NOT_OK(DecodeColumn(filter().columns[i], true, window, &memory));
    DecodedColumn& column = predicate_columns_[i];
    column.type = type;
    column.rows = memory.out.rows;
    column.num_values = memory.out.num_values;
    column.values = memory.out.values;
    column.bytes = memory.out.bytes;
    column.validity = memory.out.validity;
    if (column.rows % 64 != 0) memory.out.validity[column.rows / 64] &= (uint64_t{1} << (column.rows % 64)) - 1;
  }
  const uint32_t rows = window.index->rows;
  if (rows == 0) return Status::OK();
  std::fill(drop_.begin(), drop_.end(), 0);
  if (options_.on_error != OnError::kNull) {
    for (size_t i = first; i < found_.size(); i++) {
      drop_[found_[i].current >> 6] |= uint64_t{1} << (found_[i].current & 63);
    }
  }
  const uint64_t* wanted = filter().predicate->Evaluate(predicate_columns_.data(), rows, &predicate_scratch_);
  for (uint32_t word = 0; word * 64 < rows; word++) {
    const uint64_t of_rows = rows - word * 64 >= 64 ? ~uint64_t{0} : (uint64_t{1} << (rows & 63)) - 1;
    const uint64_t filtered = ~wanted[word] & ~drop_[word] & of_rows;
    segment->filtered += std::popcount(filtered);
    drop_[word] |= filtered;
  }
  DropRows(window.index);
  return Status::OK();
}

void WindowDecoder::NoteRejects(const Window& window, SegmentResult* segment) {
  const char* text = window.text;
  const FieldIndex& index = *window.index;
  const bool keeps_record = options_.on_error == OnError::kNull;
  const auto note = [&](int64_t record, uint32_t from, uint32_t to, uint32_t field, RejectKind kind, int32_t column) {
    Reject reject;
    reject.record = segment->records + record;
    reject.offset = window.text_offset + from;
    reject.field_offset = window.text_offset + field;
    reject.column = column;
    reject.kind = kind;
    reject.record_rejected = IsStructural(kind) || !keeps_record;
    reject.raw_length = to - from;
    rejects_.push_back(std::move(reject));
  };
  for (uint32_t i = 0; i < index.num_faults; i++) {
    const Fault& fault = index.faults()[i];
    note(int64_t{fault.rows_before} + i, fault.begin, fault.end, fault.field_begin, fault.kind, -1);
  }
  for (const Found& bad : found_) {
    const Fault* faults_end = index.faults() + index.num_faults;
    const auto faults_before =
        std::upper_bound(index.faults(), faults_end, bad.row,
                         [](uint32_t row, const Fault& fault) { return row < fault.rows_before; }) -
        index.faults();
    note(int64_t{bad.row} + faults_before, bad.begin, bad.end, bad.field_begin, bad.kind, bad.column);
  }
  std::sort(rejects_.begin(), rejects_.end(), [](const Reject& a, const Reject& b) {
    return std::tie(a.record, a.field_offset, a.column) < std::tie(b.record, b.field_offset, b.column);
  });
  int64_t lines = segment->lines, last_record = -1;
  const char* counted = text + window.begin;
  for (Reject& reject : rejects_) {
    const char* record = text + (reject.offset - window.text_offset);
    lines += CountLines(counted, record);
    counted = record;
    reject.line = lines;
    if (reject.record_rejected && reject.record != last_record) segment->rejected++;
    if (reject.record_rejected) last_record = reject.record;
    if (!reject.record_rejected) segment->nulled++;
  }
}

// `records`: of the window, before any were dropped.
void WindowDecoder::Count(const Window& window, uint32_t records, SegmentResult* segment) const {
  const FieldIndex& index = *window.index;
  segment->lines += HasLineForRecord(index) ? int64_t{records} + index.blanks + index.comments
                                            : CountLines(window.text + window.begin, window.text + index.consumed);
  segment->records += records;
  segment->skipped += index.blanks + index.comments;
  segment->bent += index.bent;
}

Status WindowDecoder::Decode(const Window& window, SegmentResult* segment) {
  FieldIndex* index = window.index;
  [[maybe_unused]] const uint32_t records = index->num_records();
  rejects_.clear();
  found_.clear();
  if (checks_utf8_ && !index->utf8 && !index->exact) {
    index->utf8 = is_valid_utf8_(window.text + window.begin, window.text + index->consumed);
  }
  if (tracks_rows_) std::iota(origin_.begin(), origin_.begin() + index->rows, 0);
  if (numbers_rows_) {
    first_record_ = segment->records;
    first_line_ = segment->lines;
    NumberRows(window);
  }
  if (filter().samples) Sample(window, segment);
  if (filter().predicate) ARROW_RETURN_NOT_OK(Select(window, segment));
  [[maybe_unused]] const size_t found_by_filter = found_.size();
  ARROW_RETURN_NOT_OK(DecodeColumns(window));
  if (kKeepsLedger && (index->num_faults > 0 || !found_.empty())) [[unlikely]] {
    NoteRejects(window, segment);
    if (found_.size() > found_by_filter && options_.on_error != OnError::kNull) {
      // Decode the window again without the bad rows: no column may keep a part of them.
      std::fill(drop_.begin(), drop_.end(), 0);
      for (size_t i = found_by_filter; i < found_.size(); i++) {
        drop_[found_[i].current >> 6] |= uint64_t{1} << (found_[i].current & 63);
      }
      for (size_t i = 0; i < kept().size(); i++) Rollback(marks_[i], &columns_[i].out);
      DropRows(index);
      ARROW_RETURN_NOT_OK(DecodeColumns(window));
    }
  }
  if (kKeepsLedger) Count(window, records, segment);
  rows_ += index->rows;
  decoded_bytes_ += index->consumed - window.begin;
  return Status::OK();
}

void WindowDecoder::AddToNumbers(int64_t begin, int64_t end, int64_t records, int64_t lines) {
  for (size_t i = 0; i < kept().size(); i++) {
    const ColumnSource source = kept()[i].source;
    if (source != ColumnSource::kRecordNumber && source != ColumnSource::kLineNumber) continue;
    auto* values = reinterpret_cast<int64_t*>(columns_[i].out.values);
    const int64_t more = source == ColumnSource::kRecordNumber ? records : lines;
    for (int64_t row = begin; row < end; row++) values[row] += more;
  }
}

int64_t WindowDecoder::ColumnBytes() const {
  int64_t sum = 0;
  for (size_t i = 0; i < columns_.size(); i++) {
    const ColumnOut& out = columns_[i].out;
    sum += out.num_values * ValueWidth(kept()[i].decoder->type()) + out.num_bytes + out.rows / 8;
  }
  return sum;
}

int64_t WindowDecoder::ExpectedBytes() const {
  const int64_t now = ColumnBytes();
  const double share = static_cast<double>(decoded_bytes_) / static_cast<double>(std::max<int64_t>(1, unit_bytes_));
  const bool tells = decoded_bytes_ >= kTellingBytes && share < 1;
  return std::max(most_bytes_, tells ? static_cast<int64_t>(kMoreRoom * static_cast<double>(now) / share) : now);
}

void WindowDecoder::Release() {
  for (ColumnMemory& memory : columns_) memory = {};
  most_bytes_ = 0;
}

Batch WindowDecoder::Finish() {
  Batch batch;
  batch.rows = rows_;
  for (size_t i = 0; i < kept().size(); i++) {
    const ColumnOut& out = columns_[i].out;
    DecodedColumn column;
    column.type = kept()[i].decoder->type();
    column.rows = out.rows;
    column.num_values = out.num_values;
    column.values = out.values;
    column.bytes = out.bytes;
    column.validity = out.validity;
    if (out.rows % 64 != 0) out.validity[out.rows / 64] &= (uint64_t{1} << (out.rows % 64)) - 1;
    batch.columns.push_back(std::move(column));
  }
  return batch;
}

}  // namespace v0
}  // namespace headrace
