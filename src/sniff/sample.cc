#include "sniff/sample.h"

#include <algorithm>
#include <utility>

#include "headrace/schema.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {
namespace {

class RowCutter {
 public:
  RowCutter(std::string_view text, const SampleCut& cut) : text_(text), cut_(cut) {}

  std::vector<SampleRow> Cut(bool to_end, size_t max_rows) {
    std::vector<SampleRow> rows;
    while (at_ < text_.size() && rows.size() < max_rows) {
      SampleRow row;
      const bool ended = CutRow(&row);
      if (ended || to_end) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool AtTerminator() const { return text_[at_] == cut_.terminator; }

  // Return false where the text ends inside the row.
  bool CutRow(SampleRow* row) {
    if (cut_.comment && text_[at_] == *cut_.comment) {
      const size_t end = text_.find(cut_.terminator, at_);
      row->cells.emplace_back().text = text_.substr(at_, end - at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      return end != std::string_view::npos;
    }
    while (true) {
      row->cells.emplace_back();
      CutCell(&row->cells.back(), row);
      if (at_ == text_.size()) return false;
      if (AtTerminator()) break;
      at_++;  // the delimiter
    }
    at_++;
    row->is_blank = row->cells.size() == 1 && row->cells[0].text.empty() && !row->cells[0].quoted;
    return true;
  }

  void CutCell(SampleCell* cell, SampleRow* row) {
    if (cut_.quote && at_ < text_.size() && text_[at_] == *cut_.quote) CutQuoted(cell, row);
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != cut_.delimiter[0] && !AtTerminator()) {
      if (cut_.quote && text_[at_] == *cut_.quote) row->is_faulty = true;
      at_++;
    }
    std::string_view rest = text_.substr(begin, at_ - begin);
    // One CR before LF belongs to the terminator.
    if (at_ < text_.size() && text_[at_] == '\n' && AtTerminator() && rest.ends_with('\r')) rest.remove_suffix(1);
    if (cell->quoted && !rest.empty()) row->is_faulty = true;
    cell->text += rest;
  }

  void CutQuoted(SampleCell* cell, SampleRow* row) {
    cell->quoted = true;
    for (at_++; at_ < text_.size(); at_++) {
      if (text_[at_] == *cut_.quote) {
        at_++;
        if (at_ == text_.size() || text_[at_] != *cut_.quote) return;
      }
      row->lines += AtTerminator();
      cell->text += text_[at_];
    }
    row->is_faulty = true;
  }

  const std::string_view text_;
  const SampleCut cut_;
  size_t at_ = 0;
};

// By the exact path, for dialects that the cutter does not know.
std::vector<SampleRow> CutExactly(std::string_view text, bool to_end, const ParseDialect& dialect, size_t max_rows) {
  constexpr uint32_t kMaxFields = 4096;
  std::vector<uint32_t> begins(kMaxFields), ends(kMaxFields);
  std::vector<uint8_t> flags(kMaxFields);
  const FieldSpans fields{begins.data(), ends.data(), flags.data(), kMaxFields};
  const auto size = static_cast<uint32_t>(text.size());
  std::vector<SampleRow> rows;
  RecordScanner scanner(dialect);
  for (uint32_t at = 0; at < size && rows.size() < max_rows;) {
    scanner.Start();
    const uint32_t after = scanner.Feed(text.data(), at, size, fields);
    if (!scanner.ended()) {
      if (!to_end) break;
      scanner.FinishAtEndOfFile(size, fields);
    }
    SampleRow& row = rows.emplace_back();
    if (scanner.is_comment()) row.cells.push_back({std::string(text.substr(at, after - at)), false});
    for (uint32_t i = 0; !scanner.is_comment() && i < std::min<int64_t>(scanner.num_fields(), kMaxFields); i++) {
      SampleCell& cell = row.cells.emplace_back();
      cell.text = FieldText(dialect, text.data(), fields, i);
      cell.quoted = (flags[i] & kFieldQuoted) != 0;
      if (flags[i] == kFieldEscaped) cell.raw = text.substr(begins[i], ends[i] - begins[i]);
    }
    row.is_blank = row.cells.size() == 1 && row.cells[0].text.empty() && !row.cells[0].quoted;
    row.is_faulty = scanner.fault().has_value();
    row.lines = std::max<int64_t>(1, std::count(text.begin() + at, text.begin() + after, dialect.bytes.terminator));
    at = after;
  }
  return rows;
}

ParseDialect DialectOf(const SampleCut& cut) {
  ParseDialect dialect;
  dialect.delimiter = cut.delimiter;
  dialect.whitespace = cut.delimiter == kWhitespace;
  dialect.bytes = {cut.delimiter[0], cut.terminator, cut.quote.value_or('"'), cut.quote.has_value()};
  dialect.has_comment = cut.comment.has_value();
  dialect.comment = cut.comment.value_or('#');
  dialect.escape = cut.escape;
  dialect.lenient = cut.lenient;
  return dialect;
}

}  // namespace

std::vector<SampleRow> CutRows(std::string_view text, bool to_end, const SampleCut& cut, size_t max_rows) {
  const ParseDialect dialect = DialectOf(cut);
  return dialect.is_exact() ? CutExactly(text, to_end, dialect, max_rows) : RowCutter(text, cut).Cut(to_end, max_rows);
}

}  // namespace v0
}  // namespace headrace
