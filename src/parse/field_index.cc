#include "parse/field_index.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

std::atomic<uint64_t> num_indexes{0};

}  // namespace

FieldIndex::FieldIndex(uint32_t num_columns)
    : columns(num_columns),
      revision((num_indexes.fetch_add(1, std::memory_order_relaxed) + 1) << 32),
      capacity_(std::max(std::clamp<uint32_t>(64 * num_columns, 32 << 10, 128 << 10), 2 * num_columns)),
      ends_(new uint32_t[capacity_ + 128]),
      row_begin_(new uint32_t[capacity_ + 128]),
      faults_(new Fault[kMaxRows + 1]) {}

void FieldIndex::Clear() {
  rows = consumed = blanks = comments = num_faults = 0;
  revision++;
  has_quotes = all_quoted = has_double_quotes = has_inner_lines = has_cr = utf8 = exact = false;
  bent = Bent();
}

uint64_t* FieldIndex::MakeDoubleQuotes(uint32_t num_bytes) {
  const size_t words = size_t{num_bytes} / 64 + 1;
  if (double_quotes_.size() < words) double_quotes_.resize(words);
  return double_quotes_.data();
}

void FieldIndex::SetExact() {
  exact = true;
  if (begins_) return;
  begins_.reset(new uint32_t[capacity_]);
  flags_.reset(new uint8_t[capacity_]);
  row_end_.reset(new uint32_t[kMaxRows + 1]);
}

uint32_t FieldIndex::RowEnd(uint32_t row, const char* text) const {
  if (exact) return row_end_[row];
  const uint32_t end = ends_[size_t{row} * columns + columns - 1];
  const bool is_crlf = end > row_begin_[row] && text[end] == '\n' && text[end - 1] == '\r';
  return end - (is_crlf ? 1 : 0);
}

void FieldIndex::DropRows(const uint64_t* drop) {
  revision++;
  uint32_t kept = 0;
  const auto move = [&](auto* fields, uint32_t row) {
    std::memmove(fields + size_t{kept} * columns, fields + size_t{row} * columns, columns * sizeof *fields);
  };
  for (uint32_t row = 0; row < rows; row++) {
    if (drop[row >> 6] >> (row & 63) & 1) continue;
    if (kept != row) {
      move(ends(), row);
      row_begin_[kept] = row_begin_[row];
      if (exact) {
        move(begins(), row);
        move(flags(), row);
        row_end_[kept] = row_end_[row];
      }
    }
    kept++;
  }
  rows = kept;
}

}  // namespace v0
}  // namespace headrace
