// Bytes written as text: UUIDs, hex digits, base64.
#include <array>
#include <string_view>

#include "decode/converters.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint8_t kNoDigit = 0xFF;

// The value of every byte as a digit of an alphabet; kNoDigit for the others.
constexpr std::array<uint8_t, 256> MakeDigits(std::string_view alphabet) {
  std::array<uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (size_t i = 0; i < alphabet.size(); i++) digits[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  return digits;
}

constexpr std::array<uint8_t, 256> MakeHexDigits() {
  std::array<uint8_t, 256> digits = MakeDigits("0123456789abcdef");
  for (uint8_t i = 0; i < 6; i++) digits[static_cast<uint8_t>('A' + i)] = static_cast<uint8_t>(10 + i);
  return digits;
}

constexpr std::array<uint8_t, 256> kHexDigits = MakeHexDigits();
constexpr std::array<uint8_t, 256> kBase64Digits =
    MakeDigits("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

inline uint8_t Digit(const std::array<uint8_t, 256>& digits, char c) { return digits[static_cast<uint8_t>(c)]; }

// Two hex digits to a byte each; false where one is none.
template <class Byte>
bool ReadHexBytes(const char* text, int64_t num_bytes, Byte* out) {
  uint8_t all = 0;
  for (int64_t i = 0; i < num_bytes; i++) {
    const uint8_t high = Digit(kHexDigits, text[2 * i]), low = Digit(kHexDigits, text[2 * i + 1]);
    all |= high | low;
    out[i] = static_cast<Byte>(high << 4 | low);
  }
  return all <= 0xF;
}

template <bool kBraced>
void ConvertUuids(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  using Uuid = std::array<uint8_t, 16>;
  ConvertEach<Uuid>(fields, out, bad, [](const char* begin, const char* end, Uuid* value) {
    return ParseUuid(begin, end, kBraced, value->data());
  });
}

using ParseBytesFn = ParseStatus (*)(const char* begin, const char* end, char* out, int64_t* size);

template <ParseBytesFn kParse>
void ConvertBytes(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  int32_t* offset = reinterpret_cast<int32_t*>(out->values) + out->num_values;
  *offset = static_cast<int32_t>(out->num_bytes);
  for (uint32_t i = 0; i < fields.size; i++) {
    const uint32_t row = fields.rows[i];
    const char* begin = fields.list.text + fields.begin[i];
    const char* end = fields.list.text + fields.end[i];
    char* const to = out->bytes + out->num_bytes;
    if (fields.list.is_escaped(row)) [[unlikely]] {
      // COPY escapes the backslash of "\\x". Read in place: both forms have more digits than bytes.
      end = to + CopyUnescaped(fields.list, row, to);
      begin = to;
    }
    int64_t size = 0;
    if (!kParse(begin, end, to, &size).ok()) {
      NoteBad(row, RejectKind::kBadBinary, out, bad);
      continue;
    }
    out->num_bytes += size;
    *++offset = static_cast<int32_t>(out->num_bytes);
  }
  out->num_values = offset - reinterpret_cast<int32_t*>(out->values);
}

}  // namespace

ParseStatus ParseUuid(const char* begin, const char* end, bool braced, uint8_t* out) {
  const ParseStatus bad(RejectKind::kBadUuid);
  if (braced) {
    if (end - begin != 38 || *begin != '{' || end[-1] != '}') return bad;
    begin++;
    end--;
  }
  if (end - begin == 32 && !braced) return ReadHexBytes(begin, 16, out) ? ParseStatus() : bad;
  if (end - begin != 36 || begin[8] != '-' || begin[13] != '-' || begin[18] != '-' || begin[23] != '-') return bad;
  const bool is_hex = ReadHexBytes(begin, 4, out) && ReadHexBytes(begin + 9, 2, out + 4) &&
                      ReadHexBytes(begin + 14, 2, out + 6) && ReadHexBytes(begin + 19, 2, out + 8) &&
                      ReadHexBytes(begin + 24, 6, out + 10);
  return is_hex ? ParseStatus() : bad;
}

ParseStatus ParseHex(const char* begin, const char* end, char* out, int64_t* size) {
  const std::string_view text(begin, static_cast<size_t>(end - begin));
  if (text.starts_with("0x") || text.starts_with("\\x")) begin += 2;
  *size = (end - begin) / 2;
  const bool is_hex = (end - begin) % 2 == 0 && ReadHexBytes(begin, *size, out);
  return is_hex ? ParseStatus() : ParseStatus(RejectKind::kBadBinary);
}

ParseStatus ParseBase64(const char* begin, const char* end, char* out, int64_t* size) {
  const ParseStatus bad(RejectKind::kBadBinary);
  if ((end - begin) % 4 != 0) return bad;
  int padding = 0;
  while (padding < 2 && begin < end && end[-1] == '=') {
    end--;
    padding++;
  }
  const char* const start = out;
  uint32_t bits = 0, held = 0;
  for (; begin < end; begin++) {
    const uint8_t digit = Digit(kBase64Digits, *begin);
    if (digit == kNoDigit) return bad;
    bits = bits << 6 | digit;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    *out++ = static_cast<char>(bits >> held);
  }
  if ((bits & ((1U << held) - 1)) != 0) return bad;
  *size = out - start;
  return ParseStatus();
}

ConvertFn UuidConverter(bool braced) { return braced ? ConvertUuids<true> : ConvertUuids<false>; }

ConvertFn BytesConverter(BytesFormat format) {
  return format == BytesFormat::kHex ? ConvertBytes<ParseHex> : ConvertBytes<ParseBase64>;
}

}  // namespace v0
}  // namespace headrace
