// Names of encodings, and which converter each has.
#include "source/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <utility>

#include "headrace/schema.h"
#include "source/converters.h"

namespace headrace {
inline namespace v0 {
namespace {

using namespace std::string_view_literals;

// Spellings that iconv does not know, or knows with another meaning.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"utf8", "utf-8"},          {"utf-8-sig", "utf-8"},      {"utf16", "utf-16"},        {"utf16le", "utf-16-le"},
    {"utf-16le", "utf-16-le"},  {"utf16be", "utf-16-be"},    {"utf-16be", "utf-16-be"},  {"utf32", "utf-32"},
    {"utf-32le", "utf-32-le"},  {"utf-32be", "utf-32-be"},   {"latin1", "iso-8859-1"},   {"latin-1", "iso-8859-1"},
    {"l1", "iso-8859-1"},       {"iso8859-1", "iso-8859-1"}, {"cp1252", "windows-1252"}, {"sjis", "shift_jis"},
    {"shift-jis", "shift_jis"},
};

constexpr std::string_view kOwnNames[] = {"utf-8",  "utf-16",    "utf-16-le", "utf-16-be",
                                          "utf-32", "utf-32-le", "utf-32-be"};

// The name that iconv has for a canonical one.
std::string IconvName(const std::string& encoding) {
  if (encoding == "utf-32-le") return "UTF-32LE";
  if (encoding == "utf-32-be") return "UTF-32BE";
  return encoding;
}

bool IconvKnows(const std::string& name) {
  iconv_t conversion = iconv_open("UTF-8", name.c_str());
  if (conversion == reinterpret_cast<iconv_t>(-1)) return false;
  iconv_close(conversion);
  return true;
}

}  // namespace

Result<std::string> ParseEncoding(std::string_view text) {
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  for (const auto& [alias, meaning] : kAliases) {
    if (alias == dashed) dashed = name = meaning;
  }
  if (std::find(std::begin(kOwnNames), std::end(kOwnNames), dashed) != std::end(kOwnNames)) return dashed;
  const bool plain = !name.empty() && name.find_first_of("/ \t\n,") == std::string::npos;  // iconv gives these meanings
  for (const std::string& candidate : {name, dashed}) {
    if (plain && IconvKnows(candidate)) return candidate;
  }
  return Status::Invalid("'", text, "' is not an encoding that iconv knows\n",
                         "fix: use a name such as utf-8, utf-16-le, latin-1, windows-1252, shift_jis or gb18030 "
                         "(iconv -l lists them)");
}

std::string_view EncodingByMark(std::string_view head) {
  if (head.starts_with("\xff\xfe\x00\x00"sv)) return "utf-32-le";
  if (head.starts_with("\x00\x00\xfe\xff"sv)) return "utf-32-be";
  if (head.starts_with("\xff\xfe"sv)) return "utf-16-le";
  if (head.starts_with("\xfe\xff"sv)) return "utf-16-be";
  return {};
}

Result<std::string> EncodingOf(const std::string& declared, std::string_view head, const std::string& path) {
  const std::string_view marked = EncodingByMark(head);
  if (declared.empty()) return std::string(marked.empty() ? "utf-8"sv : marked);
  if (declared != "utf-16" && declared != "utf-32") return declared;
  if (marked.starts_with(declared)) return std::string(marked);
  if (head.empty()) return std::string("utf-8");
  return Status::Invalid("'", path, "' has no byte order mark, which --encoding ", declared, " needs",
                         "\nfix: say which it is: --encoding ", declared, "-le (as Windows writes) or ", declared,
                         "-be");
}

Result<std::unique_ptr<Converter>> MakeConverter(const std::string& encoding) {
  if (encoding == "utf-16-le") return MakeUtf16Converter(/*big_endian=*/false);
  if (encoding == "utf-16-be") return MakeUtf16Converter(/*big_endian=*/true);
  const std::string name = IconvName(encoding);
  if (auto converter = MakeByteConverter(name)) return converter;
  return MakeIconvConverter(name);
}

}  // namespace v0
}  // namespace headrace
