#pragma once
// For tests: the memory that a caller of ColumnDecoder gives. Owns: it. Threads: one.
#include <cstdint>
#include <vector>

#include "decode/column_decoder.h"

namespace headrace {
inline namespace v0 {

/// The memory of a column, of the size that the contract of ColumnOut asks for.
struct TestColumnMemory {
  TestColumnMemory(const DataType& type, size_t rows, size_t num_bytes)
      : values((rows + 1) * static_cast<size_t>(ValueWidth(type)) + ColumnOut::kSlack, 0xEE),
        bytes(num_bytes + ColumnOut::kSlack, 'x'),
        validity((rows + 63) / 64 + ColumnOut::kSlack / 8, 0xDDDDDDDDDDDDDDDD) {
    out.values = values.data();
    out.bytes = IsVariableWidth(type.kind) ? bytes.data() : nullptr;
    out.validity = validity.data();
  }
  std::vector<uint8_t> values;
  std::vector<char> bytes;
  std::vector<uint64_t> validity;
  ColumnOut out;
};

/// Scratch for lists of at most `count` fields.
struct TestScratch {
  explicit TestScratch(size_t count)
      : rows(count), begin(count + FieldList::kPadding), end(count + FieldList::kPadding) {}
  DecodeScratch lists() { return {rows.data(), begin.data(), end.data()}; }
  std::vector<uint32_t> rows, begin, end;
};

}  // namespace v0
}  // namespace headrace
