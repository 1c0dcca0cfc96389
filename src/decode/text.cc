// Strings, binary and dictionaries: bytes copied, doubled quotes halved, escapes left out, UTF-8 checked.
#include <cstring>

#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

inline bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the well-formed sequence at `at`, whose first byte is above 0x7F; 0 if it is not one.
// Unicode 15, table 3-7: the second byte's range is what keeps out overlong forms, surrogates and values too large.
inline uint32_t SequenceLength(const unsigned char* at, int64_t available) {
  const unsigned char first = at[0];
  if (first < 0xC2 || first > 0xF4 || available < 2) return 0;
  const unsigned char second = at[1];
  if (first < 0xE0) return IsContinuation(second) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return available >= 3 && second >= low && second <= high && IsContinuation(at[2]) ? 3 : 0;
  }
  const unsigned char low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
  const bool valid =
      available >= 4 && second >= low && second <= high && IsContinuation(at[2]) && IsContinuation(at[3]);
  return valid ? 4 : 0;
}

// Copy a field of any length; short ones as a block of fixed size, which both sides have room for.
inline void CopyField(const char* from, uint32_t length, char* to) {
  if (length <= 32) [[likely]] {
    std::memcpy(to, from, 32);
  } else {
    std::memcpy(to, from, length);
  }
}

// kCheck: the bytes must be UTF-8. kQuotes: there may be doubled quotes or escapes.
template <bool kCheck, bool kQuotes>
void ConvertText(const FieldList& fields, const uint32_t* rows, uint32_t num_rows, ColumnOut* out, BadValueList* bad) {
  int32_t* offset = reinterpret_cast<int32_t*>(out->values) + out->num_values;
  char* bytes = out->bytes;
  int64_t num_bytes = out->num_bytes;
  *offset = static_cast<int32_t>(num_bytes);
  for (uint32_t i = 0; i < num_rows; i++) {
    const uint32_t row = rows[i];
    const char* text = fields.text + fields.begin[row];
    const uint32_t length = fields.end[row] - fields.begin[row];
    const bool escaped = kQuotes && fields.is_escaped(row);
    if (kCheck && !(escaped && fields.escape) && !IsValidUtf8(text, text + length)) [[unlikely]] {
      NoteBad(row, RejectKind::kInvalidUtf8, out, bad);
      continue;
    }
    if (escaped) {
      char* const copy = bytes + num_bytes;
      const uint32_t copied = CopyUnescaped(fields, row, copy);
      // Escapes may stand inside a character, and be bytes of one.
      if (kCheck && fields.escape && !IsValidUtf8(copy, copy + copied)) {
        NoteBad(row, RejectKind::kInvalidUtf8, out, bad);
        continue;
      }
      num_bytes += copied;
    } else {
      CopyField(text, length, bytes + num_bytes);
      num_bytes += length;
    }
    *++offset = static_cast<int32_t>(num_bytes);
  }
  out->num_values = offset - reinterpret_cast<int32_t*>(out->values);
  out->num_bytes = num_bytes;
}

template <bool kUtf8>
void ConvertStrings(const ConvertRules&, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                    ColumnOut* out, BadValueList* bad) {
  const bool check = kUtf8 && !fields.ascii, quotes = fields.escaped != nullptr;
  if (check) {
    return quotes ? ConvertText<true, true>(fields, rows, num_rows, out, bad)
                  : ConvertText<true, false>(fields, rows, num_rows, out, bad);
  }
  return quotes ? ConvertText<false, true>(fields, rows, num_rows, out, bad)
                : ConvertText<false, false>(fields, rows, num_rows, out, bad);
}

}  // namespace

uint32_t CopyUnescaped(const FieldList& fields, uint32_t row, char* to) {
  char* start = to;
  if (fields.escape) {
    for (FieldBytes bytes(fields, row); !bytes.done(); to++) *to = bytes.Next();
    return static_cast<uint32_t>(to - start);
  }
  const char* from = fields.text + fields.begin[row];
  const char* end = fields.text + fields.end[row];
  while (from < end) {
    const void* found = std::memchr(from, fields.quote, static_cast<size_t>(end - from));
    const char* stop = found != nullptr ? static_cast<const char*>(found) + 1 : end;
    std::memcpy(to, from, static_cast<size_t>(stop - from));
    to += stop - from;
    from = stop < end && *stop == fields.quote ? stop + 1 : stop;
  }
  return static_cast<uint32_t>(to - start);
}

bool IsValidUtf8(const char* begin, const char* end) {
  const unsigned char* at = reinterpret_cast<const unsigned char*>(begin);
  const unsigned char* stop = reinterpret_cast<const unsigned char*>(end);
  while (at < stop) {
    const uint64_t high = LoadEight(reinterpret_cast<const char*>(at)) & kHighBits;
    if (high == 0) {
      at += 8;  // may pass the end: the bytes up to it are ASCII
      continue;
    }
    at += std::countr_zero(high) >> 3;
    while (at < stop && *at >= 0x80) {  // text of one script has several such characters in a row
      const uint32_t length = SequenceLength(at, stop - at);
      if (length == 0) return false;
      at += length;
    }
  }
  return true;
}

ConvertFn TextConverter(TypeKind kind) {
  return kind == TypeKind::kBinary ? ConvertStrings<false> : ConvertStrings<true>;
}

}  // namespace v0
}  // namespace headrace
