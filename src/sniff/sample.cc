#include "sniff/sample.h"

#include <algorithm>
#include <utility>

#include "parse/record_scanner.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxFields = 100'001;
constexpr double kLikelyShare = 0.6;  // of the rows: those that have a table's cells

}  // namespace

std::vector<SampleRow> CutRows(std::string_view text, bool to_end, const Dialect& dialect, char terminator,
                               size_t max_rows) {
  const ParseDialect parse = MakeParseDialect(dialect, terminator);
  const auto size = static_cast<uint32_t>(text.size());
  const FieldMemory memory(static_cast<uint32_t>(std::min<size_t>(text.size() + 1, kMaxFields)));
  const FieldSpans fields = memory.spans();
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
    row.cells.reserve(stored);
    for (uint32_t i = 0; !scanner.is_comment() && i < stored; i++) {
      SampleCell& cell = row.cells.emplace_back();
      cell.text = FieldText(parse, text.data(), fields, i);
      cell.quoted = (fields.flags[i] & kFieldQuoted) != 0;
      if ((fields.flags[i] & kFieldEscaped) != 0) {
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

std::vector<SampleRow> CutFromMiddle(const TextSample& sample, const Dialect& dialect, char terminator, size_t max_rows,
                                     size_t columns) {
  const auto cut = [&](std::string_view text) {
    std::vector<SampleRow> rows = CutRows(text, sample.to_end, dialect, terminator, max_rows);
    if (!rows.empty()) rows.erase(rows.begin());
    return rows;
  };
  const auto share = [&](const std::vector<SampleRow>& rows) {
    const auto fitting = std::count_if(
        rows.begin(), rows.end(), [&](const SampleRow& row) { return row.cells.size() == columns && !row.is_faulty; });
    return rows.empty() ? 0.0 : static_cast<double>(fitting) / static_cast<double>(rows.size());
  };
  const size_t line = std::min(sample.text.find(terminator), sample.text.size());
  std::vector<SampleRow> outside = cut(std::string_view(sample.text).substr(line));
  if (!dialect.quote || share(outside) >= 1) return outside;
  // What ends with the file does not end inside quotes.
  const bool has_quotes = sample.text.find(*dialect.quote) != std::string::npos;
  if (!has_quotes && sample.to_end) return outside;
  // The first terminator may lie inside quotes that open in front of it, or with the sample.
  std::vector<SampleRow> whole = cut(sample.text);
  if (share(whole) > share(outside)) outside = std::move(whole);
  std::vector<SampleRow> inside = cut(*dialect.quote + sample.text);
  if (inside.empty()) return share(outside) >= kLikelyShare ? outside : inside;
  return share(inside) > share(outside) ? inside : outside;
}

}  // namespace v0
}  // namespace headrace
