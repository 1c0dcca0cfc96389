// gen milan: sample data.
#include <chrono>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "ledger/json_writer.h"

namespace headrace::cli {
namespace {

constexpr int64_t kFullDayRows = 5'160'000;

Result<gen::MilanReport> Generate(const Request& request) {
  gen::MilanOptions options = request.sample;
  options.directory = request.output;
  options.overwrite = request.job.options.overwrite;
  options.workers = static_cast<int>(request.job.config.workers.value);

  Progress progress(request.telling);
  const auto start = std::chrono::steady_clock::now();
  const int64_t rows = options.rows > 0 ? options.rows : options.days * kFullDayRows;
  Snapshot snapshot;
  snapshot.bytes_total = rows * options.bytes_per_row;  // about
  if (progress.wanted()) {
    options.progress = [&](int64_t bytes_done) {
      snapshot.bytes_read = bytes_done;
      snapshot.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      progress.Show(snapshot);
    };
  }
  return gen::GenerateMilan(options, StopOnSignal());
}

std::string SampleJson(const gen::MilanReport& report, const std::string& directory) {
  JsonWriter json;
  json.BeginObject().Key("path").String(directory).Key("files").Int(report.files).Key("rows").Int(report.rows);
  json.Key("bytes").Int(report.bytes).Key("seconds").Seconds(report.seconds).EndObject();
  return std::move(json).Finish();
}

}  // namespace

int RunGenMilan(Request& request) {
  if (!request.Given("--output")) {
    return FailUsage(Status::Invalid("there is no folder to write to\nfix: add -o DIR"), request);
  }
  const Result<gen::MilanReport> report = Generate(request);
  if (!report.ok()) return Fail(report.status(), "the days finished before are kept");
  if (request.telling.json) {
    const Status status = WriteOutput(SampleJson(*report, request.output));
    if (!status.ok()) return FailToTell(status, "the files are");
  }
  if (!request.telling.quiet) {
    const auto bytes = static_cast<double>(report->bytes);
    Tell("wrote     " + Visible(request.output, 1000) + ", " + Plural(report->files, "file") + ", " +
         Plural(report->rows, "row") + ", " + HumanBytes(bytes) + " in " + HumanSeconds(report->seconds) + ": " +
         HumanBytes(bytes / std::max(report->seconds, 1e-9)) + "/s\n");
  }
  return kExitClean;
}

}  // namespace headrace::cli
