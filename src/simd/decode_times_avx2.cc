// Dates and timestamps with AVX2: fixed places for every digit, eight fields at a time. A field's digits become pairs
// and fours in its own register; a transposition then puts the years of eight fields in one register, and so on.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include "simd/decode_lanes_avx2.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int32_t kDateLength = 10, kSecondsLength = 19;

inline __m256i BothHalves(__m128i half) { return _mm256_set_m128i(half, half); }

// Register k, of four, has the 32-bit groups of fields k and k + 4 in its halves. Give the groups of eight fields.
inline void Transpose(const __m256i (&fields)[4], __m256i (&groups)[4]) {
  const __m256i low01 = _mm256_unpacklo_epi32(fields[0], fields[1]),
                high01 = _mm256_unpackhi_epi32(fields[0], fields[1]);
  const __m256i low23 = _mm256_unpacklo_epi32(fields[2], fields[3]),
                high23 = _mm256_unpackhi_epi32(fields[2], fields[3]);
  groups[0] = _mm256_unpacklo_epi64(low01, low23);
  groups[1] = _mm256_unpackhi_epi64(low01, low23);
  groups[2] = _mm256_unpacklo_epi64(high01, high23);
  groups[3] = _mm256_unpackhi_epi64(high01, high23);
}

// Two numbers up to 99 stand in a lane as first * 128 + second.
inline __m256i First(__m256i pair) { return _mm256_srli_epi32(pair, 7); }
inline __m256i Second(__m256i pair) { return _mm256_and_si256(pair, _mm256_set1_epi32(127)); }
inline __m256i TimesAndPlus(__m256i a, int32_t factor, __m256i b) {
  return _mm256_add_epi32(_mm256_mullo_epi32(a, _mm256_set1_epi32(factor)), b);
}

// Sixteen characters that begin with YYYY-MM-DD[ HH:MM]: what they are xored with, what may be left of them, and the
// order in which their digits make pairs. `time`: the second half of them is used.
inline __m128i ExpectedDate() {
  return _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', ' ', '0', '0', ':', '0', '0');
}
inline __m128i MostOfDate() { return _mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9); }
inline __m128i OrderOfDate() { return _mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1); }
// Century and year, month and day, hour and minute.
inline __m128i PairsOfDate() { return _mm_setr_epi16(128, 1, 128, 1, 128, 1, 0, 0); }

// Days since 1970-01-01 (H. Hinnant, days_from_civil). *odd gets ones where there is no such day, or year 0.
inline __m256i DaysOf(__m256i century_year, __m256i month_day, __m256i* odd) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i century = First(century_year), year_of_century = Second(century_year);
  const __m256i year = TimesAndPlus(century, 100, year_of_century);
  const __m256i month = First(month_day), day = Second(month_day);
  // A leap year: by the year of the century, or by the century if that is 0.
  const __m256i by_century = _mm256_cmpeq_epi32(year_of_century, zero);
  const __m256i fours =
      _mm256_and_si256(_mm256_blendv_epi8(year_of_century, century, by_century), _mm256_set1_epi32(3));
  const __m256i leap = _mm256_cmpeq_epi32(fours, zero);
  // The month is the lowest byte of a lane; months above 15 are odd anyway.
  const __m256i days_in_month = BothHalves(_mm_setr_epi8(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0));
  const __m256i months = _mm256_or_si256(month, _mm256_set1_epi32(static_cast<int32_t>(0x80808000)));
  const __m256i leap_february = _mm256_and_si256(leap, _mm256_cmpeq_epi32(month, _mm256_set1_epi32(2)));
  const __m256i last_day = _mm256_sub_epi32(_mm256_shuffle_epi8(days_in_month, months), leap_february);
  const __m256i day_odd = _mm256_or_si256(_mm256_cmpgt_epi32(day, last_day), _mm256_cmpeq_epi32(day, zero));
  *odd = _mm256_or_si256(_mm256_or_si256(day_odd, Outside(month, 1, 12)), _mm256_cmpeq_epi32(year, zero));
  // Years from March on, so that a leap day is a year's last.
  const __m256i early = _mm256_cmpgt_epi32(_mm256_set1_epi32(3), month);  // -1 in January and February
  const __m256i y = _mm256_add_epi32(year, early);
  const __m256i m =
      _mm256_add_epi32(_mm256_sub_epi32(month, _mm256_set1_epi32(3)), _mm256_and_si256(early, _mm256_set1_epi32(12)));
  // (153 m + 2) / 5 and y / 100 by multiplication; exact for all months, and for years up to 9999.
  const __m256i before_month =
      _mm256_srli_epi32(_mm256_mullo_epi32(TimesAndPlus(m, 153, _mm256_set1_epi32(2)), _mm256_set1_epi32(52429)), 18);
  const __m256i centuries = _mm256_srli_epi32(_mm256_mullo_epi32(y, _mm256_set1_epi32(5243)), 19);
  const __m256i leap_days =
      _mm256_add_epi32(_mm256_sub_epi32(_mm256_srli_epi32(y, 2), centuries), _mm256_srli_epi32(centuries, 2));
  const __m256i day_of_year = _mm256_add_epi32(before_month, _mm256_sub_epi32(day, _mm256_set1_epi32(719469)));
  return _mm256_add_epi32(TimesAndPlus(y, 365, leap_days), day_of_year);
}

inline uint64_t ReadDates(const FieldBlock& block, int32_t* values) {
  const __m256i expected = BothHalves(ExpectedDate());
  // Behind the tenth character anything may stand.
  const __m256i most = BothHalves(_mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, -1, -1, -1, -1, -1, -1));
  const __m256i order = BothHalves(_mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, -1, -1, -1, -1, -1, -1, -1, -1));
  const __m256i tens = _mm256_set1_epi16(0x010A), pairs = BothHalves(PairsOfDate());
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    __m256i digits[4], fields[4], groups[4], fault = _mm256_setzero_si256();
    for (uint32_t k = 0; k < 4; k++) {
      const __m256i loaded =
          _mm256_set_m128i(Load16(block.text + block.begin[i + k + 4]), Load16(block.text + block.begin[i + k]));
      digits[k] = _mm256_xor_si256(loaded, expected);
      fault = _mm256_or_si256(fault, _mm256_subs_epu8(digits[k], most));
      fields[k] = _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_shuffle_epi8(digits[k], order), tens), pairs);
    }
    Transpose(fields, groups);
    __m256i odd;
    Store32(values + i, DaysOf(groups[0], groups[1], &odd));
    odd = _mm256_or_si256(odd, Outside(Lengths(block, i), kDateLength, kDateLength));
    uint32_t outside = LaneBits(odd);
    if (AnyBit(fault)) [[unlikely]] {
      for (uint32_t k = 0; k < 4; k++) {
        const __m256i faults = _mm256_subs_epu8(digits[k], most);
        const __m128i low = _mm256_castsi256_si128(faults), high = _mm256_extracti128_si256(faults, 1);
        outside |= uint32_t{_mm_testz_si128(low, low) == 0} << k | uint32_t{_mm_testz_si128(high, high) == 0}
                                                                       << (k + 4);
      }
    }
    again |= uint64_t{outside} << i;
  }
  return again;
}

// ------------------------------------------------------------------------------------------------------- timestamps

// Where the digits of a fraction go in the second half: right-aligned in the last three groups of four.
template <int kDigits>
inline __m128i OrderOfFraction() {
  alignas(16) int8_t order[16] = {-1, -1, 1, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
  for (int k = 0; k < kDigits; k++) order[16 - kDigits + k] = static_cast<int8_t>(4 + k);
  return _mm_load_si128(reinterpret_cast<const __m128i*>(order));
}

// 64-bit value * factor, modulo 2^64.
inline __m256i TimesFactor(__m256i value, int32_t factor) {
  const __m256i factors = _mm256_set1_epi64x(factor);
  const __m256i high = _mm256_slli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(value, 32), factors), 32);
  return _mm256_add_epi64(_mm256_mul_epu32(value, factors), high);
}

// Four timestamps of days, seconds of the day and units of the second.
template <int kDigits>
inline __m256i Combine(__m128i days, __m128i seconds, __m128i fraction) {
  constexpr int32_t kFirst = kDigits == 0 ? 1 : 1000;  // 86,400,000 still has 32 bits
  __m256i value = _mm256_mul_epi32(_mm256_cvtepi32_epi64(days), _mm256_set1_epi64x(86400 * kFirst));
  value = _mm256_add_epi64(value, _mm256_mul_epi32(_mm256_cvtepi32_epi64(seconds), _mm256_set1_epi64x(kFirst)));
  if constexpr (kDigits > 3) value = TimesFactor(value, kDigits == 6 ? 1000 : 1000000);
  return _mm256_add_epi64(value, _mm256_cvtepi32_epi64(fraction));
}

// -1 for each of eight fields that ends with Z or z.
inline __m256i EndsWithZulu(const FieldBlock& block, uint32_t i) {
  alignas(32) uint32_t last[8];
  for (uint32_t k = 0; k < 8; k++) __builtin_memcpy(&last[k], block.text + block.end[i + k] - 4, sizeof(uint32_t));
  const __m256i letters = _mm256_or_si256(_mm256_srli_epi32(Load32(last), 24), _mm256_set1_epi32(0x20));
  return _mm256_cmpeq_epi32(letters, _mm256_set1_epi32('z'));
}

template <int kDigits>
inline uint64_t ReadTimestamps(const FieldBlock& block, Zulu zulu, int64_t* values) {
  const __m256i expected = _mm256_set_m128i(
      _mm_setr_epi8(':', '0', '0', '.', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0, 0, 0), ExpectedDate());
  const __m256i most = _mm256_set_m128i(_mm_setr_epi8(0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0), MostOfDate());
  // Byte 10 may also be T or t: what is left of them after the xor is nothing either.
  const __m256i large_t = _mm256_insert_epi8(_mm256_setzero_si256(), 'T' ^ ' ', 10);
  const __m256i small_t = _mm256_insert_epi8(_mm256_setzero_si256(), 't' ^ ' ', 10);
  const __m256i order = _mm256_set_m128i(OrderOfFraction<kDigits>(), OrderOfDate());
  const __m256i tens = _mm256_set1_epi16(0x010A);
  const __m256i pairs = _mm256_set_m128i(_mm_setr_epi16(100, 1, 100, 1, 100, 1, 100, 1), PairsOfDate());
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 8) {
    const __m256i zulus = zulu == Zulu::kNone ? _mm256_setzero_si256() : EndsWithZulu(block, i);
    const __m256i length = _mm256_add_epi32(Lengths(block, i), zulus);
    alignas(32) uint32_t until[8];
    Store32(until, _mm256_sub_epi32(_mm256_set1_epi32(96), _mm256_min_epu32(length, _mm256_set1_epi32(32))));
    __m256i digits[8], fields[8], fault = _mm256_setzero_si256();
    for (uint32_t k = 0; k < 8; k++) {
      __m256i x = _mm256_xor_si256(Load32(block.text + block.begin[i + k]), expected);
      x = _mm256_and_si256(x, Load32(kOnesUntil.bytes + until[k]));
      digits[k] = _mm256_min_epu8(_mm256_min_epu8(x, _mm256_xor_si256(x, large_t)), _mm256_xor_si256(x, small_t));
      fault = _mm256_or_si256(fault, _mm256_subs_epu8(digits[k], most));
      fields[k] = _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_shuffle_epi8(digits[k], order), tens), pairs);
    }
    __m256i low[4], high[4], first[4], second[4];
    for (uint32_t k = 0; k < 4; k++) {
      low[k] = _mm256_permute2x128_si256(fields[k], fields[k + 4], 0x20);
      high[k] = _mm256_permute2x128_si256(fields[k], fields[k + 4], 0x31);
    }
    Transpose(low, first);
    Transpose(high, second);
    __m256i odd;
    const __m256i days = DaysOf(first[0], first[1], &odd);
    const __m256i hour = First(first[2]), minute = Second(first[2]);
    const __m256i seconds = TimesAndPlus(TimesAndPlus(hour, 60, minute), 60, second[0]);
    __m256i fraction = second[3];
    if constexpr (kDigits > 3) fraction = TimesAndPlus(second[2], 10000, fraction);
    if constexpr (kDigits > 6) fraction = TimesAndPlus(second[1], 100000000, fraction);
    const __m256i time_odd =
        _mm256_or_si256(Outside(hour, 0, 23), _mm256_or_si256(Outside(minute, 0, 59), Outside(second[0], 0, 59)));
    // 19 characters, or at least a dot and a digit more.
    const __m256i length_odd =
        _mm256_or_si256(Outside(length, kSecondsLength, kDigits == 0 ? kSecondsLength : kSecondsLength + 1 + kDigits),
                        _mm256_cmpeq_epi32(length, _mm256_set1_epi32(kSecondsLength + 1)));
    odd = _mm256_or_si256(odd, _mm256_or_si256(time_odd, length_odd));
    if (zulu == Zulu::kMust) odd = _mm256_or_si256(odd, _mm256_cmpeq_epi32(zulus, _mm256_setzero_si256()));
    // Every second of these days is within 64 bits of nanoseconds.
    if constexpr (kDigits == 9) odd = _mm256_or_si256(odd, Outside(days, -106751, 106750));
    Store32(values + i, Combine<kDigits>(_mm256_castsi256_si128(days), _mm256_castsi256_si128(seconds),
                                         _mm256_castsi256_si128(fraction)));
    Store32(values + i + 4, Combine<kDigits>(_mm256_extracti128_si256(days, 1), _mm256_extracti128_si256(seconds, 1),
                                             _mm256_extracti128_si256(fraction, 1)));
    uint32_t outside = LaneBits(odd);
    if (AnyBit(fault)) [[unlikely]] {
      for (uint32_t k = 0; k < 8; k++) outside |= uint32_t{AnyBit(_mm256_subs_epu8(digits[k], most))} << k;
    }
    again |= uint64_t{outside} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDatesAvx2(const FieldBlock& block, int32_t* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  return ReadDates(local, values) & LowBits(local.size);
}

uint64_t ReadTimestampsAvx2(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values) {
  const FieldBlock local = block;
  switch (unit_digits) {
    case 0:
      return ReadTimestamps<0>(local, zulu, values) & LowBits(local.size);
    case 3:
      return ReadTimestamps<3>(local, zulu, values) & LowBits(local.size);
    case 6:
      return ReadTimestamps<6>(local, zulu, values) & LowBits(local.size);
    default:
      return ReadTimestamps<9>(local, zulu, values) & LowBits(local.size);
  }
}

}  // namespace v0
}  // namespace headrace
#endif
