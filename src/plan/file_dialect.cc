#include "plan/file_dialect.h"

#include <fnmatch.h>

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

// Copy what a key of a schema file's dialect sets.
void CopyKey(std::string_view key, const Dialect& from, Dialect* to) {
  if (key == "delimiter") to->delimiter = from.delimiter;
  if (key == "quote") to->quote = from.quote;
  if (key == "escape") to->escape = from.escape;
  if (key == "escape_style") to->escape_style = from.escape_style;
  if (key == "comment") to->comment = from.comment;
  if (key == "terminator") to->terminator = from.terminator;
  if (key == "header") to->header = from.header;
  if (key == "header_rows") to->header_rows = from.header_rows;
  if (key == "skip_rows") to->skip_rows = from.skip_rows;
  if (key == "skip_after_header") to->skip_after_header = from.skip_after_header;
  if (key == "skip_footer") to->skip_footer = from.skip_footer;
  if (key == "lenient") to->lenient = from.lenient;
  if (key == "short_records") to->short_records = from.short_records;
  if (key == "long_records") to->long_records = from.long_records;
  if (key == "nulls") to->nulls = from.nulls;
  if (key == "no_nulls") to->no_nulls = from.no_nulls;
  if (key == "decimal") to->decimal = from.decimal;
  if (key == "thousands") to->thousands = from.thousands;
  if (key == "encoding") to->encoding = from.encoding;
}

}  // namespace

size_t FileDialectOf(const Options& options, const std::string& path, size_t member_at) {
  size_t i = 0;
  while (i < options.file_dialects.size() && !Matches(options.file_dialects[i].match, path, member_at)) i++;
  return i;
}

Dialect DialectAt(const Options& options, size_t index) {
  Dialect dialect = options.dialect;
  if (index == options.file_dialects.size()) return dialect;
  for (const std::string& key : options.file_dialects[index].keys) {
    CopyKey(key, options.file_dialects[index].dialect, &dialect);
  }
  return dialect;
}

}  // namespace v0
}  // namespace headrace
