// Dates and timestamps with AVX-512: fixed places for every digit, sixteen fields at a time. A field's digits become
// pairs and fours in its own register; a transposition then puts the years of sixteen fields in one register, and so
// on. The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing that is not inlined
// here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include "simd/decode_lanes_avx512.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kDateLength = 10, kSecondsLength = 19;

// The 32-bit groups of the four fields of a register, of which field k of register j is field 4 * k + j of sixteen:
// give group 0 of all, group 1 of all, and so on.
struct Groups {
  __m512i of[4];
};
inline Groups Transpose(const __m512i (&fields)[4]) {
  const __m512i low01 = _mm512_unpacklo_epi32(fields[0], fields[1]);
  const __m512i low23 = _mm512_unpacklo_epi32(fields[2], fields[3]);
  const __m512i high01 = _mm512_unpackhi_epi32(fields[0], fields[1]);
  const __m512i high23 = _mm512_unpackhi_epi32(fields[2], fields[3]);
  return {{_mm512_unpacklo_epi64(low01, low23), _mm512_unpackhi_epi64(low01, low23),
           _mm512_unpacklo_epi64(high01, high23), _mm512_unpackhi_epi64(high01, high23)}};
}

// Two numbers up to 99 stand in a lane as first * 128 + second.
inline __m512i First(__m512i pair) { return _mm512_srli_epi32(pair, 7); }
inline __m512i Second(__m512i pair) { return _mm512_and_si512(pair, _mm512_set1_epi32(127)); }
inline __m512i Times(__m512i a, int32_t factor) { return _mm512_mullo_epi32(a, _mm512_set1_epi32(factor)); }
inline __m512i Plus(__m512i a, int32_t b) { return _mm512_add_epi32(a, _mm512_set1_epi32(b)); }
inline uint32_t Above(__m512i lanes, int32_t most) { return _mm512_cmpgt_epu32_mask(lanes, _mm512_set1_epi32(most)); }

// Sixteen characters that begin with YYYY-MM-DD[ HH:MM]: what is subtracted from them, what may be left of them, and
// the order in which their digits make pairs.
inline __m128i ExpectedDate() {
  return _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', ' ', '0', '0', ':', '0', '0');
}
inline __m128i MostOfDate() { return _mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9); }
inline __m128i OrderOfDate() { return _mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1); }
// Century and year, month and day, hour and minute.
inline __m128i PairsOfDate() { return _mm_setr_epi16(128, 1, 128, 1, 128, 1, 0, 0); }

// Days since 1970-01-01 (H. Hinnant, days_from_civil). *odd gets a bit where there is no such day, or year 0.
inline __m512i DaysOf(__m512i century_year, __m512i month_day, uint32_t* odd) {
  const __m512i three = _mm512_set1_epi32(3);
  const __m512i century = First(century_year), year_of_century = Second(century_year);
  const __m512i year = _mm512_add_epi32(Times(century, 100), year_of_century);
  const __m512i month = First(month_day), day = Second(month_day);
  // A leap year: by the year of the century, or by the century if that is 0.
  const __mmask16 by_century = _mm512_testn_epi32_mask(year_of_century, year_of_century);
  const __mmask16 leap = _mm512_testn_epi32_mask(_mm512_mask_mov_epi32(year_of_century, by_century, century), three);
  // Of a month the low four bits are looked at; months above 15 are odd anyway.
  const __m512i days_in_month = _mm512_setr_epi32(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0);
  const __m512i most = _mm512_permutexvar_epi32(month, days_in_month);
  const __mmask16 leap_february = _mm512_mask_cmpeq_epi32_mask(leap, month, _mm512_set1_epi32(2));
  const __m512i last_day = _mm512_mask_add_epi32(most, leap_february, most, _mm512_set1_epi32(1));
  // One less than day 1 or month 1 is not odd, 0 less 1 is above all.
  *odd = uint32_t{_mm512_cmpge_epu32_mask(Plus(day, -1), last_day)} | Above(Plus(month, -1), 11) |
         uint32_t{_mm512_testn_epi32_mask(year, year)};
  // Years from March on, so that a leap day is a year's last.
  const __mmask16 early = _mm512_cmplt_epi32_mask(month, three);  // January and February
  const __m512i y = _mm512_mask_sub_epi32(year, early, year, _mm512_set1_epi32(1));
  const __m512i m = _mm512_mask_add_epi32(Plus(month, -3), early, month, _mm512_set1_epi32(9));
  // (153 m + 2) / 5 and y / 100 by multiplication; exact for all months, and for years up to 9999.
  const __m512i before_month = _mm512_srli_epi32(Times(Plus(Times(m, 153), 2), 52429), 18);
  const __m512i centuries = _mm512_srli_epi32(Times(y, 5243), 19);
  const __m512i leap_days =
      _mm512_add_epi32(_mm512_sub_epi32(_mm512_srli_epi32(y, 2), centuries), _mm512_srli_epi32(centuries, 2));
  const __m512i day_of_year = _mm512_add_epi32(before_month, Plus(day, -719469));
  return _mm512_add_epi32(_mm512_add_epi32(Times(y, 365), leap_days), day_of_year);
}

inline uint64_t ReadDates(const FieldBlock& block, int32_t* values) {
  const __m512i expected = _mm512_broadcast_i32x4(ExpectedDate());
  // Behind the tenth character anything may stand.
  const __m512i most = _mm512_broadcast_i32x4(_mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, -1, -1, -1, -1, -1, -1));
  const __m512i order = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, -1, -1, -1, -1, -1, -1, -1, -1));
  const __m512i tens = _mm512_set1_epi16(0x010A), pairs = _mm512_broadcast_i32x4(PairsOfDate());
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 16) {
    const auto at = [&](uint32_t k) { return block.text + block.begin[i + k]; };
    __m512i digits[4], fields[4], fault = _mm512_setzero_si512();
    for (uint32_t k = 0; k < 4; k++) {
      digits[k] = _mm512_sub_epi8(LoadFour(at(k), at(k + 4), at(k + 8), at(k + 12)), expected);
      fault = _mm512_or_si512(fault, _mm512_subs_epu8(digits[k], most));
      fields[k] = _mm512_madd_epi16(_mm512_maddubs_epi16(_mm512_shuffle_epi8(digits[k], order), tens), pairs);
    }
    const Groups groups = Transpose(fields);
    uint32_t outside;
    Store64(values + i, DaysOf(groups.of[0], groups.of[1], &outside));
    outside |= _mm512_cmpneq_epi32_mask(Lengths(block, i), _mm512_set1_epi32(kDateLength));
    if (_mm512_test_epi32_mask(fault, fault) != 0) [[unlikely]] {
      for (uint32_t k = 0; k < 4; k++) {
        const uint64_t faulty = _mm512_cmpgt_epu8_mask(digits[k], most);
        for (uint32_t lane = 0; lane < 4; lane++) {
          outside |= uint32_t{(faulty >> 16 * lane & 0xFFFF) != 0} << (4 * lane + k);
        }
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
  return Load16(order);
}

// Eight timestamps of days, seconds of the day and units of the second.
template <int kDigits>
inline __m512i Combine(__m256i days, __m256i seconds, __m256i fraction) {
  constexpr int64_t kUnits = kDigits == 0 ? 1 : kDigits == 3 ? 1000 : kDigits == 6 ? 1000000 : 1000000000;
  const __m512i whole_days = _mm512_mul_epi32(_mm512_cvtepi32_epi64(days), _mm512_set1_epi64(86400));
  const __m512i value = _mm512_add_epi64(whole_days, _mm512_cvtepi32_epi64(seconds));
  if constexpr (kDigits == 0) return value;
  return _mm512_add_epi64(_mm512_mullo_epi64(value, _mm512_set1_epi64(kUnits)), _mm512_cvtepi32_epi64(fraction));
}

// A bit for each of sixteen fields that ends with Z or z.
inline __mmask16 EndsWithZulu(const FieldBlock& block, uint32_t i) {
  alignas(16) char last[16];
  for (uint32_t k = 0; k < 16; k++) last[k] = block.text[block.end[i + k] - 1];
  return _mm_cmpeq_epi8_mask(_mm_or_si128(Load16(last), _mm_set1_epi8(0x20)), _mm_set1_epi8('z'));
}

// Sixteen timestamps, two in a register: fields k and k + 4 of the first eight in the first four registers, of the
// others in the last four. Their 32 characters become eight groups of 32 bits.
struct TimestampFields {
  __m512i digits[8], groups[8], fault;
};
struct TimestampShape {
  __m512i expected, most, order, tens, pairs;
  __m512i large_t, small_t;  // byte 10 may also be T or t: these make nothing of them
};

template <int kDigits>
inline TimestampShape MakeShape() {
  const auto both = [](__m128i low, __m128i high) { return _mm512_broadcast_i64x4(_mm256_set_m128i(high, low)); };
  const __m128i none = _mm_setzero_si128();
  TimestampShape shape;
  shape.expected =
      both(ExpectedDate(), _mm_setr_epi8(':', '0', '0', '.', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0, 0, 0));
  shape.most = both(MostOfDate(), _mm_setr_epi8(0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0));
  shape.order = both(OrderOfDate(), OrderOfFraction<kDigits>());
  shape.tens = _mm512_set1_epi16(0x010A);
  shape.pairs = both(PairsOfDate(), _mm_setr_epi16(100, 1, 100, 1, 100, 1, 100, 1));
  shape.large_t = both(_mm_insert_epi8(none, 'T' - ' ', 10), none);
  shape.small_t = both(_mm_insert_epi8(none, 't' - ' ', 10), none);
  return shape;
}

inline void LoadTimestamps(const FieldBlock& block, uint32_t i, __m512i length, const TimestampShape& shape,
                           TimestampFields* out) {
  // A bit a character, fields k and k + 4 side by side.
  const __m512i bits = _mm512_sub_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), length), _mm512_set1_epi32(1));
  const __m512i pairs = _mm512_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
  alignas(64) uint64_t masks[8];
  Store64(masks, _mm512_permutexvar_epi32(pairs, bits));
  out->fault = _mm512_setzero_si512();
  for (uint32_t k = 0; k < 8; k++) {
    const uint32_t* begin = block.begin + i + (k & 4) * 2 + (k & 3);
    const __m512i characters = LoadTwo(block.text + begin[0], block.text + begin[4]);
    const __m512i x = _mm512_maskz_sub_epi8(_cvtu64_mask64(masks[k]), characters, shape.expected);
    out->digits[k] =
        _mm512_min_epu8(_mm512_min_epu8(x, _mm512_xor_si512(x, shape.large_t)), _mm512_xor_si512(x, shape.small_t));
    out->fault = _mm512_or_si512(out->fault, _mm512_subs_epu8(out->digits[k], shape.most));
    out->groups[k] = _mm512_madd_epi16(
        _mm512_maddubs_epi16(_mm512_shuffle_epi8(out->digits[k], shape.order), shape.tens), shape.pairs);
  }
}

inline uint32_t FaultyTimestamps(const TimestampFields& fields, __m512i most) {
  uint32_t faulty = 0;
  for (uint32_t k = 0; k < 8; k++) {
    const uint64_t bytes = _mm512_cmpgt_epu8_mask(fields.digits[k], most);
    const uint32_t field = (k & 4) * 2 + (k & 3);
    faulty |= uint32_t{static_cast<uint32_t>(bytes) != 0} << field | uint32_t{bytes >> 32 != 0} << (field + 4);
  }
  return faulty;
}

template <int kDigits>
inline uint64_t ReadTimestamps(const FieldBlock& block, Zulu zulu, int64_t* values) {
  const TimestampShape shape = MakeShape<kDigits>();
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 16) {
    const __mmask16 zulus = zulu == Zulu::kNone ? __mmask16{0} : EndsWithZulu(block, i);
    const __m512i whole = Lengths(block, i);
    const __m512i length = _mm512_mask_sub_epi32(whole, zulus, whole, _mm512_set1_epi32(1));
    TimestampFields fields;
    LoadTimestamps(block, i, length, shape, &fields);
    __m512i low[4], high[4];
    for (uint32_t k = 0; k < 4; k++) {
      low[k] = _mm512_shuffle_i64x2(fields.groups[k], fields.groups[k + 4], 0x88);
      high[k] = _mm512_shuffle_i64x2(fields.groups[k], fields.groups[k + 4], 0xDD);
    }
    const Groups first = Transpose(low), second = Transpose(high);
    uint32_t odd;
    const __m512i days = DaysOf(first.of[0], first.of[1], &odd);
    const __m512i hour = First(first.of[2]), minute = Second(first.of[2]), second_of_minute = second.of[0];
    const __m512i minutes = _mm512_add_epi32(Times(hour, 60), minute);
    const __m512i seconds = _mm512_add_epi32(Times(minutes, 60), second_of_minute);
    __m512i fraction = second.of[3];
    if constexpr (kDigits > 3) fraction = _mm512_add_epi32(Times(second.of[2], 10000), fraction);
    if constexpr (kDigits > 6) fraction = _mm512_add_epi32(Times(second.of[1], 100000000), fraction);
    odd |= Above(hour, 23) | Above(minute, 59) | Above(second_of_minute, 59);
    // 19 characters, or at least a dot and a digit more.
    const __m512i behind = Plus(length, -static_cast<int32_t>(kSecondsLength));
    odd |= Above(behind, kDigits == 0 ? 0 : kDigits + 1);
    odd |= _mm512_cmpeq_epi32_mask(behind, _mm512_set1_epi32(1));
    if (zulu == Zulu::kMust) odd |= static_cast<uint16_t>(~zulus);
    // Every second of these days is within 64 bits of nanoseconds.
    if constexpr (kDigits == 9) odd |= Above(Plus(days, 106751), 106751 + 106750);
    const auto low_half = [](__m512i lanes) { return _mm512_castsi512_si256(lanes); };
    const auto high_half = [](__m512i lanes) { return _mm512_extracti64x4_epi64(lanes, 1); };
    Store64(values + i, Combine<kDigits>(low_half(days), low_half(seconds), low_half(fraction)));
    Store64(values + i + 8, Combine<kDigits>(high_half(days), high_half(seconds), high_half(fraction)));
    if (_mm512_test_epi32_mask(fields.fault, fields.fault) != 0) [[unlikely]]
      odd |= FaultyTimestamps(fields, shape.most);
    again |= uint64_t{odd} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDatesAvx512(const FieldBlock& block, int32_t* values) {
  return InSixteens(block, values, [](const FieldBlock& sixteens, int32_t* to) { return ReadDates(sixteens, to); });
}

uint64_t ReadTimestampsAvx512(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values) {
  return InSixteens(block, values, [=](const FieldBlock& sixteens, int64_t* to) {
    switch (unit_digits) {
      case 0:
        return ReadTimestamps<0>(sixteens, zulu, to);
      case 3:
        return ReadTimestamps<3>(sixteens, zulu, to);
      case 6:
        return ReadTimestamps<6>(sixteens, zulu, to);
      default:
        return ReadTimestamps<9>(sixteens, zulu, to);
    }
  });
}

}  // namespace v0
}  // namespace headrace
#endif
