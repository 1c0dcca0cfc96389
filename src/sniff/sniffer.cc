#include "sniff/sniffer.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>

#include "sniff/candidate.h"
#include "sniff/header.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxRows = 1000;
constexpr size_t kMaxRowsBelow = 500;  // of each further sample
constexpr double kLeastShare = 0.6;    // of the rows: those that have a table's cells

void DropRows(std::vector<SampleRow>* rows, const std::optional<char>& comment) {
  std::erase_if(*rows, [&](const SampleRow& row) { return row.is_blank || row.IsComment(comment); });
}

// The delimiter that a first line such as "sep=;" names, as spreadsheets write it.
std::optional<std::string> NamedDelimiter(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() != 5 || !line.starts_with("sep=")) return std::nullopt;
  const char byte = line.back();
  const bool is_mark = (byte >= ' ' && byte < '0' && byte != '"' && byte != '\'') || byte == '\t' ||
                       std::string_view(":;|^~").find(byte) != std::string_view::npos;
  return is_mark ? std::optional(std::string(1, byte)) : std::nullopt;
}

// Whether the cells from column `first` on are empty in all rows.
bool AreEmptyFrom(const Candidate& table, size_t first) {
  const auto is_empty = [&](const SampleRow& row) {
    return row.cells.size() <= first || std::all_of(row.cells.begin() + static_cast<ptrdiff_t>(first), row.cells.end(),
                                                    [](const SampleCell& cell) { return cell.text.empty(); });
  };
  return std::all_of(table.rows.begin(), table.rows.end(), is_empty) &&
         std::all_of(table.more.begin(), table.more.end(), is_empty);
}

// The most common number of cells.
size_t CommonLength(const std::vector<SampleRow>& rows) {
  std::map<size_t, size_t> counts;
  for (const SampleRow& row : rows) counts[row.cells.size()]++;
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? 0 : most->first;
}

class Sniffer {
 public:
  Sniffer(const std::vector<TextSample>& samples, char terminator, const Dialect& dialect,
          const std::vector<std::string>& declared)
      : samples_(samples), head_(samples[0].text), terminator_(terminator), declared_(declared) {
    result_.dialect = dialect;
  }

  Sniffed Sniff() {
    for (int64_t i = 0; Has("skip_rows") && i < result_.dialect.skip_rows; i++) {
      head_.remove_prefix(LineBytes(head_, terminator_));
    }
    PassNamedDelimiter();
    TryAll();
    Candidate best = Choose();
    Settle(&best);
    return std::move(result_);
  }

 private:
  bool Has(std::string_view key) const { return std::find(declared_.begin(), declared_.end(), key) != declared_.end(); }

  // A first line that names the delimiter is no row, and as good as a declaration.
  void PassNamedDelimiter() {
    const size_t bytes = LineBytes(head_, terminator_);
    const std::optional<std::string> named = NamedDelimiter(head_.substr(0, bytes));
    if (!named || Has("skip_rows")) return;
    head_.remove_prefix(bytes);
    lines_passed_ = 1;
    result_.reasons.push_back("the first line names a delimiter, and is skipped: sep=" + *named);
    if (Has("delimiter")) return;
    result_.dialect.delimiter = *named;
    declared_.emplace_back("delimiter");
  }

  std::optional<char> DeclaredComment() const { return Has("comment") ? result_.dialect.comment : std::nullopt; }

  bool Holds(std::string_view text) const {
    return std::any_of(samples_.begin(), samples_.end(),
                       [&](const TextSample& sample) { return sample.text.find(text) != std::string::npos; });
  }

  std::vector<std::optional<char>> Quotes() const {
    if (Has("quote")) return {result_.dialect.quote};
    std::vector<std::optional<char>> quotes = {'"'};
    if (Holds("\"")) quotes.push_back(std::nullopt);
    if (Holds("'")) quotes.push_back('\'');
    return quotes;
  }

  std::vector<SampleRow> CutHead(const Dialect& cut) const {
    return CutRows(head_, samples_[0].to_end, cut, terminator_, kMaxRows);
  }

  Candidate Cut(const Dialect& cut) const {
    Candidate candidate;
    candidate.cut = cut;
    candidate.rows = CutHead(cut);
    const size_t columns = samples_.size() > 1 ? CommonLength(candidate.rows) : 0;
    Dialect below = cut;
    if (cut.quote && !Holds({&*cut.quote, 1})) below.quote = std::nullopt;
    for (size_t i = 1; i < samples_.size(); i++) {
      auto rows = CutFromMiddle(samples_[i], below, terminator_, kMaxRowsBelow, columns);
      std::move(rows.begin(), rows.end(), std::back_inserter(candidate.more));
    }
    return candidate;
  }

  // `delimiter` with what is declared or found already.
  Dialect CutBy(std::string delimiter, std::optional<char> quote) const {
    Dialect cut = result_.dialect;
    cut.delimiter = std::move(delimiter);
    cut.quote = quote;
    cut.comment = DeclaredComment();
    return cut;
  }

  void Try(const std::string& delimiter, double weight) {
    for (const std::optional<char> quote : Quotes()) {
      if (quote && delimiter.find(*quote) != std::string::npos) continue;
      std::optional<Candidate> candidate = CutAndScore(CutBy(delimiter, quote), weight);
      if (!candidate) continue;
      const std::string longer = Has("delimiter") ? "" : LongerDelimiter(*candidate);
      if (!longer.empty() && !(quote && longer.find(*quote) != std::string::npos)) {
        std::optional<Candidate> better = CutAndScore(CutBy(longer, quote), weight);
        if (better && better->columns > 1 && better->share >= candidate->share) candidate = std::move(better);
      }
      candidates_.push_back(std::move(*candidate));
    }
  }

  std::optional<Candidate> CutAndScore(const Dialect& cut, double weight) const {
    Candidate candidate = Cut(cut);
    candidate.weight = weight;
    const auto is_quoted = [](const SampleRow& row) {
      return std::any_of(row.cells.begin(), row.cells.end(), [](const SampleCell& cell) { return cell.quoted; });
    };
    const bool quotes = std::any_of(candidate.rows.begin(), candidate.rows.end(), is_quoted) ||
                        std::any_of(candidate.more.begin(), candidate.more.end(), is_quoted);
    if (cut.quote == '\'' && !quotes) return std::nullopt;
    UseEscape(&candidate);
    DropRows(&candidate.rows, DeclaredComment());
    DropRows(&candidate.more, DeclaredComment());
    Score(&candidate);
    if (!Has("comment")) SetCommentsAside(!Has("skip_rows"), &candidate);
    return candidate;
  }

  // Where backslashes stand before quotes, and fewer rows break the rules of quotes with that escape, there is one.
  void UseEscape(Candidate* candidate) const {
    const Dialect& cut = candidate->cut;
    if (Has("escape") || !cut.quote || cut.escape || cut.delimiter.find('\\') != std::string::npos) return;
    if (!Holds(std::string{'\\', *cut.quote})) return;
    Dialect escaped = cut;
    escaped.escape = '\\';
    Candidate other = Cut(escaped);
    const auto faults = [](const Candidate& of) {
      const auto is_faulty = [](const SampleRow& row) { return row.is_faulty; };
      return std::count_if(of.rows.begin(), of.rows.end(), is_faulty) +
             std::count_if(of.more.begin(), of.more.end(), is_faulty);
    };
    if (faults(other) >= faults(*candidate)) return;
    other.weight = candidate->weight;
    *candidate = std::move(other);
  }

  void TryAll() {
    if (Has("delimiter")) return Try(result_.dialect.delimiter, 1);
    for (const Prior& prior : DelimitersToTry()) {
      if (head_.find(prior.delimiter) != std::string_view::npos) Try(prior.delimiter, prior.weight);
    }
  }

  // The best candidate, and how sure it is: by its distance from the best one with another delimiter.
  Candidate Choose() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    const bool is_table = !candidates_.empty() && candidates_[0].columns > 1 &&
                          (Has("delimiter") || (candidates_[0].score > 0.1 && candidates_[0].share >= kLeastShare));
    if (!is_table) return TakeOneColumn();
    PreferWholeTable();
    const OneColumn whole = Has("delimiter") ? OneColumn::kNo : ReadWhole(candidates_[0]);
    if (whole == OneColumn::kYes) {
      Candidate one = TakeOneColumn();
      result_.confidence = 0.9;
      return one;
    }
    Candidate best = candidates_[0];
    double second = 0;
    for (const Candidate& other : candidates_) {
      if (other.cut.delimiter == best.cut.delimiter || other.columns == 1) continue;
      second = other.score;
      result_.second = other.Describe();
      break;
    }
    if (result_.second.empty()) result_.second = "one column";
    const double distance = std::max(0.0, 1 - second / best.score);
    const auto rows = static_cast<double>(best.rows.size() - best.preamble);
    result_.confidence = std::pow(best.share, 0.5) * std::pow(best.sense, 0.25) *
                         (0.55 + 0.45 * std::min(1.0, distance / 0.35)) * (1 - 0.35 / (rows * rows));
    DoubtTable(best, whole);
    if (Has("delimiter")) result_.confidence = 1;
    return best;
  }

  // Where the lines of the table could as well be the values of one column.
  void DoubtTable(const Candidate& best, OneColumn whole) {
    if (IsColumnOfDecimals(best)) {
      // Below one line that is no row, more likely the one column that the line names.
      result_.second = "one column with a comma before fractions";
      result_.confidence = std::min(result_.confidence, best.preamble > 0 ? 0.4 : 0.85);
    }
    if (whole == OneColumn::kUnclear) {
      result_.second = "one column (--delimiter with one that stands in no line)";
      result_.confidence = std::min(result_.confidence, 0.4);
    }
  }

  // A delimiter that leaves no line out comes before one that takes the first lines for no part of the table: commas
  // inside decimals stand in every row, but not in the header.
  void PreferWholeTable() {
    if (candidates_[0].preamble == 0) return;
    const auto whole = std::find_if(candidates_.begin(), candidates_.end(), [](const Candidate& candidate) {
      return candidate.columns > 1 && candidate.preamble == 0 && candidate.share >= 1 && candidate.score > 0.1;
    });
    if (whole != candidates_.end()) std::rotate(candidates_.begin(), whole, whole + 1);
  }

  // The score of the best table that the head makes, though what is below it is none.
  double BestOfHead() const {
    double best = 0;
    for (Candidate candidate : candidates_) {
      if (candidate.more.empty()) continue;
      candidate.more.clear();
      Score(&candidate);
      best = std::max(best, candidate.share >= kLeastShare ? candidate.score : 0);
    }
    return best;
  }

  // No delimiter cuts the text into a table: one that does not stand in it leaves each line whole.
  Candidate TakeOneColumn() {
    Candidate one;
    one.cut = CutBy(result_.dialect.delimiter, Has("quote") ? result_.dialect.quote : '"');
    for (const char delimiter : {',', '\t', ';', '|', '\x1f', '\x1e'}) {
      if (Has("delimiter")) break;
      one.cut.delimiter = delimiter;
      if (head_.find(delimiter) == std::string_view::npos) break;
    }
    one.rows = CutHead(one.cut);
    const bool any_faulty =
        std::any_of(one.rows.begin(), one.rows.end(), [](const SampleRow& row) { return row.is_faulty; });
    if (any_faulty && !Has("quote")) {
      one.cut.quote = std::nullopt;
      one.rows = CutHead(one.cut);
    }
    const double rival = candidates_.empty() ? 0 : std::max(candidates_[0].score, BestOfHead());
    result_.confidence = std::clamp(0.97 - 1.5 * rival, 0.3, 0.97);
    const bool is_ragged = std::any_of(candidates_.begin(), candidates_.end(), [](const Candidate& other) {
      return other.weight >= 0.9 && other.cut_rows >= 0.75 && other.typed >= 0.8;
    });
    if (is_ragged) result_.confidence = std::min(result_.confidence, 0.45);  // numbers, between usual delimiters
    if (one.rows.size() < 3) result_.confidence = std::min(result_.confidence, 0.6);
    result_.second = candidates_.empty() ? "none" : candidates_[0].Describe();
    if (one.rows.empty() && !samples_[0].to_end) {
      result_.confidence = 0;
      result_.second = "a table whose first row does not end in the " + std::to_string(samples_[0].text.size()) +
                       " bytes looked at, and whose columns must be declared (--columns or --schema)";
    }
    const auto whole =
        std::count_if(one.rows.begin(), one.rows.end(), [](const SampleRow& row) { return row.cells.size() == 1; });
    if (whole > 0) one.share = static_cast<double>(whole) / static_cast<double>(one.rows.size());
    return one;
  }

  void Settle(Candidate* best) {
    Dialect& dialect = result_.dialect;
    result_.best = best->Describe();
    dialect.delimiter = best->cut.delimiter;
    dialect.quote = best->cut.quote;
    dialect.escape = best->cut.escape;
    result_.columns = best->columns;
    const std::vector<SampleRow> whole = CutHead(best->cut);  // with comments and blank lines
    if (!Has("comment")) dialect.comment = best->marked == Marked::kComments ? std::optional('#') : std::nullopt;
    if (!Has("skip_rows")) dialect.skip_rows = SkippedLines(whole, *best) + lines_passed_;
    result_.reasons.push_back(result_.best + ": " + std::to_string(static_cast<int>(best->share * 100)) + " % of " +
                              std::to_string(best->rows.size() + best->more.size()) +
                              " sampled rows have as many cells; next: " + result_.second);
    const std::vector<SampleRow> before(best->rows.begin(),
                                        best->rows.begin() + static_cast<ptrdiff_t>(best->preamble));
    best->rows.erase(best->rows.begin(), best->rows.begin() + static_cast<ptrdiff_t>(best->preamble));
    if (before.empty() || !SettleShortHeader(before.back(), *best)) {
      SettleHeader(best->rows);
      if (!before.empty()) DoubtDeclaredHeader(before.back(), best->rows);
    }
    if (dialect.comment) result_.reasons.push_back("lines that begin with # do not have the cells of a row: comments");
    if (best->marked == Marked::kUnclear) {
      result_.reasons.emplace_back(
          "some lines that begin with # have the cells of a row, and some have not: no comments");
    }
    if (dialect.skip_rows > lines_passed_) {
      result_.reasons.push_back(std::to_string(dialect.skip_rows - lines_passed_) +
                                " lines before the table have other numbers of cells");
    }
  }

  // The physical lines before the table's first row.
  static int64_t SkippedLines(const std::vector<SampleRow>& whole, const Candidate& best) {
    if (best.preamble == 0 && best.marked != Marked::kPreamble) return 0;
    if (best.preamble >= best.rows.size()) return 0;
    const auto& first = best.rows[best.preamble].cells;
    int64_t lines = 0;
    for (const SampleRow& row : whole) {
      const bool same = row.cells.size() == first.size() &&
                        std::equal(first.begin(), first.end(), row.cells.begin(),
                                   [](const SampleCell& a, const SampleCell& b) { return a.text == b.text; });
      if (same) return lines;
      lines += row.lines;
    }
    return 0;
  }

  // A header of fewer cells than the rows below it. Where no row has a value behind its names, the rows end in
  // delimiters; else it does not name the first column, as R writes it.
  bool SettleShortHeader(SampleRow header, const Candidate& table) {
    Dialect& dialect = result_.dialect;
    const size_t names = header.cells.size();
    if ((Has("header") && (!dialect.header || dialect.header_rows > 1)) || Has("skip_rows")) return false;
    // A line without the delimiter may be anything.
    if (names < 2 || names >= result_.columns || table.rows.empty()) return false;
    const bool ends_empty = AreEmptyFrom(table, names);
    if (!ends_empty && names + 1 != result_.columns) return false;
    if (GuessHeader(table.rows, result_.columns).has_header) return false;
    header.cells.insert(ends_empty ? header.cells.end() : header.cells.begin(), result_.columns - names, SampleCell());
    const int64_t lines = header.lines;
    std::vector<SampleRow> rows = table.rows;
    rows.insert(rows.begin(), std::move(header));
    const HeaderGuess guess = GuessHeader(rows, result_.columns);
    if (!guess.has_header || dialect.skip_rows < lines) return false;
    dialect.header = true;
    dialect.skip_rows -= lines;
    if (!Has("header")) result_.confidence *= guess.certainty;
    result_.reasons.emplace_back(ends_empty
                                     ? "header: fewer cells than the rows, which end in empty ones without a name"
                                     : "header: a cell fewer than the rows, so the first column has no name");
    for (const SampleCell& cell : rows[0].cells) result_.names.push_back(cell.text);
    return true;
  }

  // The declared header may be the last of the lines before the table: then the names are a row's values.
  void DoubtDeclaredHeader(const SampleRow& last, const std::vector<SampleRow>& rows) {
    const size_t names = last.cells.size();
    if (!Has("header") || !result_.dialect.header || Has("skip_rows") || names < 2 || rows.empty()) return;
    const HeaderGuess guess = GuessHeader(rows, result_.columns);
    if (guess.has_header && guess.certainty >= 0.85) return;
    result_.confidence = 0;
    result_.second = "a table below a header of " + std::to_string(names) +
                     " names, whose columns must be declared (--columns or --schema); --skip-rows N tells that the "
                     "header stands below N lines";
  }

  void SettleHeader(const std::vector<SampleRow>& rows) {
    Dialect& dialect = result_.dialect;
    if (rows.empty()) return;
    if (!Has("header")) {
      const HeaderGuess guess = GuessHeader(rows, result_.columns);
      dialect.header = guess.has_header;
      result_.confidence *= guess.certainty;
      result_.reasons.push_back((guess.has_header ? "header: " : "no header: ") + guess.reason);
    }
    if (!dialect.header) return;
    for (const SampleCell& cell : rows[0].cells) result_.names.push_back(cell.text);
    result_.columns = result_.names.size();
  }

  const std::vector<TextSample>& samples_;
  std::string_view head_;
  const char terminator_;
  std::vector<std::string> declared_;
  int64_t lines_passed_ = 0;  // in front of head_, and not declared
  std::vector<Candidate> candidates_;
  Sniffed result_;
};

}  // namespace

Sniffed SniffDialect(const std::vector<TextSample>& samples, char terminator, const Dialect& dialect,
                     const std::vector<std::string>& declared) {
  return Sniffer(samples, terminator, dialect, declared).Sniff();
}

size_t LineBytes(std::string_view text, char terminator) {
  const size_t end = text.find(terminator);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace v0
}  // namespace headrace
