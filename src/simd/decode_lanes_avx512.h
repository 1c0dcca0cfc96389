#pragma once
// What the decoding kernels for AVX-512 share. Only for files that are compiled for it (*_avx512.cc). All of it is
// static: the linker must not take one of these functions into code for other processors.
#include <immintrin.h>

#include <cstdint>

#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

static inline __m512i Load64(const void* from) { return _mm512_loadu_si512(from); }
static inline __m256i Load32(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
static inline __m128i Load16(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
static inline void Store64(void* to, __m512i value) { _mm512_storeu_si512(to, value); }
static inline void Store32(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

static inline uint64_t LowBits(uint32_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

static inline __m512i Lengths(const FieldBlock& block, uint32_t i) {
  return _mm512_sub_epi32(Load64(block.end + i), Load64(block.begin + i));
}

// Two texts of 32 bytes, and four of 16.
static inline __m512i LoadTwo(const char* a, const char* b) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(Load32(a)), Load32(b), 1);
}
static inline __m512i LoadFour(const char* a, const char* b, const char* c, const char* d) {
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(Load16(a)), Load16(b), 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(Load16(c)), Load16(d), 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// The 64-bit words that end at eight fields' ends.
static inline __m512i LoadEightEnds(const char* text, const uint32_t* end) {
  const auto two = [&](uint32_t first, uint32_t second) {
    const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text + first - 8));
    return _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(low), reinterpret_cast<const double*>(text + second - 8)));
  };
  const auto four = [&](const uint32_t* ends) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(two(ends[0], ends[1])), two(ends[2], ends[3]), 1);
  };
  return _mm512_inserti64x4(_mm512_castsi256_si512(four(end)), four(end + 4), 1);
}

// Digit values of the bytes in `mask`, 0 elsewhere.
static inline __m512i Digits(uint64_t mask, __m512i bytes) {
  return _mm512_maskz_sub_epi8(_cvtu64_mask64(mask), bytes, _mm512_set1_epi8('0'));
}
static inline bool AnyAboveNine(__m512i digits) { return _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)) != 0; }

// Masks of eight fields' 16 bytes, by even and odd fields as LoadFour takes them.
struct ByteMasksOfEight {
  uint64_t even, odd;
};
struct ByteMasks16 {
  alignas(64) uint16_t masks[FieldBlock::kMaxFields];

  // The masks of sixteen fields from field `i` on, a lane each.
  void Put(uint32_t i, __m512i lanes) {
    const __m512i order = _mm512_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15);
    Store32(masks + i, _mm512_cvtepi32_epi16(_mm512_permutexvar_epi32(order, lanes)));
  }
  ByteMasksOfEight Of(uint32_t i) const {
    ByteMasksOfEight both;
    __builtin_memcpy(&both, masks + i, sizeof both);
    return both;
  }
};

// A bit for each of eight fields with a digit above nine; 16 bytes each, as LoadFour has them.
static inline uint32_t FaultyOfEight(__m512i even, __m512i odd) {
  const auto fields = [](__m512i digits) {
    const uint64_t bytes = _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9));
    uint32_t faulty = 0;
    for (int i = 0; i < 4; i++) faulty |= uint32_t{(bytes >> 16 * i & 0xFFFF) != 0} << 2 * i;
    return faulty;
  };
  return fields(even) | fields(odd) << 1;
}

// Eight numbers of sixteen digits, of which each field has 16 bytes: pairs of digits by `tens`, then fours, eights.
static inline __m512i SixteenDigits(__m512i even, __m512i odd, __m512i tens, __m512i hundreds, __m512i thousands) {
  const __m512i pairs = _mm512_packus_epi16(_mm512_maddubs_epi16(even, tens), _mm512_maddubs_epi16(odd, tens));
  const __m512i eights = _mm512_madd_epi16(_mm512_maddubs_epi16(pairs, hundreds), thousands);
  return _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
}
static inline __m512i SixteenDigits(__m512i even, __m512i odd) {
  return SixteenDigits(even, odd, _mm512_set1_epi16(0x010A), _mm512_set1_epi16(0x0164), _mm512_set1_epi32(0x00012710));
}

// Sixteen numbers of eight digits: 64-bit words of digits of fields 0 to 7 and 8 to 15.
static inline __m512i EightDigits(__m512i first, __m512i second) {
  const __m512i tens = _mm512_set1_epi16(0x010A), hundreds = _mm512_set1_epi16(0x0164);
  const __m512i pairs = _mm512_packus_epi16(_mm512_maddubs_epi16(first, tens), _mm512_maddubs_epi16(second, tens));
  const __m512i eights = _mm512_madd_epi16(_mm512_maddubs_epi16(pairs, hundreds), _mm512_set1_epi32(0x00012710));
  const __m512i order = _mm512_setr_epi32(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
  return _mm512_permutexvar_epi32(order, eights);
}

// Call `read(block, values)` with a block that has, and may write, a multiple of sixteen entries: one with an odd
// number of eights is copied. Return its mask of fields to read again.
template <class T, class Read>
static inline uint64_t InSixteens(const FieldBlock& block, T* values, Read read) {
  FieldBlock local = block;  // stores to `values` cannot change it
  alignas(64) uint32_t begin[FieldBlock::kMaxFields], end[FieldBlock::kMaxFields];
  alignas(64) T copy[FieldBlock::kMaxFields];
  T* to = values;
  const uint32_t eights = (block.size + 7) & ~uint32_t{7};
  if ((eights & 8) != 0) {
    const auto fill = [&](const uint32_t* from, uint32_t* list) {
      for (uint32_t i = 0; i < eights; i += 8) Store32(list + i, Load32(from + i));
      Store32(list + eights, _mm256_set1_epi32(static_cast<int>(from[eights - 1])));
    };
    fill(block.begin, begin);
    fill(block.end, end);
    local.begin = begin;
    local.end = end;
    to = copy;
  }
  const uint64_t again = read(local, to);
  if (to != values) __builtin_memcpy(values, copy, eights * sizeof(T));
  return again & LowBits(local.size);
}

}  // namespace v0
}  // namespace headrace
