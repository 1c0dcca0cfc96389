#pragma once
// Texts with a dot, so laid in registers that the dot stands at one place for all of them. Only for *_neon.cc files.
// What is not the field's is masked to 0, which is right on both sides. A text without a dot has it where it ends.
#include "simd/lanes_neon.h"

namespace headrace {
inline namespace v0 {

// Where a block's fields lie around their dots.
struct DottedShapes {
  uint32_t load[FieldBlock::kMaxFields];      // the byte of the text that is loaded first
  uint32_t from[FieldBlock::kMaxFields];      // the mask of the integer digits, in kOnesFrom
  uint32_t until[FieldBlock::kMaxFields];     // the mask of the fraction digits, in kOnesUntil
  uint32_t negative[FieldBlock::kMaxFields];  // all ones: a minus comes first
  uint64_t odd;                               // a bit each: outside the shape
  int32_t longest_behind;                     // characters from the dot on, the dot counts
};

// The place of the first dot among 16 bytes, or one behind all of them.
static inline uint32_t PlaceOfDot(uint8x16_t bytes) {
  const uint16x8_t dots = vreinterpretq_u16_u8(vceqq_u8(bytes, vdupq_n_u8('.')));
  const uint64_t halves = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(dots, 4)), 0);  // four bits a byte
  return halves == 0 ? 64 : static_cast<uint32_t>(__builtin_ctzll(halves)) / 4;
}

// The dot is to be byte `dot_byte` (at most 15), so that as many integer digits fit; `max_behind` (at most 25)
// characters from the dot on.
static inline void DescribeDotted(const FieldBlock& block, int32_t dot_byte, int32_t max_behind, DottedShapes* shapes) {
  uint64_t odd_fields = 0;
  int32x4_t longest_behind = vdupq_n_s32(0);
  for (uint32_t i = 0; i < block.size; i += 4) {
    uint32_t dots[4], first[4];
    for (uint32_t k = 0; k < 4; k++) {
      const char* field = block.text + block.begin[i + k];
      dots[k] = PlaceOfDot(Load16(field));  // 16 bytes are enough
      first[k] = static_cast<uint8_t>(field[0]);
    }
    // Longer fields are outside the shape, and the masks end somewhere.
    const uint32x4_t length = vminq_u32(Lengths(block, i), vdupq_n_u32(48));
    const uint32x4_t dot = vminq_u32(vld1q_u32(dots), length);
    const uint32x4_t negative = vceqq_u32(vld1q_u32(first), vdupq_n_u32('-'));  // -1 for a minus
    const uint32x4_t before = vaddq_u32(dot, negative);
    const uint32x4_t behind = vsubq_u32(length, dot);  // the dot counts
    // No digit: "", "-", ".", "-.".
    const uint32x4_t no_digit = vceqzq_u32(vorrq_u32(before, vshrq_n_u32(behind, 1)));
    const uint32x4_t odd = vorrq_u32(vorrq_u32(Outside(vreinterpretq_s32_u32(before), 0, dot_byte), no_digit),
                                     vcgtq_s32(vreinterpretq_s32_u32(behind), vdupq_n_s32(max_behind)));
    const uint32_t place = static_cast<uint32_t>(dot_byte);
    vst1q_u32(shapes->load + i, vsubq_u32(vaddq_u32(vld1q_u32(block.begin + i), dot), vdupq_n_u32(place)));
    vst1q_u32(shapes->from + i, vaddq_u32(before, vdupq_n_u32(80 - place)));
    vst1q_u32(shapes->until + i, vsubq_u32(vdupq_n_u32(96 - place), behind));
    vst1q_u32(shapes->negative + i, negative);
    odd_fields |= uint64_t{LaneBits(odd)} << i;
    longest_behind = vmaxq_s32(longest_behind, vreinterpretq_s32_u32(behind));
  }
  shapes->odd = odd_fields;
  shapes->longest_behind = vmaxvq_s32(longest_behind);
}

// The digit values of 16 bytes of a field, from `skip` bytes behind the first on. The dot's byte is anything.
static inline uint8x16_t LoadDotted(const char* text, const DottedShapes& shapes, uint32_t i, uint32_t skip) {
  const uint8x16_t bytes = Load16(text + static_cast<int32_t>(shapes.load[i]) + skip);
  const uint8x16_t mask =
      vandq_u8(Load16(kOnesFrom.bytes + shapes.from[i] + skip), Load16(kOnesUntil.bytes + shapes.until[i] + skip));
  return vandq_u8(vsubq_u8(bytes, vdupq_n_u8('0')), mask);
}

}  // namespace v0
}  // namespace headrace
