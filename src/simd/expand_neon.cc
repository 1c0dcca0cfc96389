// Spreading values with NEON: as many rows a step as a register holds, by a table of where each of them finds its
// value.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/expand_block.h"
#include "simd/expand_tables_neon.h"

namespace headrace {
inline namespace v0 {
namespace {

struct OneByte {
  using Value = uint8_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint8_t* dense, uint64_t word, uint8_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      vst1_u8(out + i, vtbl1_u8(vld1_u8(dense), vld1_u8(kByteOrders.of[word & 255])));
      dense += std::popcount(word & 255);
    }
  }
};

// Values of 16 / kRows bytes, a register a step.
template <class T, int kRows, const auto& kOrders>
struct Wide {
  using Value = T;
  static constexpr int kSpareValues = kRows;
  static void Word(const T* dense, uint64_t word, T* out) {
    constexpr uint64_t kMask = (uint64_t{1} << kRows) - 1;
    for (int i = 0; i < 64; i += kRows, word >>= kRows) {
      const uint8x16_t order = vld1q_u8(kOrders.of[word & kMask]);
      vst1q_u8(reinterpret_cast<uint8_t*>(out + i), vqtbl1q_u8(Load16(dense), order));
      dense += std::popcount(word & kMask);
    }
  }
};

struct SixteenBytes {
  using Value = unsigned __int128;
  static constexpr int kSpareValues = 1;
  static void Word(const Value* dense, uint64_t word, Value* out) {
    for (int i = 0; i < 64; ++i, word >>= 1) {
      const uint8x16_t valid = vreinterpretq_u8_u64(vdupq_n_u64(0 - (word & 1)));
      vst1q_u8(reinterpret_cast<uint8_t*>(out + i), vandq_u8(Load16(dense), valid));
      dense += word & 1;
    }
  }
};

}  // namespace

void ExpandValuesNeon(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                      uint8_t* out) {
  ExpandByWidth<OneByte, Wide<uint16_t, 8, kShortOrders>, Wide<uint32_t, 4, kFourOrders>,
                Wide<uint64_t, 2, kPairOrders>, SixteenBytes>(width, dense, num_values, validity, rows, out);
}

}  // namespace v0
}  // namespace headrace
#endif
