// Dates, times and timestamps: fixed fields of digits, eight characters to a word.
#include <algorithm>
#include <string_view>

#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kUnitsPerSecond[] = {1, 1'000, 1'000'000, 1'000'000'000};
constexpr int kUnitDigits[] = {0, 3, 6, 9};

constexpr int Index(TimeUnit unit) { return static_cast<int>(unit); }

// Eight characters that must be as in `shape`, where '0' stands for any digit. Byte i of *pairs is the number that
// digits i and i + 1 make. Returns false for another shape.
inline bool ReadPairs(const char* text, std::string_view shape, uint64_t* pairs) {
  uint64_t expected, digit_bytes = 0;
  std::memcpy(&expected, shape.data(), sizeof(expected));
  for (int i = 0; i < 8; i++) digit_bytes |= uint64_t{shape[static_cast<size_t>(i)] == '0' ? 0xFFU : 0U} << (8 * i);
  const uint64_t values = LoadEight(text) ^ expected;
  // A digit's value may be up to 9, any other character's must be 0; a carry only marks above what is marked.
  const uint64_t room = (0x7676767676767676 & digit_bytes) | (0x7F7F7F7F7F7F7F7F & ~digit_bytes);
  if ((((values + room) | values) & 0x8080808080808080) != 0) return false;
  *pairs = values * 10 + (values >> 8);
  return true;
}

inline int64_t PairAt(uint64_t pairs, int byte) { return static_cast<int64_t>(pairs >> (8 * byte) & 0xFF); }

bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

inline int64_t DaysInMonth(int64_t year, int64_t month) {
  constexpr uint8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && IsLeapYear(year)) return 29;
  return kDays[month - 1];
}

// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil, for years from 1 on.
inline int64_t DaysFromCivil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = year / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

// Ten characters YYYY-MM-DD.
inline bool ReadDate(const char* text, int64_t* days) {
  uint64_t first, last;
  if (!ReadPairs(text, "0000-00-", &first) || !ReadPairs(text + 2, "00-00-00", &last)) return false;
  const int64_t year = PairAt(first, 0) * 100 + PairAt(first, 2);
  const int64_t month = PairAt(last, 3), day = PairAt(last, 6);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return false;
  *days = DaysFromCivil(year, month, day);
  return true;
}

inline bool ReadTwoDigits(const char* text, int64_t* value) {
  if (!IsDigit(text[0]) || !IsDigit(text[1])) return false;
  *value = (text[0] - '0') * 10 + (text[1] - '0');
  return true;
}

struct TimeOfDay {
  int64_t seconds = 0;
  int64_t fraction = 0;      // in units
  bool beyond_unit = false;  // the fraction has more digits than the unit
};

// HH:MM[:SS[.fraction]] at `at`. Returns where it stops, nullptr for another shape or a time that no clock shows.
inline const char* ReadTime(const char* at, const char* end, TimeUnit unit, TimeOfDay* time) {
  uint64_t pairs;
  int64_t hour, minute, second = 0;
  const char* next;
  if (end - at >= 8 && ReadPairs(at, "00:00:00", &pairs)) [[likely]] {
    hour = PairAt(pairs, 0), minute = PairAt(pairs, 3), second = PairAt(pairs, 6);
    next = at + 8;
  } else {
    if (end - at < 5 || !ReadTwoDigits(at, &hour) || at[2] != ':' || !ReadTwoDigits(at + 3, &minute)) return nullptr;
    next = at + 5;
  }
  if (hour > 23 || minute > 59 || second > 59) return nullptr;
  time->seconds = (hour * 60 + minute) * 60 + second;
  if (next - at == 5 || next == end || *next != '.') return next;
  const char* digits = ++next;
  next = SkipDigits(digits, end);
  if (next == digits) return nullptr;
  const int missing = kUnitDigits[Index(unit)] - static_cast<int>(std::min<int64_t>(next - digits, 10));
  time->beyond_unit = missing < 0;
  if (time->beyond_unit) return next;
  for (; digits < next; digits++) time->fraction = time->fraction * 10 + (*digits - '0');
  time->fraction *= static_cast<int64_t>(kPowersOfTen[missing]);
  return next;
}

// Z, z, +HH:MM, +HHMM or +HH, to the end. Returns false for another shape or an offset of 24 hours or more.
bool ReadOffset(const char* at, const char* end, int64_t* seconds) {
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

// seconds * units + fraction, which may lie in range where the product alone does not.
inline ParseStatus Combine(int64_t seconds, int64_t fraction, TimeUnit unit, int64_t* out) {
  const __int128 value = static_cast<__int128>(seconds) * kUnitsPerSecond[Index(unit)] + fraction;
  *out = static_cast<int64_t>(value);
  return *out == value ? ParseStatus() : ParseStatus(RejectKind::kOutOfRange);
}

inline ParseStatus ParseIsoTimestamp(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  const ParseStatus bad(RejectKind::kBadTimestamp);
  int64_t days;
  if (end - begin < 10 || !ReadDate(begin, &days)) return bad;
  const char* at = begin + 10;
  TimeOfDay time;
  if (at != end) {
    if ((*at | 0x20) != 't' && *at != ' ') return bad;
    at = ReadTime(at + 1, end, rules.unit, &time);
    if (at == nullptr) return bad;
  }
  int64_t ahead = rules.zone_seconds;
  if (at != end) {
    if (!ReadOffset(at, end, &ahead)) return bad;
    if (rules.offset_rule == OffsetRule::kRefused) return ParseStatus(RejectKind::kUnexpectedOffset);
  } else if (rules.offset_rule == OffsetRule::kRequired) {
    return ParseStatus(RejectKind::kMissingOffset);
  }
  if (time.beyond_unit) return ParseStatus(RejectKind::kDigitsBeyondScale);
  return Combine(days * 86400 + time.seconds - ahead, time.fraction, rules.unit, out);
}

// A number of epoch units in the column's unit: exact or not at all.
ParseStatus ParseEpoch(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  int64_t value;
  const ParseStatus status = ParseInteger(begin, end, &value);
  if (!status.ok()) return status.kind() == RejectKind::kOutOfRange ? status : ParseStatus(RejectKind::kBadTimestamp);
  const int64_t to = kUnitsPerSecond[Index(rules.unit)], from = kUnitsPerSecond[Index(rules.epoch_unit)];
  if (to >= from) {
    const bool overflow = __builtin_mul_overflow(value, to / from, out);
    return overflow ? ParseStatus(RejectKind::kOutOfRange) : ParseStatus();
  }
  *out = value / (from / to);
  return value % (from / to) == 0 ? ParseStatus() : ParseStatus(RejectKind::kDigitsBeyondScale);
}

bool IsInteger(const char* begin, const char* end) {
  begin += begin < end && (*begin == '-' || *begin == '+');
  return begin < end && SkipDigits(begin, end) == end;
}

inline ParseStatus ParseTimestampInline(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  if (rules.epoch && (!rules.iso || IsInteger(begin, end))) return ParseEpoch(begin, end, rules, out);
  return ParseIsoTimestamp(begin, end, rules, out);
}

inline ParseStatus ParseDateInline(const char* begin, const char* end, int32_t* out) {
  int64_t days;
  if (end - begin != 10 || !ReadDate(begin, &days)) return ParseStatus(RejectKind::kBadDate);
  *out = static_cast<int32_t>(days);
  return ParseStatus();
}

template <class T>
inline ParseStatus ParseTimeInline(const char* begin, const char* end, TimeUnit unit, T* out) {
  TimeOfDay time;
  if (ReadTime(begin, end, unit, &time) != end) return ParseStatus(RejectKind::kBadTime);
  if (time.beyond_unit) return ParseStatus(RejectKind::kDigitsBeyondScale);
  *out = static_cast<T>(time.seconds * kUnitsPerSecond[Index(unit)] + time.fraction);
  return ParseStatus();
}

void ConvertDates(const ConvertRules&, const FieldList& fields, const uint32_t* rows, uint32_t num_rows, ColumnOut* out,
                  BadValueList* bad) {
  ConvertEach<int32_t>(fields, rows, num_rows, out, bad, ParseDateInline);
}

template <class T>
void ConvertTimes(const ConvertRules& rules, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                  ColumnOut* out, BadValueList* bad) {
  const TimeUnit unit = rules.unit;
  ConvertEach<T>(fields, rows, num_rows, out, bad, [=](const char* begin, const char* end, T* value) {
    return ParseTimeInline(begin, end, unit, value);
  });
}

void ConvertTimestamps(const ConvertRules& rules, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                       ColumnOut* out, BadValueList* bad) {
  const TimestampRules timestamp = rules.timestamp;
  ConvertEach<int64_t>(fields, rows, num_rows, out, bad, [&](const char* begin, const char* end, int64_t* value) {
    return ParseTimestampInline(begin, end, timestamp, value);
  });
}

#if defined(__x86_64__)
void ConvertDatesAvx2(const ConvertRules&, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                      ColumnOut* out, BadValueList* bad) {
  ConvertBlocks<int32_t>(fields, rows, num_rows, out, bad, ReadDatesAvx2, ParseDateInline);
}

// ISO 8601 without an offset or with Z; all else is left to the plain twin. A block that shows an epoch first is taken
// for one of epochs, where they are allowed.
void ConvertTimestampsAvx2(const ConvertRules& rules, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                           ColumnOut* out, BadValueList* bad) {
  const TimestampRules timestamp = rules.timestamp;
  const int unit_digits = kUnitDigits[Index(timestamp.unit)];
  const Zulu zulu = timestamp.offset_rule == OffsetRule::kRefused    ? Zulu::kNone
                    : timestamp.offset_rule == OffsetRule::kOptional ? Zulu::kMay
                                                                     : Zulu::kMust;
  const auto kernel = [=](const FieldBlock& block, int64_t* values) {
    // A date has its first dash at byte 4; digits and a dash there are neither.
    const bool epochs = timestamp.epoch && block.text[block.begin[0] + 4] != '-';
    return epochs ? ReadIntegersAvx2(block, values) : ReadTimestampsAvx2(block, unit_digits, zulu, values);
  };
  ConvertBlocks<int64_t>(fields, rows, num_rows, out, bad, kernel,
                         [&](const char* begin, const char* end, int64_t* value) {
                           return ParseTimestampInline(begin, end, timestamp, value);
                         });
}

// Epochs in the column's unit are integers; all else is left to the plain twin.
void ConvertEpochsAvx2(const ConvertRules& rules, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                       ColumnOut* out, BadValueList* bad) {
  const TimestampRules timestamp = rules.timestamp;
  ConvertBlocks<int64_t>(fields, rows, num_rows, out, bad, static_cast<BlockKernel<int64_t>>(ReadIntegersAvx2),
                         [&](const char* begin, const char* end, int64_t* value) {
                           return ParseTimestampInline(begin, end, timestamp, value);
                         });
}
#endif

}  // namespace

TimestampRules MakeTimestampRules(const DataType& type, TimeFormat format) {
  TimestampRules rules;
  rules.unit = type.unit;
  if (format >= TimeFormat::kEpochS) {
    rules.iso = false;
    rules.epoch = true;
    rules.epoch_unit = static_cast<TimeUnit>(static_cast<int>(format) - static_cast<int>(TimeFormat::kEpochS));
  } else {
    rules.epoch = format == TimeFormat::kDefault && type.unit == TimeUnit::kMilli;
  }
  int64_t ahead = 0;
  const std::string_view zone = type.zone;
  if (zone.empty()) {
    rules.offset_rule = OffsetRule::kRefused;
  } else if (zone == "UTC" || zone == "Etc/UTC" || ReadOffset(zone.data(), zone.data() + zone.size(), &ahead)) {
    rules.offset_rule = OffsetRule::kOptional;
    rules.zone_seconds = static_cast<int32_t>(ahead);
  } else {
    rules.offset_rule = OffsetRule::kRequired;
  }
  return rules;
}

ParseStatus ParseDate(const char* begin, const char* end, int32_t* out) { return ParseDateInline(begin, end, out); }

ParseStatus ParseTime(const char* begin, const char* end, TimeUnit unit, int64_t* out) {
  return ParseTimeInline(begin, end, unit, out);
}

ParseStatus ParseTimestamp(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  return ParseTimestampInline(begin, end, rules, out);
}

ConvertFn DateConverter([[maybe_unused]] SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::kAvx2) return ConvertDatesAvx2;
#endif
  return ConvertDates;
}

ConvertFn TimeConverter(TimeUnit unit) {
  return unit <= TimeUnit::kMilli ? ConvertTimes<int32_t> : ConvertTimes<int64_t>;
}

ConvertFn TimestampConverter([[maybe_unused]] const TimestampRules& rules, [[maybe_unused]] SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::kAvx2) {
    if (!rules.iso && rules.epoch_unit == rules.unit) return ConvertEpochsAvx2;
    if (rules.iso && rules.zone_seconds == 0) return ConvertTimestampsAvx2;
  }
#endif
  return ConvertTimestamps;
}

}  // namespace v0
}  // namespace headrace
