// Ingest: settle, run, balance the ledger, publish.
#include "headrace/ingest.h"

#include <algorithm>
#include <chrono>

#include "job/account.h"
#include "job/discover.h"
#include "job/drift.h"
#include "job/knobs.h"
#include "job/observer.h"
#include "job/settle.h"
#include "job/verify_written.h"
#include "ledger/manifest.h"
#include "ledger/rejects.h"
#include "os/machine.h"
#include "pipeline/pipeline.h"
#include "sink/directory_sink.h"
#include "sink/ipc_sink.h"
#include "sink/manifest_file.h"
#include "sink/parquet_sink.h"
#include "sink/statistics_sink.h"

namespace headrace {
inline namespace v0 {
namespace {

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Status CheckOutput(const Options& options) {
  const bool is_stored = options.output_kind != OutputKind::kNone && options.output_kind != OutputKind::kIpcStream;
  if (is_stored && options.output_path.empty()) {
    return Status::Invalid("the output has no path\nfix: set output_path, or --output");
  }
  if (is_stored || !(options.manifest || options.verify)) return Status::OK();
  return Status::Invalid("only a file or a folder has a manifest and can be verified\nfix: leave out ",
                         options.manifest ? "--manifest" : "--verify");
}

Status CheckInterval(double seconds) {
  constexpr double kLeast = 0.001, kMost = 86'400;
  if (seconds >= kLeast && seconds <= kMost) return Status::OK();
  return Status::Invalid("sample_interval is ", seconds, " seconds\nfix: give ", kLeast, " to ", kMost);
}

Result<std::unique_ptr<Sink>> MakeSink(const Options& options, const SettledJob& settled, arrow::MemoryPool* pool) {
  const bool direct = settled.config.write.value == Write::kDirect;
  switch (options.output_kind) {
    case OutputKind::kParquet:
      return MakeParquetSink(settled.columns, options, direct, pool);
    case OutputKind::kParquetPerFile:
      return MakeParquetPerFileSink(settled.columns, options, settled.naming_paths(), pool);
    case OutputKind::kParquetParts:
      return MakeParquetPartsSink(settled.columns, options, pool);
    case OutputKind::kParquetHive:
      return MakeHiveSink(settled.columns, options, pool);
    case OutputKind::kIpcFile:
      return MakeIpcFileSink(settled.columns, options, direct, pool);
    case OutputKind::kIpcStream:
      return MakeIpcStreamSink(settled.columns, options, pool);
    case OutputKind::kNone:
      return std::make_unique<StatisticsSink>(settled.columns);
  }
  return Status::UnknownError("output kind without a sink");
}

// Return what to tell of the first file or folder that readers pass over in silence for its name; empty: there is none.
Result<std::string> TextOfHiddenNames(const SettledJob& settled) {
  const Options& options = settled.options;
  const auto first_of = [](const std::vector<std::string>& names) {
    const auto is_hidden = [](const std::string& name) { return name.starts_with('_') || name.starts_with('.'); };
    const auto found = std::find_if(names.begin(), names.end(), is_hidden);
    return found == names.end() ? std::string() : *found;
  };
  std::string name, remedy;
  if (options.output_kind == OutputKind::kParquetHive) {
    name = first_of(options.partition_by);
    if (!name.empty()) name += "=...";
    remedy = "give the column another with --rename";
  } else if (options.output_kind == OutputKind::kParquetPerFile) {
    ARROW_ASSIGN_OR_RAISE(const auto names, PerFileNames(settled.naming_paths(), options.output_path));
    name = first_of(names);
    remedy = "rename its input";
  }
  if (name.empty()) return name;
  return "readers such as pyarrow pass over names that begin with '_' or '.', such as '" + name + "': " + remedy;
}

std::string DescribeRun(const Job& job, const SettledJob& settled, const Report& report, const Sink& sink) {
  std::vector<ManifestInput> inputs;
  for (const InputFacts& file : settled.files) inputs.push_back({file.path, file.facts.size, file.facts.mtime_ns});
  return ManifestJson(report, sink.pieces(), inputs, job.options.output_path);
}

// Whether the inputs are those that inference has looked at. Size and time do not tell objects of servers apart.
bool AreSame(const std::vector<InputFacts>& inputs, const std::vector<InputFacts>& seen) {
  return std::equal(
      inputs.begin(), inputs.end(), seen.begin(), seen.end(),
      [](const InputFacts& a, const InputFacts& b) { return !a.remote && a.path == b.path && a.facts == b.facts; });
}

// Run a job that declares everything, or whose columns were found.
Result<Report> Run(const Job& job, const RunContext& context, const Found* found, double started) {
  ARROW_ASSIGN_OR_RAISE(SettledJob settled, Settle(job, context.stop));
  const bool verified = found != nullptr && AreSame(settled.files, found->seen);
  for (Column& column : settled.options.schema.columns) column.verified = column.inferred && verified;
  ARROW_ASSIGN_OR_RAISE(auto state, Prepare(settled, context, arrow::StopToken::Unstoppable()));
  auto notes = TellUnusedPatterns(*state, context);
  ARROW_ASSIGN_OR_RAISE(const auto drift, TellDrift(*state, context));
  ARROW_ASSIGN_OR_RAISE(const std::string hidden, TextOfHiddenNames(settled));
  if (!hidden.empty()) {
    notes.push_back(hidden);
    if (context.note) context.note(hidden);
  }
  ARROW_ASSIGN_OR_RAISE(auto sink, MakeSink(settled.options, settled, state->pool));
  ARROW_ASSIGN_OR_RAISE(auto rejects, OpenRejects(settled.options, settled));
  Report report;
  Committer committer(*state, sink.get(), rejects.get());
  Pipeline pipeline(state.get(), settled.units, settled.config.workers.value, sink.get(), &committer, context);
  StartPrefetch(settled, state.get());
  RunObserver observer(*state, settled, context);
  observer.Watch(&pipeline);
  ARROW_RETURN_NOT_OK(pipeline.Run());
  ARROW_RETURN_NOT_OK(committer.Finish(&report));
  report.max_units_in_flight = pipeline.max_in_flight();
  report.units_redone = pipeline.units_redone();
  report.units_given_up = pipeline.units_given_up();
  if (found != nullptr) {
    report.inferred = found->discovery.columns;
    report.schema_text = SchemaText(found->discovery);
    report.notes = found->notes;
  }
  report.notes.insert(report.notes.end(), notes.begin(), notes.end());
  report.drift = drift;
  report.config = DescribeConfig(settled);
  ARROW_RETURN_NOT_OK(Account(sink.get(), rejects.get(), &report));
  ARROW_RETURN_NOT_OK(state->PollStop());
  if (auto* statistics = dynamic_cast<StatisticsSink*>(sink.get())) report.columns = statistics->columns();
  std::string manifest;
  if (job.options.manifest || job.options.verify) manifest = DescribeRun(job, settled, report, *sink);
  if (job.options.verify) {
    ARROW_RETURN_NOT_OK(VerifyBeforePublishing(*sink, job.options, manifest, context.stop));
    report.verified = true;
    if (!job.options.manifest) manifest.clear();
  }
  observer.Finish(&report);
  report.peak_memory_bytes = PeakMemoryBytes();
  report.seconds = Now() - started;
  if (context.before_publish) ARROW_RETURN_NOT_OK(context.before_publish(report));
  ARROW_RETURN_NOT_OK(CheckNames(job.options));
  if (rejects) ARROW_RETURN_NOT_OK(rejects->Publish());
  ARROW_RETURN_NOT_OK(sink->Publish(manifest));
  return report;
}

}  // namespace

Result<Report> Ingest(const Job& job, const RunContext& context) {
  ARROW_RETURN_NOT_OK(CheckOutput(job.options));
  ARROW_RETURN_NOT_OK(CheckInterval(context.sample_interval));
  const double started = Now();
  if (!job.options.schema.columns.empty()) return Run(job, context, nullptr, started);
  ARROW_ASSIGN_OR_RAISE(const Job kept, KeepInputs(job, context));
  ARROW_ASSIGN_OR_RAISE(Found found, Find(kept, context));
  TellNotes(found, context);
  Job declared = kept;
  declared.options = found.discovery.options;
  Result<Report> report = Run(declared, context, &found, started);
  const ErrorPlace* place = PlaceOf(report.status());
  if (place == nullptr || !place->breaks_promise) return report;
  if (job.options.output_kind == OutputKind::kIpcStream) {  // its batches cannot be called back
    return Status::Invalid("a value does not have the type that was found for its column, and a stream cannot begin ",
                           "again: ", place->ToString(),
                           "\nfix: declare the columns with --columns or --schema, or write to a file");
  }
  ARROW_RETURN_NOT_OK(InferFully(kept, context, *place, &found));
  if (job.options.dtypes == Dtypes::kOptimized) ARROW_RETURN_NOT_OK(NarrowTypes(kept, context, &found));
  declared.options = found.discovery.options;
  RunContext again = context;
  again.drift = nullptr;  // is told already, and so are notes
  again.note = nullptr;
  return Run(declared, again, &found, started);
}

}  // namespace v0
}  // namespace headrace
