#pragma once
// The rules of inferred columns: a text is a value only where the value gives the text back. Declared columns take
// more (leading zeros, a plus sign, a date alone as midnight); these forms are called loose here.
// Takes: the text of a field. Gives: a class, or whether it is loose for a type. Owns: nothing. Threads: pure.
// Fails: never; what is nothing else is text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/number_text.h"
#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// What a text could be the value of. A column's type follows from the classes of its values.
enum class ValueClass : uint8_t {
  kBool,             ///< true or false, in lower, upper or title case
  kInteger,          ///< of at most 2^53, so that a float holds it
  kLongInteger,      ///< in 64 bits, signed
  kUnsignedInteger,  ///< in 64 bits, unsigned alone
  kHugeInteger,      ///< of at most 38 digits
  kDecimal,          ///< a fraction, of at most 17 significant digits in all, that a double gives back
  kLongDecimal,      ///< a fraction, of at most 38 digits
  kFloat,            ///< the same with an exponent; or zero with a minus sign
  kSpecialFloat,     ///< inf, infinity, nan, in any case
  kDate,             ///< YYYY-MM-DD
  kTimestamp,        ///< date, T or a space, time; no offset
  kInstant,          ///< the same with an offset
  kTime,             ///< HH:MM, with seconds and a fraction or without
  kNullWord,         ///< a usual spelling of null; text where the column holds text
  kText
};
inline constexpr int kValueClasses = 15;
inline constexpr size_t kMaxTypedBytes = 64;  ///< longer texts are text

/// How the digits before a number's fraction stand, where the column's numbers may have a mark between thousands.
enum class Grouping : uint8_t {
  kShort,    ///< fewer than four digits, or no such mark in the column
  kPlain,    ///< four digits or more, without marks
  kGrouped,  ///< one mark and no fraction: another reader may take the mark for that before a fraction
  kProven    ///< two marks or more, or one and a fraction
};
inline constexpr int kGroupings = 4;

/// A class, and what the type's parameters depend on.
struct Classified {
  ValueClass value_class = ValueClass::kText;
  bool negative = false;
  int integer_digits = 0;     ///< numbers: before the point, leading zeros not counted
  int fraction_digits = 0;    ///< numbers and times: behind the point
  bool beyond_nanos = false;  ///< timestamps: before 1677-09-21 or behind 2262-04-11, which nanoseconds do not hold
  Grouping grouping = Grouping::kShort;
};

/// Return true for microseconds since 1970 that 64 bits do not hold as nanoseconds.
inline bool IsBeyondNanos(int64_t micros) {
  constexpr int64_t kMost = INT64_MAX / 1000;
  return micros < -kMost || micros > kMost;
}

/// Classify the text of one field, whose numbers have the marks of `rules`; empty texts are not asked for.
Classified Classify(std::string_view text, const NumberRules& rules = {});

/// Return what a field with an escape in it is classified as, given its text without and with its escapes: no column of
/// another type than text takes it, so that one of the two that is text.
std::string_view EscapedAsText(std::string_view unescaped, std::string_view raw);

/// Return true for the classes of numbers.
bool IsNumberClass(ValueClass value_class);

/// Return true where `text`, which the decoder of an inferred column of `type` with `rules` takes, is not one that
/// gives its text back. Where there is a mark between thousands, it stands between all of them.
bool IsLoose(const DataType& type, const NumberRules& rules, std::string_view text);

}  // namespace v0
}  // namespace headrace
