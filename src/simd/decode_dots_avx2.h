#pragma once
// Texts with a dot, so laid in a register that the dot stands at one place for all of them. Only for *_avx2.cc files.
// What is not the field's is masked to 0, which is right on both sides. A text without a dot has it where it ends.
#include "simd/decode_lanes_avx2.h"

namespace headrace {
inline namespace v0 {

// Where a block's fields lie around their dots.
struct DottedShapes {
  alignas(32) uint32_t load[FieldBlock::kMaxFields];   // the byte of the text that is loaded first
  alignas(32) uint32_t from[FieldBlock::kMaxFields];   // the mask of the integer digits, in kOnesFrom
  alignas(32) uint32_t until[FieldBlock::kMaxFields];  // the mask of the fraction digits, in kOnesUntil
  uint64_t negative;                                   // a bit each: a minus comes first
  uint64_t odd;                                        // a bit each: outside the shape
  int32_t longest_behind;                              // characters from the dot on, the dot counts
};

static inline int32_t Greatest(__m256i lanes) {
  __m128i most = _mm_max_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
  most = _mm_max_epi32(most, _mm_shuffle_epi32(most, 0x4E));
  return _mm_cvtsi128_si32(_mm_max_epi32(most, _mm_shuffle_epi32(most, 0xB1)));
}

// The dot is to be byte `dot_byte` (at most 15), so that as many integer digits fit; `max_behind` (at most 25)
// characters from the dot on.
static inline void DescribeDotted(const FieldBlock& block, int32_t dot_byte, int32_t max_behind, DottedShapes* shapes) {
  alignas(32) uint16_t dots[FieldBlock::kMaxFields], minuses[FieldBlock::kMaxFields];  // a bit a byte from the begin on
  for (uint32_t i = 0, eights = (block.size + 7) & ~7U; i < eights; i += 2) {
    const uint32_t* begin = block.begin + i;
    const __m256i two = LoadTwo(block.text + begin[0], block.text + begin[1]);
    const int dot = _mm256_movemask_epi8(_mm256_cmpeq_epi8(two, _mm256_set1_epi8('.')));
    const int minus = _mm256_movemask_epi8(_mm256_cmpeq_epi8(two, _mm256_set1_epi8('-')));
    __builtin_memcpy(dots + i, &dot, sizeof dot);
    __builtin_memcpy(minuses + i, &minus, sizeof minus);
  }
  uint64_t negative_fields = 0, odd_fields = 0;
  __m256i longest_behind = _mm256_setzero_si256();
  for (uint32_t i = 0; i < block.size; i += 8) {
    // Longer fields are outside the shape, and the masks end somewhere.
    const __m256i length = _mm256_min_epu32(Lengths(block, i), _mm256_set1_epi32(48));
    // The number of the lowest bit is a float's exponent; without a bit it is very large as an unsigned number.
    const __m256i bits = _mm256_cvtepu16_epi32(Load16(dots + i));
    const __m256i lowest = _mm256_and_si256(bits, _mm256_sub_epi32(_mm256_setzero_si256(), bits));
    const __m256i exponent = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(lowest)), 23);
    const __m256i dot = _mm256_min_epu32(_mm256_sub_epi32(exponent, _mm256_set1_epi32(127)), length);
    const __m256i first_bit = _mm256_slli_epi32(_mm256_cvtepu16_epi32(Load16(minuses + i)), 31);
    const __m256i negative = _mm256_srai_epi32(first_bit, 31);  // -1 for a minus
    const __m256i before = _mm256_add_epi32(dot, negative);
    const __m256i behind = _mm256_sub_epi32(length, dot);  // the dot counts
    // No digit: "", "-", ".", "-.".
    const __m256i some_digit = _mm256_or_si256(before, _mm256_srli_epi32(behind, 1));
    const __m256i odd = _mm256_or_si256(
        _mm256_or_si256(Outside(before, 0, dot_byte), _mm256_cmpeq_epi32(some_digit, _mm256_setzero_si256())),
        _mm256_cmpgt_epi32(behind, _mm256_set1_epi32(max_behind)));
    const __m256i shift = _mm256_sub_epi32(dot, _mm256_set1_epi32(dot_byte));
    Store32(shapes->load + i, _mm256_add_epi32(Load32(block.begin + i), shift));
    Store32(shapes->from + i, _mm256_add_epi32(before, _mm256_set1_epi32(80 - dot_byte)));
    Store32(shapes->until + i, _mm256_sub_epi32(_mm256_set1_epi32(96 - dot_byte), behind));
    negative_fields |= uint64_t{LaneBits(negative)} << i;
    odd_fields |= uint64_t{LaneBits(odd)} << i;
    longest_behind = _mm256_max_epi32(longest_behind, behind);
  }
  shapes->negative = negative_fields;
  shapes->odd = odd_fields;
  shapes->longest_behind = Greatest(longest_behind);
}

// The digit values of 16 bytes of a field. The dot's byte is anything.
static inline __m128i LoadDotted16(const char* text, const DottedShapes& shapes, uint32_t i) {
  const __m128i digits = _mm_sub_epi8(Load16(text + static_cast<int32_t>(shapes.load[i])), _mm_set1_epi8('0'));
  return _mm_and_si128(_mm_and_si128(digits, Load16(kOnesFrom.bytes + shapes.from[i])),
                       Load16(kOnesUntil.bytes + shapes.until[i]));
}

// The digit values of 32 bytes.
static inline __m256i LoadDotted32(const char* text, const DottedShapes& shapes, uint32_t i) {
  const __m256i digits = _mm256_sub_epi8(Load32(text + static_cast<int32_t>(shapes.load[i])), _mm256_set1_epi8('0'));
  return _mm256_and_si256(_mm256_and_si256(digits, Load32(kOnesFrom.bytes + shapes.from[i])),
                          Load32(kOnesUntil.bytes + shapes.until[i]));
}

}  // namespace v0
}  // namespace headrace
