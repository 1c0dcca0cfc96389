// Floats with NEON: digits become numbers by a tree of multiply-adds (2, 4, 8, 16 digits), two fields at a time; no
// branch depends on the data but for fields outside the shape. The numbers and their rounding are those of the AVX2
// kernel.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/dots_neon.h"
#include "simd/scaled_sum.h"

namespace headrace {
inline namespace v0 {
namespace {

// Bytes are loaded so that the dot is byte 7: seven integer digits, the dot, 24 (or 8) fraction digits.

constexpr int32_t kDotByte = 7, kMaxBehind = 25, kShortBehind = 9;  // the dot and 24 or eight digits

// Groups of four digits of the first 16 bytes (the second is one of three).
inline uint32x4_t FoursAroundDot(uint8x16_t digits) {
  static constexpr uint8_t kTens[16] = {10, 1, 10, 1, 10, 1, 1, 0, 10, 1, 10, 1, 10, 1, 10, 1};
  static constexpr uint16_t kHundreds[8] = {100, 1, 10, 1, 100, 1, 100, 1};
  return AddPairs(AddPairs(digits, vld1q_u8(kTens)), vld1q_u16(kHundreds));
}

// Integer parts and eight fraction digits of two fields: numbers of up to fifteen digits, below 2^52.
inline float64x2_t NumbersAroundDot(uint8x16_t first, uint8x16_t second) {
  static constexpr uint32_t kThousands[4] = {1000, 1, 10000, 1};
  return vcvtq_f64_u64(Sixteens(AddPairs(FoursAroundDot(first), FoursAroundDot(second), vld1q_u32(kThousands))));
}

// Sixteen fraction digits more of two fields, rounded once.
inline float64x2_t NumbersBehind(uint8x16_t first, uint8x16_t second) {
  const auto fours = [](uint8x16_t digits) { return AddPairs(AddPairs(digits, Tens()), Hundreds()); };
  return vcvtq_f64_u64(Sixteens(AddPairs(fours(first), fours(second), TenThousands())));
}

// a * b + c and a * b - c, rounded once.
inline float64x2_t MultiplyAdd(float64x2_t a, double b, float64x2_t c) { return vfmaq_f64(c, a, vdupq_n_f64(b)); }
inline float64x2_t MultiplySubtract(float64x2_t a, double b, float64x2_t c) { return MultiplyAdd(a, b, vnegq_f64(c)); }

// a * 10^-8 + b * 10^-24, correctly rounded (scaled_sum.h); lanes where that is not certain are set in *unsure.
inline float64x2_t ScaledSum(float64x2_t a, float64x2_t b, uint32_t* unsure) {
  const float64x2_t high = vmulq_f64(a, vdupq_n_f64(kTenToMinus8));
  const float64x2_t rest = MultiplySubtract(a, kTenToMinus8, high);
  const float64x2_t low = MultiplyAdd(b, kTenToMinus24, MultiplyAdd(a, kTenToMinus8Low, rest));
  const float64x2_t bound = MultiplyAdd(high, kHighBound, vmulq_f64(b, vdupq_n_f64(kLowBound)));
  const float64x2_t above = vaddq_f64(high, vaddq_f64(low, bound));
  const float64x2_t below = vaddq_f64(high, vsubq_f64(low, bound));
  *unsure = LaneBits(vceqq_f64(above, below)) ^ 3;
  return above;
}

// The same for float.
inline float32x2_t ScaledSumFloat(float64x2_t a, float64x2_t b, uint32_t* unsure) {
  const float64x2_t sum = MultiplyAdd(a, kTenToMinus8, vmulq_f64(b, vdupq_n_f64(kTenToMinus24)));
  const float32x2_t above = vcvt_f32_f64(vmulq_f64(sum, vdupq_n_f64(kAbove)));
  const float32x2_t below = vcvt_f32_f64(vmulq_f64(sum, vdupq_n_f64(kBelow)));
  const uint32x2_t same = vceq_f32(above, below);
  *unsure = (vget_lane_u32(same, 0) & 1) | (vget_lane_u32(same, 1) & 2);
  *unsure ^= 3;
  return above;
}

// Store two values with their signs: all ones in `negative` for a minus.
inline void StoreSigned(float64x2_t value, const uint32_t* negative, double* values) {
  const uint64x2_t sign = vshlq_n_u64(vmovl_u32(vld1_u32(negative)), 63);
  vst1q_f64(values, vreinterpretq_f64_u64(vorrq_u64(vreinterpretq_u64_f64(value), sign)));
}
inline void StoreSigned(float32x2_t value, const uint32_t* negative, float* values) {
  const uint32x2_t sign = vshl_n_u32(vld1_u32(negative), 31);
  vst1_f32(values, vreinterpret_f32_u32(vorr_u32(vreinterpret_u32_f32(value), sign)));
}

// Store a * 10^-8 + b * 10^-24.
inline void StoreLong(float64x2_t a, float64x2_t b, const uint32_t* negative, double* values, uint32_t* unsure) {
  StoreSigned(ScaledSum(a, b, unsure), negative, values);
}
inline void StoreLong(float64x2_t a, float64x2_t b, const uint32_t* negative, float* values, uint32_t* unsure) {
  StoreSigned(ScaledSumFloat(a, b, unsure), negative, values);
}

// Store a * 10^-8. Both numbers of the division are exact, and so its one rounding is right; for double only.
inline void StoreShort(float64x2_t a, const uint32_t* negative, double* values, uint32_t* unsure) {
  *unsure = 0;
  StoreSigned(vdivq_f64(a, vdupq_n_f64(1e8)), negative, values);
}
inline void StoreShort(float64x2_t a, const uint32_t* negative, float* values, uint32_t* unsure) {
  StoreLong(a, vdupq_n_f64(0), negative, values, unsure);
}

// More than the greatest digit value, but anything where the dot is. Behind it there is none.
inline uint8x16_t FaultsAroundDot(uint8x16_t digits) {
  return vqsubq_u8(digits, vsetq_lane_u8(0xFF, vdupq_n_u8(9), kDotByte));
}
inline uint8x16_t FaultsBehind(uint8x16_t digits) { return vqsubq_u8(digits, vdupq_n_u8(9)); }

// Two fields a step. `kLong`: there are more than eight fraction digits.
template <bool kLong, class T>
inline uint64_t ReadShapes(const char* text, uint32_t size, const DottedShapes& shapes, T* values) {
  uint64_t again = shapes.odd;
  for (uint32_t i = 0; i < size; i += 2) {
    const uint8x16_t f0 = LoadDotted(text, shapes, i, 0), f1 = LoadDotted(text, shapes, i + 1, 0);
    uint8x16_t faults0 = FaultsAroundDot(f0), faults1 = FaultsAroundDot(f1);
    const float64x2_t a = NumbersAroundDot(f0, f1);
    uint32_t unsure;
    if constexpr (kLong) {
      const uint8x16_t g0 = LoadDotted(text, shapes, i, 16), g1 = LoadDotted(text, shapes, i + 1, 16);
      faults0 = vorrq_u8(faults0, FaultsBehind(g0));
      faults1 = vorrq_u8(faults1, FaultsBehind(g1));
      StoreLong(a, NumbersBehind(g0, g1), shapes.negative + i, values + i, &unsure);
    } else {
      StoreShort(a, shapes.negative + i, values + i, &unsure);
    }
    if (AnyBit(vorrq_u8(faults0, faults1))) [[unlikely]] {
      unsure |= uint32_t{AnyBit(faults0)} | uint32_t{AnyBit(faults1)} << 1;
    }
    again |= uint64_t{unsure} << i;
  }
  return again;
}

template <class T>
inline uint64_t ReadFloats(const FieldBlock& block, T* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  DottedShapes shapes;
  DescribeDotted(local, kDotByte, kMaxBehind, &shapes);
  const uint64_t again = shapes.longest_behind <= kShortBehind
                             ? ReadShapes<false>(local.text, local.size, shapes, values)
                             : ReadShapes<true>(local.text, local.size, shapes, values);
  return again & LowBits(local.size);
}

}  // namespace

uint64_t ReadFloatsNeon(const FieldBlock& block, float* values) { return ReadFloats(block, values); }
uint64_t ReadFloatsNeon(const FieldBlock& block, double* values) { return ReadFloats(block, values); }

}  // namespace v0
}  // namespace headrace
#endif
