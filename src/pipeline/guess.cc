#include "pipeline/guess.h"

#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kRecordsLookedAt = 16;

struct Reading {
  int64_t start = -1;  // of the first record
  int score = 0;       // good records minus faulty ones
};

Reading Read(const ParseDialect& dialect, uint32_t columns, const char* text, uint32_t size, bool inside_quotes) {
  RecordScanner scanner(dialect);
  scanner.Start(inside_quotes, !inside_quotes);
  uint32_t at = scanner.Feed(text, 0, size, {});
  if (!scanner.ended()) return {};
  Reading reading;
  reading.start = at;
  for (int i = 0; i < kRecordsLookedAt; i++) {
    scanner.Start();
    at = scanner.Feed(text, at, size, {});
    if (!scanner.ended()) break;
    const bool good = !scanner.fault() && scanner.num_fields() == columns;
    reading.score += good ? 1 : -1;
  }
  return reading;
}

}  // namespace

int64_t GuessRecordStart(const ParseDialect& dialect, uint32_t columns, const char* text, uint32_t size) {
  const bool quotes_show = dialect.bytes.quoting && std::memchr(text, dialect.bytes.quote, size) != nullptr;
  if (!quotes_show && !dialect.is_exact()) {
    const void* end = std::memchr(text, dialect.bytes.terminator, size);
    return end == nullptr ? -1 : static_cast<const char*>(end) - text + 1;
  }
  const Reading outside = Read(dialect, columns, text, size, false);
  if (!quotes_show) return outside.start;
  const Reading inside = Read(dialect, columns, text, size, true);
  if (outside.start < 0) return inside.start;
  return inside.start >= 0 && inside.score > outside.score ? inside.start : outside.start;
}

}  // namespace v0
}  // namespace headrace
