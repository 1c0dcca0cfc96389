#pragma once
// The nouns that decode gives: one column's dense values beside validity words, and a unit's columns together.
#include <cstdint>
#include <vector>

#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// A decoded column: `num_values` dense non-null values and one validity bit a row (1 = not null).
///
/// Values: bool one byte (0 or 1) each; decimal 16 bytes little-endian two's complement; fixed-width
/// types as in Arrow, ValueWidth() bytes each; string, binary and dictionary: num_values + 1 int32
/// offsets into `bytes`, the first of them 0.
struct DecodedColumn {
  DataType type;
  int64_t rows = 0;
  int64_t num_values = 0;
  const uint8_t* values = nullptr;     ///< 64-byte aligned
  const char* bytes = nullptr;         ///< variable-width kinds only
  const uint64_t* validity = nullptr;  ///< (rows + 63) / 64 words; bits past `rows` are 0
  int64_t null_count() const { return rows - num_values; }
  int64_t num_bytes() const { return bytes == nullptr ? 0 : reinterpret_cast<const int32_t*>(values)[num_values]; }
};

/// The selected columns of one unit, in output order. Valid until the worker takes its next unit.
struct Batch {
  int64_t rows = 0;
  std::vector<DecodedColumn> columns;
};

}  // namespace v0
}  // namespace headrace
