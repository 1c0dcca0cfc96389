#include "source/footer.h"

namespace headrace {
inline namespace v0 {

Footer LastLines(std::string_view text, int64_t lines, const ParseDialect& dialect) {
  const auto begins_line = [&](size_t at) {
    const char before = text[at - 1];
    if (!dialect.lenient) return before == dialect.bytes.terminator;
    return before == '\n' || (before == '\r' && text[at] != '\n');
  };
  Footer footer;
  if (text.empty() || lines == 0) return footer;
  for (size_t at = text.size() - 1; at > 0; at--) {
    if (!begins_line(at)) continue;
    footer.lines++;
    footer.bytes = static_cast<int64_t>(text.size() - at);
    if (footer.lines == lines) return footer;
  }
  return Footer{footer.lines + 1, static_cast<int64_t>(text.size())};
}

Status CheckFooter(const std::string& path, int64_t lines, int64_t bytes) {
  if (bytes <= kMaxFooterBytes) return Status::OK();
  return Status::Invalid("'", path, "': the last ", lines, " lines, which --skip-footer leaves out, take more than ",
                         kMaxFooterBytes >> 20, " MiB. Check --skip-footer and --terminator.");
}

}  // namespace v0
}  // namespace headrace
