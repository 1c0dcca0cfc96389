// Decimals with NEON: the dot is taken out where all fields have it, and what is left is an integer of 15 digits.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/dots_neon.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kDigits = 15;

// Bytes 0 to dot_byte - 1 go one place up, over the dot.
inline uint8x16_t OrderWithoutDot(int dot_byte) {
  uint8_t order[16];
  for (int i = 0; i < 16; i++) order[i] = static_cast<uint8_t>(i > dot_byte ? i : i - 1);
  return vld1q_u8(order);
}

inline uint8x16_t MostDigits(int dot_byte) {
  uint8_t most[16];
  for (int i = 0; i < 16; i++) most[i] = i == dot_byte ? 0xFF : 9;
  return vld1q_u8(most);
}

inline uint64_t PowerOfTen(int power) {
  uint64_t value = 1;
  for (; power > 0; power--) value *= 10;
  return value;
}

inline uint64_t ReadDecimals(const FieldBlock& block, int precision, int scale, __int128* values) {
  const int dot_byte = kDigits - scale;
  DottedShapes shapes;
  DescribeDotted(block, dot_byte, scale + 1, &shapes);
  const uint8x16_t order = OrderWithoutDot(dot_byte), most = MostDigits(dot_byte);
  const uint64x2_t greatest = vdupq_n_u64(PowerOfTen(precision < kDigits ? precision : kDigits) - 1);
  const auto fours = [&](uint8x16_t digits) {
    return AddPairs(AddPairs(vqtbl1q_u8(digits, order), Tens()), Hundreds());
  };
  uint64_t again = shapes.odd;
  for (uint32_t i = 0; i < block.size; i += 2) {
    const uint8x16_t first = LoadDotted(block.text, shapes, i, 0), second = LoadDotted(block.text, shapes, i + 1, 0);
    const uint64x2_t magnitude = Sixteens(AddPairs(fours(first), fours(second), TenThousands()));
    const int64x2_t low = WithSign(magnitude, WideMask(shapes.negative + i));
    const int64x2_t high = vshrq_n_s64(low, 63);
    vst1q_s64(reinterpret_cast<int64_t*>(values + i), vzip1q_s64(low, high));
    vst1q_s64(reinterpret_cast<int64_t*>(values + i + 1), vzip2q_s64(low, high));
    uint32_t outside = LaneBits(vcgtq_u64(magnitude, greatest));
    const uint8x16_t faults0 = vqsubq_u8(first, most), faults1 = vqsubq_u8(second, most);
    if (AnyBit(vorrq_u8(faults0, faults1))) [[unlikely]] {
      outside |= uint32_t{AnyBit(faults0)} | uint32_t{AnyBit(faults1)} << 1;
    }
    again |= uint64_t{outside} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDecimalsNeon(const FieldBlock& block, int precision, int scale, __int128* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  return ReadDecimals(local, precision, scale, values) & LowBits(local.size);
}

}  // namespace v0
}  // namespace headrace
#endif
