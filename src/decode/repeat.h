#pragma once
// Appends rows that no field stands for: one value again and again, or nulls.
// Takes: a value as DecodeLiteral gives it. Gives: rows appended to a ColumnOut. Owns: nothing; the caller sees to the
// room, as for ColumnDecoder. Threads: functions without state. Fails: never.
#include <string>

#include "decode/column_decoder.h"

namespace headrace {
inline namespace v0 {

/// Append `rows` null rows.
void AppendNulls(uint32_t rows, ColumnOut* out);

/// Append `rows` rows that hold `value`.
void AppendRepeated(const DataType& type, const std::string& value, uint32_t rows, ColumnOut* out);

/// Append numbers[i] + first for each of `rows` rows to an int64 column.
void AppendNumbers(const uint32_t* numbers, int64_t first, uint32_t rows, ColumnOut* out);

}  // namespace v0
}  // namespace headrace
