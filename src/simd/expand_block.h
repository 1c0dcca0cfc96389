#pragma once
// The loop that all levels of ExpandValues share. A kernel spreads the values of one validity word over 64 slots:
//   using Value = ...; static constexpr int kSpareValues = ...;  // that it may read beyond those of the word
//   static void Word(const Value* dense, uint64_t word, Value* out);
// The kernel's type belongs to its own file, so that each instruction set gets a copy of this loop to itself.
#include <bit>
#include <cstdint>
#include <cstring>

namespace headrace {
inline namespace v0 {

template <class Kernel>
void ExpandBlocks(const uint8_t* dense_bytes, int64_t num_values, const uint64_t* validity, int64_t rows,
                  uint8_t* out_bytes) {
  using Value = typename Kernel::Value;
  const Value* dense = reinterpret_cast<const Value*>(dense_bytes);
  const Value* const end = dense + num_values;
  Value* out = reinterpret_cast<Value*>(out_bytes);
  for (int64_t row = 0; row < rows; row += 64, out += 64) {
    uint64_t word = validity[row / 64];
    const int values = std::popcount(word);
    if (values == 64) {
      std::memcpy(out, dense, 64 * sizeof(Value));
    } else if (rows - row >= 64 && end - dense >= values + Kernel::kSpareValues) {
      Kernel::Word(dense, word, out);
    } else {  // the end of the column: read only what is there, write only `rows` slots
      const int64_t slots = rows - row < 64 ? rows - row : 64;
      std::memset(static_cast<void*>(out), 0, static_cast<size_t>(slots) * sizeof(Value));
      const Value* next = dense;
      for (; word != 0; word &= word - 1) out[std::countr_zero(word)] = *next++;
    }
    dense += values;
  }
}

/// ExpandValues of a level: a kernel for values of 1, 2, 4, 8 and 16 bytes each.
template <class One, class Two, class Four, class Eight, class Sixteen>
void ExpandByWidth(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                   uint8_t* out) {
  switch (width) {
    case 1:
      return ExpandBlocks<One>(dense, num_values, validity, rows, out);
    case 2:
      return ExpandBlocks<Two>(dense, num_values, validity, rows, out);
    case 4:
      return ExpandBlocks<Four>(dense, num_values, validity, rows, out);
    case 8:
      return ExpandBlocks<Eight>(dense, num_values, validity, rows, out);
    default:
      return ExpandBlocks<Sixteen>(dense, num_values, validity, rows, out);
  }
}

}  // namespace v0
}  // namespace headrace
