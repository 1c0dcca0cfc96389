// The commands that take a job: ingest, scan, sniff.
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/metrics_out.h"
#include "cli/prepare.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/text.h"
#include "cli/text_file.h"
#include "job/discover.h"
#include "job/drift.h"
#include "ledger/json_writer.h"

namespace headrace::cli {
namespace {

constexpr size_t kNoteBytes = 1200;  // a path in it has at most some 1000

std::string AsLine(const std::string& json) { return json.ends_with('\n') ? json : json + "\n"; }

// The files that tell of a run: the report, and the lock file where there is none yet.
struct TextFiles {
  TextFile report, lock;

  Status Open(const Request& request) {
    if (request.Given("--report")) ARROW_RETURN_NOT_OK(report.Open(request.telling.report_path, /*overwrite=*/true));
    const bool locks = request.Given("--lock") && !request.locked;
    return locks ? lock.Open(request.lock_path, /*overwrite=*/false) : Status::OK();
  }

  Status Write(const Report& run) {
    if (report.is_open()) ARROW_RETURN_NOT_OK(report.Write(AsLine(ReportToJson(run))));
    return lock.is_open() ? lock.Write(run.schema_text) : Status::OK();
  }

  Status Publish() {
    const auto told = [](const Status& status, std::string_view what) {
      if (status.ok()) return status;
      return status.WithMessage("the output is complete, but not the ", what, ": ", status.message());
    };
    if (report.is_open()) ARROW_RETURN_NOT_OK(told(report.Publish(), "report"));
    return lock.is_open() ? told(lock.Publish(), "lock file") : Status::OK();
  }
};

// Run the job with progress, the report and the lock file; what it prints is the caller's.
Result<Report> RunJob(const Request& request) {
  TextFiles files;
  ARROW_RETURN_NOT_OK(files.Open(request));
  MetricsOut metrics;
  ARROW_RETURN_NOT_OK(metrics.Open(request.telling));
  if (!metrics.url().empty() && !request.telling.quiet) Tell("metrics   " + metrics.url() + "\n");
  Progress progress(request.telling);
  RunContext context;
  context.stop = StopOnSignal();
  if (progress.wanted()) context.progress = [&](const Snapshot& snapshot) { progress.Show(snapshot); };
  if (!request.telling.quiet) {
    context.drift = [](const Drift& drift) { Tell(DriftLine(drift)); };
    context.note = [](const std::string& note) { Tell("note: " + Visible(note, kNoteBytes) + "\n"); };
  }
  context.before_publish = [&](const Report& run) { return files.Write(run); };
  context.sample_interval = request.telling.metrics_interval;
  context.observes = request.Given("--report") || request.telling.verbose || request.telling.json;
  context.decision = [&](const Decision& decision) { metrics.Give(decision); };
  if (metrics.wanted() || progress.wanted()) {
    context.sample = [&](const Sample& sample) {
      metrics.Give(sample);
      if (progress.wanted()) progress.Show(sample);
    };
  }
  Result<Report> report = Ingest(request.job, context);
  progress.Erase();
  const Status told = metrics.Close();
  ARROW_RETURN_NOT_OK(report.status());
  ARROW_RETURN_NOT_OK(files.Publish());
  // Without the errno: a reader of a pipe that went away is not that of standard output.
  if (!told.ok()) return Status::IOError("the output is complete, but not the metrics: ", told.message());
  return report;
}

// Print `output` on standard output and the summary on standard error; return the exit code.
int TellReport(const Report& report, const Request& request, const std::string& output) {
  if (!output.empty()) {
    const bool writes = request.job.options.output_kind != OutputKind::kNone;
    const Status status = WriteOutput(output);
    if (!status.ok()) return FailToTell(status, writes ? "the output is" : "the run is");
  }
  if (!request.telling.quiet) Tell(SummaryText(report, request));
  return report.rows_rejected > 0 || report.values_nulled > 0 ? kExitRejects : kExitClean;
}

std::string DiscoveryJson(const Discovery& found) {
  JsonWriter json;
  json.BeginObject().Key("format").Int(1);
  json.Key("confidence").Raw(std::to_string(found.confidence));
  json.Key("reasons").BeginArray();
  for (const std::string& reason : found.reasons) json.String(reason);
  json.EndArray();
  const Dialect& dialect = found.options.dialect;
  json.Key("dialect").BeginObject().Key("delimiter").String(dialect.delimiter);
  const auto byte = [&](std::string_view key, const std::optional<char>& value) {
    json.Key(key).String(value ? std::string(1, *value) : "");
  };
  byte("quote", dialect.quote);
  byte("escape", dialect.escape);
  constexpr const char* kStyles[] = {"field", "quoted", "c"};
  json.Key("escape_style").String(kStyles[static_cast<int>(dialect.escape_style)]);
  byte("comment", dialect.comment);
  json.Key("encoding").String(dialect.encoding.empty() ? "utf-8" : dialect.encoding);
  byte("decimal", dialect.decimal);
  json.Key("thousands").String(dialect.thousands);
  json.Key("header").Bool(dialect.header).Key("skip_rows").Int(dialect.skip_rows);
  json.Key("header_rows").Int(dialect.header_rows).Key("skip_after_header").Int(dialect.skip_after_header);
  json.Key("skip_footer").Int(dialect.skip_footer).EndObject();
  json.Key("columns").BeginArray();
  for (const InferredReport& column : found.columns) {
    json.BeginObject().Key("name").String(column.column).Key("type").String(column.type);
    json.Key("reason").String(column.reason).EndObject();
  }
  json.EndArray().EndObject();
  return std::move(json).Finish();
}

}  // namespace

int RunIngest(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  const Result<Report> report = RunJob(request);
  const bool streams = request.job.options.output_kind == OutputKind::kIpcStream;
  const char* const left = streams ? "the stream has no end" : "nothing was published";
  if (!report.ok()) return FailJob(report.status(), request, left);
  return TellReport(*report, request, request.telling.json ? AsLine(ReportToJson(*report)) : "");
}

int RunScan(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  const Result<Report> report = RunJob(request);
  if (!report.ok()) return FailJob(report.status(), request);
  return TellReport(*report, request, request.telling.json ? AsLine(ScanToJson(*report)) : ScanTable(*report));
}

int RunSniff(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  RunContext context;
  context.stop = StopOnSignal();
  const Result<Discovery> found = Discover(request.job, context);
  if (!found.ok()) return FailJob(found.status(), request);
  const Status status = WriteOutput(request.telling.json ? DiscoveryJson(*found) : SchemaText(*found));
  return status.ok() ? kExitClean : Fail(status);
}

}  // namespace headrace::cli
