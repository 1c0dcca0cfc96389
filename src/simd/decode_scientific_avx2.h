#pragma once
// Numbers with an exponent, or with more integer digits than the dotted texts have room for: digits end at one place
// for all of them, without a dot among them. Only for *_avx2.cc files.
#include "simd/decode_lanes_avx2.h"
#include "simd/powers_of_ten.h"

namespace headrace {
inline namespace v0 {

// An optional sign, 1 to 23 digits and perhaps a dot among them, perhaps an e, an optional sign, 1 to 3 digits.
struct ScientificShapes {
  alignas(32) uint32_t load[FieldBlock::kMaxFields];    // 32 bytes that end with the mantissa
  alignas(32) uint32_t digits[FieldBlock::kMaxFields];  // the mask of its digits, in kOnesFrom
  alignas(32) uint32_t behind[FieldBlock::kMaxFields];  // those that stand behind the dot; all of them if there is none
  alignas(32) uint32_t powers[FieldBlock::kMaxFields];  // the power of ten that the digits are to be multiplied by
  uint64_t negative;                                    // a bit each
  uint64_t odd;                                         // a bit each: outside the shape
};

constexpr int32_t kMostDigits = 23;

struct EightExponents {
  __m256i values;
  __m256i odd;  // a lane's bits
};

static inline __m256i EqualTo(__m256i lanes, char character) {
  return _mm256_cmpeq_epi32(lanes, _mm256_set1_epi32(character));
}

// The exponents in the last `length` bytes of `words`; 0 in lanes that are not of `present`.
static inline EightExponents ReadExponents(__m256i words, __m256i length, __m256i present) {
  const __m256i bits = _mm256_set1_epi32(32);
  const __m256i first = _mm256_and_si256(_mm256_srlv_epi32(words, _mm256_sub_epi32(bits, _mm256_slli_epi32(length, 3))),
                                         _mm256_set1_epi32(0xFF));
  const __m256i minus = EqualTo(first, '-'), sign = _mm256_or_si256(minus, EqualTo(first, '+'));
  const __m256i count = _mm256_and_si256(_mm256_add_epi32(length, sign), present);
  const __m256i mask = _mm256_sllv_epi32(_mm256_set1_epi8(-1), _mm256_sub_epi32(bits, _mm256_slli_epi32(count, 3)));
  const __m256i digits = _mm256_and_si256(_mm256_sub_epi8(words, _mm256_set1_epi8('0')), mask);
  const __m256i tens = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x010A6400));  // 0, 100, 10, 1
  const __m256i value = _mm256_madd_epi16(tens, _mm256_set1_epi16(1));
  EightExponents result;
  result.values = _mm256_sub_epi32(_mm256_xor_si256(value, minus), minus);
  result.odd =
      _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)), _mm256_and_si256(present, Outside(count, 1, 3)));
  return result;
}

// Where the first e and the first dot are, from the begin on (32: not among so many bytes), the first byte, the last
// four.
struct FieldMarks {
  alignas(32) uint32_t exponents[FieldBlock::kMaxFields], dots[FieldBlock::kMaxFields], first[FieldBlock::kMaxFields],
      last[FieldBlock::kMaxFields];
};

static inline void FindMarks(const FieldBlock& block, FieldMarks* marks) {
  for (uint32_t i = 0, eights = (block.size + 7) & ~7U; i < eights; i++) {
    const char* begin = block.text + block.begin[i];
    const __m256i text = Load32(begin);
    const __m256i lower = _mm256_or_si256(text, _mm256_set1_epi8(0x20));
    const int exponent = _mm256_movemask_epi8(_mm256_cmpeq_epi8(lower, _mm256_set1_epi8('e')));
    const int dot = _mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('.')));
    marks->exponents[i] = _tzcnt_u32(static_cast<uint32_t>(exponent));
    marks->dots[i] = _tzcnt_u32(static_cast<uint32_t>(dot));
    marks->first[i] = static_cast<uint8_t>(*begin);
    __builtin_memcpy(marks->last + i, block.text + block.end[i] - 4, 4);
  }
}

static inline void DescribeScientific(const FieldBlock& block, ScientificShapes* shapes) {
  FieldMarks marks;
  FindMarks(block, &marks);
  uint64_t negative_fields = 0, odd_fields = 0;
  const __m256i one = _mm256_set1_epi32(1), zero = _mm256_setzero_si256();
  for (uint32_t i = 0; i < block.size; i += 8) {
    const __m256i length = Lengths(block, i);
    const __m256i mantissa = _mm256_min_epu32(Load32(marks.exponents + i), length);
    const __m256i has_exponent = _mm256_cmpgt_epi32(length, mantissa);
    const __m256i rest = _mm256_sub_epi32(length, _mm256_add_epi32(mantissa, one));
    const EightExponents exponent = ReadExponents(Load32(marks.last + i), rest, has_exponent);

    const __m256i dot = Load32(marks.dots + i), has_dot = _mm256_cmpgt_epi32(mantissa, dot);
    const __m256i fraction = _mm256_and_si256(_mm256_sub_epi32(mantissa, _mm256_add_epi32(dot, one)), has_dot);
    const __m256i sign = Load32(marks.first + i), negative = EqualTo(sign, '-');
    const __m256i has_sign = _mm256_or_si256(negative, EqualTo(sign, '+'));
    const __m256i digits = _mm256_add_epi32(_mm256_add_epi32(mantissa, has_sign), has_dot);
    const __m256i behind = _mm256_blendv_epi8(digits, fraction, has_dot);

    const __m256i power = _mm256_sub_epi32(_mm256_sub_epi32(exponent.values, fraction), _mm256_set1_epi32(kLeastPower));
    const __m256i outside = Outside(power, 0, kGreatestPower - kLeastPower);
    const __m256i odd = _mm256_or_si256(_mm256_or_si256(Outside(digits, 1, kMostDigits), outside),
                                        _mm256_xor_si256(_mm256_cmpeq_epi32(exponent.odd, zero), _mm256_set1_epi8(-1)));
    const __m256i end = _mm256_add_epi32(Load32(block.begin + i), mantissa);
    Store32(shapes->load + i, _mm256_sub_epi32(end, _mm256_set1_epi32(32)));
    Store32(shapes->digits + i, _mm256_add_epi32(digits, _mm256_set1_epi32(80 - 32)));
    Store32(shapes->behind + i, _mm256_add_epi32(behind, _mm256_set1_epi32(80 - 32)));
    Store32(shapes->powers + i, _mm256_andnot_si256(outside, power));
    negative_fields |= uint64_t{LaneBits(negative)} << i;
    odd_fields |= uint64_t{LaneBits(odd)} << i;
  }
  shapes->negative = negative_fields;
  shapes->odd = odd_fields;
}

// The digit values of 32 bytes, without the dot.
static inline __m256i LoadScientific(const char* text, const ScientificShapes& shapes, uint32_t i) {
  const char* from = text + static_cast<int32_t>(shapes.load[i]);
  const __m256i bytes = _mm256_blendv_epi8(Load32(from - 1), Load32(from), Load32(kOnesFrom.bytes + shapes.behind[i]));
  return _mm256_and_si256(_mm256_sub_epi8(bytes, _mm256_set1_epi8('0')), Load32(kOnesFrom.bytes + shapes.digits[i]));
}

}  // namespace v0
}  // namespace headrace
