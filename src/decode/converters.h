#pragma once
// The converters of a window's non-null fields, by family of types, and what they share.
// Takes: FieldList and its dense rows. Gives: dense values, bad rows. Owns: nothing. Threads: functions without state.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "decode/column_decoder.h"
#include "decode/runs.h"
#include "decode/values.h"
#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {

/// Return the converter of a kind, with the kernels that a level has. Chosen once a column, called once a window.
ConvertFn IntegerConverter(TypeKind kind, const Kernels& kernels);
ConvertFn FloatConverter(TypeKind kind, const Kernels& kernels);
/// Doubles of at most 17 digits: one that does not give its text's number back is kLooseText.
ConvertFn StrictFloatConverter(const Kernels& kernels);
ConvertFn TimestampConverter(const TimestampRules& rules, const Kernels& kernels);
ConvertFn TimeConverter(TimeUnit unit);
ConvertFn DateConverter(const Kernels& kernels);
ConvertFn DecimalConverter(int scale, const Kernels& kernels);
ConvertFn BoolConverter();
ConvertFn TextConverter(TypeKind kind);
ConvertFn TellingConverter();

/// The same for columns whose format is not the default: the plain parsers alone.
ConvertFn NumberConverter(TypeKind kind);
ConvertFn IsoDateConverter();
ConvertFn IsoTimeConverter(TimeUnit unit);
ConvertFn PatternConverter(const DataType& type);
ConvertFn BoolWordConverter();
ConvertFn BytesConverter(BytesFormat format);
ConvertFn UuidConverter(bool braced);

/// Read the doubles of a block by a kernel, of which there is one. Return the mask of fields to read again: those that
/// it does not take, and those whose double may not give their number back (where that has at most 17 digits).
uint64_t ReadStrictDoubles(const FieldBlock& block, const Kernels& kernels, double* values);

/// Put `count` bits at bit `at`; the bits behind them in the last word become 0.
inline void PutBits(uint64_t bits, uint32_t count, int64_t at, uint64_t* words) {
  const uint32_t shift = static_cast<uint32_t>(at & 63);
  uint64_t* word = words + (at >> 6);
  *word = (*word & ((uint64_t{1} << shift) - 1)) | bits << shift;
  if (shift + count > 64) word[1] = bits >> (64 - shift);
}

/// List a row as bad and make it null.
inline void NoteBad(uint32_t row, RejectKind kind, ColumnOut* out, BadValueList* bad) {
  bad->data[bad->size++] = {row, kind};
  const int64_t bit = out->rows + row;
  out->validity[bit >> 6] &= ~(uint64_t{1} << (bit & 63));
}

/// Put the values of `size` fields behind each other from `values` on, one by one, and return their end.
/// `parse(begin, end, &value)` gives a ParseStatus, and looks at nothing but the text.
template <class T, class Parse>
[[gnu::always_inline]] inline T* ReadEach(const PresentFields& fields, uint32_t first, uint32_t size, T* values,
                                          ColumnOut* out, BadValueList* bad, const Parse& parse) {
  const char* text = fields.list.text;
  for (uint32_t i = first; i < first + size; i++) {
    const ParseStatus status = parse(text + fields.begin[i], text + fields.end[i], values);
    if (status.ok()) [[likely]] {
      values++;
    } else {
      NoteBad(fields.rows[i], status.kind(), out, bad);
    }
  }
  return values;
}

/// Append the fields' values one by one.
template <class T, class Parse>
inline void ConvertEach(const PresentFields& fields, ColumnOut* out, BadValueList* bad, const Parse& parse) {
  T* values = reinterpret_cast<T*>(out->values);
  out->num_values = ReadEach(fields, 0, fields.size, values + out->num_values, out, bad, parse) - values;
}

/// Read the fields of `again` one by one, drop the values of those that are bad, and return the end of the values.
template <class T, class Parse>
[[gnu::noinline]] T* ReadAgain(const FieldBlock& block, const uint32_t* rows, uint64_t again, T* values, ColumnOut* out,
                               BadValueList* bad, Parse parse) {
  uint64_t bad_values = 0;
  for (uint64_t rest = again; rest != 0; rest &= rest - 1) {
    const int i = std::countr_zero(rest);
    const ParseStatus status = parse(block.text + block.begin[i], block.text + block.end[i], &values[i]);
    if (status.ok()) continue;
    bad_values |= uint64_t{1} << i;
    NoteBad(rows[i], status.kind(), out, bad);
  }
  if (bad_values == 0) return values + block.size;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < block.size; i++) {
    values[kept] = values[i];
    kept += ~bad_values >> i & 1;
  }
  return values + kept;
}

/// Return up to 64 fields from `first` on as a block.
inline FieldBlock BlockOf(const PresentFields& fields, uint32_t first) {
  return {fields.list.text, fields.begin + first, fields.end + first,
          std::min(FieldBlock::kMaxFields, fields.size - first)};
}

/// Append the fields' values by blocks of 64. `kernel` gives the values but for a mask of fields that `parse` reads.
template <class T, class Kernel, class Parse>
inline void ConvertBlocks(const PresentFields& fields, ColumnOut* out, BadValueList* bad, Kernel kernel, Parse parse) {
  T* values = reinterpret_cast<T*>(out->values) + out->num_values;
  for (uint32_t first = 0; first < fields.size; first += FieldBlock::kMaxFields) {
    const FieldBlock block = BlockOf(fields, first);
    const uint64_t again = kernel(block, values);
    values = again == 0 ? values + block.size : ReadAgain(block, fields.rows + first, again, values, out, bad, parse);
  }
  out->num_values = values - reinterpret_cast<T*>(out->values);
}

/// Read one field of each run and repeat its value. Return false where one is bad: then no value is told.
template <class T, class Parse>
bool ReadRuns(const FieldBlock& block, const Runs& runs, T* values, const Parse& parse) {
  for (uint32_t run = 0; run < runs.size; run++) {
    const uint32_t i = runs.first[run];
    T value;
    if (!parse(block.text + block.begin[i], block.text + block.end[i], &value).ok()) return false;
    std::fill(values + i, values + runs.first[run + 1], value);
  }
  return true;
}

/// ConvertEach by runs, where blocks of 64 have them: for what takes much longer to read than to compare with the field
/// above it.
template <class T, class Parse>
inline void ConvertRuns(const PresentFields& fields, ColumnOut* out, BadValueList* bad, const Parse& parse) {
  T* values = reinterpret_cast<T*>(out->values) + out->num_values;
  for (uint32_t first = 0; first < fields.size; first += FieldBlock::kMaxFields) {
    const FieldBlock block = BlockOf(fields, first);
    const Runs runs = FindRuns(block);
    const bool done = runs.size > 0 && ReadRuns(block, runs, values, parse);
    values = done ? values + block.size : ReadEach(fields, first, block.size, values, out, bad, parse);
  }
  out->num_values = values - reinterpret_cast<T*>(out->values);
}

/// Copy an escaped field as FieldBytes reads it. Return the bytes written.
uint32_t CopyUnescaped(const FieldList& fields, uint32_t row, char* to);

/// ConvertRuns for texts that a quote or any other byte may be part of: escapes are left out first. (The default forms
/// of numbers and times have no such bytes.) Longer texts than any value are left as they are, and so refused.
template <class T, class Parse>
inline void ConvertEachUnescaped(const PresentFields& fields, ColumnOut* out, BadValueList* bad, Parse parse) {
  if (fields.list.escaped == nullptr) return ConvertRuns<T>(fields, out, bad, parse);
  constexpr uint32_t kMaxBytes = 2 * NumberText::kMaxBytes;
  char text[kTextPadding + kMaxBytes + kTextPadding] = {};
  T* values = reinterpret_cast<T*>(out->values) + out->num_values;
  for (uint32_t i = 0; i < fields.size; i++) {
    const uint32_t row = fields.rows[i], length = fields.end[i] - fields.begin[i];
    const char* begin = fields.list.text + fields.begin[i];
    const char* end = begin + length;
    if (fields.list.is_escaped(row) && length <= kMaxBytes) {
      begin = text + kTextPadding;
      end = begin + CopyUnescaped(fields.list, row, text + kTextPadding);
    }
    const ParseStatus status = parse(begin, end, values);
    if (status.ok()) {
      values++;
    } else {
      NoteBad(row, status.kind(), out, bad);
    }
  }
  out->num_values = values - reinterpret_cast<T*>(out->values);
}

}  // namespace v0
}  // namespace headrace
