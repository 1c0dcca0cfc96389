#pragma once
// The converters of a window's non-null fields, by family of types, and what they share.
// Takes: FieldList and its dense rows. Gives: dense values, bad rows. Owns: nothing. Threads: functions without state.
#include <cstdint>

#include "decode/column_decoder.h"
#include "decode/values.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {

/// Return the converter of a kind, at a level. Chosen once a column, called once a window.
ConvertFn IntegerConverter(TypeKind kind, SimdLevel level);
ConvertFn FloatConverter(TypeKind kind, SimdLevel level);
ConvertFn TimestampConverter(const TimestampRules& rules, SimdLevel level);
ConvertFn TimeConverter(TimeUnit unit);
ConvertFn DateConverter();
ConvertFn DecimalConverter();
ConvertFn BoolConverter();
ConvertFn TextConverter(TypeKind kind);

/// List a row as bad and make it null.
inline void NoteBad(uint32_t row, RejectKind kind, ColumnOut* out, BadValueList* bad) {
  bad->data[bad->size++] = {row, kind};
  const int64_t bit = out->rows + row;
  out->validity[bit >> 6] &= ~(uint64_t{1} << (bit & 63));
}

/// Append the fields' values one by one. `parse(begin, end, &value)` gives a ParseStatus.
template <class T, class Parse>
inline void ConvertEach(const FieldList& fields, const uint32_t* rows, uint32_t num_rows, ColumnOut* out,
                        BadValueList* bad, Parse parse) {
  T* values = reinterpret_cast<T*>(out->values) + out->num_values;
  const char* text = fields.text;
  for (uint32_t i = 0; i < num_rows; i++) {
    const uint32_t row = rows[i];
    const ParseStatus status = parse(text + fields.begin[row], text + fields.end[row], values);
    if (status.ok()) [[likely]] {
      values++;
    } else {
      NoteBad(row, status.kind(), out, bad);
    }
  }
  out->num_values = values - reinterpret_cast<T*>(out->values);
}

}  // namespace v0
}  // namespace headrace
