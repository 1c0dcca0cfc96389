#include "decode/repeat.h"

#include <algorithm>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

// Set the next `rows` validity bits to `bit`.
void AppendValidity(bool bit, uint32_t rows, ColumnOut* out) {
  int64_t at = out->rows;
  const int64_t end = at + rows;
  while (at < end) {
    const int shift = static_cast<int>(at & 63);
    const int64_t count = std::min<int64_t>(64 - shift, end - at);
    const uint64_t below = (uint64_t{1} << shift) - 1;  // the bits before; those behind become 0
    const uint64_t bits = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    uint64_t& word = out->validity[at >> 6];
    word = (shift == 0 ? 0 : word & below) | (bit ? bits << shift : 0);
    at += count;
  }
  out->rows = end;
}

}  // namespace

void AppendNulls(uint32_t rows, ColumnOut* out) { AppendValidity(false, rows, out); }

void AppendRepeated(const DataType& type, const std::string& value, uint32_t rows, ColumnOut* out) {
  const auto width = static_cast<size_t>(ValueWidth(type));
  uint8_t* values = out->values + static_cast<size_t>(out->num_values) * width;
  if (IsVariableWidth(type.kind)) {
    auto* offset = reinterpret_cast<int32_t*>(values);
    *offset = static_cast<int32_t>(out->num_bytes);
    for (uint32_t row = 0; row < rows; row++) {
      std::memcpy(out->bytes + out->num_bytes, value.data(), value.size());
      out->num_bytes += static_cast<int64_t>(value.size());
      *++offset = static_cast<int32_t>(out->num_bytes);
    }
  } else {
    for (uint32_t row = 0; row < rows; row++) std::memcpy(values + row * width, value.data(), width);
  }
  out->num_values += rows;
  AppendValidity(true, rows, out);
}

void AppendNumbers(const uint32_t* numbers, int64_t first, uint32_t rows, ColumnOut* out) {
  int64_t* values = reinterpret_cast<int64_t*>(out->values) + out->num_values;
  for (uint32_t row = 0; row < rows; row++) values[row] = first + numbers[row];
  out->num_values += rows;
  AppendValidity(true, rows, out);
}

}  // namespace v0
}  // namespace headrace
