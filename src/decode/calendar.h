#pragma once
// The calendar, and pieces of text that all readers of times share.
// Takes: numbers; text with kTextPadding readable bytes around it. Gives: days and seconds since 1970-01-01T00:00:00.
// Owns: nothing. Threads: functions without state. Fails: by false or a ParseStatus.
#include <algorithm>
#include <cstdint>

#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {

inline constexpr int64_t kUnitsPerSecond[] = {1, 1'000, 1'000'000, 1'000'000'000};
inline constexpr int kUnitDigits[] = {0, 3, 6, 9};
inline constexpr int64_t kSecondsPerDay = 86'400;

constexpr int Index(TimeUnit unit) { return static_cast<int>(unit); }

inline bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

inline int64_t DaysInMonth(int64_t year, int64_t month) {
  constexpr uint8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && IsLeapYear(year)) return 29;
  return kDays[month - 1];
}

/// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil, for years from 1 on.
inline int64_t DaysFromCivil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = year / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/// Give the days of a date that must exist, in years 1 to 9999.
inline bool DaysOfDate(int64_t year, int64_t month, int64_t day, int64_t* days) {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return false;
  *days = DaysFromCivil(year, month, day);
  return true;
}

/// Give the days of a day of the year, from 1 on.
inline bool DaysOfOrdinal(int64_t year, int64_t day_of_year, int64_t* days) {
  if (year < 1 || day_of_year < 1 || day_of_year > (IsLeapYear(year) ? 366 : 365)) return false;
  *days = DaysFromCivil(year, 1, 1) + day_of_year - 1;
  return true;
}

/// Return the day of the week, 0 for Monday.
inline int64_t WeekdayOf(int64_t days) { return ((days + 3) % 7 + 7) % 7; }

inline bool ReadTwoDigits(const char* text, int64_t* value) {
  if (!IsDigit(text[0]) || !IsDigit(text[1])) return false;
  *value = (text[0] - '0') * 10 + (text[1] - '0');
  return true;
}

/// Read exactly `count` digits before `end`; nullptr where they are not there.
inline const char* ReadFixedDigits(const char* at, const char* end, int count, int64_t* value) {
  if (end - at < count) return nullptr;
  *value = 0;
  for (int i = 0; i < count; i++) {
    if (!IsDigit(at[i])) return nullptr;
    *value = *value * 10 + (at[i] - '0');
  }
  return at + count;
}

/// Z, z, +HH:MM, +HHMM or +HH, to the end. Returns false for another shape or an offset of 24 hours or more.
inline bool ReadOffset(const char* at, const char* end, int64_t* seconds) {
  const int64_t length = end - at;
  if (length == 1 && (*at == 'Z' || *at == 'z')) {
    *seconds = 0;
    return true;
  }
  int64_t hour, minute = 0;
  if ((length != 3 && length != 5 && length != 6) || (*at != '+' && *at != '-')) return false;
  if (!ReadTwoDigits(at + 1, &hour)) return false;
  if (length == 6 && at[3] != ':') return false;
  if (length > 3 && !ReadTwoDigits(end - 2, &minute)) return false;
  if (hour > 23 || minute > 59) return false;
  *seconds = (hour * 60 + minute) * 60 * (*at == '-' ? -1 : 1);
  return true;
}

struct TimeOfDay {
  int64_t seconds = 0;
  int64_t fraction = 0;      ///< in units
  bool beyond_unit = false;  ///< the fraction has more digits than the unit
};

/// Give seconds * units + fraction, which may lie in range where the product alone does not.
inline ParseStatus Combine(int64_t seconds, int64_t fraction, TimeUnit unit, int64_t* out) {
  const __int128 value = static_cast<__int128>(seconds) * kUnitsPerSecond[Index(unit)] + fraction;
  *out = static_cast<int64_t>(value);
  return *out == value ? ParseStatus() : ParseStatus(RejectKind::kOutOfRange);
}

/// Give the `digits` digits at `text`, a fraction of a second, in units; false where the unit does not hold them.
inline bool FractionInUnits(const char* text, int64_t digits, TimeUnit unit, int64_t* fraction) {
  const int64_t missing = kUnitDigits[Index(unit)] - digits;
  if (missing < 0) return false;
  *fraction = 0;
  for (const char* end = text + digits; text < end; text++) *fraction = *fraction * 10 + (*text - '0');
  *fraction *= static_cast<int64_t>(kPowersOfTen[missing]);
  return true;
}

}  // namespace v0
}  // namespace headrace
