#include "sniff/candidate.h"

#include <algorithm>
#include <map>

#include "decode/strict.h"
#include "sniff/cell_kind.h"
#include "sniff/header.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxPreamble = 60;
constexpr size_t kLeastSeams = 4;  // delimiters that show a longer one
constexpr size_t kMaxDelimiter = 16;
constexpr double kLeastUsual = 0.9;                       // the weight of delimiters that are often one
constexpr std::string_view kMarks = " \t|~^:;,#@*&!=<>";  // what a longer delimiter is made of

std::string Show(const std::string& delimiter) {
  if (delimiter == "\t") return "tab";
  if (delimiter == " ") return "space";
  std::string text;
  for (const char byte : delimiter) {
    if (byte == '\t') {
      text += "\\t";
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      text += "byte " + std::to_string(static_cast<int>(byte));
    } else {
      text += byte;
    }
  }
  return text.starts_with("byte") ? text : "'" + text + "'";
}

// The most common number of cells, one aside, and from which row on the rows have it.
void FindTable(Candidate* candidate) {
  const std::vector<SampleRow>& rows = candidate->rows;
  std::map<size_t, size_t> counts;
  for (const SampleRow& row : rows) counts[row.cells.size()]++;
  for (const SampleRow& row : candidate->more) counts[row.cells.size()]++;
  size_t most = 0;
  for (const auto& [columns, count] : counts) {
    if (columns > 1 && count >= most) {
      most = count;
      candidate->columns = columns;
    }
  }
  if (most == 0) return;
  const auto fits = [&](size_t i) { return i >= rows.size() || rows[i].cells.size() == candidate->columns; };
  size_t first = 0;
  while (first < rows.size() && !(fits(first) && fits(first + 1))) first++;
  candidate->preamble = first < rows.size() / 2 && first <= kMaxPreamble ? first : 0;
}

// What the rows of a table add up to.
struct Sums {
  std::map<size_t, size_t> patterns;
  double cells = 0, sensible = 0, typed = 0, faulty = 0;
  size_t rows = 0, whole = 0;

  void Add(const SampleRow& row) {
    faulty += row.is_faulty;
    patterns[row.cells.size()]++;
    whole += row.cells.size() == 1;
    rows++;
    for (const SampleCell& cell : row.cells) {
      cells++;
      const CellKind kind = KindOf(cell.text);
      typed += kind == CellKind::kNumber || kind == CellKind::kTime;
      sensible += kind != CellKind::kOther || cell.quoted ? (kind == CellKind::kText && !cell.quoted ? 0.9 : 1) : 0;
    }
  }
};

template <class Use>
void ForEachRow(const Candidate& candidate, Use use) {
  for (size_t i = candidate.preamble; i < candidate.rows.size(); i++) use(candidate.rows[i]);
  for (const SampleRow& row : candidate.more) use(row);
}

bool IsOfMarks(std::string_view text) { return text.find_first_not_of(kMarks) == std::string_view::npos; }

// What stands in every second cell of all rows: the inside of a delimiter such as |~|.
std::optional<std::string> Between(const Candidate& candidate) {
  if (candidate.columns % 2 == 0) return std::nullopt;
  std::optional<std::string> between;
  bool same = true;
  ForEachRow(candidate, [&](const SampleRow& row) {
    same = same && row.cells.size() == candidate.columns;
    for (size_t i = 1; same && i < row.cells.size(); i += 2) {
      const SampleCell& cell = row.cells[i];
      if (!between) between = cell.text;
      same = !cell.quoted && cell.text == *between;
    }
  });
  const bool is_mark =
      same && between && IsOfMarks(*between) && between->find(candidate.cut.delimiter) == std::string::npos;
  return is_mark ? between : std::nullopt;
}

// The marks at which all cells but the last end, and those with which all but the first begin.
std::string Padded(const Candidate& candidate) {
  std::optional<std::string> before, behind;
  ForEachRow(candidate, [&](const SampleRow& row) {
    for (size_t i = 0; i + 1 < row.cells.size(); i++) {
      const std::string &left = row.cells[i].text, &right = row.cells[i + 1].text;
      if (!before) before = left, behind = right;
      size_t same = 0;
      while (same < std::min(left.size(), before->size()) &&
             left[left.size() - 1 - same] == (*before)[before->size() - 1 - same])
        same++;
      before->erase(0, before->size() - same);
      same = 0;
      while (same < std::min(right.size(), behind->size()) && right[same] == (*behind)[same]) same++;
      behind->erase(same);
      if (row.cells[i].quoted) before->clear();
      if (row.cells[i + 1].quoted) behind->clear();
    }
  });
  if (!before) return "";
  const size_t first = before->find_last_not_of(kMarks) + 1;  // 0 where all are marks
  before->erase(0, first);
  behind->erase(std::min(behind->find_first_not_of(kMarks), behind->size()));
  return before->empty() && behind->empty() ? "" : *before + candidate.cut.delimiter + *behind;
}

// The text of a row as it stood, quotes aside.
std::string WholeText(const SampleRow& row, const std::string& delimiter) {
  std::string text;
  for (size_t i = 0; i < row.cells.size(); i++) text += (i == 0 ? "" : delimiter) + row.cells[i].text;
  return text;
}

// A time, with or without its date, or a web address: these have spaces, ':', '=' and '&' inside.
bool IsWholeValue(const std::string& text) {
  const ValueClass is = Classify(text).value_class;
  if (is != ValueClass::kText && is != ValueClass::kNullWord) return true;
  const size_t scheme = text.find("://");
  if (scheme != std::string::npos && scheme > 0 && KindOf(text) == CellKind::kAddress) {
    return KindOf(text.substr(0, scheme)) == CellKind::kWord;
  }
  const size_t space = text.find(' ');
  if (space == std::string::npos) return false;
  const std::string date = text.substr(0, space), time = text.substr(space + 1);
  return KindOf(date) == CellKind::kTime && date.find(':') == std::string::npos && KindOf(time) == CellKind::kTime &&
         time.find(':') != std::string::npos;
}

}  // namespace

std::string Candidate::Describe() const {
  std::string text = columns == 1 ? std::string("one column") : "delimiter " + Show(cut.delimiter);
  if (cut.quote && *cut.quote != '"') text += std::string(", quote ") + *cut.quote;
  return text + (columns == 1 ? "" : ", " + std::to_string(columns) + " columns");
}

std::vector<Prior> DelimitersToTry() {
  std::vector<Prior> delimiters = {
      {",", 1},          {";", 1},         {"\t", 1},   {"|", 1},    {"^", 0.9},  {"~", 0.9},  {"\x1f", 1},
      {"\x01", 1},       {":", 0.6},       {"!", 0.5},  {"*", 0.6},  {"&", 0.5},  {"=", 0.4},  {" ", 0.4},
      {"||", 1},         {"::", 0.9},      {";;", 0.9}, {"~~", 0.9}, {"^^", 0.9}, {"##", 0.9}, {"@@", 0.9},
      {"|~|", 1},        {"\t|\t", 1},     {" | ", 1},  {", ", 0.6}, {"; ", 0.6}, {"#", 0.4},  {"\xC2\xA6", 0.9},
      {"\xC2\xA7", 0.9}, {"\xC2\xAC", 0.9}};  // broken bar, section, not
  for (char byte = 2; byte < 0x1f; byte++) {
    if (byte < '\t' || byte > '\r') delimiters.push_back({std::string(1, byte), 1});  // control bytes stand in no value
  }
  return delimiters;
}

void Score(Candidate* candidate) {
  FindTable(candidate);
  Sums sums;
  ForEachRow(*candidate, [&](const SampleRow& row) { sums.Add(row); });
  if (sums.rows == 0) return;
  const auto rows = static_cast<double>(sums.rows);
  double consistency = 0;
  for (const auto& [columns, count] : sums.patterns) {
    const auto length = static_cast<double>(columns);
    consistency += static_cast<double>(count) / rows * (length - 1) / length;
  }
  // A preamble is lines of one cell; more cells before the table speak against it.
  const auto& all = candidate->rows;
  const auto misfits = std::count_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(candidate->preamble),
                                     [](const SampleRow& row) { return row.cells.size() > 1; });
  candidate->share = static_cast<double>(sums.patterns[candidate->columns]) / (rows + static_cast<double>(misfits));
  candidate->sense = sums.sensible / sums.cells;
  candidate->typed = sums.typed / sums.cells;
  candidate->cut_rows = 1 - static_cast<double>(sums.whole) / rows;
  candidate->score = candidate->weight * consistency / static_cast<double>(sums.patterns.size()) * candidate->sense *
                     candidate->share / (1 + 4 * sums.faulty / rows);
}

bool IsColumnOfDecimals(const Candidate& candidate) {
  if (candidate.cut.delimiter != "," || candidate.columns != 2) return false;
  bool all = true;
  ForEachRow(candidate, [&](const SampleRow& row) {
    all = all && row.cells.size() == 2 && !row.cells[0].quoted && !row.cells[1].quoted &&
          KindOf(row.cells[0].text + "," + row.cells[1].text) == CellKind::kNumber;
  });
  return all;
}

OneColumn ReadWhole(const Candidate& candidate) {
  const std::string& delimiter = candidate.cut.delimiter;
  const bool is_usual = candidate.weight >= kLeastUsual || delimiter.find_first_of(",;\t|") != std::string::npos;
  if (is_usual || candidate.columns < 2 || candidate.marked != Marked::kNone) return OneColumn::kNo;
  const auto table = candidate.rows.begin() + static_cast<std::ptrdiff_t>(candidate.preamble);
  bool all_values = true, all_sensible = true, any_quoted = false;
  const auto look = [&](const SampleRow& row) {
    const std::string text = WholeText(row, delimiter);
    all_values = all_values && IsWholeValue(text);
    all_sensible = all_sensible && KindOf(text) != CellKind::kOther;
    any_quoted |= std::any_of(row.cells.begin(), row.cells.end(), [](const SampleCell& cell) { return cell.quoted; });
  };
  ForEachRow(candidate, look);
  const bool any_cut =
      std::any_of(candidate.rows.begin(), table, [](const SampleRow& row) { return row.cells.size() > 1; });
  if (any_quoted || any_cut) return OneColumn::kNo;
  if (all_values && candidate.preamble <= 1) return OneColumn::kYes;
  std::for_each(candidate.rows.begin(), table, look);
  if (candidate.preamble == 0 || !all_sensible || any_quoted) return OneColumn::kNo;
  if (candidate.typed == 0) return OneColumn::kYes;
  // Numbers alone, or a header of its own, are a table below a title.
  if (candidate.typed >= 1 || GuessHeader({table, candidate.rows.end()}, candidate.columns).has_header) {
    return OneColumn::kNo;
  }
  return OneColumn::kUnclear;
}

void SetCommentsAside(bool may_be_skipped, Candidate* candidate) {
  const size_t columns = candidate->columns;
  const auto is_row = [&](const SampleRow& row) { return row.IsComment('#') && row.cells.size() == columns; };
  const auto is_other = [&](const SampleRow& row) { return row.IsComment('#') && row.cells.size() != columns; };
  const std::vector<SampleRow>&rows = candidate->rows, &more = candidate->more;
  // What begins so in further pieces alone may be the inside of a quoted field.
  if (columns < 2 || std::none_of(rows.begin(), rows.end(), is_other)) return;
  Candidate without = *candidate;
  std::erase_if(without.rows, is_other);
  std::erase_if(without.more, is_other);
  Score(&without);
  auto table = rows.begin();
  for (size_t before = without.preamble; table != rows.end() && (before > 0 || is_other(*table)); table++) {
    before -= !is_other(*table);
  }
  const bool among =
      !may_be_skipped || std::any_of(table, rows.end(), is_other) || std::any_of(more.begin(), more.end(), is_other);
  const bool any_row = std::any_of(rows.begin(), rows.end(), is_row) || std::any_of(more.begin(), more.end(), is_row);
  if (among && any_row) {
    candidate->marked = Marked::kUnclear;
    return;
  }
  without.marked = among ? Marked::kComments : Marked::kPreamble;
  *candidate = std::move(without);
}

std::string LongerDelimiter(const Candidate& candidate) {
  const std::string& delimiter = candidate.cut.delimiter;
  // Runs of spaces are a delimiter only where that is declared.
  if (candidate.columns < 2 || delimiter.size() != 1 || delimiter == " ") return "";
  size_t seams = 0;
  ForEachRow(candidate, [&](const SampleRow& row) { seams += row.cells.size() - 1; });
  if (seams < kLeastSeams) return "";
  // A table may well have one empty column, in spreadsheets without a name.
  const auto between = Between(candidate);
  const bool has_mark = between && between->find_first_not_of(" \t") != std::string::npos;
  const bool is_doubling = between && between->empty() && (delimiter == "|" || delimiter == ":");
  const bool is_doubled = between && (candidate.columns >= 5 || has_mark || is_doubling);
  const std::string longer = is_doubled ? delimiter + *between + delimiter : Padded(candidate);
  return longer.size() <= kMaxDelimiter ? longer : "";
}

}  // namespace v0
}  // namespace headrace
