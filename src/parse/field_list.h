#pragma once
// The noun between parse and decode: where the fields of one column lie in one window of text.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Bytes that may be read, whatever they hold, before and after any window of text.
inline constexpr int kTextPadding = 64;

/// The fields of one column over the rows of a window: row i is text[begin[i], end[i]).
/// Quotes around a field and the CR of a CR LF are already left out.
struct FieldList {
  const char* text = nullptr;  ///< kTextPadding readable bytes on either side
  const uint32_t* begin = nullptr;
  const uint32_t* end = nullptr;
  uint32_t size = 0;  ///< rows
  /// Bit i: row i stood in quotes. nullptr: no row did.
  const uint64_t* quoted = nullptr;
  /// Bit i: row i holds doubled quotes that must be halved (only where `quoted` is set too).
  const uint64_t* doubled = nullptr;
  char quote = '"';
  bool ascii = false;  ///< no byte of the window is above 0x7F

  bool is_quoted(uint32_t row) const { return quoted && (quoted[row >> 6] >> (row & 63) & 1); }
  bool is_doubled(uint32_t row) const { return doubled && (doubled[row >> 6] >> (row & 63) & 1); }
};

}  // namespace v0
}  // namespace headrace
