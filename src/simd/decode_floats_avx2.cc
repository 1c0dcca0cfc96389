// Floats with AVX2 and FMA: digits become numbers by a tree of multiply-adds (2, 4, 8, 16 digits), four fields at a
// time; no branch depends on the data but for fields outside the shape.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include "simd/decode_dots_avx2.h"
#include "simd/decode_lanes_avx2.h"
#include "simd/decode_scientific_avx2.h"
#include "simd/read_others.h"
#include "simd/scaled_sum.h"

namespace headrace {
inline namespace v0 {
namespace {

// Bytes are loaded so that the dot is byte 7: seven integer digits, the dot, 24 (or 8) fraction digits.

constexpr int32_t kDotByte = 7, kMaxBehind = 25, kShortBehind = 9;  // the dot and 24 or eight digits

// Groups of four digits (the second of seven is one of three). kShort: both halves are as the first one.
template <bool kShort>
inline __m256i GroupsOfFour(__m256i digits) {
  const __m128i tens_low = _mm_setr_epi8(10, 1, 10, 1, 10, 1, 1, 0, 10, 1, 10, 1, 10, 1, 10, 1);
  const __m128i hundreds_low = _mm_setr_epi16(100, 1, 10, 1, 100, 1, 100, 1);
  const __m128i tens_high = kShort ? tens_low : _mm_set1_epi16(0x010A);
  const __m128i hundreds_high = kShort ? hundreds_low : _mm_set1_epi32(0x00010064);
  return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set_m128i(tens_high, tens_low)),
                           _mm256_set_m128i(hundreds_high, hundreds_low));
}

// Two registers to 64-bit lanes of sixteen digits (of fifteen: integer part and eight digits).
template <bool kShort>
inline __m256i GroupsOfSixteen(__m256i first, __m256i second) {
  const __m128i thousands_low = _mm_setr_epi16(1000, 1, 10000, 1, 1000, 1, 10000, 1);
  const __m128i thousands_high = kShort ? thousands_low : _mm_set1_epi32(0x00012710);
  const __m256i packed = _mm256_packus_epi32(GroupsOfFour<kShort>(first), GroupsOfFour<kShort>(second));
  const __m256i eights = _mm256_madd_epi16(packed, _mm256_set_m128i(thousands_high, thousands_low));
  return _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
}

// Exact up to 2^52.
inline __m256d SmallToDouble(__m256i value) {
  const __m256d two52 = _mm256_set1_pd(0x1p52);
  return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(value, _mm256_castpd_si256(two52))), two52);
}

// Rounded once, for any 64-bit value.
inline __m256d ToDouble(__m256i value) {
  const __m256i two84 = _mm256_castpd_si256(_mm256_set1_pd(0x1p84)),
                two52 = _mm256_castpd_si256(_mm256_set1_pd(0x1p52));
  const __m256d high = _mm256_castsi256_pd(_mm256_or_si256(_mm256_srli_epi64(value, 32), two84));
  const __m256d low = _mm256_castsi256_pd(_mm256_blend_epi32(value, two52, 0xAA));
  return _mm256_add_pd(_mm256_sub_pd(high, _mm256_set1_pd(0x1p84 + 0x1p52)), low);
}

// a * 10^-8 + b * 10^-24, correctly rounded (scaled_sum.h); lanes where that is not certain are set in *unsure.
inline __m256d ScaledSum(__m256d a, __m256d b, uint32_t* unsure) {
  const __m256d scale = _mm256_set1_pd(kTenToMinus8), scale24 = _mm256_set1_pd(kTenToMinus24);
  const __m256d high = _mm256_mul_pd(a, scale);
  const __m256d rest = _mm256_fmsub_pd(a, scale, high);
  const __m256d low = _mm256_fmadd_pd(b, scale24, _mm256_fmadd_pd(a, _mm256_set1_pd(kTenToMinus8Low), rest));
  const __m256d bound = _mm256_fmadd_pd(high, _mm256_set1_pd(kHighBound), _mm256_mul_pd(b, _mm256_set1_pd(kLowBound)));
  const __m256d above = _mm256_add_pd(high, _mm256_add_pd(low, bound));
  const __m256d below = _mm256_add_pd(high, _mm256_sub_pd(low, bound));
  *unsure = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(above, below, _CMP_NEQ_UQ)));
  return above;
}

// The same for float.
inline __m128 ScaledSumFloat(__m256d a, __m256d b, uint32_t* unsure) {
  const __m256d sum = _mm256_fmadd_pd(a, _mm256_set1_pd(kTenToMinus8), _mm256_mul_pd(b, _mm256_set1_pd(kTenToMinus24)));
  const __m128 above = _mm256_cvtpd_ps(_mm256_mul_pd(sum, _mm256_set1_pd(kAbove)));
  const __m128 below = _mm256_cvtpd_ps(_mm256_mul_pd(sum, _mm256_set1_pd(kBelow)));
  *unsure = static_cast<uint32_t>(_mm_movemask_ps(_mm_cmpneq_ps(above, below)));
  return above;
}

inline __m256d WithSign(__m256d value, uint32_t negative) {
  return _mm256_or_pd(value, _mm256_and_pd(_mm256_castsi256_pd(SignMask(negative)), _mm256_set1_pd(-0.0)));
}
inline __m128 WithSign(__m128 value, uint32_t negative) {
  const __m256i pairs = _mm256_permutevar8x32_epi32(SignMask(negative), _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
  const __m128 mask = _mm_castsi128_ps(_mm256_castsi256_si128(pairs));
  return _mm_or_ps(value, _mm_and_ps(mask, _mm_set1_ps(-0.0f)));
}

// Store a * 10^-8 + b * 10^-24.
inline void StoreLong(__m256d a, __m256d b, uint32_t negative, double* values, uint32_t* unsure) {
  _mm256_storeu_pd(values, WithSign(ScaledSum(a, b, unsure), negative));
}
inline void StoreLong(__m256d a, __m256d b, uint32_t negative, float* values, uint32_t* unsure) {
  _mm_storeu_ps(values, WithSign(ScaledSumFloat(a, b, unsure), negative));
}

// Store a * 10^-8. Both numbers of the division are exact, and so its one rounding is right; for double only.
inline void StoreShort(__m256d a, uint32_t negative, double* values, uint32_t* unsure) {
  *unsure = 0;
  _mm256_storeu_pd(values, WithSign(_mm256_div_pd(a, _mm256_set1_pd(1e8)), negative));
}
inline void StoreShort(__m256d a, uint32_t negative, float* values, uint32_t* unsure) {
  StoreLong(a, _mm256_setzero_pd(), negative, values, unsure);
}

// The greatest digit value, but anything where the dot is.
inline __m256i MostFloatDigits(bool both_halves) {
  const __m128i nines = _mm_set1_epi8(9), with_dot = _mm_insert_epi8(nines, -1, 7);
  return _mm256_set_m128i(both_halves ? with_dot : nines, with_dot);
}

// 10^-digits by the characters from the dot on, which is one of them; 0 where there are too many.
struct Units {
  double by_behind[49];
};
constexpr Units MakeUnits() {
  Units units{};
  units.by_behind[0] = units.by_behind[1] = 1;
  double power = 1;
  for (int32_t i = 2; i <= 23; i++) units.by_behind[i] = 1 / (power *= 10);  // exact powers
  units.by_behind[24] = 1e-23;
  units.by_behind[25] = 1e-24;
  return units;
}
constexpr Units kUnits = MakeUnits();

// Which of four numbers a * 10^-8 + b * 10^-24 their nearest doubles surely give back. `unit` is one in a number's last
// place. If half the way to the next double and the distance of the double are less than a unit together, no other
// number of as many digits has this double. If not, one of 17 digits that is nearest to its double is that one's form.
inline uint32_t GivenBack(__m256d a, __m256d b, __m256d value, __m256d unit) {
  const __m256d sign = _mm256_set1_pd(-0.0), scale = _mm256_set1_pd(kTenToMinus8), above_one = _mm256_set1_pd(kAbove);
  const __m256d high = _mm256_mul_pd(a, scale);  // high + low is the number, as in ScaledSum
  const __m256d rest = _mm256_fmsub_pd(a, scale, high);
  const __m256d low =
      _mm256_fmadd_pd(b, _mm256_set1_pd(kTenToMinus24), _mm256_fmadd_pd(a, _mm256_set1_pd(kTenToMinus8Low), rest));
  const __m256d bound = _mm256_fmadd_pd(high, _mm256_set1_pd(kHighBound), _mm256_mul_pd(b, _mm256_set1_pd(kLowBound)));
  const __m256d distance = _mm256_andnot_pd(sign, _mm256_add_pd(_mm256_sub_pd(high, value), low));
  const __m256d most = _mm256_fmadd_pd(distance, above_one, bound);
  const __m256d power = _mm256_and_pd(value, _mm256_castsi256_pd(_mm256_set1_epi64x(0x7FF0000000000000)));
  const __m256d least_unit = _mm256_mul_pd(unit, _mm256_set1_pd(kBelow));
  const __m256d alone = _mm256_cmp_pd(_mm256_fmadd_pd(power, _mm256_set1_pd(0x1p-53), most), least_unit, _CMP_LT_OQ);
  const __m256d nearest = _mm256_cmp_pd(_mm256_add_pd(most, most), least_unit, _CMP_LT_OQ);
  const __m256d seventeen = _mm256_cmp_pd(value, _mm256_mul_pd(unit, _mm256_set1_pd(1e16 * kAbove)), _CMP_GT_OQ);
  return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_or_pd(alone, _mm256_and_pd(nearest, seventeen))));
}

// Four fields' units in the last place.
inline __m256d LoadUnits(const DottedShapes& shapes, uint32_t i) {
  const auto unit = [&](uint32_t k) { return kUnits.by_behind[96 - kDotByte - static_cast<int32_t>(shapes.until[k])]; };
  return _mm256_set_pd(unit(i + 3), unit(i + 2), unit(i + 1), unit(i));
}

// kChecked, for double only: *given_back gets the fields that surely give their number back.
template <class T, bool kChecked>
inline uint64_t ReadLongFloats(const char* text, uint32_t size, const DottedShapes& shapes, T* values,
                               uint64_t* given_back) {
  const __m256i most = MostFloatDigits(false);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 4, negative >>= 4) {
    const __m256i f0 = LoadDotted32(text, shapes, i), f1 = LoadDotted32(text, shapes, i + 1);
    const __m256i f2 = LoadDotted32(text, shapes, i + 2), f3 = LoadDotted32(text, shapes, i + 3);
    const __m256i first = GroupsOfSixteen<false>(f0, f1), second = GroupsOfSixteen<false>(f2, f3);
    const __m256d a = SmallToDouble(_mm256_permute2x128_si256(first, second, 0x20));
    const __m256d b = ToDouble(_mm256_permute2x128_si256(first, second, 0x31));
    uint32_t unsure;
    StoreLong(a, b, negative & 15, values + i, &unsure);
    if constexpr (kChecked) {
      const __m256d magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), _mm256_loadu_pd(values + i));
      *given_back |= uint64_t{GivenBack(a, b, magnitude, LoadUnits(shapes, i))} << i;
    }
    const __m256i greatest = _mm256_max_epu8(_mm256_max_epu8(f0, f1), _mm256_max_epu8(f2, f3));
    if (AnyBit(_mm256_subs_epu8(greatest, most))) [[unlikely]] {
      unsure |= uint32_t{AnyBit(_mm256_subs_epu8(f0, most))} | uint32_t{AnyBit(_mm256_subs_epu8(f1, most))} << 1 |
                uint32_t{AnyBit(_mm256_subs_epu8(f2, most))} << 2 | uint32_t{AnyBit(_mm256_subs_epu8(f3, most))} << 3;
    }
    again |= uint64_t{unsure} << i;
  }
  return again;
}

// The same where eight fraction digits are the most: half the bytes.
template <class T>
inline uint64_t ReadShortFloats(const char* text, uint32_t size, const DottedShapes& shapes, T* values) {
  const __m256i most = MostFloatDigits(true);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 4, negative >>= 4) {
    // Fields 0 2 and 1 3: packing then leaves them in order.
    const __m256i even = _mm256_set_m128i(LoadDotted16(text, shapes, i + 2), LoadDotted16(text, shapes, i));
    const __m256i odd = _mm256_set_m128i(LoadDotted16(text, shapes, i + 3), LoadDotted16(text, shapes, i + 1));
    uint32_t unsure;
    StoreShort(SmallToDouble(GroupsOfSixteen<true>(even, odd)), negative & 15, values + i, &unsure);
    const __m256i fault_even = _mm256_subs_epu8(even, most), fault_odd = _mm256_subs_epu8(odd, most);
    if (AnyBit(_mm256_or_si256(fault_even, fault_odd))) [[unlikely]] {
      unsure |= FaultyFields(fault_even, fault_odd);
    }
    again |= uint64_t{unsure} << i;
  }
  return again;
}

struct EightCharacterTexts {
  __m256i groups;    // two groups of four digits a lane: the number without its dot
  __m256i places;    // digits behind the dot
  __m256i fault;     // a lane's bits: something else than a number
  __m256i negative;  // all ones in lanes with a minus
};

// Four fields of 1 to 8 characters, as the words that they end. `length` has a field's length in each lane.
inline EightCharacterTexts ReadEight(__m256i words, __m256i length) {
  const __m256i ones = _mm256_set1_epi8(-1), zero = _mm256_setzero_si256(), eight = _mm256_set1_epi64x(8);
  const __m256i mask = _mm256_sllv_epi64(ones, _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(length, 3)));
  const __m256i all = _mm256_and_si256(_mm256_sub_epi8(words, _mm256_set1_epi8('0')), mask);
  const __m256i behind_first = _mm256_sllv_epi64(mask, eight);
  const __m256i minus = _mm256_andnot_si256(behind_first, _mm256_cmpeq_epi8(all, _mm256_set1_epi8('-' - '0')));
  // What is before the first dot moves up by a byte, over the dot. Without one the masks are all ones.
  const __m256i dots = _mm256_cmpeq_epi8(all, _mm256_set1_epi8('.' - '0')), no_dot = _mm256_cmpeq_epi64(dots, zero);
  const __m256i dot = _mm256_and_si256(dots, _mm256_sub_epi64(zero, dots));
  const __m256i before = _mm256_add_epi64(dot, ones), until = _mm256_add_epi64(_mm256_slli_epi64(dot, 8), ones);
  const __m256i whole = _mm256_andnot_si256(minus, _mm256_and_si256(all, before));
  const __m256i digits =
      _mm256_or_si256(_mm256_sllv_epi64(whole, _mm256_andnot_si256(no_dot, eight)), _mm256_andnot_si256(until, all));
  const __m256i not_negative = _mm256_cmpeq_epi64(minus, zero);
  // A dot and a minus that are not there count as if they were: then a digit makes three characters.
  const __m256i characters = _mm256_sub_epi64(_mm256_sub_epi64(length, no_dot), not_negative);
  EightCharacterTexts result;
  result.places = _mm256_sad_epu8(_mm256_and_si256(dots, _mm256_set1_epi64x(0x0001020304050607)), zero);
  result.negative = _mm256_xor_si256(not_negative, ones);
  result.fault = _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)),
                                 _mm256_cmpgt_epi64(_mm256_set1_epi64x(3), characters));
  result.groups =
      _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A)), _mm256_set1_epi32(0x00010064));
  return result;
}

// Four quotients of exact numbers: one rounding, the right one.
inline __m256d Quotients(__m128i numbers, __m128i divisors) {
  return _mm256_div_pd(_mm256_cvtepi32_pd(numbers), _mm256_cvtepi32_pd(divisors));
}

// Store numbers / divisors; a lane of *fault gets ones where the result is not certain.
inline void StoreEight(__m256i numbers, __m256i divisors, __m256i negative, double* values, __m256i*) {
  const auto store = [](__m256d value, __m128i sign, double* to) {
    const __m256d bits = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(sign));
    _mm256_storeu_pd(to, _mm256_or_pd(value, _mm256_and_pd(bits, _mm256_set1_pd(-0.0))));
  };
  store(Quotients(_mm256_castsi256_si128(numbers), _mm256_castsi256_si128(divisors)), _mm256_castsi256_si128(negative),
        values);
  store(Quotients(_mm256_extracti128_si256(numbers, 1), _mm256_extracti128_si256(divisors, 1)),
        _mm256_extracti128_si256(negative, 1), values + 4);
}
inline void StoreEight(__m256i numbers, __m256i divisors, __m256i negative, float* values, __m256i* fault) {
  const __m256d low = Quotients(_mm256_castsi256_si128(numbers), _mm256_castsi256_si128(divisors));
  const __m256d high = Quotients(_mm256_extracti128_si256(numbers, 1), _mm256_extracti128_si256(divisors, 1));
  const auto scaled = [&](double scale) {  // as in ScaledSumFloat
    return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_mul_pd(high, _mm256_set1_pd(scale))),
                           _mm256_cvtpd_ps(_mm256_mul_pd(low, _mm256_set1_pd(scale))));
  };
  const __m256 above = scaled(kAbove), below = scaled(kBelow);
  *fault = _mm256_or_si256(*fault, _mm256_castps_si256(_mm256_cmp_ps(above, below, _CMP_NEQ_UQ)));
  _mm256_storeu_ps(values, _mm256_or_ps(above, _mm256_and_ps(_mm256_castsi256_ps(negative), _mm256_set1_ps(-0.0f))));
}

// Fields of up to 8 characters, eight a step.
template <class T>
inline uint64_t ReadTinyFloats(const FieldBlock& block, T* values) {
  const __m256i powers = _mm256_setr_epi32(1, 10, 100, 1000, 10000, 100000, 1000000, 10000000);
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const uint32_t* end = block.end + i;
    // Fields 0 1 4 5 and 2 3 6 7: packing then leaves them in order.
    const __m256i length = _mm256_permute4x64_epi64(Lengths(block, i), 0xD8);
    const EightCharacterTexts x = ReadEight(LoadEnds(block.text, end[0], end[1], end[4], end[5]),
                                            _mm256_cvtepu32_epi64(_mm256_castsi256_si128(length)));
    const EightCharacterTexts y = ReadEight(LoadEnds(block.text, end[2], end[3], end[6], end[7]),
                                            _mm256_cvtepu32_epi64(_mm256_extracti128_si256(length, 1)));
    const __m256i numbers = _mm256_madd_epi16(_mm256_packus_epi32(x.groups, y.groups), _mm256_set1_epi32(0x00012710));
    const __m256i places =
        _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(x.places), _mm256_castsi256_ps(y.places), 0x88));
    __m256i uncertain = _mm256_setzero_si256();
    StoreEight(numbers, _mm256_permutevar8x32_epi32(powers, places), _mm256_packs_epi32(x.negative, y.negative),
               values + i, &uncertain);
    if (AnyBit(_mm256_or_si256(uncertain, _mm256_or_si256(x.fault, y.fault)))) [[unlikely]] {
      const __m256i zero = _mm256_setzero_si256();
      const __m256i fine = _mm256_packs_epi32(_mm256_cmpeq_epi64(x.fault, zero), _mm256_cmpeq_epi64(y.fault, zero));
      again |= uint64_t{LaneBits(_mm256_or_si256(uncertain, _mm256_xor_si256(fine, _mm256_set1_epi8(-1))))} << i;
    }
  }
  return again & LowBits(block.size);
}

// Numbers of eight digits: two fields' 32 bytes.
inline __m256i GroupsOfEight(__m256i first, __m256i second) {
  const auto fours = [](__m256i digits) {
    return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A)), _mm256_set1_epi32(0x00010064));
  };
  return _mm256_madd_epi16(_mm256_packus_epi32(fours(first), fours(second)), _mm256_set1_epi32(0x00012710));
}

// Four numbers of up to 23 digits as a * 10^8 + b, both exact.
struct FourNumbers {
  __m256d a, b;
};

// 10^q as two doubles.
struct FourPowers {
  __m256d high, low;
};

inline FourPowers LoadPowers(const uint32_t* powers) {
  const auto two = [&](uint32_t i) {
    const __m128d first = _mm_loadu_pd(&kDoublePowers.from_least[powers[i]].high);
    const __m128d second = _mm_loadu_pd(&kDoublePowers.from_least[powers[i + 2]].high);
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(first), second, 1);
  };
  const __m256d even = two(0), odd = two(1);
  return {_mm256_unpacklo_pd(even, odd), _mm256_unpackhi_pd(even, odd)};
}

// (a * 10^8 + b) * 10^q, correctly rounded (scaled_sum.h); lanes where that is not certain are set in *unsure.
inline __m256d ScaledProduct(const FourNumbers& numbers, const FourPowers& power, uint32_t* unsure) {
  const __m256d e8 = _mm256_set1_pd(1e8);
  const __m256d product = _mm256_mul_pd(numbers.a, e8);
  const __m256d rest = _mm256_add_pd(_mm256_fmsub_pd(numbers.a, e8, product), numbers.b);
  const __m256d number = _mm256_add_pd(product, rest);
  const __m256d number_low = _mm256_sub_pd(rest, _mm256_sub_pd(number, product));
  const __m256d high = _mm256_mul_pd(number, power.high);
  const __m256d inner = _mm256_fmadd_pd(number, power.low, _mm256_fmsub_pd(number, power.high, high));
  const __m256d low = _mm256_fmadd_pd(number_low, power.high, inner);
  const __m256d bound = _mm256_mul_pd(high, _mm256_set1_pd(kHighBound));
  const __m256d above = _mm256_add_pd(high, _mm256_add_pd(low, bound));
  const __m256d below = _mm256_add_pd(high, _mm256_sub_pd(low, bound));
  const __m256d sure = _mm256_and_pd(_mm256_cmp_pd(above, below, _CMP_EQ_OQ),
                                     _mm256_cmp_pd(above, _mm256_set1_pd(kGreatestDouble), _CMP_LE_OQ));
  *unsure = static_cast<uint32_t>(_mm256_movemask_pd(sure)) ^ 15U;
  return above;
}

// The same for float.
inline __m128 ScaledProductFloat(const FourNumbers& numbers, const FourPowers& power, uint32_t* unsure) {
  const __m256d number = _mm256_fmadd_pd(numbers.a, _mm256_set1_pd(1e8), numbers.b);
  const __m256d product = _mm256_mul_pd(number, power.high);
  const __m128 above = _mm256_cvtpd_ps(_mm256_mul_pd(product, _mm256_set1_pd(kAbove)));
  const __m128 below = _mm256_cvtpd_ps(_mm256_mul_pd(product, _mm256_set1_pd(kBelow)));
  const __m128 sure = _mm_and_ps(_mm_cmpeq_ps(above, below), _mm_cmple_ps(above, _mm_set1_ps(kGreatestFloat)));
  const __m128 zero = _mm_cmpeq_ps(above, _mm_setzero_ps());
  const __m256d nonzero = _mm256_cmp_pd(number, _mm256_setzero_pd(), _CMP_NEQ_UQ);
  *unsure = (static_cast<uint32_t>(_mm_movemask_ps(sure)) ^ 15U) |
            static_cast<uint32_t>(_mm_movemask_ps(zero) & _mm256_movemask_pd(nonzero));
  return above;
}

inline void StoreProduct(const FourNumbers& numbers, const FourPowers& power, uint32_t negative, double* values,
                         uint32_t* unsure) {
  _mm256_storeu_pd(values, WithSign(ScaledProduct(numbers, power, unsure), negative));
}
inline void StoreProduct(const FourNumbers& numbers, const FourPowers& power, uint32_t negative, float* values,
                         uint32_t* unsure) {
  _mm_storeu_ps(values, WithSign(ScaledProductFloat(numbers, power, unsure), negative));
}

// Fields with an exponent, or with more digits before the dot than the other kernels take. It is called without a block
// in memory, for the callers keep theirs in registers.
template <class T>
[[gnu::noinline]] uint64_t ReadScientific(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t size,
                                          T* values) {
  ScientificShapes shapes;
  DescribeScientific(FieldBlock{text, begin, end, size}, &shapes);
  const __m256i nine = _mm256_set1_epi8(9);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 4, negative >>= 4) {
    const __m256i f0 = LoadScientific(text, shapes, i), f1 = LoadScientific(text, shapes, i + 1);
    const __m256i f2 = LoadScientific(text, shapes, i + 2), f3 = LoadScientific(text, shapes, i + 3);
    const __m256i low = GroupsOfEight(f0, f1), high = GroupsOfEight(f2, f3);
    const __m256i first = _mm256_permute2x128_si256(low, high, 0x20),
                  second = _mm256_permute2x128_si256(low, high, 0x31);
    const __m256i a = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(first, 32), _mm256_set1_epi64x(100000000)),
                                       _mm256_blend_epi32(second, _mm256_setzero_si256(), 0xAA));
    const FourNumbers numbers = {SmallToDouble(a), SmallToDouble(_mm256_srli_epi64(second, 32))};
    uint32_t unsure;
    StoreProduct(numbers, LoadPowers(shapes.powers + i), negative & 15, values + i, &unsure);
    const __m256i greatest = _mm256_max_epu8(_mm256_max_epu8(f0, f1), _mm256_max_epu8(f2, f3));
    if (AnyBit(_mm256_subs_epu8(greatest, nine))) [[unlikely]] {
      const auto faulty = [&](__m256i digits) { return uint32_t{AnyBit(_mm256_subs_epu8(digits, nine))}; };
      unsure |= faulty(f0) | faulty(f1) << 1 | faulty(f2) << 2 | faulty(f3) << 3;
    }
    again |= uint64_t{unsure} << i;
  }
  return again & LowBits(size);
}

inline uint32_t LongestField(const FieldBlock& block) {
  __m256i longest = _mm256_setzero_si256();
  for (uint32_t i = 0; i < block.size; i += 8) longest = _mm256_max_epi32(longest, Lengths(block, i));
  return static_cast<uint32_t>(Greatest(longest));
}

template <class T, bool kChecked = false>
inline uint64_t ReadFloats(const FieldBlock& block, T* values, uint64_t* given_back = nullptr) {
  const FieldBlock local = block;                       // stores to `values` cannot change it
  uint64_t given = kChecked ? LowBits(local.size) : 0;  // short fields have no more than 15 digits
  if constexpr (kChecked) *given_back = 0;
  const auto read_scientific = [&] { return ReadScientific(local.text, local.begin, local.end, local.size, values); };
  uint64_t again;
  if (LongestField(local) <= 8) {
    again = ReadTinyFloats(local, values);
  } else if (FirstHasExponent(local)) {
    return read_scientific();
  } else {
    DottedShapes shapes;
    DescribeDotted(local, kDotByte, kMaxBehind, &shapes);
    if (shapes.longest_behind <= kShortBehind) {
      // If no field fits, what is before their dots is too long.
      if (~shapes.odd << (64 - local.size) == 0) return read_scientific();
      again = ReadShortFloats(local.text, local.size, shapes, values);
    } else {
      given = 0;
      again = ReadLongFloats<T, kChecked>(local.text, local.size, shapes, values, &given);
    }
    again &= LowBits(local.size);
  }
  if constexpr (kChecked) *given_back = given & ~again;
  if (again == 0) return again;
  return ReadOthers(local.text, local.begin, local.end, again, values, ReadScientific<T>);
}

}  // namespace

uint64_t ReadCheckedDoublesAvx2(const FieldBlock& block, double* values, uint64_t* given_back) {
  return ReadFloats<double, true>(block, values, given_back);
}
uint64_t ReadFloatsAvx2(const FieldBlock& block, double* values) { return ReadFloats(block, values); }
uint64_t ReadFloatsAvx2(const FieldBlock& block, float* values) { return ReadFloats(block, values); }

}  // namespace v0
}  // namespace headrace
#endif
