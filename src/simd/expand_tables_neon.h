#pragma once
// Where the rows of a group find the bytes of their values among the dense ones. For *_neon.cc files.
#include "simd/lanes_neon.h"

namespace headrace {
inline namespace v0 {

constexpr uint8_t kNullByte = 0x80;  // beyond every table: a lookup gives 0

/// For kRows validity bits, the bytes of kRows values.
template <int kRows, int kBytes>
struct ByteOrders {
  alignas(kBytes) uint8_t of[1 << kRows][kBytes];
};

template <int kRows, int kBytes>
static constexpr ByteOrders<kRows, kBytes> MakeByteOrders() {
  constexpr int kWidth = kBytes / kRows;
  ByteOrders<kRows, kBytes> orders{};
  for (int bits = 0; bits < 1 << kRows; ++bits) {
    int rank = 0;
    for (int row = 0; row < kRows; ++row) {
      const bool valid = (bits >> row & 1) != 0;
      for (int byte = 0; byte < kWidth; ++byte) {
        orders.of[bits][row * kWidth + byte] = valid ? static_cast<uint8_t>(rank * kWidth + byte) : kNullByte;
      }
      rank += valid ? 1 : 0;
    }
  }
  return orders;
}

constexpr auto kByteOrders = MakeByteOrders<8, 8>();    // eight values of one byte
constexpr auto kShortOrders = MakeByteOrders<8, 16>();  // eight of two
constexpr auto kFourOrders = MakeByteOrders<4, 16>();   // four of four
constexpr auto kPairOrders = MakeByteOrders<2, 16>();   // two of eight

/// Return ones in every byte of a null.
static inline uint8x16_t NullsOf(uint8x16_t order) { return vceqq_u8(order, vdupq_n_u8(kNullByte)); }

}  // namespace v0
}  // namespace headrace
