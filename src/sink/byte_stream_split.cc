#include "sink/byte_stream_split.h"

#include <cstring>
#include <initializer_list>

namespace headrace {
inline namespace v0 {
namespace {

// Transpose an 8 x 8 matrix of bytes whose rows are words (H. S. Warren, Hacker's Delight, 7-3).
void Transpose(uint64_t rows[8]) {
  for (int i = 0; i < 4; i++) {
    const uint64_t swap = (rows[i] >> 32 ^ rows[i + 4]) & 0x00000000FFFFFFFF;
    rows[i + 4] ^= swap;
    rows[i] ^= swap << 32;
  }
  for (const int i : {0, 1, 4, 5}) {
    const uint64_t swap = (rows[i] >> 16 ^ rows[i + 2]) & 0x0000FFFF0000FFFF;
    rows[i + 2] ^= swap;
    rows[i] ^= swap << 16;
  }
  for (const int i : {0, 2, 4, 6}) {
    const uint64_t swap = (rows[i] >> 8 ^ rows[i + 1]) & 0x00FF00FF00FF00FF;
    rows[i + 1] ^= swap;
    rows[i] ^= swap << 8;
  }
}

template <int kWidth>
void Split(const uint8_t* values, int64_t count, uint8_t* to) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t rows[8] = {};
    for (int k = 0; k < 8; k++) std::memcpy(&rows[k], values + (i + k) * kWidth, kWidth);
    Transpose(rows);
    for (int k = 0; k < kWidth; k++) std::memcpy(to + k * count + i, &rows[k], 8);
  }
  for (; i < count; i++) {
    for (int k = 0; k < kWidth; k++) to[k * count + i] = values[i * kWidth + k];
  }
}

}  // namespace

void ByteStreamSplit(const uint8_t* values, int64_t count, int width, uint8_t* to) {
  if (width == 4) {
    Split<4>(values, count, to);
  } else {
    Split<8>(values, count, to);
  }
}

}  // namespace v0
}  // namespace headrace
