#include "plan/file_dialect.h"

#include <fnmatch.h>

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

bool Matches(const std::string& pattern, const std::string& path, size_t member_at) {
  const size_t slash = path.rfind('/');
  const size_t name = slash == std::string::npos ? 0 : slash + 1;
  if (pattern.find('/') == std::string::npos) {
    if (fnmatch(pattern.c_str(), path.c_str() + name, 0) == 0) return true;
    return member_at > name && fnmatch(pattern.c_str(), path.c_str() + member_at, 0) == 0;  // at the archive's top
  }
  size_t at = 0;
  while (fnmatch(pattern.c_str(), path.c_str() + at, FNM_PATHNAME) != 0) {
    at = path.find('/', at);
    if (at == std::string::npos) return false;
    at++;
  }
  return true;
}

template <auto kMember>
void Copy(const Dialect& from, Dialect* to) {
  to->*kMember = from.*kMember;
}

struct Key {
  std::string_view name;  // in a schema file
  void (*copy)(const Dialect& from, Dialect* to);
};

constexpr Key kKeys[] = {
    {"delimiter", Copy<&Dialect::delimiter>},
    {"quote", Copy<&Dialect::quote>},
    {"escape", Copy<&Dialect::escape>},
    {"escape_style", Copy<&Dialect::escape_style>},
    {"comment", Copy<&Dialect::comment>},
    {"terminator", Copy<&Dialect::terminator>},
    {"header", Copy<&Dialect::header>},
    {"header_rows", Copy<&Dialect::header_rows>},
    {"skip_rows", Copy<&Dialect::skip_rows>},
    {"skip_after_header", Copy<&Dialect::skip_after_header>},
    {"skip_footer", Copy<&Dialect::skip_footer>},
    {"lenient", Copy<&Dialect::lenient>},
    {"short_records", Copy<&Dialect::short_records>},
    {"long_records", Copy<&Dialect::long_records>},
    {"nulls", Copy<&Dialect::nulls>},
    {"no_nulls", Copy<&Dialect::no_nulls>},
    {"decimal", Copy<&Dialect::decimal>},
    {"thousands", Copy<&Dialect::thousands>},
    {"encoding", Copy<&Dialect::encoding>},
};

}  // namespace

size_t FileDialectOf(const Options& options, const std::string& path, size_t member_at) {
  size_t i = 0;
  while (i < options.file_dialects.size() && !Matches(options.file_dialects[i].match, path, member_at)) i++;
  return i;
}

Dialect DialectAt(const Options& options, size_t index) {
  Dialect dialect = options.dialect;
  if (index == options.file_dialects.size()) return dialect;
  const FileDialect& file = options.file_dialects[index];
  for (const Key& key : kKeys) {
    if (std::find(file.keys.begin(), file.keys.end(), key.name) != file.keys.end()) key.copy(file.dialect, &dialect);
  }
  return dialect;
}

std::vector<std::string_view> DialectKeys() {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) names.push_back(key.name);
  return names;
}

}  // namespace v0
}  // namespace headrace
