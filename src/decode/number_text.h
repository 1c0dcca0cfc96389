#pragma once
// Numbers with marks of their own (decimal comma, thousands, percent, currency), rewritten as the plain parsers read
// them. Takes: a field and its column's rules. Gives: text for ParseInteger, ParseFloat64 and the like. Owns: a buffer
// of fixed size. Threads: functions without state; no locale. Fails: by false; nothing is guessed.
#include <cstdint>

#include "decode/values.h"
#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {

/// How the numbers of a column are written.
struct NumberRules {
  static constexpr int kMaxSymbolBytes = 16;
  char decimal = '.';
  char thousands[4] = {};
  uint8_t thousands_bytes = 0;  ///< 0: there are none
  NumberFormat format = NumberFormat::kPlain;
  bool shifts_point = false;  ///< percent: move the point, for decimals; otherwise give an exponent, for floats
  char symbol[kMaxSymbolBytes] = {};
  uint8_t symbol_bytes = 0;

  /// Return true where the plain parsers read the text as it is.
  bool plain() const { return decimal == '.' && thousands_bytes == 0 && format == NumberFormat::kPlain; }
};

/// Return the rules of a column. Marks and symbol have at most as many bytes as the rules have room for.
NumberRules MakeNumberRules(const DataType& type, const Format& format);

/// A rewritten number, with padding around it.
struct NumberText {
  static constexpr int kMaxBytes = 1000;        ///< of a field: longer ones are refused
  static constexpr int kRoom = kMaxBytes + 16;  // a sign, two zeros and an exponent may be added
  char buffer[kTextPadding + kRoom + kTextPadding] = {};
  const char* begin() const { return buffer + kTextPadding; }
  const char* end = buffer + kTextPadding;
};

/// Rewrite [begin, end) with a dot before the fraction and nothing else beside the digits.
///
/// Thousands: no separators at all, or one between all groups: one to three digits that do not begin with 0, then
/// groups of three; none in the fraction. Percent: the sign is required, one space may be before it, no exponent.
/// Currency: the symbol may stand before or behind the number, one space between them, a sign before either; or all of
/// it, without a sign, in parentheses that mean minus. A space is an ASCII, no-break or narrow no-break one.
bool RewriteNumber(const char* begin, const char* end, const NumberRules& rules, NumberText* text);

}  // namespace v0
}  // namespace headrace
