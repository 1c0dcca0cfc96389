#include "sniff/sample.h"

#include <utility>

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
    while (at_ < text_.size() && text_[at_] != cut_.delimiter && !AtTerminator()) {
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

}  // namespace

std::vector<SampleRow> CutRows(std::string_view text, bool to_end, const SampleCut& cut, size_t max_rows) {
  return RowCutter(text, cut).Cut(to_end, max_rows);
}

}  // namespace v0
}  // namespace headrace
