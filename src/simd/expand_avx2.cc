// Spreading values with AVX2: four or eight rows a step, by a table of where each of them finds its value.
#include "simd/expand_levels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>

#include "simd/expand_block.h"

namespace headrace {
inline namespace v0 {
namespace {

// For eight validity bits, eight bytes: the rank of each row's value, or 0x80 where the row is null.
struct alignas(64) Ranks {
  uint64_t of[256];
};

constexpr Ranks kRanks = [] {
  Ranks ranks{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    uint64_t rank = 0;
    for (unsigned row = 0; row < 8; ++row) {
      const bool valid = (bits >> row & 1) != 0;
      ranks.of[bits] |= (valid ? rank : 0x80) << 8 * row;
      rank += valid ? 1 : 0;
    }
  }
  return ranks;
}();

inline __m128i RanksOf(uint64_t bits) { return _mm_cvtsi64_si128(static_cast<int64_t>(kRanks.of[bits])); }

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
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                          _mm256_andnot_si256(_mm256_srai_epi32(ranks, 31), spread));
      dense += _mm_popcnt_u64(word & 255);
    }
  }
};

struct EightBytes {
  using Value = uint64_t;
  static constexpr int kSpareValues = 8;
  // For four validity bits, the ranks of the eight halves; a null is negative.
  static void Word(const uint64_t* dense, uint64_t word, uint64_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const auto low = static_cast<uint32_t>(word & 15), high = static_cast<uint32_t>(word >> 4 & 15);
      const uint64_t* second = dense + _mm_popcnt_u32(low);
      Four(dense, low, out + i);
      Four(second, high, out + i + 4);
      dense = second + _mm_popcnt_u32(high);
    }
  }
  static void Four(const uint64_t* dense, uint32_t bits, uint64_t* out) {
    const __m256i halves = _mm256_load_si256(reinterpret_cast<const __m256i*>(kHalves[bits].data()));
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(dense));
    const __m256i spread = _mm256_permutevar8x32_epi32(values, halves);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_andnot_si256(_mm256_srai_epi32(halves, 31), spread));
  }
  alignas(64) static constexpr std::array<std::array<int32_t, 8>, 16> kHalves = [] {
    std::array<std::array<int32_t, 8>, 16> halves{};
    for (size_t bits = 0; bits < 16; ++bits) {
      int32_t rank = 0;
      for (size_t row = 0; row < 4; ++row) {
        const bool valid = (bits >> row & 1) != 0;
        halves[bits][2 * row] = valid ? 2 * rank : -1;
        halves[bits][2 * row + 1] = valid ? 2 * rank + 1 : -1;
        rank += valid ? 1 : 0;
      }
    }
    return halves;
  }();
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
  switch (width) {
    case 1:
      return ExpandBlocks<OneByte>(dense, num_values, validity, rows, out);
    case 2:
      return ExpandBlocks<TwoBytes>(dense, num_values, validity, rows, out);
    case 4:
      return ExpandBlocks<FourBytes>(dense, num_values, validity, rows, out);
    case 8:
      return ExpandBlocks<EightBytes>(dense, num_values, validity, rows, out);
    default:
      return ExpandBlocks<SixteenBytes>(dense, num_values, validity, rows, out);
  }
}

}  // namespace v0
}  // namespace headrace
#endif
