// Decimals with AVX2: the dot is taken out where all fields have it, and what is left is an integer of 15 digits.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include "simd/decode_dots_avx2.h"
#include "simd/decode_lanes_avx2.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kDigits = 15;

struct Bytes16 {
  alignas(16) int8_t bytes[16];
};

// Bytes 0 to dot_byte - 1 go one place up, over the dot.
inline __m256i OrderWithoutDot(int dot_byte) {
  Bytes16 order;
  for (int i = 0; i < 16; i++) order.bytes[i] = static_cast<int8_t>(i > dot_byte ? i : i - 1);
  const __m128i half = Load16(order.bytes);
  return _mm256_set_m128i(half, half);
}

inline __m256i MostDigits(int dot_byte) {
  Bytes16 most;
  for (int i = 0; i < 16; i++) most.bytes[i] = static_cast<int8_t>(i == dot_byte ? -1 : 9);
  const __m128i half = Load16(most.bytes);
  return _mm256_set_m128i(half, half);
}

inline int64_t PowerOfTen(int power) {
  int64_t value = 1;
  for (; power > 0; power--) value *= 10;
  return value;
}

inline __m256i Fours(__m256i digits) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A)), _mm256_set1_epi32(0x00010064));
}

inline uint64_t ReadDecimals(const FieldBlock& block, int precision, int scale, __int128* values) {
  const int dot_byte = kDigits - scale;
  DottedShapes shapes;
  DescribeDotted(block, dot_byte, scale + 1, &shapes);
  const __m256i order = OrderWithoutDot(dot_byte), most = MostDigits(dot_byte);
  const __m256i greatest = _mm256_set1_epi64x(PowerOfTen(precision < kDigits ? precision : kDigits) - 1);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < block.size; i += 4, negative >>= 4) {
    // Fields 0 2 and 1 3: packing then leaves them in order.
    const __m256i even = _mm256_set_m128i(LoadDotted16(block.text, shapes, i + 2), LoadDotted16(block.text, shapes, i));
    const __m256i odd =
        _mm256_set_m128i(LoadDotted16(block.text, shapes, i + 3), LoadDotted16(block.text, shapes, i + 1));
    const __m256i packed =
        _mm256_packus_epi32(Fours(_mm256_shuffle_epi8(even, order)), Fours(_mm256_shuffle_epi8(odd, order)));
    const __m256i eights = _mm256_madd_epi16(packed, _mm256_set1_epi32(0x00012710));
    const __m256i magnitude =
        _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
    const __m256i sign = SignMask(negative & 15);
    const __m256i low = _mm256_sub_epi64(_mm256_xor_si256(magnitude, sign), sign);
    const __m256i high = _mm256_cmpgt_epi64(_mm256_setzero_si256(), low);
    const __m256i even_values = _mm256_unpacklo_epi64(low, high), odd_values = _mm256_unpackhi_epi64(low, high);
    Store32(values + i, _mm256_permute2x128_si256(even_values, odd_values, 0x20));
    Store32(values + i + 2, _mm256_permute2x128_si256(even_values, odd_values, 0x31));
    const __m256i too_wide = _mm256_cmpgt_epi64(magnitude, greatest);
    uint32_t outside = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(too_wide)));
    const __m256i fault_even = _mm256_subs_epu8(even, most), fault_odd = _mm256_subs_epu8(odd, most);
    if (AnyBit(_mm256_or_si256(fault_even, fault_odd))) [[unlikely]]
      outside |= FaultyFields(fault_even, fault_odd);
    again |= uint64_t{outside} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDecimalsAvx2(const FieldBlock& block, int precision, int scale, __int128* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  return ReadDecimals(local, precision, scale, values) & LowBits(local.size);
}

}  // namespace v0
}  // namespace headrace
#endif
