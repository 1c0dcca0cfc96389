// Numbers with AVX2 and FMA: digits become numbers by a tree of multiply-adds (2, 4, 8, 16 digits), many fields at
// once; no branch depends on the data but for fields outside the shape.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/decode_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace headrace {
inline namespace v0 {
namespace {

struct Bytes96 {
  alignas(64) uint8_t bytes[96];
};

// kOnesFrom.bytes + 32 - n: n zeros, then ones. kOnesUntil.bytes + 64 - n: n ones, then zeros.
constexpr Bytes96 MakeOnes(bool from) {
  Bytes96 table{};
  for (int i = 0; i < 96; i++) table.bytes[i] = (from ? i >= 32 : i < 64) ? 0xFF : 0;
  return table;
}
constexpr Bytes96 kOnesFrom = MakeOnes(true), kOnesUntil = MakeOnes(false);

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

// ---------------------------------------------------------------------------------------------------------- floats
//
// 32 bytes are loaded so that the dot is byte 7: seven integer digits, the dot, 24 fraction digits. What is not the
// field's is masked to 0, which is right on both sides. A text without a dot has it where it ends.

constexpr int32_t kMaxFloatLength = 25;

struct FloatText {
  __m256i digits;     // digit values; byte 7 is anything
  int32_t odd;        // negative: outside the shape
  uint32_t negative;  // 0 or 1
};

inline FloatText LoadFloat(const char* text, uint32_t begin, uint32_t end) {
  const char* field = text + begin;
  const uint32_t length = end - begin < 32 ? end - begin : 32;
  const __m256i dots = _mm256_cmpeq_epi8(Load32(field), _mm256_set1_epi8('.'));
  const uint64_t stops = static_cast<uint32_t>(_mm256_movemask_epi8(dots)) | uint64_t{1} << length;
  const int32_t dot = static_cast<int32_t>(_tzcnt_u64(stops));
  const int32_t negative = *field == '-';
  const int32_t before = dot - negative, behind = static_cast<int32_t>(length) - dot;  // behind: the dot counts
  const __m256i mask = _mm256_and_si256(Load32(kOnesFrom.bytes + 25 + before), Load32(kOnesUntil.bytes + 57 - behind));
  const __m256i loaded = Load32(field + dot - 7);
  FloatText result;
  result.digits = _mm256_and_si256(_mm256_sub_epi8(loaded, _mm256_set1_epi8('0')), mask);
  const int32_t some_digit = (before | behind >> 1) - 1;  // negative for "", "-", ".", "-."
  result.odd = some_digit | (7 - before) | (kMaxFloatLength - static_cast<int32_t>(length));
  result.negative = static_cast<uint32_t>(negative);
  return result;
}

// Eight groups of four digits (the second of seven is one of three).
inline __m256i GroupsOfFour(__m256i digits) {
  const __m256i tens = _mm256_setr_epi8(10, 1, 10, 1, 10, 1, 1, 0, 10, 1, 10, 1, 10, 1, 10, 1,  //
                                        10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1);
  const __m256i hundreds = _mm256_setr_epi16(100, 1, 10, 1, 100, 1, 100, 1, 100, 1, 100, 1, 100, 1, 100, 1);
  return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, tens), hundreds);
}

// Two fields to 64-bit lanes: [integer part and 8 digits of each | 16 more digits of each].
inline __m256i GroupsOfSixteen(__m256i first, __m256i second) {
  const __m256i thousands =
      _mm256_setr_epi16(1000, 1, 10000, 1, 1000, 1, 10000, 1, 10000, 1, 10000, 1, 10000, 1, 10000, 1);
  const __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(GroupsOfFour(first), GroupsOfFour(second)), thousands);
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

inline void StoreFour(__m256d a, __m256d b, uint32_t negative, double* values, uint32_t* unsure) {
  const __m256d sign = _mm256_and_pd(_mm256_castsi256_pd(SignMask(negative)), _mm256_set1_pd(-0.0));
  _mm256_storeu_pd(values, _mm256_or_pd(ScaledSum(a, b, unsure), sign));
}

inline void StoreFour(__m256d a, __m256d b, uint32_t negative, float* values, uint32_t* unsure) {
  const __m256i pairs = _mm256_permutevar8x32_epi32(SignMask(negative), _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
  const __m128 sign = _mm_and_ps(_mm_castsi128_ps(_mm256_castsi256_si128(pairs)), _mm_set1_ps(-0.0f));
  _mm_storeu_ps(values, _mm_or_ps(ScaledSumFloat(a, b, unsure), sign));
}

template <class T>
inline uint64_t ReadFloats(const FieldBlock& block, T* values) {
  // The greatest byte that is no fault: 9, but anything where the dot is.
  const __m256i most = _mm256_setr_epi8(9, 9, 9, 9, 9, 9, 9, -1, 9, 9, 9, 9, 9, 9, 9, 9,  //
                                        9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    FloatText field[4];
    for (uint32_t k = 0; k < 4; k++) field[k] = LoadFloat(block.text, block.begin[i + k], block.end[i + k]);
    const __m256i first = GroupsOfSixteen(field[0].digits, field[1].digits);
    const __m256i second = GroupsOfSixteen(field[2].digits, field[3].digits);
    const __m256d a = SmallToDouble(_mm256_permute2x128_si256(first, second, 0x20));
    const __m256d b = ToDouble(_mm256_permute2x128_si256(first, second, 0x31));
    const uint32_t negative =
        field[0].negative | field[1].negative << 1 | field[2].negative << 2 | field[3].negative << 3;
    uint32_t unsure;
    StoreFour(a, b, negative, values + i, &unsure);
    __m256i fault[4];
    for (uint32_t k = 0; k < 4; k++) fault[k] = _mm256_subs_epu8(field[k].digits, most);
    const __m256i any_fault = _mm256_or_si256(_mm256_or_si256(fault[0], fault[1]), _mm256_or_si256(fault[2], fault[3]));
    const int32_t any_odd = field[0].odd | field[1].odd | field[2].odd | field[3].odd;
    if (any_odd < 0 || AnyBit(any_fault)) [[unlikely]] {
      for (uint32_t k = 0; k < 4; k++) unsure |= uint32_t{field[k].odd < 0 || AnyBit(fault[k])} << k;
    }
    again |= uint64_t{unsure} << i;
  }
  return again & LowBits(block.size);
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
inline __m256i OutOfRange(__m256i value, int32_t least, int32_t greatest) {
  return _mm256_or_si256(_mm256_cmpgt_epi32(value, _mm256_set1_epi32(greatest)),
                         _mm256_cmpgt_epi32(_mm256_set1_epi32(least), value));
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
  *fault = _mm256_or_si256(*fault, OutOfRange(with_sign, INT16_MIN, INT16_MAX));
  StoreNarrow(with_sign, values);
}
inline void StoreEight(__m256i value, __m256i negative, int8_t* values, __m256i* fault) {
  const __m256i with_sign = _mm256_sub_epi32(_mm256_xor_si256(value, negative), negative);
  *fault = _mm256_or_si256(*fault, OutOfRange(with_sign, INT8_MIN, INT8_MAX));
  StoreNarrow(with_sign, values);
}
inline void StoreEight(__m256i value, __m256i negative, uint16_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, _mm256_or_si256(negative, OutOfRange(value, 0, UINT16_MAX)));
  StoreNarrow(value, reinterpret_cast<int16_t*>(values));
}
inline void StoreEight(__m256i value, __m256i negative, uint8_t* values, __m256i* fault) {
  *fault = _mm256_or_si256(*fault, _mm256_or_si256(negative, OutOfRange(value, 0, UINT8_MAX)));
  StoreNarrow(value, reinterpret_cast<int8_t*>(values));
}

// Fields of 1 to 8 characters, eight a step.
template <class T>
inline uint64_t ReadShortIntegers(const FieldBlock& block, T* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const uint32_t* end = block.end + i;
    const __m256i length = _mm256_sub_epi32(Load32(end), Load32(block.begin + i));
    // Fields 0 1 4 5 and 2 3 6 7: packing then leaves them in order.
    const __m256i swapped = _mm256_permute4x64_epi64(length, 0xD8);
    const EightDigitTexts x = ReadEight(LoadEnds(block.text, end[0], end[1], end[4], end[5]),
                                        _mm256_cvtepu32_epi64(_mm256_castsi256_si128(swapped)));
    const EightDigitTexts y = ReadEight(LoadEnds(block.text, end[2], end[3], end[6], end[7]),
                                        _mm256_cvtepu32_epi64(_mm256_extracti128_si256(swapped, 1)));
    const __m256i value = _mm256_madd_epi16(_mm256_packus_epi32(x.groups, y.groups), _mm256_set1_epi32(0x00012710));
    const __m256i negative = _mm256_packs_epi32(x.negative, y.negative);
    // Odd lengths are faults of all lanes: 0, and more than 8 in a block that has one.
    const __m256i odd = _mm256_cmpgt_epi32(_mm256_sub_epi32(length, _mm256_set1_epi32(1)), _mm256_set1_epi32(7));
    const __m256i none = _mm256_cmpgt_epi32(_mm256_set1_epi32(1), length);
    __m256i outside = _mm256_or_si256(odd, none);
    StoreEight(value, negative, values + i, &outside);
    if (AnyBit(_mm256_or_si256(outside, _mm256_or_si256(x.fault, y.fault)))) [[unlikely]] {
      const __m256i zero = _mm256_setzero_si256();
      const __m256i fine = _mm256_packs_epi32(_mm256_cmpeq_epi64(x.fault, zero), _mm256_cmpeq_epi64(y.fault, zero));
      const __m256i faulty = _mm256_or_si256(outside, _mm256_andnot_si256(fine, _mm256_set1_epi8(-1)));
      const uint32_t mask = static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(faulty)));
      again |= uint64_t{mask} << i;
    }
  }
  return again & LowBits(block.size);
}

struct SixteenDigitText {
  __m128i digits;
  int32_t odd;        // negative: outside the shape
  uint32_t negative;  // 0 or 1
};

inline SixteenDigitText LoadSixteen(const char* text, uint32_t begin, uint32_t end) {
  const int32_t negative = text[begin] == '-';
  const uint32_t length = end - begin < 32 ? end - begin : 32;
  const int32_t count = static_cast<int32_t>(length) - negative;
  const __m128i mask = Load16(kOnesFrom.bytes + 16 + count);
  const __m128i loaded = Load16(text + end - 16);
  return {_mm_and_si128(_mm_sub_epi8(loaded, _mm_set1_epi8('0')), mask), (count - 1) | (16 - count),
          static_cast<uint32_t>(negative)};
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

// Fields of up to 16 digits, four a step.
template <class T>
inline uint64_t ReadLongIntegers(const FieldBlock& block, T* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    SixteenDigitText field[4];
    for (uint32_t k = 0; k < 4; k++) field[k] = LoadSixteen(block.text, block.begin[i + k], block.end[i + k]);
    // Fields 0 2 and 1 3: packing then leaves them in order.
    const __m256i x = _mm256_inserti128_si256(_mm256_castsi128_si256(field[0].digits), field[2].digits, 1);
    const __m256i y = _mm256_inserti128_si256(_mm256_castsi128_si256(field[1].digits), field[3].digits, 1);
    const __m256i tens = _mm256_set1_epi16(0x010A), hundreds = _mm256_set1_epi32(0x00010064);
    const __m256i fours_x = _mm256_madd_epi16(_mm256_maddubs_epi16(x, tens), hundreds);
    const __m256i fours_y = _mm256_madd_epi16(_mm256_maddubs_epi16(y, tens), hundreds);
    const __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(fours_x, fours_y), _mm256_set1_epi32(0x00012710));
    const __m256i value =
        _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
    const uint32_t negative =
        field[0].negative | field[1].negative << 1 | field[2].negative << 2 | field[3].negative << 3;
    uint32_t outside = StoreFourIntegers(value, negative, values + i);
    const int32_t any_odd = field[0].odd | field[1].odd | field[2].odd | field[3].odd;
    const __m256i nine = _mm256_set1_epi8(9);
    if (any_odd < 0 || AnyBit(_mm256_subs_epu8(_mm256_max_epu8(x, y), nine))) [[unlikely]] {
      for (uint32_t k = 0; k < 4; k++) {
        const __m128i fault = _mm_subs_epu8(field[k].digits, _mm256_castsi256_si128(nine));
        outside |= uint32_t{field[k].odd < 0 || _mm_testz_si128(fault, fault) == 0} << k;
      }
    }
    again |= uint64_t{outside} << i;
  }
  return again & LowBits(block.size);
}

template <class T>
inline uint64_t ReadIntegers(const FieldBlock& block, T* values) {
  __m256i longest = _mm256_setzero_si256();
  for (uint32_t i = 0; i < block.size; i += 8) {
    longest = _mm256_max_epu32(longest, _mm256_sub_epi32(Load32(block.end + i), Load32(block.begin + i)));
  }
  const __m256i long_ones = _mm256_cmpgt_epi32(longest, _mm256_set1_epi32(8));
  return AnyBit(long_ones) ? ReadLongIntegers(block, values) : ReadShortIntegers(block, values);
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
    const uint32_t mask = ~static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(empty))) & 0xFF;
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
