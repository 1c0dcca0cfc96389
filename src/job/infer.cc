// The pass over all values that finds the types of columns.
#include "job/infer.h"

#include <algorithm>

#include "job/number_marks.h"
#include "job/settle.h"
#include "pipeline/pipeline.h"
#include "sniff/facts_sink.h"
#include "sniff/mark_finder.h"
#include "sniff/range_sink.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kNumberedUnitBytes = 4 << 20;

// A name that no column of the source has.
std::string FreeName(std::string name, const Schema& schema) {
  for (size_t i = 0; i < schema.columns.size();) {
    if (schema.columns[i].name == name) {
      name += '_';
      i = 0;
    } else {
      i++;
    }
  }
  return name;
}

// A job over all records of the inputs, with no columns yet. Faulty records are left out.
Job PassOver(const Job& job, const Options& found) {
  Job pass;
  pass.inputs = job.inputs;
  pass.config = job.config;
  pass.kept = job.kept;
  pass.config.tunes = false;
  Options& options = pass.options;
  options.dialect = found.dialect;
  options.dialect.no_nulls = false;
  options.on_error = OnError::kSkip;
  options.on_file_error = job.options.on_file_error;
  options.max_record_bytes = job.options.max_record_bytes;
  options.max_fields = job.options.max_fields;
  options.max_expansion = job.options.max_expansion;
  options.file_order = job.options.file_order;
  options.recursive = job.options.recursive;
  options.unit_bytes = job.options.unit_bytes;
  return pass;
}

// The job that reads every field as bytes, and numbers records and lines.
Job InferringJob(const Job& job, const Options& found) {
  Job pass = PassOver(job, found);
  Schema& schema = pass.options.schema;
  for (const Column& declared : found.schema.columns) {
    Column& column = schema.columns.emplace_back();
    column.name = declared.name;
    column.type.kind = TypeKind::kBinary;
  }
  // A unit waits for the numbers of the one before it: units of one size, and small ones, wait least.
  pass.options.unit_bytes = std::min(pass.options.unit_bytes, kNumberedUnitBytes);
  pass.options.record_number_column = FreeName("record", schema);
  pass.options.line_number_column = FreeName("line", schema);
  return pass;
}

// Return the file that a row of the pass lies in. Of each file the rows are the records that are not rejected.
const std::string& FileOf(int64_t row, const std::vector<FileReport>& files) {
  size_t i = 0;
  for (; i + 1 < files.size() && row >= files[i].rows - files[i].rejected; i++)
    row -= files[i].rows - files[i].rejected;
  return files[i].path;
}

void SetForced(const ErrorPlace& place, InferredReport* column) {
  column->forced_path = place.path;
  column->forced_record = place.reject.record;
  column->forced_line = place.reject.line;
}

}  // namespace

void SetColumns(const std::vector<ColumnFacts>& facts, Discovery* discovery) {
  Schema& schema = discovery->options.schema;
  discovery->columns.resize(facts.size());
  for (size_t i = 0; i < facts.size(); i++) {
    InferredReport& report = discovery->columns[i];
    Column column = facts[i].ToColumn(schema.columns[i].name, &report.reason);
    if (column.nulls) {
      std::vector<std::string> nulls = discovery->options.dialect.nulls;
      nulls.insert(nulls.end(), column.nulls->begin(), column.nulls->end());
      column.nulls = std::move(nulls);
    }
    report.column = column.name;
    report.type = TypeName(column.type);
    if (const std::string kept = KeptAsText(report); !kept.empty()) report.reason += "; " + kept;
    schema.columns[i] = std::move(column);
  }
}

Status InferFully(const Job& job, const RunContext& context, const ErrorPlace& broken, Found* found) {
  const bool has_promised = !broken.path.empty();
  // Narrowed types are not those of facts: then only the broken column's place is told.
  const bool tells_places = !has_promised || job.options.dtypes == Dtypes::kWide;
  Discovery* discovery = &found->discovery;
  const Schema promised = discovery->options.schema;
  const size_t num_columns = promised.columns.size();
  const Job pass = InferringJob(job, discovery->options);
  ARROW_ASSIGN_OR_RAISE(const SettledJob settled, Settle(pass, context.stop));
  ARROW_ASSIGN_OR_RAISE(auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
  ColumnSpec telling;
  telling.type.kind = TypeKind::kBinary;
  telling.nulls = pass.options.dialect.nulls;
  telling.format = FormatIn(pass.options.dialect, Column());
  telling.telling_only = true;
  const auto decoder = std::make_shared<const ColumnDecoder>(telling);
  for (size_t i = 0; i < num_columns; i++) state->readings.front()->kept[i].decoder = decoder;
  FactsSink sink(num_columns, pass.options.dialect.nulls, MarksOf(pass.options.dialect, job.options.declared));
  Committer committer(*state, &sink, nullptr);
  Pipeline pipeline(state.get(), settled.units, settled.config.workers.value, &sink, &committer, context);
  StartPrefetch(settled, state.get());
  ARROW_RETURN_NOT_OK(pipeline.Run());
  Report report;
  ARROW_RETURN_NOT_OK(committer.Finish(&report));
  SetColumns(sink.facts(), discovery);
  for (size_t i = 0; i < num_columns; i++) {
    InferredReport& column = discovery->columns[i];
    if (has_promised && column.column == broken.column) {
      SetForced(broken, &column);
      column.broke_promise = true;
      continue;
    }
    if (!tells_places) continue;
    std::optional<TypeKind> held;
    if (has_promised) held = promised.columns[i].type.kind;
    const auto place = sink.facts()[i].BrokenAt(held);
    if (!place) continue;
    column.forced_path = FileOf(place->row, report.files);
    column.forced_record = place->record;
    column.forced_line = place->line;
    column.broke_promise = has_promised;
  }
  found->seen = settled.files;
  return Status::OK();
}

Status NarrowTypes(const Job& job, const RunContext& context, Found* found) {
  Discovery* discovery = &found->discovery;
  Job pass = PassOver(job, discovery->options);
  pass.options.on_error = OnError::kNull;  // a record with a bad text may be kept, and so may its numbers
  std::vector<size_t> measured;
  for (Column column : discovery->options.schema.columns) {
    if (IsInteger(column.type.kind) || column.type.kind == TypeKind::kString) {
      measured.push_back(pass.options.schema.columns.size());
      pass.options.select.push_back(column.name);
    }
    column.inferred = false;  // a value that does not fit stops the job, not this pass
    pass.options.schema.columns.push_back(std::move(column));
  }
  if (measured.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const SettledJob settled, Settle(pass, context.stop));
  ARROW_ASSIGN_OR_RAISE(auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
  RangeSink sink(measured.size());
  Committer committer(*state, &sink, nullptr);
  Pipeline pipeline(state.get(), settled.units, settled.config.workers.value, &sink, &committer, context);
  StartPrefetch(settled, state.get());
  ARROW_RETURN_NOT_OK(pipeline.Run());
  for (size_t i = 0; i < measured.size(); i++) {
    DataType& type = discovery->options.schema.columns[measured[i]].type;
    InferredReport& report = discovery->columns[measured[i]];
    std::string reason;
    type = sink.ranges()[i].Narrow(type, &reason);
    report.type = TypeName(type);
    if (!reason.empty()) report.reason += "; " + reason;
  }
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
