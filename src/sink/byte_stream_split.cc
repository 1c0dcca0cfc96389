#include "sink/byte_stream_split.h"

#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

using Bytes = uint8_t __attribute__((vector_size(16)));

// Sixteen values of kWidth bytes, which fill kWidth registers. The place of a byte is a number: first the bits of its
// register, then the four bits of its place in there. Interleaving the registers of the first half with those of the
// second takes the first bit to the end; four times, and the four bits of a value's number stand behind those of its
// byte's.
template <int kWidth>
void SplitSixteen(const uint8_t* values, int64_t count, uint8_t* to) {
  Bytes from[kWidth], next[kWidth];
  std::memcpy(from, values, sizeof from);
  for (int step = 0; step < 4; step++) {
    for (int k = 0; k < kWidth / 2; k++) {
      const Bytes a = from[k], b = from[k + kWidth / 2];
      next[2 * k] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * k + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    std::memcpy(from, next, sizeof from);
  }
  for (int k = 0; k < kWidth; k++) std::memcpy(to + k * count, &from[k], sizeof from[k]);
}

template <int kWidth>
void Split(const uint8_t* values, int64_t count, uint8_t* to) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) SplitSixteen<kWidth>(values + i * kWidth, count, to + i);
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
