#include "sniff/sample.h"

#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

class RowCutter {
 public:
  RowCutter(std::string_view text, char delimiter, std::optional<char> quote)
      : text_(text), delimiter_(delimiter), quote_(quote) {}

  SampleRows Cut(bool to_end, size_t max_rows) {
    while (at_ < text_.size() && result_.rows.size() < max_rows) {
      SampleRow row;
      const bool ended = CutRow(&row);
      if (ended || to_end) result_.rows.push_back(std::move(row));
    }
    return std::move(result_);
  }

 private:
  bool AtLineEnd() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  void SkipLineEnd() {
    while (at_ < text_.size() && text_[at_] == '\r') at_++;
    const bool after_cr = at_ > 0 && text_[at_ - 1] == '\r';
    if (at_ < text_.size() && text_[at_] == '\n' && (after_cr || AtLineEnd())) at_++;
  }

  // Return false where the text ends inside the row.
  bool CutRow(SampleRow* row) {
    row->is_blank = AtLineEnd();
    while (true) {
      row->cells.emplace_back();
      CutCell(&row->cells.back(), row);
      if (at_ == text_.size()) return false;
      if (AtLineEnd()) {
        SkipLineEnd();
        return true;
      }
      at_++;  // the delimiter
    }
  }

  void CutCell(SampleCell* cell, SampleRow* row) {
    if (quote_ && at_ < text_.size() && text_[at_] == *quote_) CutQuoted(cell, row);
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != delimiter_ && !AtLineEnd()) {
      if (quote_ && text_[at_] == *quote_) result_.faults++;
      at_++;
    }
    if (cell->quoted && at_ > begin) result_.faults++;
    cell->text += text_.substr(begin, at_ - begin);
  }

  void CutQuoted(SampleCell* cell, SampleRow* row) {
    cell->quoted = true;
    for (at_++; at_ < text_.size(); at_++) {
      if (text_[at_] == *quote_) {
        at_++;
        if (at_ == text_.size() || text_[at_] != *quote_) return;
      }
      row->lines += text_[at_] == '\n';
      cell->text += text_[at_];
    }
    result_.faults++;
  }

  const std::string_view text_;
  const char delimiter_;
  const std::optional<char> quote_;
  size_t at_ = 0;
  SampleRows result_;
};

}  // namespace

SampleRows CutRows(std::string_view text, bool to_end, char delimiter, std::optional<char> quote, size_t max_rows) {
  return RowCutter(text, delimiter, quote).Cut(to_end, max_rows);
}

}  // namespace v0
}  // namespace headrace
