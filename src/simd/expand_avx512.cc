// Spreading values with AVX-512: one expansion for a register of values, of any width (VBMI2 for the narrow ones).
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/expand_block.h"

namespace headrace {
inline namespace v0 {
namespace {

// A load apart from the expansion: the form that expands from memory is slower. (Without the asm, compilers join them.)
inline __m512i Load(const void* from) {
  __m512i values = _mm512_loadu_si512(from);
  __asm__("" : "+v"(values));
  return values;
}

struct OneByte {
  using Value = uint8_t;
  static constexpr int kSpareValues = 64;
  static void Word(const uint8_t* dense, uint64_t word, uint8_t* out) {
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi8(_cvtu64_mask64(word), Load(dense)));
  }
};

struct TwoBytes {
  using Value = uint16_t;
  static constexpr int kSpareValues = 32;
  static void Word(const uint16_t* dense, uint64_t word, uint16_t* out) {
    const auto low = static_cast<__mmask32>(word), high = static_cast<__mmask32>(word >> 32);
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi16(low, Load(dense)));
    _mm512_storeu_si512(out + 32, _mm512_maskz_expand_epi16(high, Load(dense + _mm_popcnt_u32(low))));
  }
};

struct FourBytes {
  using Value = uint32_t;
  static constexpr int kSpareValues = 16;
  static void Word(const uint32_t* dense, uint64_t word, uint32_t* out) {
    for (int i = 0; i < 64; i += 16, word >>= 16) {
      const auto mask = static_cast<__mmask16>(word);
      _mm512_storeu_si512(out + i, _mm512_maskz_expand_epi32(mask, Load(dense)));
      dense += _mm_popcnt_u32(mask);
    }
  }
};

struct EightBytes {
  using Value = uint64_t;
  static constexpr int kSpareValues = 8;
  static void Word(const uint64_t* dense, uint64_t word, uint64_t* out) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const auto mask = static_cast<__mmask8>(word);
      _mm512_storeu_si512(out + i, _mm512_maskz_expand_epi64(mask, Load(dense)));
      dense += _mm_popcnt_u32(mask);
    }
  }
};

struct SixteenBytes {
  using Value = __m128i;
  static constexpr int kSpareValues = 4;
  static void Word(const __m128i* dense, uint64_t word, __m128i* out) {
    for (int i = 0; i < 64; i += 4, word >>= 4) {
      const auto mask = static_cast<__mmask8>(_pdep_u32(static_cast<uint32_t>(word & 15), 0x55) * 3);
      _mm512_storeu_si512(out + i, _mm512_maskz_expand_epi64(mask, Load(dense)));
      dense += _mm_popcnt_u32(static_cast<uint32_t>(word & 15));
    }
  }
};

}  // namespace

void ExpandValuesAvx512(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                        uint8_t* out) {
  ExpandByWidth<OneByte, TwoBytes, FourBytes, EightBytes, SixteenBytes>(width, dense, num_values, validity, rows, out);
}

}  // namespace v0
}  // namespace headrace
#endif
