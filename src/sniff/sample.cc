#include "sniff/sample.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "parse/record_scanner.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxFields = 100'001;

// Memory for the fields of a record, not cleared: a look at a file cuts it dozens of times.
struct FieldMemory {
  explicit FieldMemory(size_t size) : begin(new uint32_t[size]), end(new uint32_t[size]), flags(new uint8_t[size]) {}
  std::unique_ptr<uint32_t[]> begin, end;
  std::unique_ptr<uint8_t[]> flags;
};

}  // namespace

std::vector<SampleRow> CutRows(std::string_view text, bool to_end, const Dialect& dialect, char terminator,
                               size_t max_rows) {
  const ParseDialect parse = MakeParseDialect(dialect, terminator);
  const auto size = static_cast<uint32_t>(text.size());
  const size_t capacity = std::min<size_t>(text.size() + 1, kMaxFields);
  const FieldMemory memory(capacity);
  const FieldSpans fields{memory.begin.get(), memory.end.get(), memory.flags.get(), static_cast<uint32_t>(capacity)};
  std::vector<SampleRow> rows;
  RecordScanner scanner(parse);
  for (uint32_t at = 0; at < size && rows.size() < max_rows;) {
    scanner.Start();
    const uint32_t after = scanner.Feed(text.data(), at, size, fields);
    if (!scanner.ended()) {
      if (!to_end) break;
      scanner.FinishAtEndOfFile(size, fields);
    }
    SampleRow& row = rows.emplace_back();
    if (scanner.is_comment()) row.cells.emplace_back().text = text.substr(at, static_cast<size_t>(scanner.length()));
    const auto stored = static_cast<uint32_t>(std::min<int64_t>(scanner.num_fields(), fields.capacity));
    for (uint32_t i = 0; !scanner.is_comment() && i < stored; i++) {
      SampleCell& cell = row.cells.emplace_back();
      cell.text = FieldText(parse, text.data(), fields, i);
      cell.quoted = (fields.flags[i] & kFieldQuoted) != 0;
      if (fields.flags[i] == kFieldEscaped) {
        cell.raw = text.substr(fields.begin[i], fields.end[i] - fields.begin[i]);
      }
    }
    row.is_blank = row.cells.size() == 1 && row.cells[0].text.empty() && !row.cells[0].quoted;
    row.is_faulty = scanner.fault().has_value();
    row.lines = std::max<int64_t>(1, std::count(text.begin() + at, text.begin() + after, terminator));
    at = after;
  }
  return rows;
}

}  // namespace v0
}  // namespace headrace
