#include "job/discover.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "job/check.h"
#include "job/number_marks.h"
#include "job/sample_text.h"
#include "job/settle.h"
#include "parse/field_list.h"
#include "sniff/header.h"
#include "sniff/kept_text.h"
#include "sniff/mark_finder.h"
#include "sniff/sample.h"
#include "sniff/sniffer.h"
#include "source/footer.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastConfidence = 0.5;
constexpr double kEncodingCertainty = 0.85;     // of windows-1252, where the text is not UTF-8
constexpr int64_t kSniffBytes = 64 << 10;       // of the first file's head
constexpr int64_t kSniffBytesBelow = 32 << 10;  // of its middle, and of its end
constexpr int64_t kCheckBytes = 8 << 10;        // of each further file's head, and of its middle and end
constexpr size_t kFilesCheckedBelow = 64;       // of further ones the heads alone
constexpr int64_t kSampleBytes = 1 << 20;       // of heads, and of middles and ends as much each
constexpr int64_t kMostOfOne = 256 << 10;
constexpr size_t kSampledFiles = 8;
constexpr size_t kAllRows = 1 << 20;

// Outside quotes a spelling has its escapes, such as \N.
bool IsNull(const SampleCell& cell, const std::vector<std::string>& nulls) {
  const std::string& text = cell.quoted || cell.raw.empty() ? cell.text : cell.raw;
  return std::find(nulls.begin(), nulls.end(), text) != nulls.end();
}

std::string_view TypedText(const SampleCell& cell) {
  return cell.raw.empty() ? std::string_view(cell.text) : EscapedAsText(cell.text, cell.raw);
}

bool IsBlank(std::string_view text) { return text.find_first_not_of("\r\n") == std::string_view::npos; }

// What the dialect's rules of ragged records made of rows: the most of it.
enum class Bending : uint8_t { kNone, kCut, kCollected };

class Discoverer {
 public:
  Discoverer(const Job& job, const RunContext& context) : job_(job), context_(context), options_(job.options) {}

  Result<Found> Run() {
    if (!options_.file_dialects.empty()) {
      return Status::Invalid("[[file]] needs declared columns\nfix: add [[column]] tables, or --columns");
    }
    ARROW_RETURN_NOT_OK(CheckLimits(options_));
    found_.discovery.options = options_;
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_, job_.kept.get(), context_.stop));
    for (const InputFacts& file : files_) {
      if (!file.facts.is_regular) {
        return Status::Invalid("'", file.path, "' can be read only once, and finding its columns needs to look first. ",
                               "Declare them with --columns or --schema, or save it to a file.");
      }
    }
    std::vector<TextSample> samples;
    ARROW_RETURN_NOT_OK(ReadFirst(&samples));
    ARROW_RETURN_NOT_OK(FindEncoding(&samples));
    ARROW_RETURN_NOT_OK(SniffFirst(samples));
    for (size_t i = 0; i < files_.size(); i++) {
      ARROW_RETURN_NOT_OK(context_.stop.Poll());
      ARROW_RETURN_NOT_OK(CheckAgreement(i));
    }
    ARROW_RETURN_NOT_OK(InferFromSamples());
    return std::move(found_);
  }

 private:
  Status ReadFirst(std::vector<TextSample>* samples) {
    for (const InputFacts& file : files_) {
      first_ = file.path;
      ARROW_ASSIGN_OR_RAISE(*samples, ReadSamples(file, options_, kSniffBytes, kSniffBytesBelow, context_.stop));
      if (!IsBlank(samples->front().text)) return Status::OK();
    }
    return Status::Invalid("there is no text in ", files_.size() == 1 ? "'" + first_ + "'" : "the inputs",
                           " to find columns in. Declare them with --columns or --schema.");
  }

  // What is not UTF-8 is read as windows-1252, which has a letter for nearly every byte. It would have some for
  // damaged UTF-8 too, and no reader could tell: so not where anything shows UTF-8.
  Status FindEncoding(std::vector<TextSample>* samples) {
    const bool is_utf8 = AreUtf8(*samples);
    if (is_utf8 || !options_.dialect.encoding.empty()) return Status::OK();
    if (ShowUtf8(*samples)) {
      reasons_.emplace_back("the text is UTF-8, but for some bytes: their fields are bad values");
      return Status::OK();
    }
    for (size_t i = 0; i < files_.size(); i++) ARROW_RETURN_NOT_OK(CheckEncoding(i));
    ARROW_ASSIGN_OR_RAISE(options_.dialect.encoding, ParseEncoding("windows-1252"));
    encoding_is_guessed_ = true;
    reasons_.emplace_back("the text is not UTF-8: it is read as windows-1252");
    found_.notes.push_back("'" + first_ + "' is not UTF-8: it is read as windows-1252" +
                           (files_.size() == 1 ? "" : ", and so are all inputs") + "; --encoding names another");
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_, job_.kept.get(), context_.stop));
    return ReadFirst(samples);
  }

  // Before windows-1252 is taken for all files: name one that is something else.
  Status CheckEncoding(size_t i) const {
    if (files_[i].path == first_) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto samples, ReadToCheck(i));
    if (!ShowUtf8(samples)) return Status::OK();
    return Status::Invalid("'", files_[i].path, "' has ",
                           samples.front().has_mark ? "a byte order mark" : "characters of UTF-8", ", and '", first_,
                           "' is not UTF-8: it would be read as windows-1252, and so would all inputs",
                           "\nfix: load them apart, name the encoding of all with --encoding, or declare the columns "
                           "and that of some files in a [[file]] table");
  }

  // Without the last lines: some or all of the footer may be in them, wherever the piece ends.
  std::string_view WithoutFooter(std::string_view text) const {
    const Dialect& dialect = options_.dialect;
    const Footer footer = LastLines(text, dialect.skip_footer, MakeParseDialect(dialect, terminator_));
    return text.substr(0, text.size() - static_cast<size_t>(footer.bytes));
  }

  Status SniffFirst(const std::vector<TextSample>& samples) {
    const TextSample& head = samples.front();
    ARROW_RETURN_NOT_OK(FindTerminatorOf(head.text));
    std::vector<TextSample> whole = samples;
    for (TextSample& sample : whole) sample.text = WithoutFooter(sample.text);
    sniffed_ = SniffDialect(whole, terminator_, options_.dialect, options_.declared);
    if (encoding_is_guessed_) sniffed_.confidence *= kEncodingCertainty;
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
    const Dialect& dialect = sniffed_.dialect;
    if (dialect.escape && dialect.escape_style != EscapeStyle::kQuoted && !HasDeclared("nulls")) {
      found_.discovery.options.dialect.nulls.push_back(std::string(1, *sniffed_.dialect.escape) + "N");
    }
    if (sniffed_.dialect.header && sniffed_.dialect.header_rows > 1) {
      sniffed_.names = HeaderOf(TableRows(head, sniffed_.dialect));
      sniffed_.columns = std::max(sniffed_.columns, sniffed_.names.size());
    }
    names_ = UniqueNames(sniffed_.names, sniffed_.columns);
    const bool as_in_header = names_ == sniffed_.names;
    if (sniffed_.dialect.header && !as_in_header) {
      // Names that are missing or doubled cannot be matched: the header is dropped, and columns go by position.
      found_.discovery.options.dialect.header = false;
      found_.discovery.options.dialect.header_rows = 1;
      found_.discovery.options.dialect.skip_after_header = 0;
      found_.discovery.options.dialect.skip_rows = HeaderEnd(head);
      found_.discovery.reasons.emplace_back(
          "names are missing or doubled in the header: columns are matched by position");
    }
    rows_skipped_ = RowsSkipped(head);
    if (!sniffed_.dialect.header) first_rows_ = TableRows(head, sniffed_.dialect);
    return LookAtCells(samples);
  }

  // Find the marks of numbers, and what may be more than text.
  Status LookAtCells(const std::vector<TextSample>& samples) {
    MarkFinder marks(found_.discovery.options.dialect, options_.declared, names_.size());
    KeptText kept(names_.size());
    const std::vector<std::string>& nulls = found_.discovery.options.dialect.nulls;
    for (const TextSample& sample : samples) {
      const std::vector<SampleRow> rows = TableRows(sample, sniffed_.dialect);
      for (size_t i = sample.from_start && sniffed_.dialect.header ? HeadRecords() : 0; i < rows.size(); i++) {
        if (rows[i].is_faulty || rows[i].cells.size() != names_.size()) continue;
        for (size_t c = 0; c < names_.size(); c++) {
          const SampleCell& cell = rows[i].cells[c];
          if (IsNull(cell, nulls)) continue;
          marks.Note(c, TypedText(cell));
          kept.Note(c, cell);
        }
      }
    }
    marks.Find(&found_.discovery.options.dialect, &found_.discovery.reasons);
    found_.discovery.columns.resize(names_.size());
    if (job_.options.infer == Infer::kNone) return Status::OK();
    for (size_t c = 0; c < names_.size(); c++) found_.discovery.columns[c].null_words = kept.null_words(c);
    ARROW_RETURN_NOT_OK(CheckUnits(samples.front()));
    return CheckEscapes(kept);
  }

  // Units below the names would make text of every column.
  Status CheckUnits(const TextSample& head) const {
    if (!sniffed_.dialect.header) return Status::OK();
    std::vector<SampleRow> rows = TableRows(head, sniffed_.dialect);
    DropHead(&rows);
    const size_t units =
        CountUnitRows(rows, names_.size(), MarksOf(found_.discovery.options.dialect, options_.declared).rules);
    if (units == 0) return Status::OK();
    const auto skipped = sniffed_.dialect.skip_after_header + static_cast<int64_t>(units);
    return Status::Invalid("'", first_, "' has ", units, units == 1 ? " row" : " rows",
                           " of text, such as units, below its header, above columns of numbers or times",
                           "\nfix: leave ", units == 1 ? "it" : "them", " out with --skip-after-header ", skipped,
                           ", or keep all values as text with --infer none");
  }

  // Text of databases without quotes: what its backslashes stand for is not for a guess to say.
  Status CheckEscapes(const KeptText& kept) {
    if (HasDeclared("escape") || sniffed_.dialect.escape || !kept.has_escapes()) return Status::OK();
    if (kept.only_letters()) {
      found_.discovery.reasons.push_back("backslashes are kept as text: " + kept.example());
      return Status::OK();
    }
    return Status::Invalid("'", first_, "' has no quotes, and backslashes as databases write them: ", kept.example(),
                           "\nfix: add --escape '\\' --escape-style c where \\n is a line end (COPY), --escape '\\' "
                           "alone where it is the letter n, ",
                           "or --escape none to keep them as text");
  }

  bool HasDeclared(std::string_view key) const {
    return std::find(options_.declared.begin(), options_.declared.end(), key) != options_.declared.end();
  }

  ColumnFacts NoFacts() const { return ColumnFacts(MarksOf(found_.discovery.options.dialect, options_.declared)); }

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
    std::vector<std::string> names = JoinHeaderRows(header);
    // A short header leaves the last columns without a name, or the first one: as in the first file.
    const bool ends_empty = !sniffed_.names.empty() && sniffed_.names.back().empty();
    if (ends_empty) names.resize(std::max(names.size(), sniffed_.columns));
    if (names.size() + 1 == sniffed_.columns) names.insert(names.begin(), "");
    return names;
  }

  // The table's rows in a sample: without preamble, comments and blank lines, and with a header only where it is whole.
  std::vector<SampleRow> TableRows(const TextSample& sample, const Dialect& dialect) const {
    TextSample whole = sample;
    whole.text = WithoutFooter(sample.text);
    std::vector<SampleRow> rows;
    const bool has_null_lines = names_.size() == 1 && !dialect.lenient;
    if (sample.from_start) {
      std::string_view text = whole.text;
      for (int64_t i = 0; i < dialect.skip_rows && !text.empty(); i++) text.remove_prefix(LineBytes(text, terminator_));
      rows = CutRows(text, sample.to_end, dialect, terminator_, kAllRows);
      int64_t line = 1 + dialect.skip_rows, record = 1 - (dialect.header ? static_cast<int64_t>(HeadRecords()) : 0);
      for (SampleRow& row : rows) {
        const bool is_record = !row.IsComment(dialect.comment) && (!row.is_blank || has_null_lines);
        row.line = line;
        row.record = record;
        line += row.lines;
        record += is_record ? 1 : 0;
      }
    } else {
      rows = CutFromMiddle(whole, dialect, terminator_, kAllRows, names_.size());
    }
    std::erase_if(rows, [&](const SampleRow& row) { return row.is_blank || row.IsComment(dialect.comment); });
    return rows;
  }

  // A little of a file: its head; of the first files middle and end too.
  Result<std::vector<TextSample>> ReadToCheck(size_t i) const {
    if (i < kFilesCheckedBelow) return ReadSamples(files_[i], options_, kCheckBytes, kCheckBytes, context_.stop);
    std::vector<TextSample> samples;
    ARROW_ASSIGN_OR_RAISE(samples.emplace_back(), ReadHead(files_[i], options_, kCheckBytes, context_.stop));
    return samples;
  }

  // What is skipped before the table, but would make a row of it.
  size_t RowsSkipped(const TextSample& head) const {
    std::string_view rest = head.text;
    for (int64_t i = 0; i < sniffed_.dialect.skip_rows; i++) rest.remove_prefix(LineBytes(rest, terminator_));
    const std::string_view skipped = std::string_view(head.text).substr(0, head.text.size() - rest.size());
    const std::vector<SampleRow> rows = CutRows(skipped, true, sniffed_.dialect, terminator_, kAllRows);
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const SampleRow& row) {
      return !row.is_blank && row.cells.size() == names_.size();
    }));
  }

  // With a header its names tell.
  Status CheckSkipped(const InputFacts& file, const TextSample& head) const {
    if (HasDeclared("skip_rows") || sniffed_.dialect.header || RowsSkipped(head) <= rows_skipped_) return Status::OK();
    return Status::Invalid("'", file.path, "' is not written as '", first_, "': it has rows where ",
                           sniffed_.dialect.skip_rows, " lines before the table are skipped",
                           "\nfix: load it apart, or declare --skip-rows, and --comment '#' where lines that begin "
                           "with it are comments");
  }

  // Name a file whose rows or header are not those of the first file.
  Status CheckAgreement(size_t i) const {
    const InputFacts& file = files_[i];
    ARROW_ASSIGN_OR_RAISE(std::vector<TextSample> samples, ReadToCheck(i));
    if (file.path != first_) ARROW_RETURN_NOT_OK(ReadWholeHeader(file, &samples.front()));
    Dialect dialect = sniffed_.dialect;
    const bool has_quotes = std::any_of(samples.begin(), samples.end(), [&](const TextSample& sample) {
      return dialect.quote && sample.text.find(*dialect.quote) != std::string::npos;
    });
    if (!has_quotes) dialect.quote = std::nullopt;  // then no piece begins inside them
    for (const TextSample& sample : samples) {
      if (sample.from_start && file.path == first_) continue;
      if (sample.from_start) ARROW_RETURN_NOT_OK(CheckSkipped(file, sample));
      std::vector<SampleRow> rows = TableRows(sample, dialect);
      if (rows.empty()) continue;
      if (sample.from_start && sniffed_.dialect.header) {
        ARROW_RETURN_NOT_OK(CheckHeader(file, rows));
        ARROW_RETURN_NOT_OK(CheckHeaderEnd(file, sample));
        DropHead(&rows);
      } else if (sample.from_start) {
        ARROW_RETURN_NOT_OK(CheckNoHeader(file, rows));
      }
      ARROW_RETURN_NOT_OK(CheckRows(file, sample, rows));
    }
    return Status::OK();
  }

  // Names that are not compared could stand in another order.
  Status ReadWholeHeader(const InputFacts& file, TextSample* head) const {
    if (!sniffed_.dialect.header) return Status::OK();
    const int64_t most = std::max(kSampleBytes, options_.max_record_bytes);
    for (int64_t bytes = kCheckBytes; !head->to_end && TableRows(*head, sniffed_.dialect).size() < HeadRecords();) {
      if (bytes >= most) {
        return Status::Invalid("the header of '", file.path, "' does not end within ", most, " bytes, and cannot be ",
                               "compared with that of '", first_,
                               "'\nfix: check --quote and --terminator, load it apart, or raise --max-record-bytes");
      }
      bytes = std::min(most, 2 * bytes);
      ARROW_ASSIGN_OR_RAISE(*head, ReadHead(file, options_, bytes, context_.stop));
    }
    return Status::OK();
  }

  // Where columns go by position, the same lines are skipped in all files.
  Status CheckHeaderEnd(const InputFacts& file, const TextSample& head) const {
    const int64_t skipped = found_.discovery.options.dialect.skip_rows, end = HeaderEnd(head);
    if (found_.discovery.options.dialect.header || end == skipped) return Status::OK();
    return Status::Invalid("the header of '", file.path, "' ends with line ", end, ", and that of '", first_,
                           "' with line ", skipped, ": names are missing or doubled in it, so that as many lines of ",
                           "each file are skipped\nfix: load it apart, or give each column a name of its own");
  }

  // A header below a first file without one would be a row of values.
  Status CheckNoHeader(const InputFacts& file, std::vector<SampleRow> rows) const {
    if (HasDeclared("header") || !Fits(rows.front())) return Status::OK();
    if (rows.size() == 1) rows.insert(rows.end(), first_rows_.begin(), first_rows_.end());  // it tells nothing alone
    const HeaderGuess guess = GuessHeader(rows, names_.size());
    if (!guess.has_header || guess.certainty < 1) return Status::OK();  // text above text may be either
    return Status::Invalid("'", file.path, "' begins with a header, and '", first_, "' has none: ", guess.reason,
                           "\nfix: load it apart, add --header where all files have one, or --no-header where that row "
                           "is data");
  }

  Status CheckRows(const InputFacts& file, const TextSample& sample, const std::vector<SampleRow>& rows) const {
    const SampleRow* other = nullptr;
    size_t fitting = 0;
    for (const SampleRow& row : rows) {
      fitting += Fits(row);
      if (other == nullptr && !Fits(row)) other = &row;
    }
    if (other == nullptr || fitting * 10 >= rows.size() * 6) return Status::OK();
    const std::string_view where = sample.from_start ? "" : sample.to_end ? " near its end" : " in its middle";
    const std::string at = file.path == first_ ? "its head" : "'" + first_ + "'";
    return Status::Invalid("'", file.path, "' is not written as ", at, ": its rows", where, " have ",
                           other->cells.size(), " fields where ", sniffed_.best,
                           " has been found. Load it apart, or declare the dialect and the columns.");
  }

  // Whether a row has as many cells as there are columns, or what the declared rules of ragged records make of it.
  bool Fits(const SampleRow& row) const {
    const size_t cells = row.cells.size();
    if (cells < names_.size()) return options_.dialect.short_records == ShortRecords::kPad;
    return cells == names_.size() || options_.dialect.long_records != LongRecords::kReject;
  }

  Status CheckHeader(const InputFacts& file, const std::vector<SampleRow>& rows) const {
    std::set<std::string> expected(sniffed_.names.begin(), sniffed_.names.end()), found;
    const std::vector<std::string> names = HeaderOf(rows);
    found.insert(names.begin(), names.end());
    const bool by_name = found_.discovery.options.dialect.header;
    if (by_name ? expected == found && names.size() == found.size() : names == sniffed_.names) return Status::OK();
    std::string differ;
    const auto shown = [](const std::string& name) {
      return name.empty() ? "column without a name" : "'" + name + "'";
    };
    for (const std::string& name : expected) differ += found.count(name) ? "" : " no " + shown(name) + ";";
    for (const std::string& name : found) {
      differ += expected.count(name) ? "" : (name.empty() ? " a " : " ") + shown(name) + " besides;";
    }
    if (differ.empty()) differ = " its names in another order, or twice;";
    differ.pop_back();
    return Status::Invalid("the header of '", file.path, "' is not that of '", first_, "': it has", differ,
                           ". Load it apart, or declare the columns with --columns or --schema",
                           rows.front().IsComment('#') ? ", or --comment '#' where such lines are comments." : ".");
  }

  // The heads of files show records for certain, and every value that is decoded is checked: their types need no more.
  // Pieces from the middle and the end may begin inside quotes; they only tell whether a look at all values will be
  // needed, before a run has to find out. So types are the same whether they come from samples or from all values.
  Status InferFromSamples() {
    std::vector<ColumnFacts> sure(names_.size(), NoFacts());
    bool needs_all = false;
    if (options_.infer != Infer::kNone) ARROW_RETURN_NOT_OK(NoteSamples(&sure, &needs_all));
    for (const std::string& name : names_) found_.discovery.options.schema.columns.emplace_back().name = name;
    SetColumns(sure, &found_.discovery);
    if (needs_all) {
      ARROW_RETURN_NOT_OK(InferFully(job_, context_, ErrorPlace(), &found_));
    } else {
      TellForced(sure);
    }
    return options_.dtypes == Dtypes::kOptimized ? NarrowTypes(job_, context_, &found_) : Status::OK();
  }

  // Where a value that does not have the type of those before it stands in the first file's head.
  void TellForced(const std::vector<ColumnFacts>& sure) {
    for (size_t i = 0; i < sure.size(); i++) {
      const auto place = sure[i].BrokenAt(std::nullopt);
      if (!place || place->row == ValuePlace::kSomewhere) continue;
      InferredReport& report = found_.discovery.columns[i];
      report.forced_path = files_.front().path;
      report.forced_record = place->record;
      report.forced_line = place->line;
    }
  }

  Status NoteSamples(std::vector<ColumnFacts>* sure, bool* needs_all) const {
    // A stream on its way cannot be called back.
    *needs_all = options_.infer == Infer::kFull || options_.dtypes == Dtypes::kOptimized ||
                 options_.output_kind == OutputKind::kIpcStream;
    std::vector<ColumnFacts> others(names_.size(), NoFacts());  // of pieces from the middle and the end
    const size_t step = (files_.size() + kSampledFiles - 1) / kSampledFiles;
    const auto num_sampled = static_cast<int64_t>((files_.size() + step - 1) / step);
    const int64_t bytes_each = std::min(kMostOfOne, kSampleBytes / num_sampled);
    // Rows are without empty lines. These are values of a single column, but for where empty texts are null.
    bool is_whole = step <= 1 && (names_.size() > 1 || IsNull({}, found_.discovery.options.dialect.nulls));
    for (size_t i = 0; i < files_.size(); i += step) {
      ARROW_ASSIGN_OR_RAISE(const auto samples,
                            ReadSamples(files_[i], options_, bytes_each, bytes_each, context_.stop));
      is_whole = is_whole && samples.size() == 1 && samples[0].to_end;
      if (*needs_all && !is_whole) return Status::OK();  // samples would tell nothing more
      std::vector<size_t> fields;
      for (const TextSample& sample : samples) {
        std::vector<SampleRow> rows = TableRows(sample, sniffed_.dialect);
        if (fields.empty()) fields = FieldsIn(rows);
        if (sample.from_start && sniffed_.dialect.header) DropHead(&rows);
        const Bending bent = BendRows(&rows);
        is_whole = is_whole && bent == Bending::kNone;  // what the parser makes of them is for the pass over all to say
        *needs_all = *needs_all || bent == Bending::kCollected;
        NoteRows(rows, fields, i == 0 && sample.from_start, sample.from_start ? sure : &others);
      }
    }
    // A column without a value promises nothing.
    for (size_t i = 0; i < names_.size(); i++) {
      std::string reason;
      ColumnFacts likely = (*sure)[i];
      likely.Append(others[i], 0);
      const Column column = (*sure)[i].ToColumn(names_[i], &reason), expected = likely.ToColumn(names_[i], &reason);
      *needs_all = *needs_all || !(*sure)[i].has_values() || (*sure)[i].needs_proof() || column.type != expected.type ||
                   column.format != expected.format;
    }
    *needs_all = *needs_all && !is_whole;
    return Status::OK();
  }

  // Give rows that the dialect bends as many cells as there are columns. The last one of those that are collected is
  // not known.
  Bending BendRows(std::vector<SampleRow>* rows) const {
    Bending bent = Bending::kNone;
    for (SampleRow& row : *rows) {
      if (row.is_faulty || row.cells.size() == names_.size() || !Fits(row)) continue;
      const bool collects = row.cells.size() > names_.size() && options_.dialect.long_records == LongRecords::kCollect;
      bent = std::max(bent, collects ? Bending::kCollected : Bending::kCut);
      row.cells.resize(names_.size());
    }
    return bent;
  }

  // For each column its field in the file that has these rows first: where names are matched they may stand in any
  // order.
  std::vector<size_t> FieldsIn(const std::vector<SampleRow>& rows) const {
    std::vector<size_t> fields(names_.size());
    std::iota(fields.begin(), fields.end(), 0);
    if (!found_.discovery.options.dialect.header) return fields;
    const std::vector<std::string> names = HeaderOf(rows);
    for (size_t c = 0; c < names_.size(); c++) {
      const auto at = std::find(names.begin(), names.end(), names_[c]);
      if (at != names.end()) fields[c] = static_cast<size_t>(at - names.begin());
    }
    return fields;
  }

  // What the parser would reject is not looked at. `numbered`: these rows are the job's first.
  void NoteRows(const std::vector<SampleRow>& rows, const std::vector<size_t>& fields, bool numbered,
                std::vector<ColumnFacts>* facts) const {
    const std::vector<std::string>& nulls = found_.discovery.options.dialect.nulls;
    int64_t row_number = 0;
    for (const SampleRow& row : rows) {
      if (row.is_faulty || row.cells.size() != names_.size()) continue;
      ValuePlace place;
      if (numbered) place = {row_number++, row.record, row.line};
      for (size_t c = 0; c < names_.size(); c++) {
        const SampleCell& cell = row.cells[fields[c]];
        if (!IsNull(cell, nulls)) (*facts)[c].Note(TypedText(cell), nulls, place);
      }
    }
  }

  const Job& job_;
  const RunContext& context_;
  Options options_;  // the job's, with the encoding that was found
  bool encoding_is_guessed_ = false;
  size_t rows_skipped_ = 0;            // of the first file
  std::vector<SampleRow> first_rows_;  // of its head, where it has no header
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

void TellNotes(const Found& found, const RunContext& context) {
  for (const std::string& note : found.notes) {
    if (context.note) context.note(note);
  }
}

Result<Job> KeepInputs(const Job& job, const RunContext& context) {
  Job kept = job;
  ARROW_ASSIGN_OR_RAISE(kept.kept, KeptInputs::Keep(job.inputs, context.stop));
  return kept;
}

Result<Discovery> Discover(const Job& job, const RunContext& context) {
  if (!job.options.schema.columns.empty()) {
    return Status::Invalid("the job declares its columns, so that there is nothing to find\nfix: leave them out");
  }
  ARROW_ASSIGN_OR_RAISE(const Job kept, KeepInputs(job, context));
  ARROW_ASSIGN_OR_RAISE(Found found, Find(kept, context));
  ARROW_RETURN_NOT_OK(CheckSchema(found.discovery.options.schema));
  return std::move(found.discovery);
}

}  // namespace v0
}  // namespace headrace
