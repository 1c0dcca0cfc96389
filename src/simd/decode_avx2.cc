// Numbers with AVX2 and FMA: digits become numbers by a tree of multiply-adds (2, 4, 8, 16 digits), many fields at
// once; no branch depends on the data but for fields outside the shape.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/decode_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace headrace {
inline namespace v0 {
namespace {

struct Masks {
  alignas(64) uint8_t bytes[160];
};

// Zeros below byte 80, then ones; ones below byte 96, then zeros. 16 or 32 bytes are read at an offset that puts the
// change where it is wanted; within the shape they lie in one cache line.
constexpr Masks MakeMasks(bool zeros_first) {
  Masks table{};
  for (int i = 0; i < 160; i++) table.bytes[i] = (zeros_first ? i >= 80 : i < 96) ? 0xFF : 0;
  return table;
}
constexpr Masks kOnesFrom = MakeMasks(true), kOnesUntil = MakeMasks(false);

struct SignMasks {
  alignas(64) uint64_t lanes[16][4];
};
constexpr SignMasks MakeSignMasks() {
  SignMasks table{};
  for (int mask = 0; mask < 16; mask++) {
    for (int lane = 0; lane < 4; lane++) table.lanes[mask][lane] = mask >> lane & 1 ? ~uint64_t{0} : 0;
  }
  return table;
}
constexpr SignMasks kSignMasks = MakeSignMasks();  // four bits to four lanes

struct Compressions {
  alignas(64) uint8_t rows[256][8];
};
constexpr Compressions MakeCompressions() {
  Compressions table{};
  for (int mask = 0; mask < 256; mask++) {
    int count = 0;
    for (int bit = 0; bit < 8; bit++) {
      if (mask >> bit & 1) table.rows[mask][count++] = static_cast<uint8_t>(bit);
    }
  }
  return table;
}
constexpr Compressions kCompressions = MakeCompressions();  // the numbers of the bits that are set

inline __m256i Load32(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
inline __m128i Load16(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
inline void Store32(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

inline __m256i SignMask(uint32_t four_bits) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(kSignMasks.lanes[four_bits]));
}

inline uint64_t LowBits(uint32_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

inline bool AnyBit(__m256i value) { return _mm256_testz_si256(value, value) == 0; }

inline uint32_t LaneBits(__m256i lanes) {
  return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(lanes)));
}

// The halves of `even` are fields 0 and 2, those of `odd` 1 and 3. A bit for each field with a bit set.
inline uint32_t FaultyFields(__m256i even, __m256i odd) {
  const auto any = [](__m128i half) { return uint32_t{_mm_testz_si128(half, half) == 0}; };
  return any(_mm256_castsi256_si128(even)) | any(_mm256_castsi256_si128(odd)) << 1 |
         any(_mm256_extracti128_si256(even, 1)) << 2 | any(_mm256_extracti128_si256(odd, 1)) << 3;
}

inline __m256i Lengths(const FieldBlock& block, uint32_t i) {
  return _mm256_sub_epi32(Load32(block.end + i), Load32(block.begin + i));
}

// Ones in lanes that are not least to greatest.
inline __m256i Outside(__m256i lanes, int32_t least, int32_t greatest) {
  return _mm256_or_si256(_mm256_cmpgt_epi32(lanes, _mm256_set1_epi32(greatest)),
                         _mm256_cmpgt_epi32(_mm256_set1_epi32(least), lanes));
}

// ---------------------------------------------------------------------------------------------------------- floats
//
// Bytes are loaded so that the dot is byte 7: seven integer digits, the dot, 24 (or 8) fraction digits. What is not
// the field's is masked to 0, which is right on both sides. A text without a dot has it where it ends.

constexpr int32_t kMaxFloatLength = 25;
constexpr int32_t kShortBehind = 9;  // the dot and eight digits

// Where a block's fields lie around their dots.
struct FloatShapes {
  alignas(32) uint32_t load[FieldBlock::kMaxFields];   // the byte of the text that is loaded first
  alignas(32) uint32_t from[FieldBlock::kMaxFields];   // the mask of the integer digits, in kOnesFrom
  alignas(32) uint32_t until[FieldBlock::kMaxFields];  // the mask of the fraction digits, in kOnesUntil
  uint64_t negative;                                   // a bit each: a minus comes first
  uint64_t odd;                                        // a bit each: outside the shape
  bool is_short;                                       // no field has more than eight fraction digits
};

inline void DescribeFloats(const FieldBlock& block, FloatShapes* shapes) {
  alignas(32) uint32_t dots[FieldBlock::kMaxFields];  // a bit a byte from the field's begin on; 16 bytes are enough
  alignas(32) uint32_t first[FieldBlock::kMaxFields];
  for (uint32_t i = 0; i < block.size; i += 8) {
    for (uint32_t k = i; k < i + 8; k++) {
      const char* field = block.text + block.begin[k];
      dots[k] = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(Load16(field), _mm_set1_epi8('.'))));
      __builtin_memcpy(&first[k], field, sizeof(uint32_t));
    }
  }
  uint64_t negative_fields = 0, odd_fields = 0;
  __m256i longest_behind = _mm256_setzero_si256();
  for (uint32_t i = 0; i < block.size; i += 8) {
    const __m256i length = _mm256_min_epu32(Lengths(block, i), _mm256_set1_epi32(32));
    // The number of the lowest bit is a float's exponent; without a bit it is very large as an unsigned number.
    const __m256i bits = Load32(dots + i);
    const __m256i lowest = _mm256_and_si256(bits, _mm256_sub_epi32(_mm256_setzero_si256(), bits));
    const __m256i exponent = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(lowest)), 23);
    const __m256i dot = _mm256_min_epu32(_mm256_sub_epi32(exponent, _mm256_set1_epi32(127)), length);
    const __m256i first_byte = _mm256_and_si256(Load32(first + i), _mm256_set1_epi32(0xFF));
    const __m256i negative = _mm256_cmpeq_epi32(first_byte, _mm256_set1_epi32('-'));  // -1 for a minus
    const __m256i before = _mm256_add_epi32(dot, negative);
    const __m256i behind = _mm256_sub_epi32(length, dot);  // the dot counts
    // No digit: "", "-", ".", "-.".
    const __m256i some_digit = _mm256_or_si256(before, _mm256_srli_epi32(behind, 1));
    const __m256i odd =
        _mm256_or_si256(_mm256_or_si256(Outside(before, 0, 7), _mm256_cmpeq_epi32(some_digit, _mm256_setzero_si256())),
                        _mm256_cmpgt_epi32(length, _mm256_set1_epi32(kMaxFloatLength)));
    const __m256i begin = Load32(block.begin + i);
    Store32(shapes->load + i, _mm256_add_epi32(begin, _mm256_sub_epi32(dot, _mm256_set1_epi32(7))));
    Store32(shapes->from + i, _mm256_add_epi32(before, _mm256_set1_epi32(73)));
    Store32(shapes->until + i, _mm256_sub_epi32(_mm256_set1_epi32(89), behind));
    negative_fields |= uint64_t{LaneBits(negative)} << i;
    odd_fields |= uint64_t{LaneBits(odd)} << i;
    longest_behind = _mm256_max_epi32(longest_behind, behind);
  }
  shapes->negative = negative_fields;
  shapes->odd = odd_fields;
  shapes->is_short = !AnyBit(_mm256_cmpgt_epi32(longest_behind, _mm256_set1_epi32(kShortBehind)));
}

// Digit values; byte 7 is anything.
inline __m256i LoadLongFloat(const char* text, const FloatShapes& shapes, uint32_t i) {
  const __m256i digits = _mm256_sub_epi8(Load32(text + static_cast<int32_t>(shapes.load[i])), _mm256_set1_epi8('0'));
  return _mm256_and_si256(_mm256_and_si256(digits, Load32(kOnesFrom.bytes + shapes.from[i])),
                          Load32(kOnesUntil.bytes + shapes.until[i]));
}
inline __m128i LoadShortFloat(const char* text, const FloatShapes& shapes, uint32_t i) {
  const __m128i digits = _mm_sub_epi8(Load16(text + static_cast<int32_t>(shapes.load[i])), _mm_set1_epi8('0'));
  return _mm_and_si128(_mm_and_si128(digits, Load16(kOnesFrom.bytes + shapes.from[i])),
                       Load16(kOnesUntil.bytes + shapes.until[i]));
}

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

// 10^-8 as the sum of two doubles.
constexpr double kTenToMinus8 = 1e-8, kTenToMinus8Low = -2.0922560830128471e-25;

// a * 10^-8 + b * 10^-24, correctly rounded; lanes where that is not certain are set in *unsure.
//
// high + low is the value with an error of at most
//   high * 3 * 2^-105   (10^-8 in two doubles, the product's low part, the rounding of `low`)
//   b * 10^-24 * 2^-51  (b and 10^-24 rounded to double, the rounding of `low`, and of low -+ bound)
// `bound` is eight times and twice as much. If adding and subtracting it round to the same double, everything between
// does, and so does the value. A bound in proportion to the value keeps 0 certain.
inline __m256d ScaledSum(__m256d a, __m256d b, uint32_t* unsure) {
  const __m256d scale = _mm256_set1_pd(kTenToMinus8), scale24 = _mm256_set1_pd(1e-24);
  const __m256d high = _mm256_mul_pd(a, scale);
  const __m256d rest = _mm256_fmsub_pd(a, scale, high);
  const __m256d low = _mm256_fmadd_pd(b, scale24, _mm256_fmadd_pd(a, _mm256_set1_pd(kTenToMinus8Low), rest));
  const __m256d bound =
      _mm256_fmadd_pd(high, _mm256_set1_pd(0x1p-100), _mm256_mul_pd(b, _mm256_set1_pd(1e-24 * 0x1p-50)));
  const __m256d above = _mm256_add_pd(high, _mm256_add_pd(low, bound));
  const __m256d below = _mm256_add_pd(high, _mm256_sub_pd(low, bound));
  *unsure = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(above, below, _CMP_NEQ_UQ)));
  return above;
}

// The same for float. The double sum is within 2^-50 of the value, in proportion; ends that enclose it and round to
// the same float decide. (The nearest float of the rounded double may be another one.)
inline __m128 ScaledSumFloat(__m256d a, __m256d b, uint32_t* unsure) {
  const __m256d sum = _mm256_fmadd_pd(a, _mm256_set1_pd(kTenToMinus8), _mm256_mul_pd(b, _mm256_set1_pd(1e-24)));
  const __m128 above = _mm256_cvtpd_ps(_mm256_mul_pd(sum, _mm256_set1_pd(1 + 0x1p-48)));
  const __m128 below = _mm256_cvtpd_ps(_mm256_mul_pd(sum, _mm256_set1_pd(1 - 0x1p-48)));
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

template <class T>
inline uint64_t ReadLongFloats(const char* text, uint32_t size, const FloatShapes& shapes, T* values) {
  const __m256i most = MostFloatDigits(false);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 4, negative >>= 4) {
    const __m256i f0 = LoadLongFloat(text, shapes, i), f1 = LoadLongFloat(text, shapes, i + 1);
    const __m256i f2 = LoadLongFloat(text, shapes, i + 2), f3 = LoadLongFloat(text, shapes, i + 3);
    const __m256i first = GroupsOfSixteen<false>(f0, f1), second = GroupsOfSixteen<false>(f2, f3);
    const __m256d a = SmallToDouble(_mm256_permute2x128_si256(first, second, 0x20));
    const __m256d b = ToDouble(_mm256_permute2x128_si256(first, second, 0x31));
    uint32_t unsure;
    StoreLong(a, b, negative & 15, values + i, &unsure);
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
inline uint64_t ReadShortFloats(const char* text, uint32_t size, const FloatShapes& shapes, T* values) {
  const __m256i most = MostFloatDigits(true);
  uint64_t again = shapes.odd, negative = shapes.negative;
  for (uint32_t i = 0; i < size; i += 4, negative >>= 4) {
    // Fields 0 2 and 1 3: packing then leaves them in order.
    const __m256i even = _mm256_set_m128i(LoadShortFloat(text, shapes, i + 2), LoadShortFloat(text, shapes, i));
    const __m256i odd = _mm256_set_m128i(LoadShortFloat(text, shapes, i + 3), LoadShortFloat(text, shapes, i + 1));
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

template <class T>
inline uint64_t ReadFloats(const FieldBlock& block, T* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  FloatShapes shapes;
  DescribeFloats(local, &shapes);
  const uint64_t again = shapes.is_short ? ReadShortFloats(local.text, local.size, shapes, values)
                                         : ReadLongFloats(local.text, local.size, shapes, values);
  return again & LowBits(local.size);
}

// -------------------------------------------------------------------------------------------------------- integers

// The two 64-bit words that end at two fields' ends, and four of them.
inline __m128i LoadEnds(const char* text, uint32_t first, uint32_t second) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text + first - 8));
  return _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(low), reinterpret_cast<const double*>(text + second - 8)));
}
inline __m256i LoadEnds(const char* text, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(LoadEnds(text, a, b)), LoadEnds(text, c, d), 1);
}

struct EightDigitTexts {
  __m256i groups;    // two groups of four digits a lane
  __m256i fault;     // a lane's bits: something else than digits behind the sign
  __m256i negative;  // all ones in lanes with a minus
};

// Four fields of 1 to 8 characters, as the words that they end. `length` has a field's length in each lane.
inline EightDigitTexts ReadEight(__m256i words, __m256i length) {
  const __m256i ones = _mm256_set1_epi8(-1), zero = _mm256_setzero_si256();
  const __m256i shift = _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(length, 3));
  const __m256i mask = _mm256_sllv_epi64(ones, shift);
  const __m256i behind_first = _mm256_sllv_epi64(mask, _mm256_set1_epi64x(8));
  const __m256i all = _mm256_and_si256(_mm256_sub_epi8(words, _mm256_set1_epi8('0')), mask);
  // The first character, if it is a minus: ones there, zeros elsewhere.
  const __m256i minus = _mm256_andnot_si256(behind_first, _mm256_cmpeq_epi8(all, _mm256_set1_epi8('-' - '0')));
  const __m256i digits = _mm256_andnot_si256(minus, all);
  EightDigitTexts result;
  result.negative = _mm256_andnot_si256(_mm256_cmpeq_epi64(minus, zero), ones);
  const __m256i only_minus = _mm256_and_si256(result.negative, _mm256_cmpeq_epi64(behind_first, zero));
  result.fault = _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)), only_minus);
  result.groups =
      _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A)), _mm256_set1_epi32(0x00010064));
  return result;
}

// Eight values of 32 bits to T's width; a lane of *fault becomes ones where T does not hold the value.
inline void StoreEight(__m256i value, __m256i negative, int32_t* values, __m256i*) {
  Store32(values, _mm256_sub_epi32(_mm256_xor_si256(value, negative), negative));
}
inline void StoreEight(__m256i value, __m256i negative, uint32_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, negative);
  Store32(values, value);
}
inline void StoreEight(__m256i value, __m256i negative, int64_t* values, __m256i*) {
  const __m256i with_sign = _mm256_sub_epi32(_mm256_xor_si256(value, negative), negative);
  Store32(values, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(with_sign)));
  Store32(values + 4, _mm256_cvtepi32_epi64(_mm256_extracti128_si256(with_sign, 1)));
}
inline void StoreEight(__m256i value, __m256i negative, uint64_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, negative);
  Store32(values, _mm256_cvtepu32_epi64(_mm256_castsi256_si128(value)));
  Store32(values + 4, _mm256_cvtepu32_epi64(_mm256_extracti128_si256(value, 1)));
}

// The low two bytes of each lane, in order.
inline __m128i LowHalves(__m256i value) {
  const __m256i low = _mm256_and_si256(value, _mm256_set1_epi32(0xFFFF));
  return _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08));
}
inline void StoreNarrow(__m256i value, int16_t* values) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), LowHalves(value));
}
inline void StoreNarrow(__m256i value, int8_t* values) {
  const __m128i low = _mm_and_si128(LowHalves(value), _mm_set1_epi16(0xFF));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(values), _mm_packus_epi16(low, low));
}
inline void StoreEight(__m256i value, __m256i negative, int16_t* values, __m256i* fault) {
  const __m256i with_sign = _mm256_sub_epi32(_mm256_xor_si256(value, negative), negative);
  *fault = _mm256_or_si256(*fault, Outside(with_sign, INT16_MIN, INT16_MAX));
  StoreNarrow(with_sign, values);
}
inline void StoreEight(__m256i value, __m256i negative, int8_t* values, __m256i* fault) {
  const __m256i with_sign = _mm256_sub_epi32(_mm256_xor_si256(value, negative), negative);
  *fault = _mm256_or_si256(*fault, Outside(with_sign, INT8_MIN, INT8_MAX));
  StoreNarrow(with_sign, values);
}
inline void StoreEight(__m256i value, __m256i negative, uint16_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, _mm256_or_si256(negative, Outside(value, 0, UINT16_MAX)));
  StoreNarrow(value, reinterpret_cast<int16_t*>(values));
}
inline void StoreEight(__m256i value, __m256i negative, uint8_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, _mm256_or_si256(negative, Outside(value, 0, UINT8_MAX)));
  StoreNarrow(value, reinterpret_cast<int8_t*>(values));
}

// Fields of 1 to 8 characters, eight a step.
template <class T>
inline uint64_t ReadShortIntegers(const FieldBlock& block, T* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const uint32_t* end = block.end + i;
    const __m256i length = Lengths(block, i);
    // Fields 0 1 4 5 and 2 3 6 7: packing then leaves them in order.
    const __m256i swapped = _mm256_permute4x64_epi64(length, 0xD8);
    const EightDigitTexts x = ReadEight(LoadEnds(block.text, end[0], end[1], end[4], end[5]),
                                        _mm256_cvtepu32_epi64(_mm256_castsi256_si128(swapped)));
    const EightDigitTexts y = ReadEight(LoadEnds(block.text, end[2], end[3], end[6], end[7]),
                                        _mm256_cvtepu32_epi64(_mm256_extracti128_si256(swapped, 1)));
    const __m256i value = _mm256_madd_epi16(_mm256_packus_epi32(x.groups, y.groups), _mm256_set1_epi32(0x00012710));
    const __m256i negative = _mm256_packs_epi32(x.negative, y.negative);
    __m256i outside = _mm256_cmpeq_epi32(length, _mm256_setzero_si256());
    StoreEight(value, negative, values + i, &outside);
    if (AnyBit(_mm256_or_si256(outside, _mm256_or_si256(x.fault, y.fault)))) [[unlikely]] {
      const __m256i zero = _mm256_setzero_si256();
      const __m256i fine = _mm256_packs_epi32(_mm256_cmpeq_epi64(x.fault, zero), _mm256_cmpeq_epi64(y.fault, zero));
      const __m256i faulty = _mm256_or_si256(outside, _mm256_andnot_si256(fine, _mm256_set1_epi8(-1)));
      again |= uint64_t{LaneBits(faulty)} << i;
    }
  }
  return again;
}

// Store four 64-bit values that are at most 10^16 in magnitude; return the mask of those that T does not hold.
template <class T>
inline uint32_t StoreFourIntegers(__m256i value, uint32_t negative, T* values) {
  constexpr bool kSigned = T(-1) < T(0);
  const __m256i sign = SignMask(negative);
  const __m256i with_sign = _mm256_sub_epi64(_mm256_xor_si256(value, sign), sign);
  uint32_t outside = kSigned ? 0 : negative;
  if constexpr (sizeof(T) == 8) {
    Store32(values, with_sign);
  } else {
    constexpr int64_t kMost = kSigned ? (int64_t{1} << (8 * sizeof(T) - 1)) - 1 : (int64_t{1} << 8 * sizeof(T)) - 1;
    constexpr int64_t kLeast = kSigned ? -kMost - 1 : 0;
    const __m256i beyond = _mm256_or_si256(_mm256_cmpgt_epi64(with_sign, _mm256_set1_epi64x(kMost)),
                                           _mm256_cmpgt_epi64(_mm256_set1_epi64x(kLeast), with_sign));
    outside |= static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(beyond)));
    alignas(32) int64_t lanes[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), with_sign);
    for (int k = 0; k < 4; k++) values[k] = static_cast<T>(lanes[k]);
  }
  return outside;
}

// The last 16 bytes of a field as digit values; `from` is the mask of its digits.
inline __m128i LoadSixteen(const char* text, uint32_t end, uint32_t from) {
  const __m128i digits = _mm_sub_epi8(Load16(text + end - 16), _mm_set1_epi8('0'));
  return _mm_and_si128(digits, Load16(kOnesFrom.bytes + from));
}

// Fields of up to 16 digits, four a step.
template <class T>
inline uint64_t ReadLongIntegers(const FieldBlock& block, T* values) {
  const char* text = block.text;
  alignas(32) uint32_t first[FieldBlock::kMaxFields];
  alignas(32) uint32_t from[FieldBlock::kMaxFields];
  for (uint32_t i = 0; i < block.size; i += 8) {
    for (uint32_t k = i; k < i + 8; k++) __builtin_memcpy(&first[k], text + block.begin[k], sizeof(uint32_t));
  }
  uint64_t again = 0, negative = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const __m256i length = _mm256_min_epu32(Lengths(block, i), _mm256_set1_epi32(32));
    const __m256i first_byte = _mm256_and_si256(Load32(first + i), _mm256_set1_epi32(0xFF));
    const __m256i minus = _mm256_cmpeq_epi32(first_byte, _mm256_set1_epi32('-'));
    const __m256i count = _mm256_add_epi32(length, minus);
    Store32(from + i, _mm256_add_epi32(count, _mm256_set1_epi32(64)));
    negative |= uint64_t{LaneBits(minus)} << i;
    again |= uint64_t{LaneBits(Outside(count, 1, 16))} << i;
  }
  for (uint32_t i = 0; i < block.size; i += 4, negative >>= 4) {
    const uint32_t* end = block.end + i;
    // Fields 0 2 and 1 3: packing then leaves them in order.
    const __m256i even = _mm256_set_m128i(LoadSixteen(text, end[2], from[i + 2]), LoadSixteen(text, end[0], from[i]));
    const __m256i odd =
        _mm256_set_m128i(LoadSixteen(text, end[3], from[i + 3]), LoadSixteen(text, end[1], from[i + 1]));
    const __m256i tens = _mm256_set1_epi16(0x010A), hundreds = _mm256_set1_epi32(0x00010064);
    const __m256i packed = _mm256_packus_epi32(_mm256_madd_epi16(_mm256_maddubs_epi16(even, tens), hundreds),
                                               _mm256_madd_epi16(_mm256_maddubs_epi16(odd, tens), hundreds));
    const __m256i eights = _mm256_madd_epi16(packed, _mm256_set1_epi32(0x00012710));
    const __m256i value =
        _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
    uint32_t outside = StoreFourIntegers(value, negative & 15, values + i);
    const __m256i nine = _mm256_set1_epi8(9);
    const __m256i fault_even = _mm256_subs_epu8(even, nine), fault_odd = _mm256_subs_epu8(odd, nine);
    if (AnyBit(_mm256_or_si256(fault_even, fault_odd))) [[unlikely]]
      outside |= FaultyFields(fault_even, fault_odd);
    again |= uint64_t{outside} << i;
  }
  return again;
}

template <class T>
inline uint64_t ReadIntegers(const FieldBlock& block, T* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  __m256i longest = _mm256_setzero_si256();
  for (uint32_t i = 0; i < local.size; i += 8) longest = _mm256_max_epu32(longest, Lengths(local, i));
  const bool is_long = AnyBit(_mm256_cmpgt_epi32(longest, _mm256_set1_epi32(8)));
  return (is_long ? ReadLongIntegers(local, values) : ReadShortIntegers(local, values)) & LowBits(local.size);
}

}  // namespace

uint64_t ReadFloatsAvx2(const FieldBlock& block, double* values) { return ReadFloats(block, values); }
uint64_t ReadFloatsAvx2(const FieldBlock& block, float* values) { return ReadFloats(block, values); }

uint64_t ReadIntegersAvx2(const FieldBlock& block, int8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int64_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint64_t* values) { return ReadIntegers(block, values); }

uint64_t FindPresentAvx2(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count, uint32_t* rows,
                         uint32_t* num_rows) {
  uint32_t at = *num_rows, i = 0;
  uint64_t present = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i empty = _mm256_cmpeq_epi32(Load32(begin + first + i), Load32(end + first + i));
    const uint32_t mask = ~LaneBits(empty) & 0xFF;
    const __m256i chosen =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kCompressions.rows[mask])));
    Store32(rows + at, _mm256_add_epi32(chosen, _mm256_set1_epi32(static_cast<int32_t>(first + i))));
    at += static_cast<uint32_t>(_mm_popcnt_u32(mask));
    present |= uint64_t{mask} << i;
  }
  for (; i < count; i++) {
    const bool not_empty = begin[first + i] != end[first + i];
    rows[at] = first + i;
    at += not_empty;
    present |= uint64_t{not_empty} << i;
  }
  *num_rows = at;
  return present;
}

}  // namespace v0
}  // namespace headrace
#endif
