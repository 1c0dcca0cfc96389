#include "parse/column_fields.h"

#include <algorithm>
#include <bit>
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
      escaped_(new uint64_t[kWords + 1]()) {}

FieldList ColumnFields::ListOf(const FieldIndex& index, const char* text) const {
  FieldList fields;
  fields.text = text;
  fields.begin = begin_.get();
  fields.end = end_.get();
  fields.size = index.rows;
  fields.quote = dialect_.bytes.quote;
  fields.escape = dialect_.escape;
  fields.escape_style = dialect_.escape_style;
  fields.ascii = index.ascii;
  return fields;
}

FieldList ColumnFields::Gather(const FieldIndex& index, const char* text, uint32_t column) {
  if (index.exact) [[unlikely]]
    return GatherExact(index, text, column);
  const uint32_t rows = index.rows, columns = index.columns;
  const uint32_t* ends = index.ends() + column;
  uint32_t* begin = begin_.get();
  uint32_t* end = end_.get();
  if (column == 0) {
    std::memcpy(begin, index.row_begin(), rows * sizeof(uint32_t));
  } else {
    const uint32_t* ends_before = ends - 1;  // of the column before
    for (uint32_t row = 0; row < rows; row++) begin[row] = ends_before[size_t{row} * columns] + 1;
  }
  for (uint32_t row = 0; row < rows; row++) end[row] = ends[size_t{row} * columns];
  if (column + 1 == columns && dialect_.bytes.terminator == '\n') {
    for (uint32_t row = 0; row < rows; row++) {
      end[row] -= end[row] > begin[row] && text[end[row]] == '\n' && text[end[row] - 1] == '\r';
    }
  }
  FieldList fields = ListOf(index, text);
  if (index.has_quotes) NarrowQuotes(text, rows, index.has_double_quotes, &fields);
  return fields;
}

// Where an exact window has put them: quotes are left out already.
FieldList ColumnFields::GatherExact(const FieldIndex& index, const char* text, uint32_t column) {
  FieldList fields = ListOf(index, text);
  const uint32_t rows = index.rows, columns = index.columns;
  uint8_t any = 0;
  std::fill(quoted_.get(), quoted_.get() + rows / 64 + 1, 0);
  std::fill(escaped_.get(), escaped_.get() + rows / 64 + 1, 0);
  for (uint32_t row = 0; row < rows; row++) {
    const size_t field = size_t{row} * columns + column;
    begin_[row] = index.begins()[field];
    end_[row] = index.ends()[field];
    const uint8_t flags = index.flags()[field];
    any |= flags;
    quoted_[row >> 6] |= uint64_t{(flags & kFieldQuoted) != 0} << (row & 63);
    escaped_[row >> 6] |= uint64_t{(flags & kFieldEscaped) != 0} << (row & 63);
  }
  if ((any & kFieldQuoted) != 0) fields.quoted = quoted_.get();
  if ((any & kFieldEscaped) != 0) fields.escaped = escaped_.get();
  return fields;
}

// The parser has checked the quotes: a field that begins with one ends with one.
void ColumnFields::NarrowQuotes(const char* text, uint32_t rows, bool may_double, FieldList* fields) {
  uint32_t* begin = begin_.get();
  uint32_t* end = end_.get();
  uint64_t any_quoted = 0, any_escaped = 0;
  for (uint32_t word = 0; word * 64 < rows; word++) {
    uint64_t quoted = 0, escaped = 0;
    for (uint32_t bit = 0; bit < 64 && word * 64 + bit < rows; bit++) {
      const uint32_t row = word * 64 + bit;
      const uint32_t is_quoted = begin[row] != end[row] && text[begin[row]] == fields->quote;
      begin[row] += is_quoted;
      end[row] -= is_quoted;
      quoted |= uint64_t{is_quoted} << bit;
    }
    if (may_double) {
      for (uint64_t rest = quoted; rest != 0; rest &= rest - 1) {
        const uint32_t row = word * 64 + static_cast<uint32_t>(std::countr_zero(rest));
        const bool doubled = std::memchr(text + begin[row], fields->quote, end[row] - begin[row]) != nullptr;
        escaped |= doubled ? rest & -rest : 0;
      }
    }
    quoted_[word] = quoted;
    escaped_[word] = escaped;
    any_quoted |= quoted;
    any_escaped |= escaped;
  }
  if (any_quoted != 0) fields->quoted = quoted_.get();
  if (any_escaped != 0) fields->escaped = escaped_.get();
}

}  // namespace v0
}  // namespace headrace
