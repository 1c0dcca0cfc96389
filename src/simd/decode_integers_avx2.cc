// Integers with AVX2: the digits before a field's end become a number by a tree of multiply-adds (2, 4, 8, 16 digits).
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include "simd/decode_lanes_avx2.h"
#include "simd/high_digits.h"
#include "simd/set_bits_avx2.h"

namespace headrace {
inline namespace v0 {
namespace {

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

// Fields of up to 16 digits, four a step; of 64 bits, up to three more.
template <class T>
inline uint64_t ReadLongIntegers(const FieldBlock& block, T* values) {
  const char* text = block.text;
  alignas(32) uint32_t first[FieldBlock::kMaxFields];
  alignas(32) uint32_t from[FieldBlock::kMaxFields];
  for (uint32_t i = 0; i < block.size; i += 8) {
    for (uint32_t k = i; k < i + 8; k++) __builtin_memcpy(&first[k], text + block.begin[k], sizeof(uint32_t));
  }
  constexpr int32_t kMost = sizeof(T) == 8 ? 16 + kMostHighDigits : 16;
  uint64_t again = 0, negative = 0, longer = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const __m256i length = _mm256_min_epu32(Lengths(block, i), _mm256_set1_epi32(32));
    const __m256i first_byte = _mm256_and_si256(Load32(first + i), _mm256_set1_epi32(0xFF));
    const __m256i minus = _mm256_cmpeq_epi32(first_byte, _mm256_set1_epi32('-'));
    const __m256i count = _mm256_add_epi32(length, minus);
    Store32(from + i, _mm256_add_epi32(count, _mm256_set1_epi32(64)));
    negative |= uint64_t{LaneBits(minus)} << i;
    again |= uint64_t{LaneBits(Outside(count, 1, kMost))} << i;
    longer |= uint64_t{LaneBits(_mm256_cmpgt_epi32(count, _mm256_set1_epi32(16)))} << i;
  }
  for (uint32_t i = 0; i < block.size; i += 4) {
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
    uint32_t outside = StoreFourIntegers(value, negative >> i & 15, values + i);
    const __m256i nine = _mm256_set1_epi8(9);
    const __m256i fault_even = _mm256_subs_epu8(even, nine), fault_odd = _mm256_subs_epu8(odd, nine);
    if (AnyBit(_mm256_or_si256(fault_even, fault_odd))) [[unlikely]]
      outside |= FaultyFields(fault_even, fault_odd);
    again |= uint64_t{outside} << i;
  }
  if constexpr (kMost > 16) again |= AddHighDigits(block, longer & ~again & LowBits(block.size), negative, values);
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

uint64_t ReadIntegersAvx2(const FieldBlock& block, int8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, int64_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint64_t* values) { return ReadIntegers(block, values); }

uint64_t FindPresentAvx2(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                         PresentLists* lists) {
  uint32_t at = lists->size, i = 0;
  uint64_t present = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i begins = Load32(begin + first + i), ends = Load32(end + first + i);
    const uint32_t mask = ~LaneBits(_mm256_cmpeq_epi32(begins, ends)) & 0xFF;
    const __m256i places = PlacesOf(mask);
    Store32(lists->rows + at, _mm256_add_epi32(places, _mm256_set1_epi32(static_cast<int32_t>(first + i))));
    Store32(lists->begin + at, _mm256_permutevar8x32_epi32(begins, places));
    Store32(lists->end + at, _mm256_permutevar8x32_epi32(ends, places));
    at += static_cast<uint32_t>(_mm_popcnt_u32(mask));
    present |= uint64_t{mask} << i;
  }
  for (; i < count; i++) {
    const bool not_empty = begin[first + i] != end[first + i];
    lists->rows[at] = first + i;
    lists->begin[at] = begin[first + i];
    lists->end[at] = end[first + i];
    at += not_empty;
    present |= uint64_t{not_empty} << i;
  }
  lists->size = at;
  return present;
}

}  // namespace v0
}  // namespace headrace
#endif
