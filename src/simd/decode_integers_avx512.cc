// Integers with AVX-512: the digits before a field's end become a number by a tree of multiply-adds (2, 4, 8, 16
// digits). The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing that is not
// inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include "simd/decode_lanes_avx512.h"
#include "simd/high_digits.h"

namespace headrace {
inline namespace v0 {
namespace {

struct EightDigitTexts {
  __m512i digits;     // a byte a digit
  uint32_t negative;  // a bit each: a minus comes first
  uint32_t no_digit;  // a bit each
};

// Eight fields of up to 8 characters, as the words that they end. `length` has a field's length in each lane.
inline EightDigitTexts ReadEight(__m512i words, __m256i lengths) {
  const __m512i length = _mm512_cvtepu32_epi64(lengths);
  const __m512i shift = _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(length, 3));
  const __m512i first = _mm512_and_si512(_mm512_srlv_epi64(words, shift), _mm512_set1_epi64(0xFF));
  const __mmask8 negative = _mm512_cmpeq_epi64_mask(first, _mm512_set1_epi64('-'));
  __m512i field = _mm512_sllv_epi64(_mm512_set1_epi8(-1), shift);  // the bytes behind the minus
  field = _mm512_mask_slli_epi64(field, negative, field, 8);
  EightDigitTexts result;
  result.digits = _mm512_and_si512(_mm512_sub_epi8(words, _mm512_set1_epi8('0')), field);
  result.negative = negative;
  result.no_digit = _mm512_testn_epi64_mask(field, field);
  return result;
}

// Sixteen values of 32 bits to T's width.
inline void StoreSixteen(__m512i value, int32_t* values) { Store64(values, value); }
inline void StoreSixteen(__m512i value, int16_t* values) { Store32(values, _mm512_cvtepi32_epi16(value)); }
inline void StoreSixteen(__m512i value, int8_t* values) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_cvtepi32_epi8(value));
}
inline void StoreSixteen(__m512i value, int64_t* values) {
  Store64(values, _mm512_cvtepi32_epi64(_mm512_castsi512_si256(value)));
  Store64(values + 8, _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(value, 1)));
}
inline void StoreSixteen(__m512i value, uint32_t* values) { Store64(values, value); }
inline void StoreSixteen(__m512i value, uint16_t* values) { Store32(values, _mm512_cvtepi32_epi16(value)); }
inline void StoreSixteen(__m512i value, uint8_t* values) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_cvtepi32_epi8(value));
}
inline void StoreSixteen(__m512i value, uint64_t* values) {  // none is negative
  StoreSixteen(value, reinterpret_cast<int64_t*>(values));
}

// Eight values of 64 bits to T's width.
template <class T>
inline void StoreEight(__m512i value, T* values) {
  if constexpr (sizeof(T) == 8) {
    Store64(values, value);
  } else if constexpr (sizeof(T) == 4) {
    Store32(values, _mm512_cvtepi64_epi32(value));
  } else if constexpr (sizeof(T) == 2) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_cvtepi64_epi16(value));
  } else {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(values), _mm512_cvtepi64_epi8(value));
  }
}

template <class T>
constexpr bool kIsSigned = T(-1) < T(0);
// The greatest and the least value of T that 64 bits hold.
template <class T>
constexpr int64_t kMost = sizeof(T) == 8 ? INT64_MAX
                                         : (int64_t{1} << (8 * sizeof(T) % 64 - (kIsSigned<T> ? 1 : 0))) - 1;
template <class T>
constexpr int64_t kLeast = kIsSigned<T> ? -kMost<T> - 1 : 0;

// Fields of 1 to 8 characters, sixteen a step.
template <class T>
inline uint64_t ReadShortIntegers(const FieldBlock& block, T* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 16) {
    const __m512i length = Lengths(block, i);
    const EightDigitTexts x = ReadEight(LoadEightEnds(block.text, block.end + i), _mm512_castsi512_si256(length));
    const EightDigitTexts y =
        ReadEight(LoadEightEnds(block.text, block.end + i + 8), _mm512_extracti64x4_epi64(length, 1));
    const __m512i magnitude = EightDigits(x.digits, y.digits);
    const auto negative = static_cast<__mmask16>(x.negative | y.negative << 8);
    const __m512i value = _mm512_mask_sub_epi32(magnitude, negative, _mm512_setzero_si512(), magnitude);
    StoreSixteen(value, values + i);
    uint32_t outside = x.no_digit | y.no_digit << 8;
    if constexpr (!kIsSigned<T>) outside |= negative;
    if constexpr (sizeof(T) < 4) {  // T's least value becomes 0, and its greatest the greatest of all
      const __m512i above_least = _mm512_sub_epi32(value, _mm512_set1_epi32(static_cast<int>(kLeast<T>)));
      const __m512i range = _mm512_set1_epi32(static_cast<int>(kMost<T> - kLeast<T>));
      outside |= _mm512_cmpgt_epu32_mask(above_least, range);
    }
    if (AnyAboveNine(_mm512_max_epu8(x.digits, y.digits))) [[unlikely]] {
      const auto faulty = [](__m512i digits) {
        const __m512i above = _mm512_subs_epu8(digits, _mm512_set1_epi8(9));
        return uint32_t{_mm512_test_epi64_mask(above, above)};
      };
      outside |= faulty(x.digits) | faulty(y.digits) << 8;
    }
    again |= uint64_t{outside} << i;
  }
  return again;
}

// Fields of up to 16 digits, eight a step; of 64 bits, up to three more.
template <class T>
inline uint64_t ReadLongIntegers(const FieldBlock& block, T* values) {
  const char* text = block.text;
  alignas(64) char first[FieldBlock::kMaxFields];
  for (uint32_t i = 0; i < block.size; i++) first[i] = text[block.begin[i]];
  for (uint32_t i = block.size; i % 16 != 0; i++) first[i] = '0';
  constexpr int kMostDigits = sizeof(T) == 8 ? 16 + kMostHighDigits : 16;
  ByteMasks16 masks;
  uint64_t again = 0, negative = 0, longer = 0;
  for (uint32_t i = 0; i < block.size; i += 16) {
    const __m512i length = Lengths(block, i);
    const __mmask16 minus = _mm_cmpeq_epi8_mask(Load16(first + i), _mm_set1_epi8('-'));
    const __m512i count = _mm512_mask_sub_epi32(length, minus, length, _mm512_set1_epi32(1));
    const __m512i sixteen = _mm512_set1_epi32(16), above_one = _mm512_sub_epi32(count, _mm512_set1_epi32(1));
    const __m512i unused = _mm512_sub_epi32(sixteen, _mm512_min_epu32(count, sixteen));
    masks.Put(i, _mm512_sllv_epi32(_mm512_set1_epi32(0xFFFF), unused));
    negative |= uint64_t{minus} << i;
    again |= uint64_t{_mm512_cmpgt_epu32_mask(above_one, _mm512_set1_epi32(kMostDigits - 1))} << i;
    longer |= uint64_t{_mm512_cmpgt_epu32_mask(count, sixteen)} << i;
  }
  if constexpr (!kIsSigned<T>) again |= negative;
  const auto at = [&](uint32_t i) { return text + block.end[i] - 16; };
  for (uint32_t i = 0; i < block.size; i += 8) {
    const ByteMasksOfEight mask = masks.Of(i);
    const __m512i even = Digits(mask.even, LoadFour(at(i), at(i + 2), at(i + 4), at(i + 6)));
    const __m512i odd = Digits(mask.odd, LoadFour(at(i + 1), at(i + 3), at(i + 5), at(i + 7)));
    const __m512i magnitude = SixteenDigits(even, odd);
    const auto minus = static_cast<__mmask8>(negative >> i);
    const __m512i value = _mm512_mask_sub_epi64(magnitude, minus, _mm512_setzero_si512(), magnitude);
    StoreEight(value, values + i);
    uint32_t outside = 0;
    if constexpr (sizeof(T) < 8) {
      outside = uint32_t{_mm512_cmpgt_epi64_mask(value, _mm512_set1_epi64(kMost<T>))} |
                uint32_t{_mm512_cmpgt_epi64_mask(_mm512_set1_epi64(kLeast<T>), value)};
    }
    if (AnyAboveNine(_mm512_max_epu8(even, odd))) [[unlikely]]
      outside |= FaultyOfEight(even, odd);
    again |= uint64_t{outside} << i;
  }
  if constexpr (kMostDigits > 16)
    again |= AddHighDigits(block, longer & ~again & LowBits(block.size), negative, values);
  return again;
}

template <class T>
inline uint64_t ReadIntegers(const FieldBlock& block, T* values) {
  return InSixteens(block, values, [](const FieldBlock& sixteens, T* to) {
    __m512i longest = _mm512_setzero_si512();
    for (uint32_t i = 0; i < sixteens.size; i += 16) longest = _mm512_max_epu32(longest, Lengths(sixteens, i));
    const bool is_long = _mm512_cmpgt_epu32_mask(longest, _mm512_set1_epi32(8)) != 0;
    return is_long ? ReadLongIntegers(sixteens, to) : ReadShortIntegers(sixteens, to);
  });
}

}  // namespace

uint64_t ReadIntegersAvx512(const FieldBlock& block, int8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, int16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, int32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, int64_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint64_t* values) { return ReadIntegers(block, values); }

uint64_t FindPresentAvx512(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                           PresentLists* lists) {
  const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  uint32_t at = lists->size;
  uint64_t present = 0;
  for (uint32_t i = 0; i < count; i += 16) {
    const uint32_t left = count - i;
    const auto some = static_cast<__mmask16>(LowBits(left < 16 ? left : 16));
    const __m512i begins = _mm512_maskz_loadu_epi32(some, begin + first + i);
    const __m512i ends = _mm512_maskz_loadu_epi32(some, end + first + i);
    const __m512i rows = _mm512_add_epi32(places, _mm512_set1_epi32(static_cast<int>(first + i)));
    const __mmask16 mask = _mm512_cmpneq_epi32_mask(begins, ends);
    // The register form of the compression: to memory it is slow on Zen 4. No more than `count` entries are written.
    const auto append = [&](uint32_t* list, __m512i lanes) {
      _mm512_mask_storeu_epi32(list + at, some, _mm512_maskz_compress_epi32(mask, lanes));
    };
    append(lists->rows, rows);
    append(lists->begin, begins);
    append(lists->end, ends);
    at += static_cast<uint32_t>(_mm_popcnt_u32(mask));
    present |= uint64_t{mask} << i;
  }
  lists->size = at;
  return present;
}

}  // namespace v0
}  // namespace headrace
#endif
