#pragma once
// What the kernels for NEON share. Only for files that are compiled for it (*_neon.cc).
#include <arm_neon.h>

#include <cstdint>

#include "simd/byte_masks.h"
#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

static inline uint8x16_t Load16(const void* from) { return vld1q_u8(static_cast<const uint8_t*>(from)); }

static inline uint64_t LowBits(uint32_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

static inline bool AnyBit(uint8x16_t value) { return vmaxvq_u8(value) != 0; }
static inline bool AnyBit(uint32x4_t value) { return vmaxvq_u32(value) != 0; }

// A bit for each lane of all ones; the others are all zeros.
static inline uint32_t LaneBits(uint32x4_t lanes) {
  static constexpr uint32_t kBits[4] = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32(lanes, vld1q_u32(kBits)));
}
static inline uint32_t LaneBits(uint64x2_t lanes) {
  return static_cast<uint32_t>((vgetq_lane_u64(lanes, 0) & 1) | (vgetq_lane_u64(lanes, 1) & 2));
}

// The bits of bytes that are all ones or all zeros, to be added up by ByteBits.
static inline uint8x16_t BitOfByte(uint8x16_t bytes) {
  static constexpr uint8_t kBits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  return vandq_u8(bytes, vld1q_u8(kBits));
}

// A bit for each of 64 bytes.
static inline uint64_t ByteBits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t low = vpaddq_u8(BitOfByte(a), BitOfByte(b)), high = vpaddq_u8(BitOfByte(c), BitOfByte(d));
  const uint8x16_t all = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline uint32x4_t Lengths(const FieldBlock& block, uint32_t i) {
  return vsubq_u32(vld1q_u32(block.end + i), vld1q_u32(block.begin + i));
}

// Ones in lanes that are not least to greatest.
static inline uint32x4_t Outside(int32x4_t lanes, int32_t least, int32_t greatest) {
  return vorrq_u32(vcgtq_s32(lanes, vdupq_n_s32(greatest)), vcltq_s32(lanes, vdupq_n_s32(least)));
}

// Four rows of four lanes become four columns.
static inline void Transpose(const uint32x4_t (&rows)[4], uint32x4_t (&columns)[4]) {
  const auto pairs = [](uint32x4_t lanes) { return vreinterpretq_u64_u32(lanes); };
  const uint64x2_t even01 = pairs(vtrn1q_u32(rows[0], rows[1])), odd01 = pairs(vtrn2q_u32(rows[0], rows[1]));
  const uint64x2_t even23 = pairs(vtrn1q_u32(rows[2], rows[3])), odd23 = pairs(vtrn2q_u32(rows[2], rows[3]));
  columns[0] = vreinterpretq_u32_u64(vtrn1q_u64(even01, even23));
  columns[1] = vreinterpretq_u32_u64(vtrn1q_u64(odd01, odd23));
  columns[2] = vreinterpretq_u32_u64(vtrn2q_u64(even01, even23));
  columns[3] = vreinterpretq_u32_u64(vtrn2q_u64(odd01, odd23));
}

// Multiply neighbours by their factors and add them in pairs: digits to numbers of two, of four, of eight digits.
static inline uint16x8_t AddPairs(uint8x16_t digits, uint8x16_t factors) {
  return vpaddq_u16(vmull_u8(vget_low_u8(digits), vget_low_u8(factors)), vmull_high_u8(digits, factors));
}
static inline uint32x4_t AddPairs(uint16x8_t pairs, uint16x8_t factors) {
  return vpaddq_u32(vmull_u16(vget_low_u16(pairs), vget_low_u16(factors)), vmull_high_u16(pairs, factors));
}
static inline uint32x4_t AddPairs(uint32x4_t first, uint32x4_t second, uint32x4_t factors) {
  return vpaddq_u32(vmulq_u32(first, factors), vmulq_u32(second, factors));
}

// Factors that alternate.
static inline uint8x16_t Tens() { return vreinterpretq_u8_u16(vdupq_n_u16(0x010A)); }
static inline uint16x8_t Hundreds() { return vreinterpretq_u16_u32(vdupq_n_u32(0x00010064)); }
static inline uint32x4_t TenThousands() { return vreinterpretq_u32_u64(vdupq_n_u64(0x0000000100002710)); }

// Two numbers of sixteen digits from their halves of eight.
static inline uint64x2_t Sixteens(uint32x4_t eights) {
  const uint32x2_t high = vget_low_u32(vuzp1q_u32(eights, eights)), low = vget_low_u32(vuzp2q_u32(eights, eights));
  return vmlal_n_u32(vmovl_u32(low), high, 100000000);
}

// Negative where `mask` is all ones.
static inline uint32x4_t WithSign(uint32x4_t value, uint32x4_t mask) { return vsubq_u32(veorq_u32(value, mask), mask); }
static inline int64x2_t WithSign(uint64x2_t value, uint64x2_t mask) {
  return vreinterpretq_s64_u64(vsubq_u64(veorq_u64(value, mask), mask));
}

// Two of four 32-bit masks as 64-bit ones.
static inline uint64x2_t WideMask(const uint32_t* masks) {
  return vreinterpretq_u64_s64(vmovl_s32(vreinterpret_s32_u32(vld1_u32(masks))));
}

}  // namespace v0
}  // namespace headrace
