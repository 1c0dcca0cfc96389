#pragma once
// Texts with a dot, so laid in a register that the dot stands at one place for all of them. Only for *_avx512.cc files.
// A bit a byte says which of the loaded bytes are digits of the field. A text without a dot has it where it ends.
#include "simd/decode_lanes_avx512.h"

namespace headrace {
inline namespace v0 {

// Where a block's fields lie around their dots.
struct DottedShapes {
  alignas(64) uint32_t load[FieldBlock::kMaxFields];    // the byte of the text that is loaded first
  alignas(64) uint32_t digits[FieldBlock::kMaxFields];  // of 32 bytes from there on
  uint64_t negative;                                    // a bit each: a minus comes first
  uint64_t odd;                                         // a bit each: outside the shape
  uint32_t longest_behind;                              // characters from the dot on, the dot counts
};

// The dot is to be byte `dot_byte` (at most 15), so that as many integer digits fit; `max_behind` (at most 25)
// characters from the dot on. The block has a multiple of sixteen entries.
static inline void DescribeDotted(const FieldBlock& block, uint32_t dot_byte, uint32_t max_behind,
                                  DottedShapes* shapes) {
  // A bit a byte from the field's begin on; in the order of LoadFour.
  alignas(64) uint16_t dots[FieldBlock::kMaxFields], minuses[FieldBlock::kMaxFields];
  for (uint32_t i = 0, sixteens = (block.size + 15) & ~15U; i < sixteens; i += 4) {
    const uint32_t* begin = block.begin + i;
    const __m512i four =
        LoadFour(block.text + begin[0], block.text + begin[1], block.text + begin[2], block.text + begin[3]);
    const uint64_t dot = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(four, _mm512_set1_epi8('.')));
    const uint64_t minus = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(four, _mm512_set1_epi8('-')));
    __builtin_memcpy(dots + i, &dot, sizeof dot);
    __builtin_memcpy(minuses + i, &minus, sizeof minus);
  }
  uint64_t negative_fields = 0, odd_fields = 0;
  const __m512i one = _mm512_set1_epi32(1), dot_bytes = _mm512_set1_epi32(static_cast<int>(dot_byte));
  const __m512i dot_bit = _mm512_sllv_epi32(one, dot_bytes),
                most_behind = _mm512_set1_epi32(static_cast<int>(max_behind));
  __m512i longest_behind = _mm512_setzero_si512();
  for (uint32_t i = 0; i < block.size; i += 16) {
    // Longer fields are outside the shape, and no more is loaded for them.
    const __m512i length = _mm512_min_epu32(Lengths(block, i), _mm512_set1_epi32(48));
    // The zeros below the lowest bit; without a bit, 32.
    const __m512i bits = _mm512_cvtepu16_epi32(Load32(dots + i));
    const __m512i zeros = _mm512_popcnt_epi32(_mm512_andnot_si512(bits, _mm512_sub_epi32(bits, one)));
    const __m512i dot = _mm512_min_epu32(zeros, length);
    const __mmask16 negative = _mm256_test_epi16_mask(Load32(minuses + i), _mm256_set1_epi16(1));
    const __m512i before = _mm512_mask_sub_epi32(dot, negative, dot, one);  // -1 for an empty field before a minus
    const __m512i behind = _mm512_sub_epi32(length, dot);                   // the dot counts
    // No digit: "", "-", ".", "-.".
    const __m512i some_digit = _mm512_or_si512(before, _mm512_srli_epi32(behind, 1));
    const uint32_t odd = uint32_t{_mm512_cmpgt_epu32_mask(before, dot_bytes)} |
                         uint32_t{_mm512_cmpgt_epu32_mask(behind, most_behind)} |
                         uint32_t{_mm512_testn_epi32_mask(some_digit, some_digit)};
    Store64(shapes->load + i, _mm512_add_epi32(Load64(block.begin + i), _mm512_sub_epi32(dot, dot_bytes)));
    const __m512i until = _mm512_sllv_epi32(one, _mm512_add_epi32(dot_bytes, behind));  // 0 where all bytes are used
    const __m512i from = _mm512_sllv_epi32(one, _mm512_sub_epi32(dot_bytes, before));
    Store64(shapes->digits + i, _mm512_andnot_si512(dot_bit, _mm512_sub_epi32(until, from)));
    negative_fields |= uint64_t{negative} << i;
    odd_fields |= uint64_t{odd} << i;
    longest_behind = _mm512_max_epu32(longest_behind, behind);
  }
  shapes->negative = negative_fields;
  shapes->odd = odd_fields;
  shapes->longest_behind = _mm512_reduce_max_epu32(longest_behind);
}

// The masks of the first 16 bytes of fields whose digits are all there.
static inline void MaskSixteenBytes(const DottedShapes& shapes, uint32_t size, ByteMasks16* masks) {
  for (uint32_t i = 0; i < size; i += 16) masks->Put(i, Load64(shapes.digits + i));
}

// The digit values of four fields' 16 bytes: fields i, i + 2, i + 4, i + 6.
static inline __m512i LoadDottedFour(const char* text, const DottedShapes& shapes, uint32_t i, uint64_t mask) {
  const auto at = [&](uint32_t k) { return text + static_cast<int32_t>(shapes.load[i + k]); };
  return Digits(mask, LoadFour(at(0), at(2), at(4), at(6)));
}

// The digit values of two fields' 32 bytes: fields i and i + 2.
static inline __m512i LoadDottedTwo(const char* text, const DottedShapes& shapes, uint32_t i, uint64_t mask) {
  const auto at = [&](uint32_t k) { return text + static_cast<int32_t>(shapes.load[i + k]); };
  return Digits(mask, LoadTwo(at(0), at(2)));
}

}  // namespace v0
}  // namespace headrace
