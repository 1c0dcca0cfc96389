// The bytes of a dialect as flags and schema files spell them.
#include <charconv>
#include <string>

#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxDelimiterBytes = 16;

// Take one byte off the front of `text`: \t, \\, \xNN or the byte itself.
char TakeByte(std::string_view* text) {
  const auto take = [&](size_t size, char byte) {
    text->remove_prefix(size);
    return byte;
  };
  if (text->starts_with("\\t")) return take(2, '\t');
  if (text->starts_with("\\\\")) return take(2, '\\');
  if (text->starts_with("\\x") && text->size() >= 4) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text->data() + 2, text->data() + 4, value, 16);
    if (error == std::errc() && end == text->data() + 4) return take(4, static_cast<char>(value));
  }
  return take(1, text->front());
}

}  // namespace

Result<char> ParseByte(std::string_view text) {
  std::string_view rest = text;
  if (!text.empty()) {
    const char byte = TakeByte(&rest);
    if (rest.empty()) return byte;
  }
  return Status::Invalid("'", text, "' is not one byte\nfix: give a single ASCII character, \\t for a tab, or \\xNN");
}

Result<std::string> ParseDelimiter(std::string_view text) {
  if (text == kWhitespace) return std::string(kWhitespace);
  std::string bytes;
  bool is_clear = true;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t before = rest.size();
    bytes += TakeByte(&rest);
    is_clear &= bytes.back() != '\\' || before - rest.size() > 1 || text.size() == 1;
  }
  if (is_clear && !bytes.empty() && bytes.size() <= kMaxDelimiterBytes) return bytes;
  return Status::Invalid("'", text, "' is no delimiter\nfix: give 1 to ", kMaxDelimiterBytes,
                         " bytes, with \\t for a tab, \\\\ for a backslash and \\xNN for any byte, or ", kWhitespace,
                         " for runs of spaces and tabs");
}

}  // namespace v0
}  // namespace headrace
