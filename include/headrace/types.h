#pragma once
// The column types and how their text is written, as plain values. Gives: TypeKind, TimeUnit, DataType, Format.
// Owns: nothing. No Arrow here: the parse and decode rooms build without it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headrace {
inline namespace v0 {

/// The kinds of column that a schema can declare.
enum class TypeKind : uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat32,
  kFloat64,
  kDecimal,     ///< Decimal128(precision, scale)
  kString,      ///< valid UTF-8
  kBinary,      ///< any bytes
  kDate,        ///< days since 1970-01-01, 32 bits
  kTimestamp,   ///< units since 1970-01-01T00:00:00, 64 bits
  kTime,        ///< units since midnight: 32 bits for s and ms, 64 bits for us and ns
  kDuration,    ///< a count of units, 64 bits
  kDictionary,  ///< strings as int32 indices in order of first appearance
  kUuid         ///< 16 bytes, in the order of the text
};

/// The unit of a timestamp, time or duration.
enum class TimeUnit : uint8_t { kSecond, kMilli, kMicro, kNano };

/// What an escape byte means.
enum class EscapeStyle : uint8_t {
  kField,   ///< in quotes and outside: the byte behind it is an ordinary byte
  kQuoted,  ///< in quotes alone, before a quote or an escape; everywhere else it is text
  kC        ///< as kField, and letters and digits behind it stand for other bytes: \n, \t, \012, \x0a, ...
};

/// How the text of a date, time or timestamp is written.
enum class TimeFormat : uint8_t {
  kDefault,  ///< ISO 8601 as RFC 3339 has it; all-digit text is an epoch for timestamp[ms] alone
  kIso8601,  ///< ISO 8601 in all its forms, and no epoch
  kPattern,  ///< strptime directives
  kEpochS,
  kEpochMs,
  kEpochUs,
  kEpochNs
};

/// What becomes of a local time that a zone has twice, because its clocks were set back.
enum class Ambiguous : uint8_t {
  kRefused,  ///< a bad value
  kEarlier,  ///< the first of the two instants
  kLater     ///< the second
};

/// What a number's text holds beside the number.
enum class NumberFormat : uint8_t {
  kPlain,    ///< nothing
  kPercent,  ///< a percent sign behind it: the value is a hundredth
  kCurrency  ///< a symbol before or behind it; negative ones may stand in parentheses
};

/// How bytes are written as text.
enum class BytesFormat : uint8_t { kRaw, kHex, kBase64 };

/// How the values of one column are written. As it stands, the default of every type.
struct Format {
  Format() = default;
  Format(TimeFormat format) : time(format) {}  // NOLINT: most columns with a format have this one alone

  TimeFormat time = TimeFormat::kDefault;
  std::string pattern;  ///< for TimeFormat::kPattern
  Ambiguous ambiguous = Ambiguous::kRefused;
  NumberFormat number = NumberFormat::kPlain;
  std::string currency;                   ///< the symbol, for NumberFormat::kCurrency
  std::optional<char> decimal;            ///< '.' or ','; none: the dialect's
  std::optional<std::string> thousands;   ///< between groups of three digits, "" for none; none: the dialect's
  BytesFormat bytes = BytesFormat::kRaw;  ///< binary columns
  bool braced = false;                    ///< UUIDs stand in braces
  std::vector<std::string> true_values, false_values;  ///< in place of the default spellings; both or neither

  bool operator==(const Format&) const = default;
};

/// A column's type with its parameters; fields that a kind does not use stay at their defaults.
struct DataType {
  TypeKind kind = TypeKind::kString;
  TimeUnit unit = TimeUnit::kMilli;
  int precision = 0;  ///< decimal digits in all, 1 to 38
  int scale = 0;      ///< decimal digits after the point, 0 to precision
  std::string zone;   ///< timestamp: empty is wall clock, otherwise an instant shown in this zone

  bool operator==(const DataType&) const = default;
};

/// Return true where values are bytes of varying length (string, binary, dictionary).
constexpr bool IsVariableWidth(TypeKind kind) {
  return kind == TypeKind::kString || kind == TypeKind::kBinary || kind == TypeKind::kDictionary;
}

/// Return true where values are numbers: integers, floats and decimals.
constexpr bool IsNumber(TypeKind kind) { return kind >= TypeKind::kInt8 && kind <= TypeKind::kDecimal; }

/// Return true for integers of any width.
constexpr bool IsInteger(TypeKind kind) { return kind >= TypeKind::kInt8 && kind <= TypeKind::kUInt64; }

/// Return true for integers without a sign.
constexpr bool IsUnsigned(TypeKind kind) { return kind >= TypeKind::kUInt8 && kind <= TypeKind::kUInt64; }

/// Return the bytes that one decoded value takes; for variable-width kinds, of one offset.
constexpr int ValueWidth(const DataType& type) {
  switch (type.kind) {
    case TypeKind::kBool:
    case TypeKind::kInt8:
    case TypeKind::kUInt8:
      return 1;
    case TypeKind::kInt16:
    case TypeKind::kUInt16:
      return 2;
    case TypeKind::kInt32:
    case TypeKind::kUInt32:
    case TypeKind::kFloat32:
    case TypeKind::kDate:
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      return 4;
    case TypeKind::kTime:
      return type.unit <= TimeUnit::kMilli ? 4 : 8;
    case TypeKind::kDecimal:
    case TypeKind::kUuid:
      return 16;
    default:
      return 8;
  }
}

}  // namespace v0
}  // namespace headrace
