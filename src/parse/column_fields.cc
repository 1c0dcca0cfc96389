#include "parse/column_fields.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kWords = FieldIndex::kMaxRows / 64;

}  // namespace

ColumnFields::ColumnFields(const ParseDialect& dialect)
    : dialect_(dialect),
      turn_columns_(ActiveKernels().turn_columns),
      begin_(new uint32_t[FieldIndex::kMaxRows + 64]()),
      end_(new uint32_t[FieldIndex::kMaxRows + 64]()),
      quoted_(new uint64_t[kWords + 1]()),
      escaped_(new uint64_t[kWords + 1]()),
      all_(new uint64_t[kWords + 1]) {
  std::fill_n(all_.get(), kWords + 1, ~uint64_t{0});
}

FieldList ColumnFields::ListOf(const FieldIndex& index, const char* text) const {
  FieldList fields;
  fields.text = text;
  fields.size = index.rows;
  fields.quote = dialect_.bytes.quote;
  fields.escape = dialect_.escape;
  fields.escape_style = dialect_.escape_style;
  fields.utf8 = index.utf8;
  return fields;
}

// Turn eight columns. Where all fields of the window are quoted, the tile leaves the quotes out.
void ColumnFields::MakeTile(const FieldIndex& index, uint32_t tile) {
  const uint32_t rows = index.rows, columns = index.columns, first = tile * kTileColumns;
  const uint32_t quote = index.all_quoted ? 1 : 0;
  tile_revision_ = index.revision;
  tile_number_ = tile;
  if (rows == 0) return;
  tile_.stride = (size_t{rows} + 63) / 64 * 64 + 64;
  if (tile_memory_.size() < tile_.stride * (2 * kTileColumns + 1)) {
    tile_memory_.resize(tile_.stride * (2 * kTileColumns + 1));
  }
  tile_.begins = tile_memory_.data();
  tile_.ends = tile_.begins + tile_.stride * (kTileColumns + 1);
  const uint32_t count = std::min(kTileColumns, columns - first);
  tile_empty_ = turn_columns_(index.ends() + first, columns, rows, count, quote, tile_);
  if (first == 0) {
    for (uint32_t row = 0; row < rows; row++) tile_.begins[row] = index.row_begin()[row] + quote;
  } else {
    const uint32_t* before = index.ends() + first - 1;
    for (uint32_t row = 0; row < rows; row++) tile_.begins[row] = before[size_t{row} * columns] + 1 + quote;
  }
  uint32_t shortest = 1;
  for (uint32_t row = 0; row < rows; row++) shortest = std::min(shortest, tile_.ends[row] - tile_.begins[row]);
  tile_empty_ |= shortest == 0 ? 1 : 0;
  for (uint32_t i = 0; i < count; i++) {
    PadList(tile_.begins + i * tile_.stride, rows);
    PadList(tile_.ends + i * tile_.stride, rows);
  }
}

FieldList ColumnFields::Gather(const FieldIndex& index, const char* text, uint32_t column) {
  return index.exact ? GatherExact(index, text, column) : GatherFromTile(index, text, column);
}

FieldList ColumnFields::GatherFromTile(const FieldIndex& index, const char* text, uint32_t column) {
  const uint32_t tile = column / kTileColumns, in_tile = column % kTileColumns;
  if (tile_revision_ != index.revision || tile_number_ != tile) MakeTile(index, tile);
  // Made where the caller has it: a copy of fresh members waits for their stores.
  FieldList fields = ListOf(index, text);
  fields.begin = tile_.begins + in_tile * tile_.stride;
  fields.end = tile_.ends + in_tile * tile_.stride;
  fields.none_empty = (tile_empty_ >> in_tile & 1) == 0;
  const bool all_quoted = index.all_quoted;
  if (column + 1 == index.columns && index.has_cr && dialect_.bytes.terminator == '\n')
    CutCarriageReturns(all_quoted ? 1 : 0, &fields);
  if (all_quoted) fields.quoted = all_.get();
  if (index.has_quotes && !all_quoted) NarrowQuotes(&fields);
  if (index.has_double_quotes && fields.quoted != nullptr) {
    if (doubled_revision_ != index.revision) MarkDoubled(index);
    const size_t words = index.rows / 64 + 1;
    const uint64_t* doubled = doubled_.data() + column * words;
    if (std::any_of(doubled, doubled + words, [](uint64_t word) { return word != 0; })) fields.escaped = doubled;
  }
  return fields;
}

// Leave out the CR of CR LF, with the quote before it if there is one.
void ColumnFields::CutCarriageReturns(uint32_t quote, FieldList* fields) {
  const char* text = fields->text;
  uint32_t any = 0;
  for (uint32_t row = 0; row < fields->size; row++) {
    const uint32_t end = fields->end[row], at = end + quote;  // of the line
    const bool is_crlf = at > fields->begin[row] && text[at] == '\n' && text[at - 1] == '\r';
    end_[row] = end - is_crlf;
    any |= is_crlf;
  }
  if (any == 0) return;
  fields->none_empty = false;
  PadList(end_.get(), fields->size);
  fields->end = end_.get();
}

// Where an exact window has put them: quotes are left out already.
FieldList ColumnFields::GatherExact(const FieldIndex& index, const char* text, uint32_t column) {
  FieldList fields = ListOf(index, text);
  fields.begin = begin_.get();
  fields.end = end_.get();
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
  PadList(begin_.get(), rows);
  PadList(end_.get(), rows);
  if ((any & kFieldQuoted) != 0) fields.quoted = quoted_.get();
  if ((any & kFieldEscaped) != 0) fields.escaped = escaped_.get();
  return fields;
}

// Leave out the quotes of the fields that have them. The parser has checked: a field that begins with one ends with
// one. In most columns all fields do, or none.
void ColumnFields::NarrowQuotes(FieldList* fields) {
  const uint32_t rows = fields->size;
  const auto begins_with_quote = [fields](uint32_t row) {  // an empty field has a separator there
    return uint32_t{fields->text[fields->begin[row]] == fields->quote};
  };
  uint32_t num_quoted = 0;
  for (uint32_t row = 0; row < rows; row++) num_quoted += begins_with_quote(row);
  if (num_quoted == 0) return;
  if (num_quoted == rows) {
    for (uint32_t row = 0; row < rows; row++) {
      begin_[row] = fields->begin[row] + 1;
      end_[row] = fields->end[row] - 1;
    }
    fields->quoted = all_.get();
  } else {
    for (uint32_t first = 0; first < rows; first += 64) {
      uint64_t quoted = 0;
      for (uint32_t row = first; row < std::min(first + 64, rows); row++) {
        const uint32_t is_quoted = begins_with_quote(row);
        begin_[row] = fields->begin[row] + is_quoted;
        end_[row] = fields->end[row] - is_quoted;
        quoted |= uint64_t{is_quoted} << (row & 63);
      }
      quoted_[first >> 6] = quoted;
    }
    fields->quoted = quoted_.get();
  }
  fields->none_empty = false;
  PadList(begin_.get(), rows);
  PadList(end_.get(), rows);
  fields->begin = begin_.get();
  fields->end = end_.get();
}

// Find the fields with a doubled quote inside: the second quote of a pair is neither a field's first byte nor, in an
// empty field, its last one. Doubled quotes and fields stand in one order: one pass over both.
void ColumnFields::MarkDoubled(const FieldIndex& index) {
  const uint32_t columns = index.columns;
  const size_t words = index.rows / 64 + 1;
  doubled_revision_ = index.revision;
  doubled_.assign(columns * words, 0);
  if (index.rows == 0) return;
  uint32_t row = 0, column = 0;
  const uint32_t* ends = index.ends();  // of the row
  for (uint32_t word = 0, at = index.window_begin; at < index.consumed; word++, at += 64) {
    uint64_t bits = index.double_quotes()[word];
    while (bits != 0) {
      const uint32_t quote = at + static_cast<uint32_t>(std::countr_zero(bits));
      while (ends[columns - 1] <= quote) {
        if (++row == index.rows) return;
        ends += columns;
        column = 0;
      }
      while (ends[column] <= quote) column++;
      const uint32_t begin = column == 0 ? index.row_begin()[row] : ends[column - 1] + 1;
      bits &= bits - 1;
      // Not of this field but of a record before it that is no row; or `""`, perhaps before a CR.
      if (quote <= begin || (quote == begin + 1 && ends[column] <= begin + 3)) continue;
      doubled_[column * words + (row >> 6)] |= uint64_t{1} << (row & 63);
      bits = ends[column] - at < 64 ? bits & (~uint64_t{0} << (ends[column] - at)) : 0;  // the field is marked
    }
  }
}

}  // namespace v0
}  // namespace headrace
