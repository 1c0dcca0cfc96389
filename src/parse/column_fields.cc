#include "parse/column_fields.h"

#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kWords = FieldIndex::kMaxRows / 64;

}  // namespace

ColumnFields::ColumnFields(const ParseDialect& dialect)
    : dialect_(dialect),
      begin_(new uint32_t[FieldIndex::kMaxRows + 64]()),
      end_(new uint32_t[FieldIndex::kMaxRows + 64]()),
      quoted_(new uint64_t[kWords + 1]()),
      doubled_(new uint64_t[kWords + 1]()) {}

FieldList ColumnFields::Gather(const FieldIndex& index, const char* text, uint32_t column) {
  const uint32_t rows = index.rows, columns = index.columns;
  const uint32_t* ends = index.ends() + column;
  uint32_t* begin = begin_.get();
  uint32_t* end = end_.get();
  if (column == 0) {
    std::memcpy(begin, index.row_begin(), rows * sizeof(uint32_t));
  } else {
    for (uint32_t row = 0; row < rows; row++) begin[row] = ends[size_t{row} * columns - 1] + 1;
  }
  for (uint32_t row = 0; row < rows; row++) end[row] = ends[size_t{row} * columns];
  if (column + 1 == columns && dialect_.bytes.terminator == '\n') {
    for (uint32_t row = 0; row < rows; row++) {
      end[row] -= end[row] > begin[row] && text[end[row]] == '\n' && text[end[row] - 1] == '\r';
    }
  }
  FieldList fields;
  fields.text = text;
  fields.begin = begin;
  fields.end = end;
  fields.size = rows;
  fields.quote = dialect_.bytes.quote;
  fields.ascii = index.ascii;
  if (index.has_quotes) NarrowQuotes(text, rows, &fields);
  return fields;
}

// The parser has checked the quotes: a field that begins with one ends with one.
void ColumnFields::NarrowQuotes(const char* text, uint32_t rows, FieldList* fields) {
  uint32_t* begin = begin_.get();
  uint32_t* end = end_.get();
  uint64_t any_quoted = 0, any_doubled = 0;
  for (uint32_t word = 0; word * 64 < rows; word++) {
    uint64_t quoted = 0, doubled = 0;
    for (uint32_t bit = 0; bit < 64 && word * 64 + bit < rows; bit++) {
      const uint32_t row = word * 64 + bit;
      if (begin[row] == end[row] || text[begin[row]] != fields->quote) continue;
      begin[row]++;
      end[row]--;
      quoted |= uint64_t{1} << bit;
      if (std::memchr(text + begin[row], fields->quote, end[row] - begin[row]) != nullptr) {
        doubled |= uint64_t{1} << bit;
      }
    }
    quoted_[word] = quoted;
    doubled_[word] = doubled;
    any_quoted |= quoted;
    any_doubled |= doubled;
  }
  if (any_quoted != 0) fields->quoted = quoted_.get();
  if (any_doubled != 0) fields->doubled = doubled_.get();
}

}  // namespace v0
}  // namespace headrace
