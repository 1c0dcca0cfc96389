#include "sink/expand.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kWordRows = 64;
constexpr uint64_t kAllValid = ~uint64_t{0};

struct Wide {  // a decimal: 16 bytes, moved as two words
  uint64_t low, high;
};

// One word's rows, no branch on the data. Reads one value beyond the last that the word holds.
template <class T>
const T* ExpandWord(const T* dense, uint64_t word, T* out) {
  for (int64_t i = 0; i < kWordRows; ++i) {
    const uint64_t valid = word >> i & 1;
    out[i] = valid != 0 ? *dense : T{};
    dense += valid;
  }
  return dense;
}

// The same for the end of the column: reads only what is there, writes only `rows` slots.
template <class T>
const T* ExpandWordExactly(const T* dense, uint64_t word, int64_t rows, T* out) {
  std::fill_n(out, rows, T{});
  for (; word != 0; word &= word - 1) out[std::countr_zero(word)] = *dense++;
  return dense;
}

template <class T>
void Expand(const uint8_t* dense_bytes, int64_t num_values, const uint64_t* validity, int64_t rows,
            uint8_t* out_bytes) {
  const T* dense = reinterpret_cast<const T*>(dense_bytes);
  const T* const end = dense + num_values;
  T* out = reinterpret_cast<T*>(out_bytes);
  for (int64_t row = 0; row < rows; row += kWordRows, out += kWordRows) {
    const uint64_t word = validity[row / kWordRows];
    if (word == kAllValid) {
      std::memcpy(out, dense, kWordRows * sizeof(T));
      dense += kWordRows;
    } else if (rows - row >= kWordRows && end - dense > std::popcount(word)) {
      dense = ExpandWord(dense, word, out);
    } else {
      dense = ExpandWordExactly(dense, word, std::min(kWordRows, rows - row), out);
    }
  }
}

// Return the low bits of eight bytes that are each 0 or 1, first byte lowest.
uint64_t PackEightBytes(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word * 0x0102040810204080u >> 56;
}

}  // namespace

void ExpandValues(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                  uint8_t* out) {
  if (rows == 0) return;
  if (num_values == rows) {
    std::memcpy(out, dense, static_cast<size_t>(rows) * static_cast<size_t>(width));
    return;
  }
  switch (width) {
    case 1:
      return Expand<uint8_t>(dense, num_values, validity, rows, out);
    case 2:
      return Expand<uint16_t>(dense, num_values, validity, rows, out);
    case 4:
      return Expand<uint32_t>(dense, num_values, validity, rows, out);
    case 8:
      return Expand<uint64_t>(dense, num_values, validity, rows, out);
    default:
      return Expand<Wide>(dense, num_values, validity, rows, out);
  }
}

void ExpandOffsets(const int32_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows, int32_t* out) {
  if (num_values == 0) {
    std::fill_n(out, rows + 1, 0);
    return;
  }
  if (num_values == rows) {
    std::memcpy(out, dense, static_cast<size_t>(rows + 1) * sizeof(int32_t));
    return;
  }
  *out++ = *dense;
  for (int64_t row = 0; row < rows; row += kWordRows) {
    uint64_t word = validity[row / kWordRows];
    const int64_t end = std::min(kWordRows, rows - row);
    for (int64_t i = 0; i < end; ++i, word >>= 1) {
      dense += word & 1;
      *out++ = *dense;
    }
  }
}

void ExpandBits(const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows, uint64_t* out) {
  if (num_values == 0) {
    std::fill_n(out, (rows + 63) / 64, 0);
    return;
  }
  for (int64_t row = 0; row < rows; row += kWordRows, ++out) {
    uint64_t word = validity[row / kWordRows];
    uint64_t bits = 0;
    if (word == kAllValid) {
      for (int i = 0; i < 8; ++i) bits |= PackEightBytes(dense + 8 * i) << 8 * i;
      dense += kWordRows;
    } else {
      for (; word != 0; word &= word - 1) bits |= uint64_t{*dense++} << std::countr_zero(word);
    }
    *out = bits;
  }
}

}  // namespace v0
}  // namespace headrace
