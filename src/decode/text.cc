// Strings, binary and dictionaries: bytes copied, doubled quotes halved, escapes left out, UTF-8 checked.
#include <algorithm>
#include <bit>
#include <cstring>

#include "decode/converters.h"
#include "decode/digits.h"
#include "simd/utf8.h"

namespace headrace {
inline namespace v0 {
namespace {

static_assert(kCopyTextsSlack <= kTextPadding);
static_assert(kCopyTextsSlack <= ColumnOut::kSlack);

// Copy a field of any length: at once a block of fixed size, which both sides have room for.
inline void CopyField(const char* from, uint32_t length, char* to) {
  constexpr uint32_t kAtOnce = 32;
  std::memcpy(to, from, kAtOnce);
  if (length > kAtOnce) [[unlikely]]
    std::memcpy(to + kAtOnce, from + kAtOnce, length - kAtOnce);
}

// Append fields whose text is their bytes.
void CopyTexts(const Kernels& kernels, const PresentFields& fields, ColumnOut* out) {
  int32_t* offsets = reinterpret_cast<int32_t*>(out->values) + out->num_values;
  out->num_bytes =
      kernels.copy_texts(fields.list.text, fields.begin, fields.end, fields.size, out->bytes, out->num_bytes, offsets);
  out->num_values += fields.size;
}

// kCheck: the bytes must be UTF-8. kQuotes: there may be doubled quotes or escapes.
template <bool kCheck, bool kQuotes>
void ConvertText(const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  int32_t* offset = reinterpret_cast<int32_t*>(out->values) + out->num_values;
  char* bytes = out->bytes;
  int64_t num_bytes = out->num_bytes;
  *offset = static_cast<int32_t>(num_bytes);
  const FieldList& list = fields.list;
  for (uint32_t i = 0; i < fields.size; i++) {
    const uint32_t row = fields.rows[i];
    const char* text = list.text + fields.begin[i];
    const uint32_t length = fields.end[i] - fields.begin[i];
    const bool escaped = kQuotes && list.is_escaped(row);
    if (kCheck && !(escaped && list.escape) && !IsValidUtf8(text, text + length)) [[unlikely]] {
      NoteBad(row, RejectKind::kInvalidUtf8, out, bad);
      continue;
    }
    if (escaped) {
      char* const copy = bytes + num_bytes;
      const uint32_t copied = CopyUnescaped(list, row, copy);
      // Escapes may stand inside a character, and be bytes of one.
      if (kCheck && list.escape && !IsValidUtf8(copy, copy + copied)) {
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
void ConvertStrings(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const bool check = kUtf8 && !fields.list.utf8, quotes = fields.list.escaped != nullptr;
  if (check) {
    return quotes ? ConvertText<true, true>(fields, out, bad) : ConvertText<true, false>(fields, out, bad);
  }
  return quotes ? ConvertText<false, true>(fields, out, bad) : CopyTexts(*rules.kernels, fields, out);
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
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t quotes = kOnes * static_cast<uint8_t>(fields.quote);
  while (from < end) {
    const uint64_t word = LoadEight(from), differs = word ^ quotes;
    const uint64_t found = (differs - kOnes) & ~differs & (kOnes << 7);  // the lowest bit is that of the first quote
    const ptrdiff_t whole = found == 0 ? 8 : std::countr_zero(found) / 8 + 1;
    const ptrdiff_t taken = std::min(whole, end - from);
    std::memcpy(to, &word, sizeof(word));
    to += taken;
    from += taken;
    if (found != 0 && taken == whole && from < end && *from == fields.quote) from++;
  }
  return static_cast<uint32_t>(to - start);
}

ConvertFn TextConverter(TypeKind kind) {
  return kind == TypeKind::kBinary ? ConvertStrings<false> : ConvertStrings<true>;
}

}  // namespace v0
}  // namespace headrace
