#include "pipeline/window_decoder.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kSlack = 128;  // bytes behind every buffer that a decoder may write over

// Grow `buffer` to at least `num_bytes`, by half again, so that growth is rare.
Status Grow(std::unique_ptr<arrow::ResizableBuffer>* buffer, int64_t num_bytes, arrow::MemoryPool* pool) {
  num_bytes += kSlack;
  if (*buffer && (*buffer)->size() >= num_bytes) return Status::OK();
  if (!*buffer) {
    ARROW_ASSIGN_OR_RAISE(*buffer, arrow::AllocateResizableBuffer(num_bytes, pool));
    return Status::OK();
  }
  return (*buffer)->Resize(std::max(num_bytes, (*buffer)->size() + (*buffer)->size() / 2), false);
}

int64_t CountLines(const char* begin, const char* end) { return std::count(begin, end, '\n'); }

}  // namespace

WindowDecoder::WindowDecoder(const Options& options, const ParseDialect& dialect, const std::vector<KeptColumn>& kept,
                             arrow::MemoryPool* pool)
    : options_(options),
      kept_(kept),
      pool_(pool),
      fields_(dialect),
      columns_(kept.size()),
      marks_(kept.size()),
      scratch_rows_(FieldIndex::kMaxRows + 64),
      scratch_bad_(FieldIndex::kMaxRows + 64),
      drop_(FieldIndex::kMaxRows / 64 + 1),
      counts_lf_by_records_(dialect.bytes.terminator == '\n') {}

Status WindowDecoder::Reset() {
  rows_ = 0;
  for (size_t i = 0; i < columns_.size(); i++) {
    ARROW_RETURN_NOT_OK(MakeRoom(&columns_[i], kept_[i].decoder.type(), 0, 0));
    Rollback(ColumnOut{}, &columns_[i].out);
    if (IsVariableWidth(kept_[i].decoder.type().kind)) std::memset(columns_[i].out.values, 0, sizeof(int32_t));
  }
  return Status::OK();
}

Status WindowDecoder::MakeRoom(ColumnMemory* memory, const DataType& type, uint32_t rows, int64_t bytes) {
  ColumnOut& out = memory->out;
  ARROW_RETURN_NOT_OK(Grow(&memory->values, (out.num_values + rows + 1) * ValueWidth(type), pool_));
  ARROW_RETURN_NOT_OK(Grow(&memory->validity, (out.rows + rows + 64) / 64 * 8, pool_));
  out.values = memory->values->mutable_data();
  out.validity = reinterpret_cast<uint64_t*>(memory->validity->mutable_data());
  if (IsVariableWidth(type.kind)) {
    ARROW_RETURN_NOT_OK(Grow(&memory->bytes, out.num_bytes + bytes, pool_));
    out.bytes = reinterpret_cast<char*>(memory->bytes->mutable_data());
  }
  return Status::OK();
}

Status WindowDecoder::DecodeColumns(const char* text, const std::vector<uint32_t>& field_of_column,
                                    const FieldIndex& index, int64_t window_bytes) {
  found_.clear();
  const DecodeScratch scratch{scratch_rows_.data()};
  for (size_t i = 0; i < kept_.size(); i++) {
    ColumnMemory& memory = columns_[i];
    ARROW_RETURN_NOT_OK(MakeRoom(&memory, kept_[i].decoder.type(), index.rows, window_bytes));
    marks_[i] = memory.out;
    const uint32_t field = field_of_column[static_cast<size_t>(kept_[i].column)];
    const FieldList fields = fields_.Gather(index, text, field);
    BadValueList bad{scratch_bad_.data(), 0};
    kept_[i].decoder.Decode(fields, scratch, &memory.out, &bad);
    for (uint32_t b = 0; b < bad.size; b++) {
      const BadValue& value = bad.data[b];
      const uint32_t quote = fields.is_quoted(value.row) ? 1 : 0;
      found_.push_back({value.row, static_cast<int32_t>(i), value.kind, fields.begin[value.row] - quote});
    }
  }
  return Status::OK();
}

void WindowDecoder::NoteRejects(const char* text, int64_t text_offset, uint32_t begin, const FieldIndex& index,
                                SegmentResult* segment) {
  const bool keeps_record = options_.on_error == OnError::kNull;
  const auto note = [&](int64_t record, uint32_t from, uint32_t to, uint32_t field, RejectKind kind, int32_t column) {
    Reject reject;
    reject.record = segment->records + record;
    reject.offset = text_offset + from;
    reject.field_offset = text_offset + field;
    reject.column = column;
    reject.kind = kind;
    reject.record_rejected = IsStructural(kind) || !keeps_record;
    reject.raw_length = to - from;
    reject.raw.assign(text + from, static_cast<size_t>(std::min<int64_t>(reject.raw_length, kMaxRawBytes)));
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
    uint32_t end = index.ends()[size_t{bad.row} * index.columns + index.columns - 1];
    const uint32_t from = index.row_begin()[bad.row];
    if (counts_lf_by_records_ && end > from && text[end] == '\n' && text[end - 1] == '\r') end--;
    note(int64_t{bad.row} + faults_before, from, end, bad.field_begin, bad.kind,
         kept_[static_cast<size_t>(bad.kept)].column);
  }
  std::sort(rejects_.begin(), rejects_.end(), [](const Reject& a, const Reject& b) {
    return std::tie(a.record, a.field_offset, a.column) < std::tie(b.record, b.field_offset, b.column);
  });
  int64_t lines = segment->lines, last_record = -1;
  const char* counted = text + begin;
  for (Reject& reject : rejects_) {
    const char* record = text + (reject.offset - text_offset);
    lines += CountLines(counted, record);
    counted = record;
    reject.line = lines;
    if (reject.record_rejected && reject.record != last_record) segment->rejected++;
    if (reject.record_rejected) last_record = reject.record;
    if (!reject.record_rejected) segment->nulled++;
  }
}

Status WindowDecoder::Decode(const char* text, int64_t text_offset, uint32_t begin,
                             const std::vector<uint32_t>& field_of_column, FieldIndex* index, SegmentResult* segment) {
  const uint32_t records = index->num_records();
  const int64_t window_bytes = index->consumed - begin;
  rejects_.clear();
  ARROW_RETURN_NOT_OK(DecodeColumns(text, field_of_column, *index, window_bytes));
  if (index->num_faults > 0 || !found_.empty()) [[unlikely]] {
    NoteRejects(text, text_offset, begin, *index, segment);
    if (!found_.empty() && options_.on_error != OnError::kNull) {
      // Decode the window again without the bad rows: no column may keep a part of them.
      std::fill(drop_.begin(), drop_.end(), 0);
      for (const Found& bad : found_) drop_[bad.row >> 6] |= uint64_t{1} << (bad.row & 63);
      for (size_t i = 0; i < kept_.size(); i++) Rollback(marks_[i], &columns_[i].out);
      index->DropRows(drop_.data());
      ARROW_RETURN_NOT_OK(DecodeColumns(text, field_of_column, *index, window_bytes));
    }
  }
  const bool by_records = counts_lf_by_records_ && !index->has_quotes;
  segment->lines += by_records ? int64_t{records} + index->blanks + index->comments
                               : CountLines(text + begin, text + index->consumed);
  segment->records += records;
  segment->skipped += index->blanks + index->comments;
  rows_ += index->rows;
  return Status::OK();
}

Batch WindowDecoder::Finish() {
  Batch batch;
  batch.rows = rows_;
  for (size_t i = 0; i < kept_.size(); i++) {
    const ColumnOut& out = columns_[i].out;
    DecodedColumn column;
    column.type = kept_[i].decoder.type();
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
