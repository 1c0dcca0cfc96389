#include "job/discover.h"

#include <algorithm>
#include <set>

#include "decode/values.h"
#include "job/sample_text.h"
#include "job/settle.h"
#include "pipeline/pipeline.h"
#include "plan/inputs.h"
#include "sniff/facts_sink.h"
#include "sniff/sniffer.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastConfidence = 0.5;
constexpr int64_t kSniffBytes = 64 << 10;
constexpr int64_t kCheckBytes = 8 << 10;     // of each further file
constexpr int64_t kSampleBytes = 256 << 10;  // head, middle and end of some files
constexpr size_t kSampledFiles = 8;
constexpr size_t kAllRows = 1 << 20;

bool IsBlank(std::string_view text) { return text.find_first_not_of("\r\n") == std::string_view::npos; }

// The bytes of the first line, its end included.
size_t LineBytes(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
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
    return std::move(discovery_);
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
    const bool is_utf8 = IsValidUtf8(head->text.data(), head->text.data() + whole);
    if (is_utf8 || !options_.dialect.encoding.empty()) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(options_.dialect.encoding, ParseEncoding("windows-1252"));
    reasons_.emplace_back("the text is not UTF-8: it is read as windows-1252");
    ARROW_ASSIGN_OR_RAISE(files_, ResolveInputs(job_.inputs, options_));
    return ReadFirst(head);
  }

  Status SniffFirst(const TextSample& head) {
    sniffed_ = SniffDialect(head.text, head.to_end, options_.dialect, options_.declared);
    if (sniffed_.confidence < kLeastConfidence) {
      return Status::Invalid("the dialect of '", first_, "' is not clear: it could be ", sniffed_.best, ", or ",
                             sniffed_.second, ". Say which with --delimiter and --header or --no-header.");
    }
    discovery_.confidence = sniffed_.confidence;
    discovery_.reasons = sniffed_.reasons;
    discovery_.reasons.insert(discovery_.reasons.end(), reasons_.begin(), reasons_.end());
    if (!reasons_.empty()) discovery_.confidence *= 0.85;
    discovery_.options.dialect = sniffed_.dialect;
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

  // Physical lines up to the end of the header.
  int64_t HeaderEnd(const TextSample& head) const {
    const Dialect& dialect = sniffed_.dialect;
    const SampleRows rows = CutRows(head.text, head.to_end, dialect.delimiter, dialect.quote, kAllRows);
    int64_t lines = 0;
    for (const SampleRow& row : rows.rows) {
      lines += row.lines;
      if (lines <= dialect.skip_rows || row.is_blank || IsComment(row)) continue;
      return lines;
    }
    return lines;
  }

  bool IsComment(const SampleRow& row) const {
    const auto& comment = sniffed_.dialect.comment;
    return comment && !row.cells[0].quoted && row.cells[0].text.starts_with(*comment);
  }

  // The table's rows in a sample: without preamble, comments and blank lines, and with a header only where it is whole.
  std::vector<SampleRow> TableRows(const TextSample& sample) const {
    const Dialect& dialect = sniffed_.dialect;
    std::string_view text = sample.text;
    int64_t skip = sample.from_start ? dialect.skip_rows : 1;  // a piece from the middle begins inside a record
    for (; skip > 0 && !text.empty(); skip--) text.remove_prefix(LineBytes(text));
    std::vector<SampleRow> rows = CutRows(text, sample.to_end, dialect.delimiter, dialect.quote, kAllRows).rows;
    std::erase_if(rows, [&](const SampleRow& row) { return row.is_blank || IsComment(row); });
    return rows;
  }

  // Name a file whose rows or header are not those of the first file.
  Status CheckAgreement(const InputFacts& file) const {
    if (file.path == first_) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const TextSample head, ReadHead(file, options_, kCheckBytes));
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
    for (const SampleCell& cell : row.cells) found.insert(cell.text);
    if (expected == found) return Status::OK();
    std::string differ;
    for (const std::string& name : expected) differ += found.count(name) ? "" : " no '" + name + "';";
    for (const std::string& name : found) differ += expected.count(name) ? "" : " '" + name + "' besides;";
    differ.pop_back();
    return Status::Invalid("the header of '", file.path, "' is not that of '", first_, "': it has", differ,
                           ". Load it apart, or declare the columns with --columns or --schema.");
  }

  Status InferFromSamples() {
    std::vector<ColumnFacts> facts(names_.size());
    bool is_whole = true;
    if (job_.options.infer != Infer::kNone) ARROW_RETURN_NOT_OK(NoteSamples(&facts, &is_whole));
    const bool has_all = std::all_of(facts.begin(), facts.end(), [](const ColumnFacts& f) { return f.has_values(); });
    // A stream on its way cannot be called back, and a column without a value promises nothing.
    const bool needs_all =
        job_.options.infer == Infer::kFull || !has_all || job_.options.output_kind == OutputKind::kIpcStream;
    if (job_.options.infer == Infer::kNone || is_whole || !needs_all) {
      SetColumns(names_, facts, &discovery_);
      return Status::OK();
    }
    SetColumns(names_, facts, &discovery_);
    return InferFully(job_, context_, ErrorPlace(), &discovery_);
  }

  Status NoteSamples(std::vector<ColumnFacts>* facts, bool* is_whole) const {
    const std::vector<std::string>& nulls = job_.options.dialect.nulls;
    const size_t step = (files_.size() + kSampledFiles - 1) / kSampledFiles;
    *is_whole = step <= 1;
    int64_t row_number = 0;
    for (size_t i = 0; i < files_.size(); i += step) {
      ARROW_ASSIGN_OR_RAISE(const auto samples, ReadSamples(files_[i], options_, kSampleBytes));
      *is_whole = *is_whole && samples.size() == 1 && samples[0].to_end;
      for (const TextSample& sample : samples) {
        std::vector<SampleRow> rows = TableRows(sample);
        if (sample.from_start && sniffed_.dialect.header && !rows.empty()) rows.erase(rows.begin());
        for (const SampleRow& row : rows) {
          if (row.cells.size() != names_.size()) {
            *is_whole = false;  // a fault, perhaps of the sample alone
            continue;
          }
          for (size_t c = 0; c < names_.size(); c++) {
            const std::string& text = row.cells[c].text;
            if (std::find(nulls.begin(), nulls.end(), text) == nulls.end()) (*facts)[c].Note(text, row_number);
          }
          row_number++;
        }
      }
    }
    return Status::OK();
  }

 public:
  static void SetColumns(const std::vector<std::string>& names, const std::vector<ColumnFacts>& facts,
                         Discovery* discovery) {
    Schema& schema = discovery->options.schema;
    std::vector<InferredReport> reports;
    schema.columns.clear();
    for (size_t i = 0; i < names.size(); i++) {
      InferredReport report;
      Column column = facts[i].ToColumn(names[i], &report.reason);
      if (column.nulls) {
        std::vector<std::string> nulls = discovery->options.dialect.nulls;
        nulls.insert(nulls.end(), column.nulls->begin(), column.nulls->end());
        column.nulls = std::move(nulls);
      }
      report.column = names[i];
      report.type = TypeName(column.type);
      reports.push_back(std::move(report));
      schema.columns.push_back(std::move(column));
    }
    for (size_t i = 0; i < std::min(reports.size(), discovery->columns.size()); i++) {
      const InferredReport& before = discovery->columns[i];
      reports[i].forced_path = before.forced_path;
      reports[i].forced_record = before.forced_record;
      reports[i].forced_line = before.forced_line;
    }
    discovery->columns = std::move(reports);
  }

 private:
  const Job& job_;
  const RunContext& context_;
  Options options_;  // the job's, with the encoding that was found
  std::vector<std::string> reasons_;
  std::vector<InputFacts> files_;
  std::string first_;
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
  ARROW_ASSIGN_OR_RAISE(const SettledJob settled, Settle(pass));
  ARROW_ASSIGN_OR_RAISE(auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
  FactsSink sink(names.size());
  Committer committer(*state, &sink, nullptr);
  Pipeline pipeline(state.get(), settled.units, settled.config.workers.value, &sink, &committer, context);
  ARROW_RETURN_NOT_OK(pipeline.Run());
  for (InferredReport& column : discovery->columns) {
    if (column.column != broken.column || broken.path.empty()) continue;
    column.forced_path = broken.path;
    column.forced_record = broken.reject.record;
    column.forced_line = broken.reject.line;
  }
  Discoverer::SetColumns(names, sink.facts(), discovery);
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
