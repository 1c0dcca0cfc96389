#pragma once
// Numbers with an exponent, or with more integer digits than the dotted texts have room for: digits end at one place
// for all of them, without a dot among them. Only for *_avx512.cc files.
#include "simd/decode_lanes_avx512.h"
#include "simd/powers_of_ten.h"

namespace headrace {
inline namespace v0 {

// An optional sign, 1 to 23 digits and perhaps a dot among them, perhaps an e, an optional sign, 1 to 3 digits.
struct ScientificShapes {
  alignas(64) uint32_t load[FieldBlock::kMaxFields];    // 32 bytes that end with the mantissa
  alignas(64) uint32_t digits[FieldBlock::kMaxFields];  // a bit each of its digits, once they end there without a dot
  alignas(64) uint32_t behind[FieldBlock::kMaxFields];  // those that stand behind the dot; all of them if there is none
  alignas(64) uint32_t powers[FieldBlock::kMaxFields];  // the power of ten that the digits are to be multiplied by
  uint64_t negative;                                    // a bit each
  uint64_t odd;                                         // a bit each: outside the shape
};

constexpr int kMostDigits = 23;

// The place of the lowest bit, 32 without one.
static inline __m512i LowestBit(__m512i bits) {
  return _mm512_popcnt_epi32(_mm512_andnot_si512(bits, _mm512_sub_epi32(bits, _mm512_set1_epi32(1))));
}

struct SixteenExponents {
  __m512i values;
  __mmask16 odd;
};

// The exponents in the last `length` bytes of `words`; 0 in lanes that are not of `present`.
static inline SixteenExponents ReadExponents(__m512i words, __m512i length, __mmask16 present) {
  const __m512i one = _mm512_set1_epi32(1), bits = _mm512_set1_epi32(32);
  const __m512i first = _mm512_and_si512(_mm512_srlv_epi32(words, _mm512_sub_epi32(bits, _mm512_slli_epi32(length, 3))),
                                         _mm512_set1_epi32(0xFF));
  const __mmask16 minus = _mm512_cmpeq_epi32_mask(first, _mm512_set1_epi32('-'));
  const __mmask16 sign = minus | _mm512_cmpeq_epi32_mask(first, _mm512_set1_epi32('+'));
  const __m512i count = _mm512_maskz_mov_epi32(present, _mm512_mask_sub_epi32(length, sign, length, one));
  const __m512i mask = _mm512_sllv_epi32(_mm512_set1_epi8(-1), _mm512_sub_epi32(bits, _mm512_slli_epi32(count, 3)));
  const __m512i digits = _mm512_and_si512(_mm512_sub_epi8(words, _mm512_set1_epi8('0')), mask);
  const __m512i tens = _mm512_maddubs_epi16(digits, _mm512_set1_epi32(0x010A6400));  // 0, 100, 10, 1
  const __m512i value = _mm512_madd_epi16(tens, _mm512_set1_epi16(1));
  const __m512i above = _mm512_subs_epu8(digits, _mm512_set1_epi8(9));
  SixteenExponents result;
  result.values = _mm512_mask_sub_epi32(value, minus & present, _mm512_setzero_si512(), value);
  result.odd = _mm512_test_epi32_mask(above, above) |
               _mm512_mask_cmpgt_epu32_mask(present, _mm512_sub_epi32(count, one), _mm512_set1_epi32(2));
  return result;
}

// The block has a multiple of sixteen entries.
static inline void DescribeScientific(const FieldBlock& block, ScientificShapes* shapes) {
  alignas(64) uint32_t exponents[FieldBlock::kMaxFields], dots[FieldBlock::kMaxFields];  // a bit a byte from the begin
  alignas(64) uint32_t last[FieldBlock::kMaxFields];                                     // four bytes
  alignas(64) uint8_t first[FieldBlock::kMaxFields];
  const uint32_t sixteens = (block.size + 15) & ~15U;
  for (uint32_t i = 0; i < sixteens; i += 2) {
    const char* a = block.text + block.begin[i];
    const char* b = block.text + block.begin[i + 1];
    const __m512i two = LoadTwo(a, b);
    const __m512i lower = _mm512_or_si512(two, _mm512_set1_epi8(0x20));
    const uint64_t exponent = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(lower, _mm512_set1_epi8('e')));
    const uint64_t dot = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(two, _mm512_set1_epi8('.')));
    __builtin_memcpy(exponents + i, &exponent, sizeof exponent);
    __builtin_memcpy(dots + i, &dot, sizeof dot);
    first[i] = static_cast<uint8_t>(*a);
    first[i + 1] = static_cast<uint8_t>(*b);
    __builtin_memcpy(last + i, block.text + block.end[i] - 4, 4);
    __builtin_memcpy(last + i + 1, block.text + block.end[i + 1] - 4, 4);
  }
  uint64_t negative_fields = 0, odd_fields = 0;
  const __m512i one = _mm512_set1_epi32(1), ones = _mm512_set1_epi32(-1), bits = _mm512_set1_epi32(32);
  for (uint32_t i = 0; i < block.size; i += 16) {
    const __m512i length = Lengths(block, i);
    const __m512i mantissa = _mm512_min_epu32(LowestBit(Load64(exponents + i)), length);
    const __mmask16 has_exponent = _mm512_cmplt_epu32_mask(mantissa, length);
    const __m512i rest = _mm512_sub_epi32(length, _mm512_add_epi32(mantissa, one));
    const SixteenExponents exponent = ReadExponents(Load64(last + i), rest, has_exponent);

    const __m512i dot = LowestBit(Load64(dots + i));
    const __mmask16 has_dot = _mm512_cmplt_epu32_mask(dot, mantissa);
    const __m512i fraction = _mm512_maskz_sub_epi32(has_dot, mantissa, _mm512_add_epi32(dot, one));
    const __m512i sign = _mm512_cvtepu8_epi32(Load16(first + i));
    const __mmask16 negative = _mm512_cmpeq_epi32_mask(sign, _mm512_set1_epi32('-'));
    const __mmask16 has_sign = negative | _mm512_cmpeq_epi32_mask(sign, _mm512_set1_epi32('+'));
    __m512i digits = _mm512_mask_sub_epi32(mantissa, has_sign, mantissa, one);
    digits = _mm512_mask_sub_epi32(digits, has_dot, digits, one);
    const __m512i behind = _mm512_mask_mov_epi32(digits, has_dot, fraction);

    const __m512i power = _mm512_sub_epi32(_mm512_sub_epi32(exponent.values, fraction), _mm512_set1_epi32(kLeastPower));
    const __mmask16 in_table = _mm512_cmple_epu32_mask(power, _mm512_set1_epi32(kGreatestPower - kLeastPower));
    const __mmask16 odd = exponent.odd | static_cast<__mmask16>(~in_table) |
                          _mm512_cmpge_epu32_mask(_mm512_sub_epi32(digits, one), _mm512_set1_epi32(kMostDigits));
    const __m512i end = _mm512_add_epi32(Load64(block.begin + i), mantissa);
    Store64(shapes->load + i, _mm512_sub_epi32(end, bits));
    Store64(shapes->digits + i, _mm512_sllv_epi32(ones, _mm512_sub_epi32(bits, digits)));
    Store64(shapes->behind + i, _mm512_sllv_epi32(ones, _mm512_sub_epi32(bits, behind)));
    Store64(shapes->powers + i, _mm512_maskz_mov_epi32(in_table, power));
    negative_fields |= uint64_t{negative} << i;
    odd_fields |= uint64_t{odd} << i;
  }
  shapes->negative = negative_fields;
  shapes->odd = odd_fields;
}

}  // namespace v0
}  // namespace headrace
