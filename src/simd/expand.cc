#include "simd/expand.h"

#include <bit>
#include <cstring>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

// Return the low bits of eight bytes that are each 0 or 1, first byte lowest.
uint64_t PackEightBytes(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word * 0x0102040810204080u >> 56;
}

}  // namespace

void ExpandValues(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                  uint8_t* out) {
  ActiveKernels().expand_values(width, dense, num_values, validity, rows, out);
}

void ExpandOffsets(const int32_t* dense, const uint64_t* validity, int64_t rows, int32_t* out) {
  *out++ = *dense;
  for (int64_t row = 0; row < rows; row += 64) {
    uint64_t word = validity[row / 64];
    const int64_t slots = rows - row < 64 ? rows - row : 64;
    for (int64_t i = 0; i < slots; ++i, word >>= 1) {
      dense += word & 1;
      *out++ = *dense;
    }
  }
}

void ExpandBits(const uint8_t* dense, const uint64_t* validity, int64_t rows, uint64_t* out) {
  for (int64_t row = 0; row < rows; row += 64, ++out) {
    uint64_t word = validity[row / 64];
    uint64_t bits = 0;
    if (word == ~uint64_t{0}) {
      for (int i = 0; i < 8; ++i) bits |= PackEightBytes(dense + 8 * i) << 8 * i;
      dense += 64;
    } else {
      for (; word != 0; word &= word - 1) bits |= uint64_t{*dense++} << std::countr_zero(word);
    }
    *out = bits;
  }
}

}  // namespace v0
}  // namespace headrace
