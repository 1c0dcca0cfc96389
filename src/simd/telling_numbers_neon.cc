// A field is described by masks of its first 32 bytes, a bit a byte: digits, zeros, dots. The rest is counting bits, in
// lanes, four fields at a time; no branch depends on the data but for fields that are outside the shape or new.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/lanes_neon.h"
#include "simd/telling_in_order.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kMaxLength = 30, kMaxInteger = 15, kMaxSignificant = 17;

// Four fields, a lane each; masks are all ones or zeros.
struct NumberShapes {
  uint32x4_t outside, has_dot, negative, integer_digits, fraction_digits;
};

// Bits of the first 32 bytes of a field: digits, zeros and dots, in that order; the last lane is 0.
inline uint32x4_t MaskBytes(const char* field) {
  const uint8x16_t low = vsubq_u8(Load16(field), vdupq_n_u8('0')), high = vsubq_u8(Load16(field + 16), vdupq_n_u8('0'));
  const uint8x16_t nine = vdupq_n_u8(9), dot = vdupq_n_u8(static_cast<uint8_t>('.' - '0'));
  const uint8x16_t digits = vpaddq_u8(BitOfByte(vcleq_u8(low, nine)), BitOfByte(vcleq_u8(high, nine)));
  const uint8x16_t zeros = vpaddq_u8(BitOfByte(vceqzq_u8(low)), BitOfByte(vceqzq_u8(high)));
  const uint8x16_t dots = vpaddq_u8(BitOfByte(vceqq_u8(low, dot)), BitOfByte(vceqq_u8(high, dot)));
  const uint8x16_t none = vdupq_n_u8(0);
  return vreinterpretq_u32_u8(vpaddq_u8(vpaddq_u8(digits, zeros), vpaddq_u8(dots, none)));
}

// The place of the lowest bit; there is one.
inline uint32x4_t LowestBit(uint32x4_t bits) {
  const uint32x4_t lowest = vandq_u32(bits, vsubq_u32(vdupq_n_u32(0), bits));
  return vsubq_u32(vdupq_n_u32(31), vclzq_u32(lowest));
}

inline uint32x4_t OneAt(uint32x4_t place) { return vshlq_u32(vdupq_n_u32(1), vreinterpretq_s32_u32(place)); }

inline NumberShapes Describe(const FieldBlock& block, uint32_t from) {
  uint32x4_t fields[4], masks[4];
  uint32_t first_bytes[4];
  for (uint32_t k = 0; k < 4; k++) {
    const char* field = block.text + block.begin[from + k];
    fields[k] = MaskBytes(field);
    first_bytes[k] = static_cast<uint8_t>(field[0]);
  }
  Transpose(fields, masks);
  const uint32x4_t one = vdupq_n_u32(1), whole_length = Lengths(block, from);
  const uint32x4_t length = vminq_u32(whole_length, vdupq_n_u32(kMaxLength)), end = OneAt(length);
  NumberShapes shapes;
  shapes.negative = vceqq_u32(vld1q_u32(first_bytes), vdupq_n_u32('-'));
  const uint32x4_t minus = vandq_u32(shapes.negative, one);
  const uint32x4_t all = vbicq_u32(vsubq_u32(end, one), minus);
  const uint32x4_t digits = vandq_u32(masks[0], all), dots = vandq_u32(masks[2], all);
  const uint32x4_t nonzero = vbicq_u32(digits, masks[1]);
  const uint32x4_t no_dot = vceqzq_u32(dots), is_zero = vceqzq_u32(nonzero);
  const uint32x4_t point = LowestBit(vorrq_u32(dots, end)), first = LowestBit(vorrq_u32(nonzero, end));
  const uint32x4_t integer = vsubq_u32(point, minus);
  const uint32x4_t first_digit = vshlq_u32(masks[1], vreinterpretq_s32_u32(shapes.negative));  // one down past a minus
  const uint32x4_t begins_with_zero = vtstq_u32(first_digit, one);
  const uint32x4_t lone_zero = vandq_u32(begins_with_zero, vceqq_u32(integer, one));  // -1
  shapes.has_dot = vmvnq_u32(no_dot);
  shapes.integer_digits = vaddq_u32(integer, lone_zero);
  shapes.fraction_digits = vaddq_u32(vsubq_u32(length, point), shapes.has_dot);
  const uint32x4_t dot_behind = vcgtq_u32(dots, vsubq_u32(OneAt(first), one));  // -1
  const uint32x4_t significant = vaddq_u32(vsubq_u32(length, first), dot_behind);
  const uint32x4_t counted = vbslq_u32(no_dot, integer, significant);
  const uint32x4_t most = vbslq_u32(no_dot, vdupq_n_u32(kMaxInteger), vdupq_n_u32(kMaxSignificant));
  const uint32x4_t other_bytes = vmvnq_u32(vceqq_u32(vorrq_u32(digits, dots), all));
  const uint32x4_t two_dots = vtstq_u32(dots, vsubq_u32(dots, one));
  const uint32x4_t no_number = vorrq_u32(vorrq_u32(other_bytes, vceqzq_u32(all)), two_dots);
  const uint32x4_t loose =
      vorrq_u32(vorrq_u32(vandq_u32(begins_with_zero, vcgtq_u32(integer, one)), vandq_u32(shapes.negative, is_zero)),
                vandq_u32(shapes.has_dot, vceqzq_u32(shapes.fraction_digits)));
  const uint32x4_t too_long = vorrq_u32(vcgtq_u32(whole_length, length), vcgtq_u32(counted, most));
  shapes.outside = vorrq_u32(vorrq_u32(no_number, loose), too_long);
  return shapes;
}

// Lanes that tell something new.
inline uint32x4_t FindNew(const NumberShapes& shapes, const ToldNumbers& told) {
  const auto all_if = [](bool condition) { return vdupq_n_u32(condition ? ~uint32_t{0} : 0); };
  const auto above = [](uint32x4_t lanes, int32_t most) {
    return vcgtq_s32(vreinterpretq_s32_u32(lanes), vdupq_n_s32(most));
  };
  const uint32x4_t new_kind = vbslq_u32(shapes.has_dot, all_if(!told.decimals), all_if(!told.integers));
  const uint32x4_t more =
      vorrq_u32(above(shapes.integer_digits, told.integer_digits), above(shapes.fraction_digits, told.fraction_digits));
  return vorrq_u32(vorrq_u32(new_kind, more), vandq_u32(shapes.negative, all_if(!told.negative)));
}

// Take in those of four fields that are still new when it is their turn, in order; return their mask.
[[gnu::noinline]] uint32_t TakeNew(const NumberShapes& shapes, uint32_t maybe_new, ToldNumbers* told) {
  int32_t integer_digits[4], fraction_digits[4];
  vst1q_s32(integer_digits, vreinterpretq_s32_u32(shapes.integer_digits));
  vst1q_s32(fraction_digits, vreinterpretq_s32_u32(shapes.fraction_digits));
  return TakeInOrder({LaneBits(shapes.has_dot), LaneBits(shapes.negative), integer_digits, fraction_digits}, maybe_new,
                     told);
}

}  // namespace

uint64_t FindTellingNumbersNeon(const FieldBlock& block, ToldNumbers* told, uint64_t* telling) {
  uint64_t outside = 0, found = 0;
  const uint64_t of_block = LowBits(block.size);
  for (uint32_t i = 0; i < block.size; i += 4) {
    const NumberShapes shapes = Describe(block, i);
    const uint32_t odd = LaneBits(shapes.outside);
    const uint32_t maybe_new = LaneBits(FindNew(shapes, *told)) & ~odd & static_cast<uint32_t>(of_block >> i & 0xF);
    if (maybe_new != 0) [[unlikely]]
      found |= uint64_t{TakeNew(shapes, maybe_new, told)} << i;
    outside |= uint64_t{odd} << i;
  }
  *telling = found;
  return outside & of_block;
}

}  // namespace v0
}  // namespace headrace
#endif
