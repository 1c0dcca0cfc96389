// Bools: a closed list of spellings, compared as words of eight bytes: up to seven characters and their number.
#include <string_view>

#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

// The length keeps "1" and "1\0" apart.
constexpr uint64_t Word(std::string_view spelling) {
  uint64_t word = uint64_t{spelling.size()} << 56;
  for (size_t i = 0; i < spelling.size(); i++) word |= uint64_t{static_cast<unsigned char>(spelling[i])} << (8 * i);
  return word;
}

inline ParseStatus ParseBoolInline(const char* begin, const char* end, uint8_t* out) {
  const size_t length = static_cast<size_t>(end - begin);
  if (length - 1 >= 7) return ParseStatus(RejectKind::kBadBool);
  switch ((LoadEight(begin) & ((uint64_t{1} << (8 * length)) - 1)) | uint64_t{length} << 56) {
    case Word("1"):
    case Word("t"):
    case Word("T"):
    case Word("true"):
    case Word("True"):
    case Word("TRUE"):
      *out = 1;
      return ParseStatus();
    case Word("0"):
    case Word("f"):
    case Word("F"):
    case Word("false"):
    case Word("False"):
    case Word("FALSE"):
      *out = 0;
      return ParseStatus();
    default:
      return ParseStatus(RejectKind::kBadBool);
  }
}

void ConvertBools(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<uint8_t>(fields, out, bad, ParseBoolInline);
}

void ConvertBoolWords(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEachUnescaped<uint8_t>(fields, out, bad, [&](const char* begin, const char* end, uint8_t* value) {
    return ParseBoolWord(begin, end, rules.bool_words, value);
  });
}

}  // namespace

ParseStatus ParseBool(const char* begin, const char* end, uint8_t* out) { return ParseBoolInline(begin, end, out); }

ParseStatus ParseBoolWord(const char* begin, const char* end, const std::vector<std::pair<std::string, uint8_t>>& words,
                          uint8_t* out) {
  const std::string_view text(begin, static_cast<size_t>(end - begin));
  for (const auto& [word, value] : words) {
    if (word != text) continue;
    *out = value;
    return ParseStatus();
  }
  return ParseStatus(RejectKind::kBadBool);
}

ConvertFn BoolWordConverter() { return ConvertBoolWords; }

ConvertFn BoolConverter() { return ConvertBools; }

}  // namespace v0
}  // namespace headrace
