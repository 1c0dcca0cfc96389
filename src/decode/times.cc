// Dates, times and timestamps: fixed fields of digits, eight characters to a word.
#include <algorithm>
#include <limits>
#include <string_view>

#include "decode/calendar.h"
#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/iso8601.h"
#include "decode/local_zone.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

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

// Ten characters YYYY-MM-DD.
inline bool ReadDate(const char* text, int64_t* days) {
  uint64_t first, last;
  if (!ReadPairs(text, "0000-00-", &first) || !ReadPairs(text + 2, "00-00-00", &last)) return false;
  const int64_t year = PairAt(first, 0) * 100 + PairAt(first, 2);
  const int64_t month = PairAt(last, 3), day = PairAt(last, 6);
  return DaysOfDate(year, month, day, days);
}

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
  time->beyond_unit = !FractionInUnits(digits, next - digits, unit, &time->fraction);
  return next;
}

// `*span` is the hint of LocalZone::ToUtc.
inline ParseStatus ParseIsoTimestamp(const char* begin, const char* end, const TimestampRules& rules, uint32_t* span,
                                     int64_t* out) {
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
  return ReadInstant(at, end, days, time, rules, span, out);
}

// Parquet keeps seconds as milliseconds: what those do not hold is out of range, whatever the output.
constexpr int64_t kMaxSeconds = std::numeric_limits<int64_t>::max() / 1000;

inline bool BeyondMillis(int64_t seconds) { return seconds > kMaxSeconds || seconds < -kMaxSeconds; }

// A number of epoch units, `value` and the digits of a fraction, in the column's unit: exact or not at all.
ParseStatus ScaleEpoch(__int128 value, bool negative, const char* fraction, int64_t digits, const TimestampRules& rules,
                       int64_t* out) {
  const int places = kUnitDigits[Index(rules.unit)] - kUnitDigits[Index(rules.epoch_unit)];
  if (digits > std::max(places, 0)) return ParseStatus(RejectKind::kDigitsBeyondScale);
  for (int64_t i = 0; i < digits; i++) value = value * 10 + (fraction[i] - '0');
  if (places >= digits) {
    value *= kPowersOfTen[places - digits];
  } else {
    const auto divisor = static_cast<int64_t>(kPowersOfTen[-places]);
    if (value % divisor != 0) return ParseStatus(RejectKind::kDigitsBeyondScale);
    value /= divisor;
  }
  if (negative) value = -value;
  *out = static_cast<int64_t>(value);
  const bool fits = *out == value && (rules.unit != TimeUnit::kSecond || !BeyondMillis(*out));
  return fits ? ParseStatus() : ParseStatus(RejectKind::kOutOfRange);
}

ParseStatus ParseEpoch(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  if (rules.unit == rules.epoch_unit && rules.unit != TimeUnit::kSecond) {
    const ParseStatus status = ParseInteger(begin, end, out);
    if (status.ok() || status.kind() == RejectKind::kOutOfRange) return status;
  }
  const bool negative = begin < end && *begin == '-';
  begin += begin < end && (*begin == '-' || *begin == '+');
  const char* dot = SkipDigits(begin, end);
  const bool has_fraction = dot != end;
  if (dot == begin || (has_fraction && (*dot != '.' || dot + 1 == end || SkipDigits(dot + 1, end) != end))) {
    return ParseStatus(RejectKind::kBadTimestamp);
  }
  uint64_t whole;
  const ParseStatus status = ParseInteger(begin, dot, &whole);
  if (!status.ok()) return status;
  return ScaleEpoch(whole, negative, dot + 1, has_fraction ? end - dot - 1 : 0, rules, out);
}

inline ParseStatus ParseTimestampInline(const char* begin, const char* end, const TimestampRules& rules, uint32_t* span,
                                        int64_t* out) {
  if (rules.epoch && (!rules.iso || (begin < end && SkipDigits(begin, end) == end))) {
    return ParseEpoch(begin, end, rules, out);
  }
  const ParseStatus status = ParseIsoTimestamp(begin, end, rules, span, out);
  if (rules.all_forms && !status.ok() && status.kind() == RejectKind::kBadTimestamp) {
    return ParseIsoTimestampOfAnyForm(begin, end, rules, span, out);
  }
  return status;
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

void ConvertDates(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<int32_t>(fields, out, bad, ParseDateInline);
}

template <class T>
void ConvertTimes(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const TimeUnit unit = rules.unit;
  ConvertEach<T>(fields, out, bad, [=](const char* begin, const char* end, T* value) {
    return ParseTimeInline(begin, end, unit, value);
  });
}

void ConvertTimestamps(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const TimestampRules timestamp = rules.timestamp;
  uint32_t span = 0;
  ConvertRuns<int64_t>(fields, out, bad, [&](const char* begin, const char* end, int64_t* value) {
    return ParseTimestampInline(begin, end, timestamp, &span, value);
  });
}

void ConvertDateBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertBlocks<int32_t>(fields, out, bad, rules.kernels->read_dates, ParseDateInline);
}

// A date has its first dash at byte 4; digits there are none.
bool MayBeDate(const char* text) { return text[4] == '-'; }

// Append by blocks; `kernel` has the plain twin of all timestamps behind it.
template <class Kernel>
void ConvertTimestampBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad,
                            Kernel kernel) {
  const TimestampRules timestamp = rules.timestamp;
  uint32_t span = 0;
  ConvertBlocks<int64_t>(fields, out, bad, kernel, [&](const char* begin, const char* end, int64_t* value) {
    return ParseTimestampInline(begin, end, timestamp, &span, value);
  });
}

// ISO 8601 without an offset or with Z; all else is left to the plain twin. A block that shows an epoch first is taken
// for one of epochs, where they are allowed.
void ConvertIsoBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const bool epoch = rules.timestamp.epoch;
  const int unit_digits = kUnitDigits[Index(rules.timestamp.unit)];
  const Zulu zulu = rules.timestamp.offset_rule == OffsetRule::kRefused ? Zulu::kNone : Zulu::kMay;
  const Kernels& kernels = *rules.kernels;
  const auto kernel = [=, &kernels](const FieldBlock& block, int64_t* values) {
    const bool epochs = epoch && !MayBeDate(block.text + block.begin[0]);  // one beside ISO 8601 has no sign
    return epochs ? kernels.read_numbers<uint64_t>()(block, reinterpret_cast<uint64_t*>(values))
                  : kernels.read_timestamps(block, unit_digits, zulu, values);
  };
  ConvertTimestampBlocks(rules, fields, out, bad, kernel);
}

// Local times of a named zone: ISO 8601 without an offset, as wall clock time that is then looked up. What has an
// offset, or is no time there, is left to the plain twin.
void ConvertLocalTimeBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const TimestampRules timestamp = rules.timestamp;
  const int unit_digits = kUnitDigits[Index(timestamp.unit)];
  const int64_t per_second = kUnitsPerSecond[Index(timestamp.unit)];
  const Kernels& kernels = *rules.kernels;
  uint32_t span = 0;
  const auto kernel = [&](const FieldBlock& block, int64_t* values) {
    const bool epochs = timestamp.epoch && !MayBeDate(block.text + block.begin[0]);
    if (epochs) return kernels.read_numbers<uint64_t>()(block, reinterpret_cast<uint64_t*>(values));
    uint64_t again = kernels.read_timestamps(block, unit_digits, Zulu::kNone, values);
    for (uint32_t i = 0; i < block.size; i++) {
      if (again >> i & 1) continue;
      const int64_t local = values[i] / per_second - (values[i] % per_second < 0 ? 1 : 0);
      int64_t utc;
      const bool found = timestamp.zone->ToUtc(local, timestamp.ambiguous, &span, &utc).ok() &&
                         !__builtin_add_overflow(values[i], (utc - local) * per_second, &values[i]);
      again |= uint64_t{!found} << i;
    }
    return again;
  };
  ConvertTimestampBlocks(rules, fields, out, bad, kernel);
}

// Epochs in the column's unit are integers; all else is left to the plain twin.
void ConvertEpochBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertTimestampBlocks(rules, fields, out, bad, rules.kernels->read_numbers<int64_t>());
}

void ConvertSecondBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const BlockKernel<int64_t> read_integers = rules.kernels->read_numbers<int64_t>();
  const auto kernel = [=](const FieldBlock& block, int64_t* values) {
    uint64_t again = read_integers(block, values);
    for (uint32_t i = 0; i < block.size; i++) again |= uint64_t{BeyondMillis(values[i])} << i;
    return again;
  };
  ConvertTimestampBlocks(rules, fields, out, bad, kernel);
}

// What the zone of a type is ahead of UTC, where no clock changes need to be looked up.
bool FixedZone(std::string_view zone, int64_t* ahead) {
  *ahead = 0;
  return zone == "UTC" || zone == "Etc/UTC" || ReadOffset(zone.data(), zone.data() + zone.size(), ahead);
}

}  // namespace

bool NeedsZone(const DataType& type) {
  int64_t ahead;
  return type.kind == TypeKind::kTimestamp && !type.zone.empty() && !FixedZone(type.zone, &ahead);
}

TimestampRules MakeTimestampRules(const DataType& type, const Format& format, const LocalZone* zone) {
  TimestampRules rules;
  rules.unit = type.unit;
  if (format.time >= TimeFormat::kEpochS) {
    rules.iso = false;
    rules.epoch = true;
    rules.epoch_unit = static_cast<TimeUnit>(static_cast<int>(format.time) - static_cast<int>(TimeFormat::kEpochS));
  } else {
    rules.epoch = format.time == TimeFormat::kDefault && type.unit == TimeUnit::kMilli;
    rules.all_forms = format.time == TimeFormat::kIso8601;
  }
  if (type.zone.empty()) return rules;
  rules.offset_rule = OffsetRule::kOptional;
  int64_t ahead;
  if (FixedZone(type.zone, &ahead)) rules.zone_seconds = static_cast<int32_t>(ahead);
  rules.zone = zone;
  rules.ambiguous = format.ambiguous;
  return rules;
}

ParseStatus ParseDate(const char* begin, const char* end, int32_t* out) { return ParseDateInline(begin, end, out); }

ParseStatus ParseTime(const char* begin, const char* end, TimeUnit unit, int64_t* out) {
  return ParseTimeInline(begin, end, unit, out);
}

ParseStatus ParseTimestamp(const char* begin, const char* end, const TimestampRules& rules, int64_t* out) {
  uint32_t span = 0;
  return ParseTimestampInline(begin, end, rules, &span, out);
}

ConvertFn DateConverter(const Kernels& kernels) {
  return kernels.read_dates != nullptr ? ConvertDateBlocks : ConvertDates;
}

ConvertFn TimeConverter(TimeUnit unit) {
  return unit <= TimeUnit::kMilli ? ConvertTimes<int32_t> : ConvertTimes<int64_t>;
}

ConvertFn TimestampConverter(const TimestampRules& rules, const Kernels& kernels) {
  if (kernels.read_timestamps != nullptr && kernels.read_numbers<int64_t>() != nullptr) {
    const bool seconds = rules.unit == TimeUnit::kSecond;
    if (!rules.iso && rules.epoch_unit == rules.unit) return seconds ? ConvertSecondBlocks : ConvertEpochBlocks;
    if (rules.iso && rules.zone != nullptr) return ConvertLocalTimeBlocks;
    if (rules.iso && rules.zone == nullptr && rules.zone_seconds == 0) return ConvertIsoBlocks;
  }
  return ConvertTimestamps;
}

}  // namespace v0
}  // namespace headrace
