#pragma once
// From the text of one field to one value: the plain twins that every faster kernel is checked against.
// Takes: [begin, end), with kTextPadding readable bytes on either side. Gives: a value and a ParseStatus.
// Owns: nothing. Threads: functions without state; no locale. Fails: by ParseStatus; `out` is then unspecified.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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

/// Return true where `value`, the double nearest to the number of at most 17 significant digits in [begin, end), gives
/// it back: the number is the shortest one that has this double, or the double's own rounded to 17 digits.
bool GivesBack(const char* begin, const char* end, double value);

/// Read a decimal of at most `precision` digits, `scale` of them behind the dot, as an integer times 10^-scale.
/// Shapes: [+-] digits, with a dot among, before or behind them; leading zeros are allowed, an exponent is not.
/// Gives kBadDecimal, kDigitsBeyondScale (trailing zeros count as digits) or kOutOfRange.
ParseStatus ParseDecimal(const char* begin, const char* end, int precision, int scale, __int128* out);

/// Read a bool, 1 or 0, by the default spellings. The spellings, in full: true True TRUE t T 1, false False FALSE f F
/// 0. Gives kBadBool.
ParseStatus ParseBool(const char* begin, const char* end, uint8_t* out);

/// Read a bool by a column's own words, compared byte by byte. Gives kBadBool.
ParseStatus ParseBoolWord(const char* begin, const char* end, const std::vector<std::pair<std::string, uint8_t>>& words,
                          uint8_t* out);

/// Read a UUID as its 16 bytes: 8-4-4-4-12 hex digits of either case, or 32 of them without hyphens; with `braced`,
/// the first form in braces and no other. Gives kBadUuid.
ParseStatus ParseUuid(const char* begin, const char* end, bool braced, uint8_t* out);

/// Read pairs of hex digits of either case, 0x or \x before them or not. `out` has room for as many bytes as the text
/// has, `*size` of them are written. Gives kBadBinary.
ParseStatus ParseHex(const char* begin, const char* end, char* out, int64_t* size);

/// Read base64 (RFC 4648, section 4): + and /, padded with = to a multiple of four, and no bits left over that are not
/// 0. Room and size as for ParseHex. Gives kBadBinary.
ParseStatus ParseBase64(const char* begin, const char* end, char* out, int64_t* size);

/// Read YYYY-MM-DD (proleptic Gregorian, years 0001 to 9999) as days since 1970-01-01. Gives kBadDate.
ParseStatus ParseDate(const char* begin, const char* end, int32_t* out);

/// Read HH:MM, HH:MM:SS or HH:MM:SS.fraction (00:00 to 23:59:59) as units since midnight.
/// Gives kBadTime (24:00, a leap second or an offset among others) or kDigitsBeyondScale.
ParseStatus ParseTime(const char* begin, const char* end, TimeUnit unit, int64_t* out);

/// What a timestamp column asks of an offset in the text.
enum class OffsetRule : uint8_t {
  kRefused,  ///< a column without a zone: an offset is kUnexpectedOffset
  kOptional  ///< without one the text is local to the zone
};

class LocalZone;

/// How the texts of a timestamp column are read. Made once a column.
struct TimestampRules {
  TimeUnit unit = TimeUnit::kMilli;
  bool iso = true;         ///< ISO 8601 is allowed
  bool all_forms = false;  ///< in all its forms
  bool epoch = false;      ///< with `iso` digits alone, without it numbers are an epoch
  TimeUnit epoch_unit = TimeUnit::kMilli;
  OffsetRule offset_rule = OffsetRule::kRefused;
  int32_t zone_seconds = 0;         ///< what a zone without a name of its own is ahead of UTC
  const LocalZone* zone = nullptr;  ///< a named zone's clock changes
  Ambiguous ambiguous = Ambiguous::kRefused;
};

/// Return the rules of a timestamp column. Epochs are allowed for timestamp[ms] by default, and by an epoch format.
/// `zone` is given, and outlives the rules, where NeedsZone is true.
TimestampRules MakeTimestampRules(const DataType& type, const Format& format, const LocalZone* zone);

/// Return true where the type's zone has a name whose clock changes must be looked up: neither UTC, Etc/UTC nor fixed.
bool NeedsZone(const DataType& type);

/// Read a timestamp as units since 1970-01-01T00:00:00.
/// Shapes: YYYY-MM-DD (midnight); the same, then T, t or a space, HH:MM[:SS[.fraction]], then an offset if the
/// rules allow it: Z, z, +HH:MM, +HHMM or +HH; what ParseIsoDate and ParseIsoTime take, where the rules ask for all
/// forms; digits alone where the rules allow an epoch, or a number with a sign and a fraction where they allow nothing
/// else.
/// Gives kBadTimestamp, kDigitsBeyondScale, kUnexpectedOffset, kAmbiguousTime, kNonexistentTime or kOutOfRange (never
/// a wrapped value; seconds that Parquet's milliseconds do not hold are out of range too).
ParseStatus ParseTimestamp(const char* begin, const char* end, const TimestampRules& rules, int64_t* out);

}  // namespace v0
}  // namespace headrace
