// Dates and times of ISO 8601 by the grammar of the standard, part by part.
#include "decode/iso8601.h"

#include "decode/calendar.h"
#include "decode/converters.h"
#include "decode/local_zone.h"

namespace headrace {
inline namespace v0 {
namespace {

// The rest of a week date, behind its year: Www-D or WwwD. Returns where it stops.
const char* ReadWeekDate(const char* at, const char* end, int64_t year, bool dashes, int64_t* days) {
  int64_t week, weekday;
  at = ReadFixedDigits(at + 1, end, 2, &week);
  if (at == nullptr) return nullptr;
  if (dashes && (at == end || *at++ != '-')) return nullptr;
  at = ReadFixedDigits(at, end, 1, &weekday);
  if (at == nullptr || week < 1 || weekday < 1 || weekday > 7) return nullptr;
  // Week 1 is that of January 4.
  const int64_t fourth = DaysFromCivil(year, 1, 4), next_fourth = DaysFromCivil(year + 1, 1, 4);
  const int64_t monday = fourth - WeekdayOf(fourth) + (week - 1) * 7;
  if (monday >= next_fourth - WeekdayOf(next_fourth)) return nullptr;  // there is no week 53
  *days = monday + weekday - 1;
  return at;
}

// Return where the date that begins at `at` stops; nullptr where there is none. A run of digits is a date or a day of
// the year by its length.
const char* ReadAnyDate(const char* at, const char* end, int64_t* days) {
  int64_t year, first = 0, day = 0;
  at = ReadFixedDigits(at, end, 4, &year);
  if (at == nullptr || at == end || year < 1) return nullptr;
  const bool dashes = *at == '-';
  if (dashes && ++at == end) return nullptr;
  if (*at == 'W') return ReadWeekDate(at, end, year, dashes, days);
  const int64_t length = SkipDigits(at, end) - at;
  if (length == 3) {
    at = ReadFixedDigits(at, end, 3, &day);
    return DaysOfOrdinal(year, day, days) ? at : nullptr;
  }
  if (length != (dashes ? 2 : 4)) return nullptr;
  at = ReadFixedDigits(at, end, 2, &first);
  if (dashes && (at == end || *at++ != '-')) return nullptr;
  at = ReadFixedDigits(at, end, 2, &day);
  return at != nullptr && DaysOfDate(year, first, day, days) ? at : nullptr;
}

// `digits` digits behind a part of `part_seconds` seconds. What follows the nineteenth digit must be zeros.
void ReadFraction(const char* text, int64_t digits, int64_t part_seconds, TimeUnit unit, TimeOfDay* time) {
  while (digits > 0 && part_seconds > 1 && text[digits - 1] == '0') digits--;
  const int64_t units = part_seconds * kUnitsPerSecond[Index(unit)];
  if (part_seconds == 1) {
    time->beyond_unit = !FractionInUnits(text, digits, unit, &time->fraction);
    return;
  }
  if (digits > 19) {
    time->beyond_unit = true;
    return;
  }
  unsigned __int128 value = 0;
  for (int64_t i = 0; i < digits; i++) value = value * 10 + static_cast<unsigned>(text[i] - '0');
  value *= static_cast<unsigned __int128>(units);
  time->beyond_unit = value % kPowersOfTen[digits] != 0;
  const auto whole = static_cast<int64_t>(value / kPowersOfTen[digits]);
  time->seconds += whole / kUnitsPerSecond[Index(unit)];
  time->fraction = whole % kUnitsPerSecond[Index(unit)];
}

// Return where the time that begins at `at` stops; nullptr where there is none. 24:00 is read as 86,400 seconds.
const char* ReadAnyTime(const char* at, const char* end, TimeUnit unit, TimeOfDay* time) {
  int64_t parts[3] = {0, 0, 0};
  at = ReadFixedDigits(at, end, 2, &parts[0]);
  if (at == nullptr) return nullptr;
  const bool colons = at < end && *at == ':';
  int count = 1;
  while (count < 3 && at < end && (colons ? *at == ':' : IsDigit(*at))) {
    at = ReadFixedDigits(at + (colons ? 1 : 0), end, 2, &parts[count++]);
    if (at == nullptr) return nullptr;
  }
  if (parts[0] > 24 || parts[1] > 59 || parts[2] > 59) return nullptr;
  time->seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  if (at < end && (*at == '.' || *at == ',')) {
    const char* digits = ++at;
    at = SkipDigits(digits, end);
    if (at == digits) return nullptr;
    constexpr int64_t kPartSeconds[] = {3600, 60, 1};
    ReadFraction(digits, at - digits, kPartSeconds[count - 1], unit, time);
  }
  if (time->seconds > kSecondsPerDay || (time->seconds == kSecondsPerDay && time->fraction != 0)) return nullptr;
  return at;
}

void ConvertIsoDates(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<int32_t>(fields, out, bad, ParseIsoDate);
}

template <class T>
void ConvertIsoTimes(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const TimeUnit unit = rules.unit;
  ConvertEach<T>(fields, out, bad, [=](const char* begin, const char* end, T* value) {
    int64_t wide = 0;
    const ParseStatus status = ParseIsoTime(begin, end, unit, &wide);
    *value = static_cast<T>(wide);
    return status;
  });
}

}  // namespace

ParseStatus ParseIsoDate(const char* begin, const char* end, int32_t* out) {
  int64_t days = 0;
  if (ReadAnyDate(begin, end, &days) != end) return ParseStatus(RejectKind::kBadDate);
  *out = static_cast<int32_t>(days);
  return ParseStatus();
}

ParseStatus ParseIsoTime(const char* begin, const char* end, TimeUnit unit, int64_t* out) {
  TimeOfDay time;
  begin += begin < end && (*begin | 0x20) == 't';
  if (ReadAnyTime(begin, end, unit, &time) != end || time.seconds == kSecondsPerDay) {
    return ParseStatus(RejectKind::kBadTime);
  }
  if (time.beyond_unit) return ParseStatus(RejectKind::kDigitsBeyondScale);
  return Combine(time.seconds, time.fraction, unit, out);
}

ParseStatus ParseIsoTimestampOfAnyForm(const char* begin, const char* end, const TimestampRules& rules, uint32_t* span,
                                       int64_t* out) {
  const ParseStatus bad(RejectKind::kBadTimestamp);
  int64_t days;
  const char* at = ReadAnyDate(begin, end, &days);
  if (at == nullptr) return bad;
  TimeOfDay time;
  if (at != end) {
    if ((*at | 0x20) != 't' && *at != ' ') return bad;
    at = ReadAnyTime(at + 1, end, rules.unit, &time);
    if (at == nullptr) return bad;
  }
  return ReadInstant(at, end, days, time, rules, span, out);
}

ConvertFn IsoDateConverter() { return ConvertIsoDates; }

ConvertFn IsoTimeConverter(TimeUnit unit) {
  return unit <= TimeUnit::kMilli ? ConvertIsoTimes<int32_t> : ConvertIsoTimes<int64_t>;
}

}  // namespace v0
}  // namespace headrace
