// Spreading values with AVX2: four or eight rows a step, by a table of where each of them finds its value.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/expand_block.h"
#include "simd/expand_tables_avx2.h"

namespace headrace {
inline namespace v0 {
namespace {

struct OneByte {
  using Value = uint8_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint8_t* dense, uint64_t word, uint8_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const __m128i values = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(dense));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), _mm_shuffle_epi8(values, RanksOf(word & 255)));
      dense += _mm_popcnt_u64(word & 255);
    }
  }
};

struct TwoBytes {
  using Value = uint16_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint16_t* dense, uint64_t word, uint16_t* out) {
    const __m128i second = _mm_set1_epi16(0x0100);
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const __m128i ranks = RanksOf(word & 255);
      __m128i bytes = _mm_unpacklo_epi8(ranks, ranks);
      bytes = _mm_adds_epu8(_mm_adds_epu8(bytes, bytes), second);  // 2r, 2r + 1; a null saturates
      const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(dense));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm_shuffle_epi8(values, bytes));
      dense += _mm_popcnt_u64(word & 255);
    }
  }
};

struct FourBytes {
  using Value = uint32_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint32_t* dense, uint64_t word, uint32_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const __m256i ranks = _mm256_cvtepi8_epi32(RanksOf(word & 255));  // a null is negative
      const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(dense));
      const __m256i spread = _mm256_permutevar8x32_epi32(values, ranks);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), _mm256_andnot_si256(NullsOf(ranks), spread));
      dense += _mm_popcnt_u64(word & 255);
    }
  }
};

struct EightBytes {
  using Value = uint64_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint64_t* dense, uint64_t word, uint64_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      Four(dense, word & 15, out + i);
      dense += _mm_popcnt_u64(word & 15);
      Four(dense, word >> 4 & 15, out + i + 4);
      dense += _mm_popcnt_u64(word & 0xf0);
    }
  }
  static void Four(const uint64_t* dense, uint64_t bits, uint64_t* out) {
    const __m256i ranks = HalfRanksOf(bits);
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(dense));
    const __m256i spread = _mm256_permutevar8x32_epi32(values, ranks);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_andnot_si256(NullsOf(ranks), spread));
  }
};

struct SixteenBytes {
  using Value = __m128i;
  static constexpr int kSpareValues = 1;
  static void Word(const __m128i* dense, uint64_t word, __m128i* out) {
    for (int i = 0; i < 64; ++i, word >>= 1) {
      const __m128i valid = _mm_set1_epi64x(-static_cast<int64_t>(word & 1));
      _mm_storeu_si128(out + i, _mm_and_si128(_mm_loadu_si128(dense), valid));
      dense += word & 1;
    }
  }
};

}  // namespace

void ExpandValuesAvx2(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                      uint8_t* out) {
  ExpandByWidth<OneByte, TwoBytes, FourBytes, EightBytes, SixteenBytes>(width, dense, num_values, validity, rows, out);
}

}  // namespace v0
}  // namespace headrace
#endif
