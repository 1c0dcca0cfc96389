#include "job/discover.h"

#include <algorithm>
#include <set>

#include "decode/values.h"
#include "job/sample_text.h"
#include "job/settle.h"
#include "pipeline/pipeline.h"
#include "plan/inputs.h"
#include "sniff/facts_sink.h"
#include "sniff/sample.h"
#include "sniff/sniffer.h"
#include "source/prologue.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastConfidence = 0.5;
constexpr double kEncodingCertainty = 0.85;  // of windows-1252, where the text is not UTF-8
constexpr int64_t kSniffBytes = 64 << 10;
constexpr int64_t kCheckBytes = 8 << 10;     // of each further file
constexpr int64_t kSampleBytes = 256 << 10;  // head, middle and end of some files
constexpr size_t kSampledFiles = 8;
constexpr size_t kAllRows = 1 << 20;

bool IsBlank(std::string_view text) { return text.find_first_not_of("\r\n") == std::string_view::npos; }

// Set the columns of a discovery and say why; where a promise broke before, that is kept.
void SetColumns(const std::vector<std::string>& names, const std::vector<ColumnFacts>& facts, Discovery* discovery) {
  std::vector<Column> columns;
  discovery->columns.resize(names.size());
  for (size_t i = 0; i < names.size(); i++) {
    InferredReport& report = discovery->columns[i];
    Column column = facts[i].ToColumn(names[i], &report.reason);
    if (column.nulls) {
      std::vector<std::string> nulls = discovery->options.dialect.nulls;
      nulls.insert(nulls.end(), column.nulls->begin(), column.nulls->end());
      column.nulls = std::move(nulls);
    }
    report.column = names[i];
    report.type = TypeName(column.type);
    columns.push_back(std::move(column));
  }
  discovery->options.schema.columns = std::move(columns);
}

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

  Result<Discovery> Run() {
    discovery_.options = options_;
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_, context_.stop));
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
    return std::move(discovery_);
  }

 private:
  Status ReadFirst(TextSample* head) {
    for (const InputFacts& file : files_) {
      first_ = file.path;
      ARROW_ASSIGN_OR_RAISE(*head, ReadHead(file, options_, kSniffBytes, context_.stop));
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
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_, context_.stop));
    return ReadFirst(head);
  }

  Status SniffFirst(const TextSample& head) {
    ARROW_RETURN_NOT_OK(FindTerminatorOf(head.text));
    sniffed_ = SniffDialect(head.text, head.to_end, terminator_, options_.dialect, options_.declared);
    if (!reasons_.empty()) sniffed_.confidence *= kEncodingCertainty;
    if (sniffed_.confidence < kLeastConfidence) {
      return Status::Invalid("the dialect of '", first_, "' is not clear: it could be ", sniffed_.best, ", or ",
                             sniffed_.second, ". Say which with --delimiter and --header or --no-header.");
    }
    if (sniffed_.dialect.escape && !options_.dialect.escape) {
      // A backslash before any other byte would be left out of the values: not for a guess to do.
      return Status::Invalid(
          "'", first_, "' reads best where a backslash makes the quote behind it a part of its field",
          "\nfix: add --escape '\\' if it stands before any byte so, or --quote none if quotes are ", "text");
    }
    discovery_.confidence = sniffed_.confidence;
    discovery_.reasons = sniffed_.reasons;
    discovery_.reasons.insert(discovery_.reasons.end(), reasons_.begin(), reasons_.end());
    discovery_.options.dialect = sniffed_.dialect;
    // Where there is an escape, \N is how databases write null.
    const std::vector<std::string>& declared = options_.declared;
    const bool has_nulls = std::find(declared.begin(), declared.end(), "nulls") != declared.end();
    if (sniffed_.dialect.escape && !has_nulls) {
      discovery_.options.dialect.nulls.push_back(std::string(1, *sniffed_.dialect.escape) + "N");
    }
    bool as_in_header = false;
    names_ = NamesOf(sniffed_, &as_in_header);
    if (sniffed_.dialect.header && !as_in_header) {
      // Names that are missing or doubled cannot be matched: the header is dropped, and columns go by position.
      discovery_.options.dialect.header = false;
      discovery_.options.dialect.skip_rows = HeaderEnd(head);
      discovery_.reasons.emplace_back("names are missing or doubled in the header: columns are matched by position");
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

  // Lines up to the end of the header.
  int64_t HeaderEnd(const TextSample& head) const {
    const Dialect& dialect = sniffed_.dialect;
    std::string_view text = head.text;
    int64_t lines = 0;
    for (; lines < dialect.skip_rows; lines++) text.remove_prefix(LineBytes(text, terminator_));
    for (const SampleRow& row : CutRows(text, head.to_end, dialect, terminator_, kAllRows)) {
      lines += row.lines;
      if (!row.is_blank && !row.IsComment(dialect.comment)) break;
    }
    return lines;
  }

  // The table's rows in a sample: without preamble, comments and blank lines, and with a header only where it is whole.
  std::vector<SampleRow> TableRows(const TextSample& sample) const {
    const Dialect& dialect = sniffed_.dialect;
    std::string_view text = sample.text;
    int64_t skip = sample.from_start ? dialect.skip_rows : 1;  // a piece from the middle begins inside a record
    for (; skip > 0 && !text.empty(); skip--) text.remove_prefix(LineBytes(text, terminator_));
    std::vector<SampleRow> rows = CutRows(text, sample.to_end, dialect, terminator_, kAllRows);
    std::erase_if(rows, [&](const SampleRow& row) { return row.is_blank || row.IsComment(dialect.comment); });
    return rows;
  }

  // Name a file whose rows or header are not those of the first file.
  Status CheckAgreement(const InputFacts& file) const {
    if (file.path == first_) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const TextSample head, ReadHead(file, options_, kCheckBytes, context_.stop));
    std::vector<SampleRow> rows = TableRows(head);
    if (rows.empty()) return Status::OK();
    if (sniffed_.dialect.header) {
      ARROW_RETURN_NOT_OK(CheckHeader(file, rows[0]));
      rows.erase(rows.begin());
    }
    const auto fitting = std::count_if(rows.begin(), rows.end(),
                                       [&](const SampleRow& row) { return row.cells.size() == names_.size(); });
    if (rows.empty() || fitting * 10 >= static_cast<int64_t>(rows.size()) * 6) return Status::OK();
    return Status::Invalid("'", file.path, "' is not written as '", first_, "': its rows have ", rows[0].cells.size(),
                           " fields where ", sniffed_.best,
                           " has been found. Load it apart, or declare the dialect and the columns.");
  }

  Status CheckHeader(const InputFacts& file, const SampleRow& row) const {
    std::set<std::string> expected(sniffed_.names.begin(), sniffed_.names.end()), found;
    std::vector<std::string> names;
    for (const SampleCell& cell : row.cells) names.push_back(cell.text);
    if (names.size() + 1 == sniffed_.columns) names.insert(names.begin(), "");  // the first column has no name
    found.insert(names.begin(), names.end());
    const bool by_name = discovery_.options.dialect.header;
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
    if (job_.options.infer != Infer::kNone) ARROW_RETURN_NOT_OK(NoteSamples(&sure, &needs_all));
    SetColumns(names_, sure, &discovery_);
    return needs_all ? InferFully(job_, context_, ErrorPlace(), &discovery_) : Status::OK();
  }

  Status NoteSamples(std::vector<ColumnFacts>* sure, bool* needs_all) const {
    std::vector<ColumnFacts> likely(names_.size());
    const size_t step = (files_.size() + kSampledFiles - 1) / kSampledFiles;
    bool is_whole = step <= 1;
    for (size_t i = 0; i < files_.size(); i += step) {
      ARROW_ASSIGN_OR_RAISE(const auto samples, ReadSamples(files_[i], options_, kSampleBytes, context_.stop));
      is_whole = is_whole && samples.size() == 1 && samples[0].to_end;
      for (const TextSample& sample : samples) {
        if (sample.from_start) NoteRows(sample, i == 0, sure);
        NoteRows(sample, false, &likely);
      }
    }
    // A stream on its way cannot be called back, and a column without a value promises nothing.
    *needs_all = job_.options.infer == Infer::kFull || job_.options.output_kind == OutputKind::kIpcStream;
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
    if (sample.from_start && sniffed_.dialect.header && !rows.empty()) rows.erase(rows.begin());
    const std::vector<std::string>& nulls = discovery_.options.dialect.nulls;
    int64_t row_number = 0;
    for (const SampleRow& row : rows) {
      if (row.is_faulty || row.cells.size() != names_.size()) continue;
      const int64_t number = numbered ? row_number++ : ColumnFacts::kSomewhere;
      for (size_t c = 0; c < names_.size(); c++) {
        const SampleCell& cell = row.cells[c];
        const bool is_null = std::find(nulls.begin(), nulls.end(), cell.raw) != nulls.end() && !cell.raw.empty();
        if (!is_null) (*facts)[c].Note(cell.text, nulls, number);
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
  Discovery discovery_;
};

}  // namespace

Result<Discovery> Discover(const Job& job, const RunContext& context) { return Discoverer(job, context).Run(); }

Status InferFully(const Job& job, const RunContext& context, const ErrorPlace& broken, Discovery* discovery) {
  Job pass;
  pass.inputs = job.inputs;
  pass.config = job.config;
  pass.options.dialect = discovery->options.dialect;
  pass.options.dialect.no_nulls = false;
  pass.options.schema = discovery->options.schema;
  pass.options.on_error = OnError::kSkip;
  pass.options.on_file_error = job.options.on_file_error;
  pass.options.max_record_bytes = job.options.max_record_bytes;
  pass.options.max_fields = job.options.max_fields;
  pass.options.max_expansion = job.options.max_expansion;
  pass.options.file_order = job.options.file_order;
  pass.options.recursive = job.options.recursive;
  pass.options.unit_bytes = job.options.unit_bytes;
  std::vector<std::string> names;
  for (Column& column : pass.options.schema.columns) {
    names.push_back(column.name);
    column = Column{};
    column.name = names.back();
    column.type.kind = TypeKind::kBinary;
  }
  ARROW_ASSIGN_OR_RAISE(const SettledJob settled, Settle(pass, context.stop));
  ARROW_ASSIGN_OR_RAISE(auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
  FactsSink sink(names.size(), pass.options.dialect.nulls);
  Committer committer(*state, &sink, nullptr);
  Pipeline pipeline(state.get(), settled.units, settled.config.workers.value, &sink, &committer, context);
  ARROW_RETURN_NOT_OK(pipeline.Run());
  for (InferredReport& column : discovery->columns) {
    if (column.column != broken.column || broken.path.empty()) continue;
    column.forced_path = broken.path;
    column.forced_record = broken.reject.record;
    column.forced_line = broken.reject.line;
  }
  SetColumns(names, sink.facts(), discovery);
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
