#pragma once
// ISO 8601 in all its forms, for columns that declare it: the slow twins of what times.cc reads at speed.
// Takes: [begin, end), with kTextPadding readable bytes on either side. Gives: a value and a ParseStatus.
// Owns: nothing. Threads: functions without state. Fails: by ParseStatus.
#include <cstdint>

#include "decode/values.h"

namespace headrace {
inline namespace v0 {

/// Read a date as days since 1970-01-01: YYYY-MM-DD, YYYY-DDD (day of the year), YYYY-Www-D (week and day of it,
/// Monday is 1), or the same without dashes. Gives kBadDate; a date without its day is one.
ParseStatus ParseIsoDate(const char* begin, const char* end, int32_t* out);

/// Read a time of day as units since midnight: hh, hh:mm, hh:mm:ss, or the same without colons, T before it or not,
/// and a fraction of the last part behind a dot or a comma. Gives kBadTime, 24:00 among others, or
/// kDigitsBeyondScale.
ParseStatus ParseIsoTime(const char* begin, const char* end, TimeUnit unit, int64_t* out);

/// Read a timestamp: a date; or a date, then T, t or a space, a time, and an offset if the rules allow it. Here 24:00
/// is midnight at the end of the day. Gives what ParseTimestamp gives. `*span` is the hint of LocalZone::ToUtc.
ParseStatus ParseIsoTimestampOfAnyForm(const char* begin, const char* end, const TimestampRules& rules, uint32_t* span,
                                       int64_t* out);

}  // namespace v0
}  // namespace headrace
