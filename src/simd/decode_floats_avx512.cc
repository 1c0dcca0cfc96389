// Floats with AVX-512: digits become numbers by a tree of multiply-adds (2, 4, 8, 16 digits), eight or sixteen fields
// at a time; no branch depends on the data but for fields outside the shape. The build compiles this file (and every
// *_avx512.cc) with AVX-512 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include "simd/decode_dots_avx512.h"
#include "simd/decode_lanes_avx512.h"
#include "simd/decode_scientific_avx512.h"
#include "simd/read_others.h"
#include "simd/scaled_sum.h"

namespace headrace {
inline namespace v0 {
namespace {

// Bytes are loaded so that the dot is byte 7: seven integer digits, the dot, 24 (or 8) fraction digits.

constexpr uint32_t kDotByte = 7, kMaxBehind = 25, kShortBehind = 9;  // the dot and 24 or eight digits

// Weights for sixteen digits of which the second four are three digits and the dot, which is 0: pairs, fours, eights.
inline __m128i TensAroundDot() { return _mm_setr_epi8(10, 1, 10, 1, 10, 1, 1, 0, 10, 1, 10, 1, 10, 1, 10, 1); }
inline __m128i HundredsAroundDot() {
  return _mm_setr_epi8(100, 1, 10, 1, 100, 1, 100, 1, 100, 1, 10, 1, 100, 1, 100, 1);
}
inline __m128i ThousandsAroundDot() { return _mm_setr_epi16(1000, 1, 10000, 1, 1000, 1, 10000, 1); }

// Both halves of 32 bytes: the first sixteen digits are around the dot, the others are behind it.
inline __m512i FirstAndSecond(__m128i first, __m128i second) {
  return _mm512_broadcast_i64x4(_mm256_set_m128i(second, first));
}

// a * 10^-8 + b * 10^-24, correctly rounded (scaled_sum.h); lanes where that is not certain are set in *unsure.
inline __m512d ScaledSum(__m512d a, __m512d b, uint32_t* unsure) {
  const __m512d scale = _mm512_set1_pd(kTenToMinus8), scale24 = _mm512_set1_pd(kTenToMinus24);
  const __m512d high = _mm512_mul_pd(a, scale);
  const __m512d rest = _mm512_fmsub_pd(a, scale, high);
  const __m512d low = _mm512_fmadd_pd(b, scale24, _mm512_fmadd_pd(a, _mm512_set1_pd(kTenToMinus8Low), rest));
  const __m512d bound = _mm512_fmadd_pd(high, _mm512_set1_pd(kHighBound), _mm512_mul_pd(b, _mm512_set1_pd(kLowBound)));
  const __m512d above = _mm512_add_pd(high, _mm512_add_pd(low, bound));
  const __m512d below = _mm512_add_pd(high, _mm512_sub_pd(low, bound));
  *unsure = _mm512_cmp_pd_mask(above, below, _CMP_NEQ_UQ);
  return above;
}

// The same for float.
inline __m256 ScaledSumFloat(__m512d a, __m512d b, uint32_t* unsure) {
  const __m512d sum = _mm512_fmadd_pd(a, _mm512_set1_pd(kTenToMinus8), _mm512_mul_pd(b, _mm512_set1_pd(kTenToMinus24)));
  const __m256 above = _mm512_cvtpd_ps(_mm512_mul_pd(sum, _mm512_set1_pd(kAbove)));
  const __m256 below = _mm512_cvtpd_ps(_mm512_mul_pd(sum, _mm512_set1_pd(kBelow)));
  *unsure = _mm256_cmp_ps_mask(above, below, _CMP_NEQ_UQ);
  return above;
}

// Store eight values; a bit of `negative` is a minus.
inline void Store(__m512d value, uint32_t negative, double* values) {
  const __m512d minus = _mm512_set1_pd(-0.0);
  _mm512_storeu_pd(values, _mm512_mask_or_pd(value, static_cast<__mmask8>(negative), value, minus));
}
inline void Store(__m256 value, uint32_t negative, float* values) {
  const __m256 minus = _mm256_set1_ps(-0.0f);
  _mm256_storeu_ps(values, _mm256_mask_or_ps(value, static_cast<__mmask8>(negative), value, minus));
}

// Store a * 10^-8 + b * 10^-24.
inline void StoreLong(__m512d a, __m512d b, uint32_t negative, double* values, uint32_t* unsure) {
  Store(ScaledSum(a, b, unsure), negative, values);
}
inline void StoreLong(__m512d a, __m512d b, uint32_t negative, float* values, uint32_t* unsure) {
  Store(ScaledSumFloat(a, b, unsure), negative, values);
}

// n * 10^-k without a division, for whole n below 10^15 and k up to 8; `scale` + `scale_low` is 10^-k with an error of
// at most 2^-105. Correctly rounded: the two doubles whose sum is rounded last are within 2^-102 of the value, in
// proportion, and no number half way between doubles is so near. Such a number is m / 2^s with an odd m of 54 bits; it
// differs from n / 10^k by |n 2^s - m 10^k| / (m 10^k) of itself, which is above 2^-81 where it is not 0; and it is not
// 0, for m would divide n, which has 50 bits.
// For float the double may be rounded once more: with m of 25 bits the difference is 0, and the double exact, or above
// 2^-52, and the double on the same side as the value.
inline __m512d TimesPower(__m512d n, __m512d scale, __m512d scale_low) {
  const __m512d high = _mm512_mul_pd(n, scale);
  const __m512d rest = _mm512_fmsub_pd(n, scale, high);
  return _mm512_add_pd(high, _mm512_fmadd_pd(n, scale_low, rest));
}

// Store eight doubles that are exact or correctly rounded, as the text's value is.
inline void StoreRounded(__m512d value, uint32_t negative, double* values) { Store(value, negative, values); }
inline void StoreRounded(__m512d value, uint32_t negative, float* values) {
  Store(_mm512_cvtpd_ps(value), negative, values);
}

// A bit for each of fields 0 2 and 1 3 with a digit above nine.
inline uint32_t FaultyOfFour(__m512i f02, __m512i f13) {
  const auto faulty = [](__m512i two) {
    const uint64_t bytes = _mm512_cmpgt_epu8_mask(two, _mm512_set1_epi8(9));
    return uint32_t{static_cast<uint32_t>(bytes) != 0} | uint32_t{bytes >> 32 != 0} << 2;
  };
  return faulty(f02) | faulty(f13) << 1;
}

template <class T>
inline uint64_t ReadLongFloats(const char* text, uint32_t size, DottedShapes* shapes, T* values) {
  const __m512i tens = FirstAndSecond(TensAroundDot(), _mm_set1_epi16(0x010A));
  const __m512i hundreds = FirstAndSecond(HundredsAroundDot(), _mm_set1_epi16(0x0164));
  const __m512i thousands = FirstAndSecond(ThousandsAroundDot(), _mm_set1_epi32(0x00012710));
  // Fields 0 2 and 1 3: packing then leaves them in order.
  for (uint32_t i = 0; i < size; i += 16) {
    Store64(shapes->digits + i, _mm512_shuffle_epi32(Load64(shapes->digits + i), _MM_PERM_DBCA));
  }
  uint64_t again = shapes->odd, negative = shapes->negative;
  for (uint32_t i = 0; i < size; i += 8, negative >>= 8) {
    uint64_t masks[4];
    __builtin_memcpy(masks, shapes->digits + i, sizeof masks);
    const __m512i f02 = LoadDottedTwo(text, *shapes, i, masks[0]), f13 = LoadDottedTwo(text, *shapes, i + 1, masks[1]);
    const __m512i f46 = LoadDottedTwo(text, *shapes, i + 4, masks[2]),
                  f57 = LoadDottedTwo(text, *shapes, i + 5, masks[3]);
    const __m512i low = SixteenDigits(f02, f13, tens, hundreds, thousands);
    const __m512i high = SixteenDigits(f46, f57, tens, hundreds, thousands);
    const __m512d a = _mm512_cvtepi64_pd(_mm512_shuffle_i64x2(low, high, 0x88));
    const __m512d b = _mm512_cvtepi64_pd(_mm512_shuffle_i64x2(low, high, 0xDD));
    uint32_t unsure;
    StoreLong(a, b, negative & 255, values + i, &unsure);
    if (AnyAboveNine(_mm512_max_epu8(_mm512_max_epu8(f02, f13), _mm512_max_epu8(f46, f57)))) [[unlikely]] {
      unsure |= FaultyOfFour(f02, f13) | FaultyOfFour(f46, f57) << 4;
    }
    again |= uint64_t{unsure} << i;
  }
  return again;
}

// The same where eight fraction digits are the most: half the bytes.
template <class T>
inline uint64_t ReadShortFloats(const char* text, uint32_t size, const DottedShapes& shapes, T* values) {
  const __m512i tens = _mm512_broadcast_i32x4(TensAroundDot());
  const __m512i hundreds = _mm512_broadcast_i32x4(HundredsAroundDot());
  const __m512i thousands = _mm512_broadcast_i32x4(ThousandsAroundDot());
  ByteMasks16 masks;
  MaskSixteenBytes(shapes, size, &masks);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 8, negative >>= 8) {
    const ByteMasksOfEight mask = masks.Of(i);
    const __m512i even = LoadDottedFour(text, shapes, i, mask.even);
    const __m512i odd = LoadDottedFour(text, shapes, i + 1, mask.odd);
    const __m512d number = _mm512_cvtepi64_pd(SixteenDigits(even, odd, tens, hundreds, thousands));
    const __m512d value = TimesPower(number, _mm512_set1_pd(kTenToMinus8), _mm512_set1_pd(kTenToMinus8Low));
    StoreRounded(value, negative & 255, values + i);
    if (AnyAboveNine(_mm512_max_epu8(even, odd))) [[unlikely]]
      again |= uint64_t{FaultyOfEight(even, odd)} << i;
  }
  return again;
}

struct EightCharacterTexts {
  __m512i digits;     // the number without its dot, a byte a digit
  __m512i places;     // digits behind the dot; 8 where there is no dot
  uint32_t negative;  // a bit each: a minus comes first
  uint32_t no_digit;  // a bit each
};

// Eight fields of up to 8 characters, as the words that they end. `length` has a field's length in each lane.
inline EightCharacterTexts ReadEight(__m512i words, __m256i lengths) {
  const __m512i ones = _mm512_set1_epi8(-1), zero = _mm512_setzero_si512(), eight = _mm512_set1_epi64(8);
  const __m512i length = _mm512_cvtepu32_epi64(lengths);
  const __m512i shift = _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(length, 3));
  const __m512i first = _mm512_and_si512(_mm512_srlv_epi64(words, shift), _mm512_set1_epi64(0xFF));
  const __mmask8 negative = _mm512_cmpeq_epi64_mask(first, _mm512_set1_epi64('-'));
  __m512i field = _mm512_sllv_epi64(ones, shift);  // the bytes behind the minus
  field = _mm512_mask_slli_epi64(field, negative, field, 8);
  const __m512i all = _mm512_and_si512(_mm512_sub_epi8(words, _mm512_set1_epi8('0')), field);
  // What is before the first dot moves up by a byte, over the dot. Without one the masks are all ones.
  const __m512i dots = _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('.' - '0')));
  const __mmask8 has_dot = _mm512_test_epi64_mask(dots, dots);
  const __m512i dot = _mm512_and_si512(dots, _mm512_sub_epi64(zero, dots));
  const __m512i before = _mm512_add_epi64(dot, ones), until = _mm512_add_epi64(_mm512_slli_epi64(dot, 8), ones);
  const __m512i whole = _mm512_sllv_epi64(_mm512_and_si512(all, before), _mm512_maskz_mov_epi64(has_dot, eight));
  const __m512i behind = _mm512_andnot_si512(dots, field);
  EightCharacterTexts result;
  result.digits = _mm512_or_si512(whole, _mm512_andnot_si512(until, all));
  result.places = _mm512_srli_epi64(_mm512_lzcnt_epi64(dot), 3);  // bytes above the dot's lowest bit
  result.negative = negative;
  result.no_digit = _mm512_testn_epi64_mask(behind, behind);
  return result;
}

// A bit for each of eight words with a digit above nine.
inline uint32_t FaultyWords(__m512i digits) {
  const __m512i above = _mm512_subs_epu8(digits, _mm512_set1_epi8(9));
  return _mm512_test_epi64_mask(above, above);
}

// Fields of up to 8 characters, sixteen a step.
template <class T>
inline uint64_t ReadTinyFloats(const FieldBlock& block, T* values) {
  const __m512d scales = _mm512_setr_pd(1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7);
  const __m512d scales_low =
      _mm512_setr_pd(0, -0x1.999999999999ap-58, -0x1.eb851eb851eb8p-63, -0x1.89374bc6a7efap-66, -0x1.6a161e4f765fep-68,
                     -0x1.ee78183f91e64p-71, 0x1.b5a63f9a49c2cp-75, 0x1.5e1e99483b023p-78);
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 16) {
    const __m512i length = Lengths(block, i);
    const EightCharacterTexts x = ReadEight(LoadEightEnds(block.text, block.end + i), _mm512_castsi512_si256(length));
    const EightCharacterTexts y =
        ReadEight(LoadEightEnds(block.text, block.end + i + 8), _mm512_extracti64x4_epi64(length, 1));
    const __m512i numbers = EightDigits(x.digits, y.digits);
    const auto store = [&](__m256i eight, const EightCharacterTexts& texts, T* to) {
      // Of `places` the low three bits are looked at.
      StoreRounded(TimesPower(_mm512_cvtepi32_pd(eight), _mm512_permutexvar_pd(texts.places, scales),
                              _mm512_permutexvar_pd(texts.places, scales_low)),
                   texts.negative, to);
    };
    store(_mm512_castsi512_si256(numbers), x, values + i);
    store(_mm512_extracti64x4_epi64(numbers, 1), y, values + i + 8);
    uint32_t faulty = x.no_digit | y.no_digit << 8;
    if (AnyAboveNine(_mm512_max_epu8(x.digits, y.digits))) [[unlikely]]
      faulty |= FaultyWords(x.digits) | FaultyWords(y.digits) << 8;
    again |= uint64_t{faulty} << i;
  }
  return again;
}

inline bool AnyLongerThanEight(const FieldBlock& block) {
  __m512i longest = _mm512_setzero_si512();
  for (uint32_t i = 0; i < block.size; i += 16) longest = _mm512_max_epu32(longest, Lengths(block, i));
  return _mm512_cmpgt_epu32_mask(longest, _mm512_set1_epi32(8)) != 0;
}

// Eight numbers of up to 23 digits as a * 10^8 + b, both exact.
struct EightNumbers {
  __m512d a, b;
};

// Two fields' 32 bytes, the digits at their ends: fields i and i + 2.
inline __m512i LoadScientificTwo(const char* text, const uint32_t* load, uint64_t digits, uint64_t behind) {
  const char* first = text + static_cast<int32_t>(load[0]);
  const char* second = text + static_cast<int32_t>(load[2]);
  const __m512i bytes =
      _mm512_mask_mov_epi8(LoadTwo(first - 1, second - 1), _cvtu64_mask64(behind), LoadTwo(first, second));
  return Digits(digits, bytes);
}

// Numbers of eight digits: even and odd fields' 32 bytes.
inline __m512i GroupsOfEight(__m512i even, __m512i odd) {
  const __m512i tens = _mm512_set1_epi16(0x010A), hundreds = _mm512_set1_epi16(0x0164);
  const __m512i pairs = _mm512_packus_epi16(_mm512_maddubs_epi16(even, tens), _mm512_maddubs_epi16(odd, tens));
  return _mm512_madd_epi16(_mm512_maddubs_epi16(pairs, hundreds), _mm512_set1_epi32(0x00012710));
}

// 10^q as two doubles.
struct EightPowers {
  __m512d high, low;
};

inline EightPowers LoadPowers(const uint32_t* powers) {
  const auto at = [&](uint32_t i) { return _mm_loadu_pd(&kDoublePowers.from_least[powers[i]].high); };
  const auto four = [&](uint32_t i) {
    const __m256d first = _mm256_insertf128_pd(_mm256_castpd128_pd256(at(i)), at(i + 2), 1);
    const __m256d second = _mm256_insertf128_pd(_mm256_castpd128_pd256(at(i + 4)), at(i + 6), 1);
    return _mm512_insertf64x4(_mm512_castpd256_pd512(first), second, 1);
  };
  const __m512d even = four(0), odd = four(1);
  return {_mm512_unpacklo_pd(even, odd), _mm512_unpackhi_pd(even, odd)};
}

// (a * 10^8 + b) * 10^q, correctly rounded (scaled_sum.h); lanes where that is not certain are set in *unsure.
inline __m512d ScaledProduct(const EightNumbers& numbers, const EightPowers& power, uint32_t* unsure) {
  const __m512d e8 = _mm512_set1_pd(1e8);
  const __m512d product = _mm512_mul_pd(numbers.a, e8);
  const __m512d rest = _mm512_add_pd(_mm512_fmsub_pd(numbers.a, e8, product), numbers.b);
  const __m512d number = _mm512_add_pd(product, rest);
  const __m512d number_low = _mm512_sub_pd(rest, _mm512_sub_pd(number, product));
  const __m512d high = _mm512_mul_pd(number, power.high);
  const __m512d inner = _mm512_fmadd_pd(number, power.low, _mm512_fmsub_pd(number, power.high, high));
  const __m512d low = _mm512_fmadd_pd(number_low, power.high, inner);
  const __m512d bound = _mm512_mul_pd(high, _mm512_set1_pd(kHighBound));
  const __m512d above = _mm512_add_pd(high, _mm512_add_pd(low, bound));
  const __m512d below = _mm512_add_pd(high, _mm512_sub_pd(low, bound));
  const __mmask8 same = _mm512_cmp_pd_mask(above, below, _CMP_EQ_OQ);
  *unsure = _mm512_mask_cmp_pd_mask(same, above, _mm512_set1_pd(kGreatestDouble), _CMP_LE_OQ) ^ 255U;
  return above;
}

// The same for float.
inline __m256 ScaledProductFloat(const EightNumbers& numbers, const EightPowers& power, uint32_t* unsure) {
  const __m512d number = _mm512_fmadd_pd(numbers.a, _mm512_set1_pd(1e8), numbers.b);
  const __m512d product = _mm512_mul_pd(number, power.high);
  const __m256 above = _mm512_cvtpd_ps(_mm512_mul_pd(product, _mm512_set1_pd(kAbove)));
  const __m256 below = _mm512_cvtpd_ps(_mm512_mul_pd(product, _mm512_set1_pd(kBelow)));
  const __mmask8 same = _mm256_cmp_ps_mask(above, below, _CMP_EQ_OQ);
  const __mmask8 sure = _mm256_mask_cmp_ps_mask(same, above, _mm256_set1_ps(kGreatestFloat), _CMP_LE_OQ);
  const __mmask8 zero = _mm256_cmp_ps_mask(above, _mm256_setzero_ps(), _CMP_EQ_OQ);
  *unsure = (sure ^ 255U) | _mm512_mask_cmp_pd_mask(zero, number, _mm512_setzero_pd(), _CMP_NEQ_UQ);
  return above;
}

inline void StoreProduct(const EightNumbers& numbers, const EightPowers& power, uint32_t negative, double* values,
                         uint32_t* unsure) {
  Store(ScaledProduct(numbers, power, unsure), negative, values);
}
inline void StoreProduct(const EightNumbers& numbers, const EightPowers& power, uint32_t negative, float* values,
                         uint32_t* unsure) {
  Store(ScaledProductFloat(numbers, power, unsure), negative, values);
}

// Fields with an exponent, or with more digits before the dot than the other kernels take; the lists have a multiple of
// sixteen entries. It is called without a block in memory, for the callers keep theirs in registers.
template <class T>
[[gnu::noinline]] uint64_t ReadScientific(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t size,
                                          T* values) {
  ScientificShapes shapes;
  DescribeScientific(FieldBlock{text, begin, end, size}, &shapes);
  for (uint32_t i = 0; i < size; i += 16) {  // fields 0 2 and 1 3, as in ReadLongFloats
    Store64(shapes.digits + i, _mm512_shuffle_epi32(Load64(shapes.digits + i), _MM_PERM_DBCA));
    Store64(shapes.behind + i, _mm512_shuffle_epi32(Load64(shapes.behind + i), _MM_PERM_DBCA));
  }
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 8, negative >>= 8) {
    uint64_t digits[4], behind[4];
    __builtin_memcpy(digits, shapes.digits + i, sizeof digits);
    __builtin_memcpy(behind, shapes.behind + i, sizeof behind);
    const uint32_t* load = shapes.load + i;
    const __m512i f02 = LoadScientificTwo(text, load, digits[0], behind[0]),
                  f13 = LoadScientificTwo(text, load + 1, digits[1], behind[1]),
                  f46 = LoadScientificTwo(text, load + 4, digits[2], behind[2]),
                  f57 = LoadScientificTwo(text, load + 5, digits[3], behind[3]);
    const __m512i low = GroupsOfEight(f02, f13), high = GroupsOfEight(f46, f57);
    const __m512i first = _mm512_shuffle_i64x2(low, high, 0x88), second = _mm512_shuffle_i64x2(low, high, 0xDD);
    const __m512i a = _mm512_add_epi64(_mm512_mul_epu32(_mm512_srli_epi64(first, 32), _mm512_set1_epi64(100000000)),
                                       _mm512_and_si512(second, _mm512_set1_epi64(0xFFFFFFFF)));
    const EightNumbers numbers = {_mm512_cvtepi64_pd(a), _mm512_cvtepi64_pd(_mm512_srli_epi64(second, 32))};
    uint32_t unsure;
    StoreProduct(numbers, LoadPowers(shapes.powers + i), negative & 255, values + i, &unsure);
    if (AnyAboveNine(_mm512_max_epu8(_mm512_max_epu8(f02, f13), _mm512_max_epu8(f46, f57)))) [[unlikely]]
      unsure |= FaultyOfFour(f02, f13) | FaultyOfFour(f46, f57) << 4;
    again |= uint64_t{unsure} << i;
  }
  return again;
}

template <class T>
inline uint64_t ReadFloats(const FieldBlock& block, T* values) {
  bool scientific = false;  // all fields went that way
  const uint64_t again = InSixteens(block, values, [&](const FieldBlock& sixteens, T* to) {
    const auto read_scientific = [&] {
      scientific = true;
      return ReadScientific(sixteens.text, sixteens.begin, sixteens.end, sixteens.size, to);
    };
    if (!AnyLongerThanEight(sixteens)) return ReadTinyFloats(sixteens, to);
    if (FirstHasExponent(sixteens)) return read_scientific();
    DottedShapes shapes;
    DescribeDotted(sixteens, kDotByte, kMaxBehind, &shapes);
    if (shapes.longest_behind <= kShortBehind) {
      // If no field fits, what is before their dots is too long.
      if (~shapes.odd << (64 - sixteens.size) == 0) return read_scientific();
      return ReadShortFloats(sixteens.text, sixteens.size, shapes, to);
    }
    return ReadLongFloats(sixteens.text, sixteens.size, &shapes, to);
  });
  if (again == 0 || scientific) return again;
  return ReadOthers(block.text, block.begin, block.end, again, values, ReadScientific<T>);
}

}  // namespace

uint64_t ReadFloatsAvx512(const FieldBlock& block, double* values) { return ReadFloats(block, values); }
uint64_t ReadFloatsAvx512(const FieldBlock& block, float* values) { return ReadFloats(block, values); }

}  // namespace v0
}  // namespace headrace
#endif
