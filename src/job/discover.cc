#include "job/discover.h"

#include <algorithm>
#include <set>

#include "decode/values.h"
#include "job/sample_text.h"
#include "parse/field_list.h"
#include "sniff/sample.h"
#include "sniff/sniffer.h"
#include "source/footer.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastConfidence = 0.5;
constexpr double kEncodingCertainty = 0.85;  // of windows-1252, where the text is not UTF-8
constexpr int64_t kSniffBytes = 64 << 10;
constexpr int64_t kCheckBytes = 8 << 10;   // of each further file
constexpr int64_t kSampleBytes = 1 << 20;  // of heads, and of middles and ends as much each
constexpr int64_t kMostOfOne = 256 << 10;
constexpr size_t kSampledFiles = 8;
constexpr size_t kAllRows = 1 << 20;

bool IsBlank(std::string_view text) { return text.find_first_not_of("\r\n") == std::string_view::npos; }

// The names of the columns: those of the header, made unique and filled in, or numbered ones.
std::vector<std::string> NamesOf(const Sniffed& sniffed, bool* as_in_header) {
  std::vector<std::string> names = sniffed.names;
  names.resize(sniffed.columns);
  std::set<std::string> seen;
  for (size_t i = 0; i < names.size(); i++) {
    if (names[i].empty()) names[i] = "column_" + std::to_string(i + 1);
    const std::string stem = names[i];
    for (int n = 2; !seen.insert(names[i]).second; n++) names[i] = stem + "_" + std::to_string(n);
  }
  *as_in_header = names == sniffed.names;
  return names;
}

class Discoverer {
 public:
  Discoverer(const Job& job, const RunContext& context) : job_(job), context_(context), options_(job.options) {}

  Result<Found> Run() {
    found_.discovery.options = options_;
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_));
    for (const InputFacts& file : files_) {
      if (file.path == "-" || !file.facts.is_regular) {
        return Status::Invalid("'", file.path, "' can be read only once, and finding its columns needs to look first. ",
                               "Declare them with --columns or --schema, or save it to a file.");
      }
    }
    TextSample head;
    ARROW_RETURN_NOT_OK(ReadFirst(&head));
    ARROW_RETURN_NOT_OK(FindEncoding(&head));
    ARROW_RETURN_NOT_OK(SniffFirst(head));
    for (const InputFacts& file : files_) ARROW_RETURN_NOT_OK(CheckAgreement(file));
    ARROW_RETURN_NOT_OK(InferFromSamples());
    return std::move(found_);
  }

 private:
  Status ReadFirst(TextSample* head) {
    for (const InputFacts& file : files_) {
      first_ = file.path;
      ARROW_ASSIGN_OR_RAISE(*head, ReadHead(file, options_, kSniffBytes));
      if (!IsBlank(head->text)) return Status::OK();
    }
    return Status::Invalid("there is no text in ", files_.size() == 1 ? "'" + first_ + "'" : "the inputs",
                           " to find columns in. Declare them with --columns or --schema.");
  }

  // What is not UTF-8 is read as windows-1252, which has a letter for nearly every byte.
  Status FindEncoding(TextSample* head) {
    const size_t whole = head->to_end ? head->text.size() : head->text.find_last_of("\r\n") + 1;
    const std::string padded = head->text.substr(0, whole) + std::string(kTextPadding, '\0');  // it reads beyond
    const bool is_utf8 = IsValidUtf8(padded.data(), padded.data() + whole);
    if (is_utf8 || !options_.dialect.encoding.empty()) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(options_.dialect.encoding, ParseEncoding("windows-1252"));
    reasons_.emplace_back("the text is not UTF-8: it is read as windows-1252");
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_));
    return ReadFirst(head);
  }

  // Without the last lines: some or all of the footer may be in them, wherever the piece ends.
  std::string_view WithoutFooter(std::string_view text) const {
    const Dialect& dialect = options_.dialect;
    const Footer footer = LastLines(text, dialect.skip_footer, MakeParseDialect(dialect, terminator_));
    return text.substr(0, text.size() - static_cast<size_t>(footer.bytes));
  }

  Status SniffFirst(const TextSample& head) {
    ARROW_RETURN_NOT_OK(FindTerminatorOf(head.text));
    sniffed_ = SniffDialect(WithoutFooter(head.text), head.to_end, terminator_, options_.dialect, options_.declared);
    if (!reasons_.empty()) sniffed_.confidence *= kEncodingCertainty;
    if (sniffed_.confidence < kLeastConfidence) {
      return Status::Invalid("the dialect of '", first_, "' is not clear: it could be ", sniffed_.best, ", or ",
                             sniffed_.second, ". Say which with --delimiter and --header or --no-header.");
    }
    if (sniffed_.dialect.escape && !options_.dialect.escape) {
      // A backslash before any other byte would be left out of the values: not for a guess to do.
      return Status::Invalid(
          "'", first_, "' reads best where a backslash makes the quote behind it a part of its field",
          "\nfix: add --escape '\\', with --escape-style quoted where it is text outside quotes (Spark) or c where \\n "
          "is a line end (COPY), or --quote none if quotes are text");
    }
    found_.discovery.confidence = sniffed_.confidence;
    found_.discovery.reasons = sniffed_.reasons;
    found_.discovery.reasons.insert(found_.discovery.reasons.end(), reasons_.begin(), reasons_.end());
    found_.discovery.options.dialect = sniffed_.dialect;
    // Where there is an escape outside quotes, \N is how databases write null.
    const std::vector<std::string>& declared = options_.declared;
    const bool has_nulls = std::find(declared.begin(), declared.end(), "nulls") != declared.end();
    if (sniffed_.dialect.escape && sniffed_.dialect.escape_style != EscapeStyle::kQuoted && !has_nulls) {
      found_.discovery.options.dialect.nulls.push_back(std::string(1, *sniffed_.dialect.escape) + "N");
    }
    if (sniffed_.dialect.header && sniffed_.dialect.header_rows > 1) {
      sniffed_.names = HeaderOf(TableRows(head));
      sniffed_.columns = std::max(sniffed_.columns, sniffed_.names.size());
    }
    bool as_in_header = false;
    names_ = NamesOf(sniffed_, &as_in_header);
    if (sniffed_.dialect.header && !as_in_header) {
      // Names that are missing or doubled cannot be matched: the header is dropped, and columns go by position.
      found_.discovery.options.dialect.header = false;
      found_.discovery.options.dialect.header_rows = 1;
      found_.discovery.options.dialect.skip_after_header = 0;
      found_.discovery.options.dialect.skip_rows = HeaderEnd(head);
      found_.discovery.reasons.emplace_back(
          "names are missing or doubled in the header: columns are matched by position");
    }
    return Status::OK();
  }

  Status FindTerminatorOf(std::string text) {
    if (options_.dialect.terminator == Terminator::kCr) terminator_ = '\r';
    if (options_.dialect.terminator != Terminator::kAuto) return Status::OK();
    const auto limit = static_cast<int64_t>(text.size());
    ARROW_ASSIGN_OR_RAISE(const auto family,
                          FindTerminator(options_.dialect, limit, &text, [](std::string*) { return false; }));
    terminator_ = family.value_or('\n');
    return Status::OK();
  }

  // Lines up to the end of the header and of what is skipped behind it.
  int64_t HeaderEnd(const TextSample& head) const {
    const Dialect& dialect = sniffed_.dialect;
    std::string_view text = head.text;
    int64_t lines = 0;
    size_t left = HeadRecords();
    for (; lines < dialect.skip_rows; lines++) text.remove_prefix(LineBytes(text, terminator_));
    for (const SampleRow& row : CutRows(text, head.to_end, dialect, terminator_, kAllRows)) {
      lines += row.lines;
      if (!row.is_blank && !row.IsComment(dialect.comment) && --left == 0) break;
    }
    return lines;
  }

  // Records at the head of the table that are no data.
  size_t HeadRecords() const {
    return static_cast<size_t>(sniffed_.dialect.header_rows + sniffed_.dialect.skip_after_header);
  }

  void DropHead(std::vector<SampleRow>* rows) const {
    rows->erase(rows->begin(), rows->begin() + static_cast<ptrdiff_t>(std::min(HeadRecords(), rows->size())));
  }

  // The names that the first rows of a table give.
  std::vector<std::string> HeaderOf(const std::vector<SampleRow>& rows) const {
    std::vector<std::vector<std::string>> header;
    for (const SampleRow& row : rows) {
      if (static_cast<int64_t>(header.size()) == sniffed_.dialect.header_rows) break;
      header.emplace_back();
      for (const SampleCell& cell : row.cells) header.back().push_back(cell.text);
    }
    return JoinHeaderRows(header);
  }

  // The table's rows in a sample: without preamble, comments and blank lines, and with a header only where it is whole.
  std::vector<SampleRow> TableRows(const TextSample& sample) const {
    const Dialect& dialect = sniffed_.dialect;
    std::string_view text = sample.text;
    int64_t skip = sample.from_start ? dialect.skip_rows : 1;  // a piece from the middle begins inside a record
    for (; skip > 0 && !text.empty(); skip--) text.remove_prefix(LineBytes(text, terminator_));
    text = WithoutFooter(text);
    std::vector<SampleRow> rows = CutRows(text, sample.to_end, dialect, terminator_, kAllRows);
    std::erase_if(rows, [&](const SampleRow& row) { return row.is_blank || row.IsComment(dialect.comment); });
    return rows;
  }

  // Name a file whose rows or header are not those of the first file.
  Status CheckAgreement(const InputFacts& file) const {
    if (file.path == first_) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const TextSample head, ReadHead(file, options_, kCheckBytes));
    std::vector<SampleRow> rows = TableRows(head);
    if (rows.empty()) return Status::OK();
    if (sniffed_.dialect.header) {
      ARROW_RETURN_NOT_OK(CheckHeader(file, rows));
      DropHead(&rows);
    }
    const auto fitting = std::count_if(rows.begin(), rows.end(),
                                       [&](const SampleRow& row) { return row.cells.size() == names_.size(); });
    if (rows.empty() || fitting * 10 >= static_cast<int64_t>(rows.size()) * 6) return Status::OK();
    return Status::Invalid("'", file.path, "' is not written as '", first_, "': its rows have ", rows[0].cells.size(),
                           " fields where ", sniffed_.best,
                           " has been found. Load it apart, or declare the dialect and the columns.");
  }

  Status CheckHeader(const InputFacts& file, const std::vector<SampleRow>& rows) const {
    std::set<std::string> expected(sniffed_.names.begin(), sniffed_.names.end()), found;
    std::vector<std::string> names = HeaderOf(rows);
    if (names.size() + 1 == sniffed_.columns) names.insert(names.begin(), "");  // the first column has no name
    found.insert(names.begin(), names.end());
    const bool by_name = found_.discovery.options.dialect.header;
    if (by_name ? expected == found && names.size() == found.size() : names == sniffed_.names) return Status::OK();
    std::string differ;
    for (const std::string& name : expected) differ += found.count(name) ? "" : " no '" + name + "';";
    for (const std::string& name : found) differ += expected.count(name) ? "" : " '" + name + "' besides;";
    if (differ.empty()) differ = " its names in another order, or twice;";
    differ.pop_back();
    return Status::Invalid("the header of '", file.path, "' is not that of '", first_, "': it has", differ,
                           ". Load it apart, or declare the columns with --columns or --schema.");
  }

  // The heads of files show records for certain, and every value that is decoded is checked: their types need no more.
  // Pieces from the middle and the end may begin inside quotes; they only tell whether a look at all values will be
  // needed, before a run has to find out. So types are the same whether they come from samples or from all values.
  Status InferFromSamples() {
    std::vector<ColumnFacts> sure(names_.size());
    bool needs_all = false;
    if (options_.infer != Infer::kNone) ARROW_RETURN_NOT_OK(NoteSamples(&sure, &needs_all));
    for (const std::string& name : names_) found_.discovery.options.schema.columns.emplace_back().name = name;
    SetColumns(sure, &found_.discovery);
    if (needs_all) ARROW_RETURN_NOT_OK(InferFully(job_, context_, ErrorPlace(), &found_));
    return options_.dtypes == Dtypes::kOptimized ? NarrowTypes(job_, context_, &found_) : Status::OK();
  }

  Status NoteSamples(std::vector<ColumnFacts>* sure, bool* needs_all) const {
    // A stream on its way cannot be called back.
    *needs_all = options_.infer == Infer::kFull || options_.dtypes == Dtypes::kOptimized ||
                 options_.output_kind == OutputKind::kIpcStream;
    std::vector<ColumnFacts> likely(names_.size());
    const size_t step = (files_.size() + kSampledFiles - 1) / kSampledFiles;
    const auto num_sampled = static_cast<int64_t>((files_.size() + step - 1) / step);
    const int64_t bytes_each = std::min(kMostOfOne, kSampleBytes / num_sampled);
    bool is_whole = step <= 1;
    for (size_t i = 0; i < files_.size(); i += step) {
      ARROW_ASSIGN_OR_RAISE(const auto samples, ReadSamples(files_[i], options_, bytes_each));
      is_whole = is_whole && samples.size() == 1 && samples[0].to_end;
      if (*needs_all && !is_whole) return Status::OK();  // samples would tell nothing more
      for (const TextSample& sample : samples) {
        if (sample.from_start) NoteRows(sample, i == 0, sure);
        NoteRows(sample, false, &likely);
      }
    }
    // A column without a value promises nothing.
    for (size_t i = 0; i < names_.size(); i++) {
      std::string reason;
      const Column column = (*sure)[i].ToColumn(names_[i], &reason), expected = likely[i].ToColumn(names_[i], &reason);
      *needs_all = *needs_all || !(*sure)[i].has_values() || column.type != expected.type;
    }
    *needs_all = *needs_all && !is_whole;
    return Status::OK();
  }

  // What the parser would reject is not looked at. `numbered`: the sample's rows are the job's first.
  void NoteRows(const TextSample& sample, bool numbered, std::vector<ColumnFacts>* facts) const {
    std::vector<SampleRow> rows = TableRows(sample);
    if (sample.from_start && sniffed_.dialect.header) DropHead(&rows);
    const std::vector<std::string>& nulls = found_.discovery.options.dialect.nulls;
    int64_t row_number = 0;
    for (const SampleRow& row : rows) {
      if (row.is_faulty || row.cells.size() != names_.size()) continue;
      ValuePlace place;
      if (numbered) place.row = row_number++;
      for (size_t c = 0; c < names_.size(); c++) {
        const SampleCell& cell = row.cells[c];
        const bool is_null = std::find(nulls.begin(), nulls.end(), cell.raw) != nulls.end() && !cell.raw.empty();
        if (!is_null) (*facts)[c].Note(cell.text, nulls, place);
      }
    }
  }

  const Job& job_;
  const RunContext& context_;
  Options options_;  // the job's, with the encoding that was found
  std::vector<std::string> reasons_;
  std::vector<InputFacts> files_;
  std::string first_;
  char terminator_ = '\n';
  Sniffed sniffed_;
  std::vector<std::string> names_;
  Found found_;
};

}  // namespace

Result<Found> Find(const Job& job, const RunContext& context) { return Discoverer(job, context).Run(); }

Result<Discovery> Discover(const Job& job, const RunContext& context) {
  ARROW_ASSIGN_OR_RAISE(Found found, Find(job, context));
  return std::move(found.discovery);
}

}  // namespace v0
}  // namespace headrace
