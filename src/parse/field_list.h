#pragma once
// The noun between parse and decode: where the fields of one column lie in one window of text.
#include <cstdint>
#include <optional>

#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// Bytes that may be read, whatever they hold, before and after any window of text.
inline constexpr int kTextPadding = 64;

/// The fields of one column over the rows of a window: row i is text[begin[i], end[i]).
/// Quotes around a field and the CR of a CR LF are already left out. Behind the last row it is repeated kPadding times,
/// so that blocks of eight can be filled up.
struct FieldList {
  static constexpr uint32_t kPadding = 7;
  const char* text = nullptr;  ///< kTextPadding readable bytes on either side
  const uint32_t* begin = nullptr;
  const uint32_t* end = nullptr;
  uint32_t size = 0;  ///< rows
  /// Bit i: row i stood in quotes. nullptr: no row did.
  const uint64_t* quoted = nullptr;
  /// Bit i: the text of row i is not its bytes: see FieldBytes. nullptr: none is so.
  const uint64_t* escaped = nullptr;
  char quote = '"';
  std::optional<char> escape = std::nullopt;
  EscapeStyle escape_style = EscapeStyle::kField;
  bool utf8 = false;        ///< every field of the window is known to be well-formed UTF-8
  bool none_empty = false;  ///< no field is empty: known, not guessed

  bool is_quoted(uint32_t row) const { return quoted && (quoted[row >> 6] >> (row & 63) & 1); }
  bool is_escaped(uint32_t row) const { return escaped && (escaped[row >> 6] >> (row & 63) & 1); }
};

/// Repeat the last of a list's `size` entries behind them.
inline void PadList(uint32_t* list, uint32_t size) {
  if (size == 0) return;
  for (uint32_t i = size; i < size + FieldList::kPadding; i++) list[i] = list[size - 1];
}

/// Reads the text of a field byte by byte: of two quotes in a quoted field the second one is left out, and escapes are
/// read as their style has it.
class FieldBytes {
 public:
  FieldBytes(const char* begin, const char* end, bool quoted, char quote, std::optional<char> escape, EscapeStyle style)
      : at_(begin), end_(end), is_quoted_(quoted), quote_(quote), escape_(escape), style_(style) {
    if (style == EscapeStyle::kQuoted && !quoted) escape_.reset();
  }
  FieldBytes(const FieldList& fields, uint32_t row)
      : FieldBytes(fields.text + fields.begin[row], fields.text + fields.end[row], fields.is_quoted(row), fields.quote,
                   fields.escape, fields.escape_style) {}

  bool done() const { return at_ == end_; }
  char Next() {
    const char byte = *at_++;
    if (escape_ && byte == *escape_ && at_ < end_) {
      if (style_ == EscapeStyle::kC) return NextOfC();
      if (style_ == EscapeStyle::kField || *at_ == quote_ || *at_ == *escape_) return *at_++;
    }
    if (is_quoted_ && byte == quote_ && at_ < end_ && *at_ == quote_) at_++;
    return byte;
  }

 private:
  char NextOfC();

  const char* at_;
  const char* end_;
  bool is_quoted_;
  char quote_;
  std::optional<char> escape_;
  EscapeStyle style_;
};

}  // namespace v0
}  // namespace headrace
