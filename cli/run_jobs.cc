// The commands that take a job: ingest, scan, explain.
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/prepare.h"
#include "cli/progress.h"
#include "cli/report_file.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/text.h"
#include "job/discover.h"
#include "job/drift.h"
#include "ledger/json_writer.h"

namespace headrace::cli {
namespace {

// Run the job with progress and the report file; what it prints is the caller's.
Result<Report> RunJob(const Request& request) {
  ReportFile file;
  ARROW_RETURN_NOT_OK(file.Open(request.telling.report_path));
  Progress progress(request.telling);
  RunContext context;
  context.stop = StopOnSignal();
  if (progress.wanted()) context.progress = [&](const Snapshot& snapshot) { progress.Show(snapshot); };
  if (!request.telling.quiet) context.drift = [](const Drift& drift) { Tell(DriftLine(drift)); };
  Result<Report> report = Ingest(request.job, context);
  progress.Erase();
  ARROW_RETURN_NOT_OK(report.status());
  const Status published = file.Publish(*report);
  if (published.ok()) return report;
  return published.WithMessage("the output is complete, but not the report: ", published.message());
}

// Print `output` on standard output and the summary on standard error; return the exit code.
int TellReport(const Report& report, const Request& request, const std::string& output) {
  if (!output.empty()) {
    if (const Status status = WriteOutput(output); !status.ok()) return Fail(status);
  }
  if (!request.telling.quiet) Tell(SummaryText(report, request));
  return report.rows_rejected > 0 || report.values_nulled > 0 ? kExitRejects : kExitClean;
}

std::string AsLine(const std::string& json) { return json.ends_with('\n') ? json : json + "\n"; }

std::string ExplanationText(const Explanation& plan) {
  std::string text = KnobTable(plan.hardware);
  text.replace(0, 4, "here");  // where the other table says "knob"
  if (!plan.files.empty()) {
    const std::string units =
        plan.units < 0 ? "units: known only when the streams have been read" : Plural(plan.units, "unit");
    text += "\n" + Plural(static_cast<int64_t>(plan.files.size()), "input file") + ", " +
            HumanBytes(static_cast<double>(plan.bytes)) + ", " + units + "\n";
  }
  for (const Drift& drift : plan.drift) text += DriftLine(drift);
  if (!plan.inferred.empty()) text += "\n" + InferredTable(plan.inferred);
  return plan.config.empty() ? text : text + "\n" + KnobTable(plan.config);
}

std::string ExplanationJson(const Explanation& plan) {
  JsonWriter json;
  const auto knobs = [&](std::string_view key, const std::vector<KnobReport>& list) {
    json.Key(key).BeginArray();
    for (const KnobReport& knob : list) {
      json.BeginObject().Key("name").String(knob.name).Key("value").String(knob.value);
      json.Key("origin").String(knob.origin).Key("reason").String(knob.reason).EndObject();
    }
    json.EndArray();
  };
  json.BeginObject().Key("format").Int(1);
  knobs("hardware", plan.hardware);
  knobs("config", plan.config);
  json.Key("files").BeginArray();
  for (const std::string& file : plan.files) json.String(file);
  json.EndArray();
  WriteDrift(plan.drift, &json);
  if (!plan.inferred.empty()) WriteInferred(plan.inferred, &json);
  json.Key("bytes").Int(plan.bytes).Key("units");
  if (plan.units < 0) {
    json.Null();
  } else {
    json.Int(plan.units);
  }
  json.EndObject();
  return std::move(json).Finish();
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
  byte("comment", dialect.comment);
  json.Key("encoding").String(dialect.encoding.empty() ? "utf-8" : dialect.encoding);
  json.Key("header").Bool(dialect.header).Key("skip_rows").Int(dialect.skip_rows).EndObject();
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
  if (!report.ok()) return Fail(report.status(), streams ? "the stream has no end" : "nothing was published");
  return TellReport(*report, request, request.telling.json ? AsLine(ReportToJson(*report)) : "");
}

int RunScan(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  const Result<Report> report = RunJob(request);
  if (!report.ok()) return Fail(report.status());
  return TellReport(*report, request, request.telling.json ? AsLine(ScanToJson(*report)) : ScanTable(*report));
}

int RunSniff(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  RunContext context;
  context.stop = StopOnSignal();
  const Result<Discovery> found = Discover(request.job, context);
  if (!found.ok()) return Fail(found.status());
  const Status status = WriteOutput(request.telling.json ? DiscoveryJson(*found) : SchemaText(*found));
  return status.ok() ? kExitClean : Fail(status);
}

int RunExplain(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  RunContext context;
  context.stop = StopOnSignal();
  const Result<Explanation> plan = Explain(request.job, context);
  if (!plan.ok()) return Fail(plan.status());
  const Status status = WriteOutput(request.telling.json ? ExplanationJson(*plan) : ExplanationText(*plan));
  return status.ok() ? kExitClean : Fail(status);
}

}  // namespace headrace::cli
