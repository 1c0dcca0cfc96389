#pragma once
// strptime patterns, compiled once a column into a short list of steps that a text must match from end to end.
// Takes: a pattern; then texts, with kTextPadding readable bytes on either side. Gives: days, units and a ParseStatus.
// Owns: TimePattern owns its steps. Threads: immutable once compiled; no locale. Fails: CompilePattern by a
// PatternFault, the readers by ParseStatus.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/values.h"

namespace headrace {
inline namespace v0 {

/// One step of a pattern.
struct PatternStep {
  enum class Kind : uint8_t {
    kLiteral,      ///< exactly `literal`
    kSpaces,       ///< %n %t: one or more of space, tab, LF, VT, FF, CR
    kYear,         ///< %Y: four digits
    kShortYear,    ///< %y: two digits; 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
    kMonth,        ///< %m
    kMonthName,    ///< %b (three letters) or %B (whole), English, in any case
    kDay,          ///< %d; %e may have a space for its first digit
    kDayOfYear,    ///< %j
    kWeekdayName,  ///< %a or %A: must be that of the date
    kHour,         ///< %H: 0 to 23
    kHour12,       ///< %I: 1 to 12
    kHalf,         ///< %p: AM or PM, in any case
    kMinute,       ///< %M
    kSecond,       ///< %S: 0 to 59
    kFraction,     ///< %f: one to nine digits of a second's fraction
    kOffset,       ///< %z: Z, z, +HH:MM, +HHMM or +HH
    kUtc           ///< %Z: UTC, GMT or Z
  };
  Kind kind = Kind::kLiteral;
  char literal = 0;
  bool fixed_width = false;  ///< numbers: all digits must be there, because another number follows or precedes
  bool space_padded = false;
  bool whole_name = false;
};

/// A compiled pattern.
struct TimePattern {
  std::vector<PatternStep> steps;
  bool has_date = false, has_time = false, has_offset = false;
  bool twelve_hours = false;  ///< %I and %p
};

/// What is wrong with a pattern, and what to do about it; for a person.
struct PatternFault {
  std::string what, fix;
};

/// Compile a pattern for values of a kind (kDate, kTime or kTimestamp). A pattern must say the whole value, and
/// nothing twice.
std::optional<PatternFault> CompilePattern(std::string_view text, TypeKind kind, TimePattern* pattern);

/// Read a date as days since 1970-01-01. Gives kBadDate.
ParseStatus ParseDateByPattern(const char* begin, const char* end, const TimePattern& pattern, int32_t* out);

/// Read a time of day as units since midnight. Gives kBadTime or kDigitsBeyondScale.
ParseStatus ParseTimeByPattern(const char* begin, const char* end, const TimePattern& pattern, TimeUnit unit,
                               int64_t* out);

/// Read a timestamp. Gives what ParseTimestamp gives. `*span` is the hint of LocalZone::ToUtc.
ParseStatus ParseTimestampByPattern(const char* begin, const char* end, const TimePattern& pattern,
                                    const TimestampRules& rules, uint32_t* span, int64_t* out);

}  // namespace v0
}  // namespace headrace
