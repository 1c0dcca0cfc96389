// Decimals with AVX-512: the dot is taken out where all fields have it, and what is left is an integer of 15 digits.
// The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include "simd/decode_dots_avx512.h"
#include "simd/decode_lanes_avx512.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kDigits = 15;

// Bytes 0 to dot_byte - 1 go one place up, over the dot.
inline __m512i OrderWithoutDot(int dot_byte) {
  alignas(16) int8_t order[16];
  for (int i = 0; i < 16; i++) order[i] = static_cast<int8_t>(i > dot_byte ? i : i - 1);
  return _mm512_broadcast_i32x4(Load16(order));
}

inline int64_t PowerOfTen(int power) {
  int64_t value = 1;
  for (; power > 0; power--) value *= 10;
  return value;
}

// Eight values of 64 bits as 128 bits.
inline void StoreEight(__m512i low, __int128* values) {
  const __m512i high = _mm512_srai_epi64(low, 63);
  Store64(values, _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), high));
  Store64(values + 4, _mm512_permutex2var_epi64(low, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), high));
}

inline uint64_t ReadDecimals(const FieldBlock& block, int precision, int scale, __int128* values) {
  const int dot_byte = kDigits - scale;
  DottedShapes shapes;
  DescribeDotted(block, static_cast<uint32_t>(dot_byte), static_cast<uint32_t>(scale + 1), &shapes);
  ByteMasks16 masks;
  MaskSixteenBytes(shapes, block.size, &masks);
  const __m512i order = OrderWithoutDot(dot_byte);
  const __m512i greatest = _mm512_set1_epi64(PowerOfTen(precision < kDigits ? precision : kDigits) - 1);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < block.size; i += 8, negative >>= 8) {
    const ByteMasksOfEight mask = masks.Of(i);
    const __m512i even = LoadDottedFour(block.text, shapes, i, mask.even);
    const __m512i odd = LoadDottedFour(block.text, shapes, i + 1, mask.odd);
    const __m512i magnitude = SixteenDigits(_mm512_shuffle_epi8(even, order), _mm512_shuffle_epi8(odd, order));
    const auto minus = static_cast<__mmask8>(negative);
    StoreEight(_mm512_mask_sub_epi64(magnitude, minus, _mm512_setzero_si512(), magnitude), values + i);
    uint32_t outside = _mm512_cmpgt_epi64_mask(magnitude, greatest);
    if (AnyAboveNine(_mm512_max_epu8(even, odd))) [[unlikely]]
      outside |= FaultyOfEight(even, odd);
    again |= uint64_t{outside} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDecimalsAvx512(const FieldBlock& block, int precision, int scale, __int128* values) {
  return InSixteens(block, values, [=](const FieldBlock& sixteens, __int128* to) {
    return ReadDecimals(sixteens, precision, scale, to);
  });
}

}  // namespace v0
}  // namespace headrace
#endif
