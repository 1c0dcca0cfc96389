#pragma once
// From the text of one field to one value: the plain twins that every faster kernel is checked against.
// Takes: [begin, end), with kTextPadding readable bytes on either side. Gives: a value and a ParseStatus.
// Owns: nothing. Threads: functions without state; no locale. Fails: by ParseStatus; `out` is then unspecified.
#include <cstdint>

#include "headrace/reject.h"
#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// Whether a text was a value of its type, and if not, what is wrong with it.
class ParseStatus {
 public:
  constexpr ParseStatus() = default;
  constexpr explicit ParseStatus(RejectKind kind) : code_(static_cast<uint8_t>(kind)) {}
  constexpr bool ok() const { return code_ == kOk; }
  constexpr RejectKind kind() const { return static_cast<RejectKind>(code_); }

 private:
  static constexpr uint8_t kOk = 0xFF;
  uint8_t code_ = kOk;
};

/// Read an integer: an optional sign (+ or -), then digits; leading zeros are allowed, "-0" is 0 for unsigned too.
/// Gives kBadInteger for another shape and kOutOfRange for a value that T does not hold.
/// T: int8_t to int64_t, uint8_t to uint64_t.
template <class T>
ParseStatus ParseInteger(const char* begin, const char* end, T* out);

/// Read the nearest double, ties to even, in one step from the decimal text.
/// Shapes: [+-] digits, with a dot among, before or behind them (".5", "5."), then optionally e or E, a sign and
/// digits; or, in any case and with an optional sign, `inf`, `infinity`, `nan` (the sign of nan is dropped).
/// Gives kBadFloat for another shape; kFloatRange for overflow and for a non-zero value that would become zero.
ParseStatus ParseFloat64(const char* begin, const char* end, double* out);

/// The same for float: never by way of a rounded double.
ParseStatus ParseFloat32(const char* begin, const char* end, float* out);

/// Read a decimal of at most `precision` digits, `scale` of them behind the dot, as an integer times 10^-scale.
/// Shapes: [+-] digits, with a dot among, before or behind them; leading zeros are allowed, an exponent is not.
/// Gives kBadDecimal, kDigitsBeyondScale (trailing zeros count as digits) or kOutOfRange.
ParseStatus ParseDecimal(const char* begin, const char* end, int precision, int scale, __int128* out);

/// Read a bool, 1 or 0. The spellings, in full: true True TRUE t T 1, false False FALSE f F 0. Gives kBadBool.
ParseStatus ParseBool(const char* begin, const char* end, uint8_t* out);

/// Read YYYY-MM-DD (proleptic Gregorian, years 0001 to 9999) as days since 1970-01-01. Gives kBadDate.
ParseStatus ParseDate(const char* begin, const char* end, int32_t* out);

/// Read HH:MM, HH:MM:SS or HH:MM:SS.fraction (00:00 to 23:59:59) as units since midnight.
/// Gives kBadTime (24:00, a leap second or an offset among others) or kDigitsBeyondScale.
ParseStatus ParseTime(const char* begin, const char* end, TimeUnit unit, int64_t* out);

/// What a timestamp column asks of an offset in the text.
enum class OffsetRule : uint8_t {
  kRefused,   ///< a column without a zone: an offset is kUnexpectedOffset
  kOptional,  ///< zone UTC, Etc/UTC, Z or a fixed offset: without one the text is local to the zone
  kRequired   ///< a named zone: without one the instant is unknown, kMissingOffset
};

/// How the texts of a timestamp column are read. Made once a column.
struct TimestampRules {
  TimeUnit unit = TimeUnit::kMilli;
  bool iso = true;     ///< ISO 8601 is allowed
  bool epoch = false;  ///< digits alone (with an optional sign) are an epoch
  TimeUnit epoch_unit = TimeUnit::kMilli;
  OffsetRule offset_rule = OffsetRule::kRefused;
  int32_t zone_seconds = 0;  ///< kOptional: what the zone is ahead of UTC
};

/// Return the rules of a timestamp column. Epochs are allowed for timestamp[ms] by default, and by an epoch format.
TimestampRules MakeTimestampRules(const DataType& type, TimeFormat format);

/// Read a timestamp as units since 1970-01-01T00:00:00.
/// Shapes: YYYY-MM-DD (midnight); the same, then T, t or a space, HH:MM[:SS[.fraction]], then an offset if the
/// rules allow it: Z, z, +HH:MM, +HHMM or +HH; or an integer where the rules allow an epoch.
/// Gives kBadTimestamp, kDigitsBeyondScale, kUnexpectedOffset, kMissingOffset or kOutOfRange (never a wrapped value).
ParseStatus ParseTimestamp(const char* begin, const char* end, const TimestampRules& rules, int64_t* out);

/// Return true where [begin, end) is well-formed UTF-8 (Unicode 15, table 3-7; NUL is an ordinary character).
bool IsValidUtf8(const char* begin, const char* end);

}  // namespace v0
}  // namespace headrace
