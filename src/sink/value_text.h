#pragma once
// Values as text for people and for JSON: exact, and without any locale.
// Takes: plain values and their types. Gives: strings. Owns: nothing. Threads: free functions. Fails: never.
#include <cstdint>
#include <string>
#include <string_view>

#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// A whole number of up to 192 bits: `high` * 2^64 + `low`. Sums in this form cannot wrap: `low` takes 2^64 addends of
/// 64 bits, `high` the same, and no table has as many rows.
struct WideInteger {
  __int128 high = 0;
  unsigned __int128 low = 0;

  void Add(__int128 value) {
    low += static_cast<uint64_t>(value);
    high += value >> 64;
  }
  void Add(WideInteger other) {
    low += static_cast<uint64_t>(other.low);
    high += other.high + static_cast<__int128>(other.low >> 64);
  }
};

/// Return the decimal digits of `value`, with a point before the last `scale` of them where `scale` is not 0.
std::string WideText(const WideInteger& value, int scale = 0);

/// Return a value of a type other than string, binary, dictionary and float: bool as true or false, numbers in digits,
/// decimals with their scale, dates and times as ISO 8601 with as many fraction digits as the unit has. An instant
/// (a timestamp with a zone) is shown in UTC, with Z. Years beyond 0 to 9999 have a sign. The value of a UUID is its
/// number with the highest bit turned, so that signed values compare as UUIDs do.
std::string ValueText(const DataType& type, __int128 value);

/// Return the shortest text that reads back as the same value; inf, -inf, nan.
std::string FloatText(double value);
std::string FloatText(float value);

/// Return two lower-case hexadecimal digits for each byte.
std::string HexText(std::string_view bytes);

}  // namespace v0
}  // namespace headrace
