// Dates and timestamps with NEON: fixed places for every digit, four fields at a time. A field's digits become pairs
// and fours in its own registers; a transposition then puts the years of four fields in one register, and so on.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/lanes_neon.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int32_t kDateLength = 10, kSecondsLength = 19;
constexpr uint8_t kNone = 0xFF;  // in an order of bytes: 0

// Two numbers up to 99 stand in a lane as first * 128 + second.
inline uint32x4_t First(uint32x4_t pair) { return vshrq_n_u32(pair, 7); }
inline uint32x4_t Second(uint32x4_t pair) { return vandq_u32(pair, vdupq_n_u32(127)); }
inline uint32x4_t TimesAndPlus(uint32x4_t a, uint32_t factor, uint32x4_t b) { return vmlaq_n_u32(b, a, factor); }

inline uint32x4_t OutsideSmall(uint32x4_t lanes, int32_t least, int32_t greatest) {
  return Outside(vreinterpretq_s32_u32(lanes), least, greatest);
}

// Sixteen characters that begin with YYYY-MM-DD[ HH:MM]: what they are xored with, what may be left of them, and the
// order in which their digits make pairs: century and year, month and day, hour and minute.
constexpr uint8_t kExpectedDate[16] = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', ' ', '0', '0', ':', '0', '0'};
constexpr uint8_t kMostOfDateAndTime[16] = {9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9};
constexpr uint8_t kOrderOfDate[16] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, kNone, kNone, kNone, kNone};
constexpr uint16_t kPairsOfDate[8] = {128, 1, 128, 1, 128, 1, 0, 0};

// The rest, :SS.fffffffff.
constexpr uint8_t kExpectedRest[16] = {':', '0', '0', '.', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0, 0, 0};
constexpr uint8_t kMostOfRest[16] = {0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0};

// Days since 1970-01-01 (H. Hinnant, days_from_civil). *odd gets ones where there is no such day, or year 0.
inline int32x4_t DaysOf(uint32x4_t century_year, uint32x4_t month_day, uint32x4_t* odd) {
  const uint32x4_t century = First(century_year), year_of_century = Second(century_year);
  const uint32x4_t year = TimesAndPlus(century, 100, year_of_century);
  const uint32x4_t month = First(month_day), day = Second(month_day);
  // A leap year: by the year of the century, or by the century if that is 0.
  const uint32x4_t by_century = vceqzq_u32(year_of_century);
  const uint32x4_t leap = vceqzq_u32(vandq_u32(vbslq_u32(by_century, century, year_of_century), vdupq_n_u32(3)));
  // The month is the lowest byte of a lane; months above 15 are odd anyway.
  static constexpr uint8_t kDaysInMonth[16] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0};
  const uint8x16_t months = vreinterpretq_u8_u32(vorrq_u32(month, vdupq_n_u32(0x80808000)));
  const uint32x4_t leap_february = vandq_u32(leap, vceqq_u32(month, vdupq_n_u32(2)));  // -1
  const uint32x4_t last_day =
      vsubq_u32(vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(kDaysInMonth), months)), leap_february);
  const uint32x4_t day_odd = vorrq_u32(vcgtq_u32(day, last_day), vceqzq_u32(day));
  *odd = vorrq_u32(vorrq_u32(day_odd, OutsideSmall(month, 1, 12)), vceqzq_u32(year));
  // Years from March on, so that a leap day is a year's last.
  const uint32x4_t early = vcltq_u32(month, vdupq_n_u32(3));  // -1 in January and February
  const uint32x4_t y = vaddq_u32(year, early);
  const uint32x4_t m = vaddq_u32(vsubq_u32(month, vdupq_n_u32(3)), vandq_u32(early, vdupq_n_u32(12)));
  // (153 m + 2) / 5 and y / 100 by multiplication; exact for all months, and for years up to 9999.
  const uint32x4_t before_month = vshrq_n_u32(vmulq_n_u32(TimesAndPlus(m, 153, vdupq_n_u32(2)), 52429), 18);
  const uint32x4_t centuries = vshrq_n_u32(vmulq_n_u32(y, 5243), 19);
  const uint32x4_t leap_days = vaddq_u32(vsubq_u32(vshrq_n_u32(y, 2), centuries), vshrq_n_u32(centuries, 2));
  const uint32x4_t day_of_year = vaddq_u32(before_month, vsubq_u32(day, vdupq_n_u32(719469)));
  return vreinterpretq_s32_u32(vaddq_u32(TimesAndPlus(y, 365, leap_days), day_of_year));
}

inline uint64_t ReadDates(const FieldBlock& block, int32_t* values) {
  // Behind the tenth character anything may stand.
  static constexpr uint8_t kMost[16] = {9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  static constexpr uint8_t kOrder[16] = {0,     1,     2,     3,     5,     6,     8,     9,
                                         kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
  const uint8x16_t expected = vld1q_u8(kExpectedDate), most = vld1q_u8(kMost), order = vld1q_u8(kOrder);
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    uint8x16_t faults[4];
    uint32x4_t fields[4], groups[4];
    for (uint32_t k = 0; k < 4; k++) {
      const uint8x16_t digits = veorq_u8(Load16(block.text + block.begin[i + k]), expected);
      faults[k] = vqsubq_u8(digits, most);
      fields[k] = AddPairs(AddPairs(vqtbl1q_u8(digits, order), Tens()), vld1q_u16(kPairsOfDate));
    }
    Transpose(fields, groups);
    uint32x4_t odd;
    vst1q_s32(values + i, DaysOf(groups[0], groups[1], &odd));
    odd = vorrq_u32(odd, OutsideSmall(Lengths(block, i), kDateLength, kDateLength));
    uint32_t outside = LaneBits(odd);
    if (AnyBit(vorrq_u8(vorrq_u8(faults[0], faults[1]), vorrq_u8(faults[2], faults[3])))) [[unlikely]] {
      for (uint32_t k = 0; k < 4; k++) outside |= uint32_t{AnyBit(faults[k])} << k;
    }
    again |= uint64_t{outside} << i;
  }
  return again;
}

// ------------------------------------------------------------------------------------------------------- timestamps

// Where the digits of the second and its fraction go: the fraction right-aligned in the last three groups of four.
template <int kDigits>
inline uint8x16_t OrderOfRest() {
  uint8_t order[16];
  for (int k = 0; k < 16; k++) order[k] = kNone;
  order[2] = 1;
  order[3] = 2;
  for (int k = 0; k < kDigits; k++) order[16 - kDigits + k] = static_cast<uint8_t>(4 + k);
  return vld1q_u8(order);
}

// 64-bit value * factor, modulo 2^64.
inline int64x2_t TimesFactor(int64x2_t value, uint32_t factor) {
  const uint64x2_t bits = vreinterpretq_u64_s64(value);
  const uint64x2_t high = vshlq_n_u64(vmull_n_u32(vshrn_n_u64(bits, 32), factor), 32);
  return vreinterpretq_s64_u64(vmlal_n_u32(high, vmovn_u64(bits), factor));
}

// Two timestamps of days, seconds of the day and units of the second.
template <int kDigits>
inline int64x2_t Combine(int32x2_t days, int32x2_t seconds, int32x2_t fraction) {
  constexpr int32_t kFirst = kDigits == 0 ? 1 : 1000;  // 86,400,000 still has 32 bits
  int64x2_t value = vmlal_n_s32(vmull_n_s32(days, 86400 * kFirst), seconds, kFirst);
  if constexpr (kDigits > 3) value = TimesFactor(value, kDigits == 6 ? 1000 : 1000000);
  return vaddw_s32(value, fraction);
}

// -1 for each of four fields that ends with Z or z.
inline uint32x4_t EndsWithZulu(const FieldBlock& block, uint32_t i) {
  uint32_t last[4];
  for (uint32_t k = 0; k < 4; k++) last[k] = static_cast<uint8_t>(block.text[block.end[i + k] - 1]) | 0x20U;
  return vceqq_u32(vld1q_u32(last), vdupq_n_u32('z'));
}

// Four fields as pairs and fours, a register a group. Return the mask of those
// that have something else where digits and marks are to be.
template <int kDigits>
inline uint32_t ReadGroups(const FieldBlock& block, uint32_t i, uint32x4_t length, uint32x4_t (&date)[4],
                           uint32x4_t (&rest)[4]) {
  // Byte 10 may also be T or t: what is left of them after the xor is nothing either.
  const uint8x16_t large_t = vsetq_lane_u8('T' ^ ' ', vdupq_n_u8(0), 10);
  const uint8x16_t small_t = vsetq_lane_u8('t' ^ ' ', vdupq_n_u8(0), 10);
  uint32_t until[4];
  vst1q_u32(until, vsubq_u32(vdupq_n_u32(96), vminq_u32(length, vdupq_n_u32(32))));
  uint8x16_t faults[4];
  uint32x4_t date_fields[4], rest_fields[4];
  for (uint32_t k = 0; k < 4; k++) {
    const char* field = block.text + block.begin[i + k];
    uint8x16_t low = veorq_u8(Load16(field), vld1q_u8(kExpectedDate));
    low = vandq_u8(low, Load16(kOnesUntil.bytes + until[k]));
    low = vminq_u8(vminq_u8(low, veorq_u8(low, large_t)), veorq_u8(low, small_t));
    const uint8x16_t high =
        vandq_u8(veorq_u8(Load16(field + 16), vld1q_u8(kExpectedRest)), Load16(kOnesUntil.bytes + until[k] + 16));
    faults[k] = vorrq_u8(vqsubq_u8(low, vld1q_u8(kMostOfDateAndTime)), vqsubq_u8(high, vld1q_u8(kMostOfRest)));
    date_fields[k] = AddPairs(AddPairs(vqtbl1q_u8(low, vld1q_u8(kOrderOfDate)), Tens()), vld1q_u16(kPairsOfDate));
    rest_fields[k] = AddPairs(AddPairs(vqtbl1q_u8(high, OrderOfRest<kDigits>()), Tens()), Hundreds());
  }
  Transpose(date_fields, date);
  Transpose(rest_fields, rest);
  uint32_t faulty = 0;
  if (AnyBit(vorrq_u8(vorrq_u8(faults[0], faults[1]), vorrq_u8(faults[2], faults[3])))) [[unlikely]] {
    for (uint32_t k = 0; k < 4; k++) faulty |= uint32_t{AnyBit(faults[k])} << k;
  }
  return faulty;
}

template <int kDigits>
inline uint64_t ReadTimestamps(const FieldBlock& block, Zulu zulu, int64_t* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    const uint32x4_t zulus = zulu == Zulu::kNone ? vdupq_n_u32(0) : EndsWithZulu(block, i);
    const uint32x4_t length = vaddq_u32(Lengths(block, i), zulus);
    uint32x4_t date[4], rest[4], odd;
    uint32_t outside = ReadGroups<kDigits>(block, i, length, date, rest);
    const int32x4_t days = DaysOf(date[0], date[1], &odd);
    const uint32x4_t hour = First(date[2]), minute = Second(date[2]), second = rest[0];
    const int32x4_t seconds = vreinterpretq_s32_u32(TimesAndPlus(TimesAndPlus(hour, 60, minute), 60, second));
    uint32x4_t units = rest[3];
    if constexpr (kDigits > 3) units = TimesAndPlus(rest[2], 10000, units);
    if constexpr (kDigits > 6) units = TimesAndPlus(rest[1], 100000000, units);
    const int32x4_t fraction = vreinterpretq_s32_u32(units);
    const uint32x4_t time_odd =
        vorrq_u32(OutsideSmall(hour, 0, 23), vorrq_u32(OutsideSmall(minute, 0, 59), OutsideSmall(second, 0, 59)));
    // 19 characters, or at least a dot and a digit more.
    const uint32x4_t length_odd =
        vorrq_u32(OutsideSmall(length, kSecondsLength, kDigits == 0 ? kSecondsLength : kSecondsLength + 1 + kDigits),
                  vceqq_u32(length, vdupq_n_u32(kSecondsLength + 1)));
    odd = vorrq_u32(odd, vorrq_u32(time_odd, length_odd));
    if (zulu == Zulu::kMust) odd = vorrq_u32(odd, vceqzq_u32(zulus));
    // Every second of these days is within 64 bits of nanoseconds.
    if constexpr (kDigits == 9) odd = vorrq_u32(odd, Outside(days, -106751, 106750));
    vst1q_s64(values + i, Combine<kDigits>(vget_low_s32(days), vget_low_s32(seconds), vget_low_s32(fraction)));
    vst1q_s64(values + i + 2, Combine<kDigits>(vget_high_s32(days), vget_high_s32(seconds), vget_high_s32(fraction)));
    outside |= LaneBits(odd);
    again |= uint64_t{outside} << i;
  }
  return again;
}

}  // namespace

uint64_t ReadDatesNeon(const FieldBlock& block, int32_t* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  return ReadDates(local, values) & LowBits(local.size);
}

uint64_t ReadTimestampsNeon(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values) {
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
