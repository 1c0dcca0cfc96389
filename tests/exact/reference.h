#pragma once
// What a field must give, by code that shares none with decode: the C library's strtod, strtof, strtoull and timegm,
// and the grammars of docs/types.md a byte at a time.
// Takes: a field that is not empty, NUL behind it. Gives: Wanted. Owns: nothing. Threads: functions without state.
// Fails: never; `known` is false where nothing here can tell.
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

#include "decode/column_decoder.h"

namespace headrace {
inline namespace v0 {

/// A value, as the bytes that a column holds, or why there is none. A value of text is its text.
struct Wanted {
  bool known = true;
  bool ok = false;
  RejectKind kind = RejectKind::kBadInteger;
  uint8_t bytes[16] = {};

  template <class T>
  static Wanted Value(const T& value) {
    Wanted wanted;
    wanted.ok = true;
    std::memcpy(wanted.bytes, &value, sizeof(T));
    return wanted;
  }
  static Wanted Bad(RejectKind kind) {
    Wanted wanted;
    wanted.kind = kind;
    return wanted;
  }
  static Wanted Unknown() {
    Wanted wanted;
    wanted.known = false;
    return wanted;
  }
};

using Reference = std::function<Wanted(std::string_view text)>;

/// Return the reference of a column: text, and the kinds that have kernels, in their default form or as epochs.
Reference ReferenceOf(const ColumnSpec& spec);

/// Clock changes of Rome in 2013, and no others: the zone of all columns whose type names Europe/Rome.
inline constexpr int64_t kSummerBegins = 1364691600, kSummerEnds = 1382835600;

}  // namespace v0
}  // namespace headrace
