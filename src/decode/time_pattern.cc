#include "decode/time_pattern.h"

#include "decode/calendar.h"
#include "decode/converters.h"
#include "decode/local_zone.h"

namespace headrace {
inline namespace v0 {
namespace {

using Step = PatternStep;
using Kind = PatternStep::Kind;

constexpr std::string_view kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
constexpr std::string_view kWeekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr size_t kShortName = 3;

struct Directive {
  char letter;
  Kind kind;
  bool space_padded, whole_name;
};

constexpr Directive kDirectives[] = {
    {'Y', Kind::kYear, false, false},        {'y', Kind::kShortYear, false, false},
    {'m', Kind::kMonth, false, false},       {'b', Kind::kMonthName, false, false},
    {'B', Kind::kMonthName, false, true},    {'d', Kind::kDay, false, false},
    {'e', Kind::kDay, true, false},          {'j', Kind::kDayOfYear, false, false},
    {'a', Kind::kWeekdayName, false, false}, {'A', Kind::kWeekdayName, false, true},
    {'H', Kind::kHour, false, false},        {'I', Kind::kHour12, false, false},
    {'p', Kind::kHalf, false, false},        {'M', Kind::kMinute, false, false},
    {'S', Kind::kSecond, false, false},      {'f', Kind::kFraction, false, false},
    {'z', Kind::kOffset, false, false},      {'Z', Kind::kUtc, false, false},
    {'n', Kind::kSpaces, false, false},      {'t', Kind::kSpaces, false, false},
};

struct Shorthand {
  char letter;
  std::string_view meaning;
};

constexpr Shorthand kShorthands[] = {{'T', "%H:%M:%S"}, {'D', "%m/%d/%y"}, {'F', "%Y-%m-%d"}, {'R', "%H:%M"}};

bool IsDigits(Kind kind) {
  return kind == Kind::kYear || kind == Kind::kShortYear || kind == Kind::kMonth || kind == Kind::kDay ||
         kind == Kind::kDayOfYear || kind == Kind::kHour || kind == Kind::kHour12 || kind == Kind::kMinute ||
         kind == Kind::kSecond || kind == Kind::kFraction;
}

std::optional<PatternFault> AppendSteps(std::string_view text, std::vector<Step>* steps) {
  for (size_t i = 0; i < text.size(); i++) {
    Step step;
    step.literal = text[i];
    if (text[i] == '%') {
      if (++i == text.size()) return PatternFault{"the pattern ends in a single %", "write %% for a percent sign"};
      const char letter = text[i];
      const auto* shorthand = std::find_if(std::begin(kShorthands), std::end(kShorthands),
                                           [=](const Shorthand& candidate) { return candidate.letter == letter; });
      if (shorthand != std::end(kShorthands)) {
        (void)AppendSteps(shorthand->meaning, steps);  // has no fault
        continue;
      }
      const auto* directive = std::find_if(std::begin(kDirectives), std::end(kDirectives),
                                           [=](const Directive& candidate) { return candidate.letter == letter; });
      if (directive != std::end(kDirectives)) {
        step = {directive->kind, 0, false, directive->space_padded, directive->whole_name};
      } else if (letter != '%') {
        return PatternFault{"the pattern has an unknown directive: %" + std::string(1, letter),
                            "use %Y %y %m %d %e %H %I %p %M %S %f %j %b %B %a %A %z %Z %T %D %F %R %n %t %%"};
      }
    }
    steps->push_back(step);
  }
  return std::nullopt;
}

// Where a number stands next to another one, or to a literal digit, only its full width tells where it ends.
void FixWidths(std::vector<Step>* steps) {
  const auto is_digits = [&](size_t i) {
    const Step& step = (*steps)[i];
    return IsDigits(step.kind) || (step.kind == Kind::kLiteral && IsDigit(step.literal));
  };
  for (size_t i = 0; i < steps->size(); i++) {
    if (!IsDigits((*steps)[i].kind)) continue;
    (*steps)[i].fixed_width = (i > 0 && is_digits(i - 1)) || (i + 1 < steps->size() && is_digits(i + 1));
  }
}

// How often the steps say each thing.
struct Mentions {
  int year = 0, month = 0, day = 0, day_of_year = 0, weekday = 0;
  int hour = 0, hour12 = 0, half = 0, minute = 0, second = 0, fraction = 0, offset = 0;

  void Add(Kind kind) {
    switch (kind) {
      case Kind::kYear:
      case Kind::kShortYear:
        year++;
        break;
      case Kind::kMonth:
      case Kind::kMonthName:
        month++;
        break;
      case Kind::kDay:
        day++;
        break;
      case Kind::kDayOfYear:
        day_of_year++;
        break;
      case Kind::kWeekdayName:
        weekday++;
        break;
      case Kind::kHour:
        hour++;
        break;
      case Kind::kHour12:
        hour12++;
        break;
      case Kind::kHalf:
        half++;
        break;
      case Kind::kMinute:
        minute++;
        break;
      case Kind::kSecond:
        second++;
        break;
      case Kind::kFraction:
        fraction++;
        break;
      case Kind::kOffset:
      case Kind::kUtc:
        offset++;
        break;
      case Kind::kLiteral:
      case Kind::kSpaces:
        break;
    }
  }
  bool date() const { return year + month + day + day_of_year + weekday > 0; }
  bool time() const { return hour + hour12 + half + minute + second + fraction > 0; }
};

std::optional<PatternFault> CheckDateParts(const Mentions& has) {
  const bool whole =
      has.year == 1 && (has.day_of_year == 1 ? has.month + has.day == 0 : has.month == 1 && has.day == 1);
  if (whole && has.day_of_year <= 1 && has.weekday <= 1) return std::nullopt;
  return PatternFault{"the pattern does not say year, month and day, each once",
                      "use %Y or %y, %m, %b or %B, and %d or %e; or a year and %j"};
}

std::optional<PatternFault> CheckTimeParts(const Mentions& has) {
  if (has.hour + has.hour12 != 1 || has.hour12 != has.half) {
    return PatternFault{"the pattern does not say the hour once", "use %H, or %I together with %p"};
  }
  if (has.minute > 1 || has.second > has.minute || has.fraction > has.second) {
    return PatternFault{"the pattern has a part of the time twice, or without the larger part before it",
                        "use the hour, then %M, then %S, then %f"};
  }
  return std::nullopt;
}

// What the steps have found in a text; 12-hour clocks and short years are resolved at the end.
struct Found {
  int64_t year = 0, month = 0, day = 0, day_of_year = 0, weekday = -1;
  int64_t hour = 0, hour12 = 0, minute = 0, second = 0;
  bool afternoon = false, has_offset = false;
  int64_t offset = 0;
  const char* fraction = nullptr;
  int64_t fraction_digits = 0;
};

// Read one to `width` digits, or exactly `width` where the step asks for it.
const char* ReadNumber(const char* at, const char* end, int width, const Step& step, int64_t* value) {
  if (step.space_padded && end - at >= 2 && *at == ' ') return ReadFixedDigits(at + 1, end, 1, value);
  int digits = 0;
  while (digits < width && at + digits < end && IsDigit(at[digits])) digits++;
  if (digits == 0 || (step.fixed_width && digits < width)) return nullptr;
  return ReadFixedDigits(at, end, digits, value);
}

template <size_t N>
const char* ReadName(const char* at, const char* end, const std::string_view (&names)[N], bool whole, int64_t* index) {
  for (size_t i = 0; i < N; i++) {
    const std::string_view name = whole ? names[i] : names[i].substr(0, kShortName);
    if (end - at < static_cast<int64_t>(name.size())) continue;
    size_t same = 0;
    while (same < name.size() && (at[same] | 0x20) == name[same]) same++;
    if (same < name.size()) continue;
    *index = static_cast<int64_t>(i);
    return at + name.size();
  }
  return nullptr;
}

const char* ReadHalf(const char* at, const char* end, bool* afternoon) {
  if (end - at < 2 || (at[1] | 0x20) != 'm') return nullptr;
  *afternoon = (*at | 0x20) == 'p';
  return *afternoon || (*at | 0x20) == 'a' ? at + 2 : nullptr;
}

// The longest offset that is there.
const char* ReadOffsetAt(const char* at, const char* end, int64_t* seconds) {
  for (const int length : {6, 5, 3, 1}) {
    if (end - at >= length && ReadOffset(at, at + length, seconds)) return at + length;
  }
  return nullptr;
}

const char* ReadUtc(const char* at, const char* end) {
  for (const std::string_view name : {"UTC", "GMT", "Z"}) {
    const auto size = static_cast<int64_t>(name.size());
    if (end - at >= size && std::string_view(at, name.size()) == name) return at + size;
  }
  return nullptr;
}

const char* ReadSpaces(const char* at, const char* end) {
  const char* begin = at;
  while (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r'))) at++;
  return at == begin ? nullptr : at;
}

const char* ReadFraction(const char* at, const char* end, Found* found) {
  constexpr int64_t kMaxDigits = 9;
  found->fraction = at;
  at = std::min(SkipDigits(at, end), at + kMaxDigits);
  found->fraction_digits = at - found->fraction;
  return found->fraction_digits == 0 ? nullptr : at;
}

const char* ReadShortYear(const char* at, const char* end, int64_t* year) {
  at = ReadFixedDigits(at, end, 2, year);
  *year += *year < 69 ? 2000 : 1900;  // POSIX
  return at;
}

const char* ReadStep(const Step& step, const char* at, const char* end, Found* found) {
  switch (step.kind) {
    case Kind::kLiteral:
      return at < end && *at == step.literal ? at + 1 : nullptr;
    case Kind::kSpaces:
      return ReadSpaces(at, end);
    case Kind::kYear:
      return ReadFixedDigits(at, end, 4, &found->year);
    case Kind::kShortYear:
      return ReadShortYear(at, end, &found->year);
    case Kind::kMonth:
      return ReadNumber(at, end, 2, step, &found->month);
    case Kind::kMonthName:
      at = ReadName(at, end, kMonths, step.whole_name, &found->month);
      found->month++;
      return at;
    case Kind::kDay:
      return ReadNumber(at, end, 2, step, &found->day);
    case Kind::kDayOfYear:
      return ReadNumber(at, end, 3, step, &found->day_of_year);
    case Kind::kWeekdayName:
      return ReadName(at, end, kWeekdays, step.whole_name, &found->weekday);
    case Kind::kHour:
      return ReadNumber(at, end, 2, step, &found->hour);
    case Kind::kHour12:
      return ReadNumber(at, end, 2, step, &found->hour12);
    case Kind::kHalf:
      return ReadHalf(at, end, &found->afternoon);
    case Kind::kMinute:
      return ReadNumber(at, end, 2, step, &found->minute);
    case Kind::kSecond:
      return ReadNumber(at, end, 2, step, &found->second);
    case Kind::kFraction:
      return ReadFraction(at, end, found);
    case Kind::kOffset:
      found->has_offset = true;
      return ReadOffsetAt(at, end, &found->offset);
    case Kind::kUtc:
      found->has_offset = true;
      return ReadUtc(at, end);
  }
  return nullptr;
}

// A date that exists, a time that a clock shows, and nothing behind them.
bool ReadText(const char* at, const char* end, const TimePattern& pattern, Found* found, int64_t* days,
              int64_t* seconds) {
  for (const Step& step : pattern.steps) {
    at = ReadStep(step, at, end, found);
    if (at == nullptr) return false;
  }
  if (at != end) return false;
  *days = *seconds = 0;
  if (pattern.has_date) {
    const bool exists = found->day_of_year != 0 ? DaysOfOrdinal(found->year, found->day_of_year, days)
                                                : DaysOfDate(found->year, found->month, found->day, days);
    if (!exists || (found->weekday >= 0 && found->weekday != WeekdayOf(*days))) return false;
  }
  if (pattern.twelve_hours) {
    if (found->hour12 < 1 || found->hour12 > 12) return false;
    found->hour = found->hour12 % 12 + (found->afternoon ? 12 : 0);
  }
  if (found->hour > 23 || found->minute > 59 || found->second > 59) return false;
  *seconds = (found->hour * 60 + found->minute) * 60 + found->second;
  return true;
}

void ConvertDates(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEachUnescaped<int32_t>(fields, out, bad, [&](const char* begin, const char* end, int32_t* value) {
    return ParseDateByPattern(begin, end, rules.pattern, value);
  });
}

template <class T>
void ConvertTimes(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEachUnescaped<T>(fields, out, bad, [&](const char* begin, const char* end, T* value) {
    int64_t wide = 0;
    const ParseStatus status = ParseTimeByPattern(begin, end, rules.pattern, rules.unit, &wide);
    *value = static_cast<T>(wide);
    return status;
  });
}

void ConvertTimestamps(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  uint32_t span = 0;
  ConvertEachUnescaped<int64_t>(fields, out, bad, [&](const char* begin, const char* end, int64_t* value) {
    return ParseTimestampByPattern(begin, end, rules.pattern, rules.timestamp, &span, value);
  });
}

}  // namespace

std::optional<PatternFault> CompilePattern(std::string_view text, TypeKind kind, TimePattern* pattern) {
  *pattern = TimePattern();
  if (auto fault = AppendSteps(text, &pattern->steps)) return fault;
  FixWidths(&pattern->steps);
  Mentions has;
  for (const Step& step : pattern->steps) has.Add(step.kind);
  pattern->has_date = kind != TypeKind::kTime;
  pattern->has_time = kind == TypeKind::kTime || (kind == TypeKind::kTimestamp && has.time());
  pattern->has_offset = has.offset > 0;
  pattern->twelve_hours = has.hour12 > 0;
  if (kind == TypeKind::kTime && has.date()) {
    return PatternFault{"the pattern of a time has parts of a date", "leave them out, or declare a timestamp"};
  }
  if (kind == TypeKind::kDate && has.time()) {
    return PatternFault{"the pattern of a date has parts of a time", "leave them out, or declare a timestamp"};
  }
  if (has.offset > (kind == TypeKind::kTimestamp && pattern->has_time ? 1 : 0)) {
    return PatternFault{"the pattern has an offset too many", "use %z or %Z once, in a timestamp with its time"};
  }
  if (pattern->has_date) {
    if (auto fault = CheckDateParts(has)) return fault;
  }
  return pattern->has_time ? CheckTimeParts(has) : std::nullopt;
}

ParseStatus ParseDateByPattern(const char* begin, const char* end, const TimePattern& pattern, int32_t* out) {
  Found found;
  int64_t days, seconds;
  if (!ReadText(begin, end, pattern, &found, &days, &seconds)) return ParseStatus(RejectKind::kBadDate);
  *out = static_cast<int32_t>(days);
  return ParseStatus();
}

ParseStatus ParseTimeByPattern(const char* begin, const char* end, const TimePattern& pattern, TimeUnit unit,
                               int64_t* out) {
  Found found;
  int64_t days, seconds, fraction;
  if (!ReadText(begin, end, pattern, &found, &days, &seconds)) return ParseStatus(RejectKind::kBadTime);
  if (!FractionInUnits(found.fraction, found.fraction_digits, unit, &fraction)) {
    return ParseStatus(RejectKind::kDigitsBeyondScale);
  }
  return Combine(seconds, fraction, unit, out);
}

ParseStatus ParseTimestampByPattern(const char* begin, const char* end, const TimePattern& pattern,
                                    const TimestampRules& rules, uint32_t* span, int64_t* out) {
  Found found;
  int64_t days, seconds, fraction;
  if (!ReadText(begin, end, pattern, &found, &days, &seconds)) return ParseStatus(RejectKind::kBadTimestamp);
  seconds += days * kSecondsPerDay;
  if (found.has_offset) {
    seconds -= found.offset;
  } else if (const ParseStatus status = ToUtc(seconds, rules, span, &seconds); !status.ok()) {
    return status;
  }
  if (!FractionInUnits(found.fraction, found.fraction_digits, rules.unit, &fraction)) {
    return ParseStatus(RejectKind::kDigitsBeyondScale);
  }
  return Combine(seconds, fraction, rules.unit, out);
}

ConvertFn PatternConverter(const DataType& type) {
  if (type.kind == TypeKind::kDate) return ConvertDates;
  if (type.kind == TypeKind::kTimestamp) return ConvertTimestamps;
  return type.unit <= TimeUnit::kMilli ? ConvertTimes<int32_t> : ConvertTimes<int64_t>;
}

}  // namespace v0
}  // namespace headrace
