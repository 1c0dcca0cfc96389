// headrace bench: what this machine does with these files; with --levels, the tuning guide's table.
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>

#include "cli/bench_runs.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/prepare.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "job/levels.h"
#include "ledger/json_writer.h"
#include "os/file_reader.h"
#include "os/machine.h"
#include "plan/inputs.h"
#include "tune/saved_settings.h"

namespace headrace::cli {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kMostRead = 4096 * kMiB;  // of the files, to find the rate of reading

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// One row of a table: how the scan is run, and what came of it.
struct Row {
  std::string name;
  std::vector<std::string> words;
  bool changes_result = false;
  std::vector<ScanFigures> runs;
  std::string failure;
};

// The words that every scan gets.
std::vector<std::string> CommonWords(const Request& request) {
  return WithoutFlags(WithoutFlags(request.words, {"--levels", "--json"}, false), {"--rounds"}, true);
}

// The words with every float64 column as float32.
Result<std::vector<std::string>> WithFloat32(const Request& request, const ScanRunner& runner) {
  Discovery found;
  found.options = request.job.options;
  if (found.options.schema.columns.empty()) {
    RunContext context;
    context.stop = StopOnSignal();
    ARROW_ASSIGN_OR_RAISE(found, Discover(request.job, context));
  }
  found.columns.resize(found.options.schema.columns.size());  // nothing is told of columns that are declared
  int changed = 0;
  for (Column& column : found.options.schema.columns) {
    if (column.type.kind != TypeKind::kFloat64) continue;
    column.type.kind = TypeKind::kFloat32;
    changed++;
  }
  if (changed == 0) return Status::Invalid("no column is float64");
  std::ofstream(runner.PathOf("float32.toml")) << SchemaText(found);
  auto words = WithoutFlags(CommonWords(request), {"--schema", "--columns", "--infer", "--dtypes", "--lock"}, true);
  words.insert(words.begin(), {"--schema", runner.PathOf("float32.toml")});
  return words;
}

Result<std::vector<Row>> LevelRows(const Request& request, const ScanRunner& runner) {
  std::vector<Row> rows;
  const auto add = [&rows](const std::string& name, std::vector<std::string> words, const char* level) {
    words.insert(words.begin(), {"--level", level});
    rows.push_back({name, std::move(words), name != level, {}, ""});
  };
  const std::vector<std::string> common = WithoutFlags(CommonWords(request), {"--level"}, true);
  for (const Level level : kLevels) add(std::string(LevelName(level)), common, std::string(LevelName(level)).c_str());
  auto narrow = WithFloat32(request, runner);
  if (narrow.ok()) {
    add("auto, float32", WithoutFlags(*narrow, {"--level"}, true), "auto");
  } else if (narrow.status().IsCancelled()) {
    return narrow.status();
  } else {
    rows.push_back({"auto, float32", {}, true, {}, narrow.status().message()});
  }
  std::vector<std::string> strict = common;
  strict.insert(strict.begin(), "--no-nulls");
  add("auto, --no-nulls", strict, "auto");
  return rows;
}

// Run all rows in turn, so that what changes with time changes for all; the first run of all is not counted.
Status Measure(const ScanRunner& runner, int64_t rounds, std::vector<Row>* rows) {
  ARROW_RETURN_NOT_OK(runner.Run(rows->front().words));
  for (int64_t round = 0; round < rounds; round++) {
    for (Row& row : *rows) {
      ARROW_RETURN_NOT_OK(StopOnSignal().Poll());
      if (!row.failure.empty()) continue;
      const auto figures = runner.Run(row.words);
      if (figures.ok()) {
        row.runs.push_back(*figures);
      } else if (row.changes_result && !figures.status().IsCancelled()) {
        row.failure = figures.status().message();  // the files do not allow it
      } else {
        return figures.status();
      }
    }
  }
  return Status::OK();
}

double RateOf(int64_t count, double seconds) { return static_cast<double>(count) / std::max(seconds, 1e-9); }

std::string Percent(double ratio) {
  const auto percent = std::lround((ratio - 1) * 100);
  return (percent < 0 ? "" : "+") + std::to_string(percent) + " %";
}

std::string LevelsTable(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> cells = {{"level", "rows/s", "seconds", "bytes/s", "peak memory", "gain"}};
  const double base = MedianOf(rows.front().runs).seconds;
  std::string failures;
  for (const Row& row : rows) {
    const std::string name = row.name + (row.changes_result ? " *" : "");
    if (row.runs.empty()) {
      cells.push_back({name, "-", "-", "-", "-", "-"});
      failures += name + ": " + row.failure.substr(0, row.failure.find('\n')) + "\n";
      continue;
    }
    const ScanFigures figures = MedianOf(row.runs);
    cells.push_back({name, Scaled(RateOf(figures.rows, figures.seconds)), HumanSeconds(figures.seconds),
                     HumanBytes(RateOf(figures.bytes, figures.seconds)),
                     HumanBytes(static_cast<double>(figures.peak_memory_bytes)), Percent(base / figures.seconds)});
  }
  cells.push_back({"", "", "", "", "", ""});
  cells.push_back({"guide: M4 Pro, 14 processes", "6.57M", "48.7 s", "506 MB", "", ""});
  cells.push_back({"guide expects: conservative", "8.2M", "38 to 41 s", "", "20 to 30 % less", "+15 to +25 %"});
  cells.push_back({"guide expects: aggressive", "11.8M", "27 to 35 s", "", "50 to 70 % less", "+40 to +80 %"});
  return AlignedTable(cells, "lrrrrr") +
         "* changes the result: other types, or empty fields refused. The guide's rows are of another machine and "
         "other "
         "files.\n" +
         failures;
}

std::string LevelsJson(const std::vector<Row>& rows) {
  JsonWriter json;
  json.BeginObject().Key("format").Int(1).Key("levels").BeginArray();
  const double base = MedianOf(rows.front().runs).seconds;
  for (const Row& row : rows) {
    json.BeginObject().Key("name").String(row.name).Key("changes_result").Bool(row.changes_result);
    if (row.runs.empty()) {
      json.Key("failure").String(row.failure).EndObject();
      continue;
    }
    const ScanFigures figures = MedianOf(row.runs);
    json.Key("rows").Int(figures.rows).Key("bytes").Int(figures.bytes).Key("median_seconds").Seconds(figures.seconds);
    json.Key("peak_memory_bytes").Int(figures.peak_memory_bytes);
    json.Key("rows_per_second").Int(std::llround(RateOf(figures.rows, figures.seconds)));
    json.Key("bytes_per_second").Int(std::llround(RateOf(figures.bytes, figures.seconds)));
    json.Key("gain_over_baseline").Seconds(base / figures.seconds).Key("seconds").BeginArray();
    for (const ScanFigures& run : row.runs) json.Seconds(run.seconds);
    json.EndArray().EndObject();
  }
  json.EndArray().Key("guide").BeginArray();
  json.BeginObject().Key("name").String("M4 Pro, 14 processes").Key("rows_per_second").Int(6'570'000);
  json.Key("seconds").Raw("48.66").Key("bytes_per_second").Int(506'000'000).EndObject();
  json.BeginObject().Key("name").String("expected, conservative").Key("rows_per_second").Int(8'200'000).EndObject();
  json.BeginObject().Key("name").String("expected, aggressive").Key("rows_per_second").Int(11'800'000).EndObject();
  json.EndArray().EndObject();
  return std::move(json).Finish();
}

// One figure of the machine.
struct Figure {
  std::string name;
  double bytes_per_second;
  std::string what;
};

// Read the plain files once, as one worker does.
Result<double> ReadRate(const std::vector<InputFacts>& files) {
  const auto reader = MakeFileReader(Io::kRead);
  std::vector<char> text(static_cast<size_t>(kMiB));
  int64_t bytes = 0;
  const double began = Now();
  for (const InputFacts& file : files) {
    if (file.is_stream) continue;
    ARROW_ASSIGN_OR_RAISE(const auto opened, InputFile::Open(file.path));
    for (int64_t at = 0; bytes < kMostRead;) {
      ARROW_RETURN_NOT_OK(StopOnSignal().Poll());
      ARROW_ASSIGN_OR_RAISE(const int64_t got, reader->ReadAt(*opened, at, text.data(), kMiB));
      if (got == 0) break;
      at += got;
      bytes += got;
    }
  }
  return RateOf(bytes, Now() - began);
}

// Copy memory that no cache holds, a few times; the best of them.
double CopyRate() {
  constexpr size_t kBytes = 128 * kMiB;
  std::vector<char> from(kBytes, 'x'), to(kBytes, 'y');
  double best = 0;
  for (int i = 0; i < 5; i++) {
    const double began = Now();
    std::memcpy(to.data(), from.data(), kBytes);
    best = std::max(best, RateOf(kBytes, Now() - began));
    from[static_cast<size_t>(i)] = to[kBytes - 1];  // the copy is used
  }
  return best;
}

Result<std::vector<Figure>> MeasureMachine(const Request& request, const ScanRunner& runner) {
  ARROW_ASSIGN_OR_RAISE(const auto files,
                        ResolveInputs(request.job.inputs, request.job.options, nullptr, StopOnSignal()));
  std::vector<Figure> figures;
  ARROW_ASSIGN_OR_RAISE(const double first, ReadRate(files));
  ARROW_ASSIGN_OR_RAISE(const double again, ReadRate(files));
  if (first > 0) {
    figures.push_back({"read", first, "the plain files, one thread, 1 MiB at a time, as the system's cache was"});
    figures.push_back({"read again", again, "the same, from the system's cache where it holds them"});
  }
  const double copy = CopyRate();
  SaveCopyRate(SavedSettingsPath(), CpuModel(), copy);  // for the verdict of later runs
  figures.push_back({"copy", copy, "memory to memory, one thread"});
  std::vector<std::string> one = CommonWords(request);
  one.insert(one.begin(), {"--workers", "1"});
  std::vector<Row> rows = {{"decode", std::move(one), false, {}, ""}, {"scan", CommonWords(request), false, {}, ""}};
  ARROW_RETURN_NOT_OK(Measure(runner, request.rounds, &rows));
  const char* what[] = {"text parsed, decoded and summed up by one worker", "the same, with the workers of the plan"};
  for (size_t i = 0; i < rows.size(); i++) {
    const ScanFigures median = MedianOf(rows[i].runs);
    figures.push_back({rows[i].name, RateOf(median.bytes, median.seconds), what[i]});
  }
  return figures;
}

std::string MachineText(const std::vector<Figure>& figures) {
  std::vector<std::vector<std::string>> cells = {{"rate", "bytes/s", "of what"}};
  for (const Figure& figure : figures) cells.push_back({figure.name, HumanBytes(figure.bytes_per_second), figure.what});
  return AlignedTable(cells, "lrl");
}

std::string MachineJson(const std::vector<Figure>& figures) {
  JsonWriter json;
  json.BeginObject().Key("format").Int(1).Key("rates").BeginArray();
  for (const Figure& figure : figures) {
    json.BeginObject().Key("name").String(figure.name);
    json.Key("bytes_per_second").Int(std::llround(figure.bytes_per_second)).Key("of").String(figure.what).EndObject();
  }
  json.EndArray().EndObject();
  return std::move(json).Finish();
}

Result<std::string> Bench(const Request& request) {
  ARROW_ASSIGN_OR_RAISE(const ScanRunner runner, ScanRunner::Make());
  if (!request.levels) {
    ARROW_ASSIGN_OR_RAISE(const auto figures, MeasureMachine(request, runner));
    return request.telling.json ? MachineJson(figures) : MachineText(figures);
  }
  ARROW_ASSIGN_OR_RAISE(auto rows, LevelRows(request, runner));
  ARROW_RETURN_NOT_OK(Measure(runner, request.rounds, &rows));
  return request.telling.json ? LevelsJson(rows) : LevelsTable(rows);
}

}  // namespace

int RunBench(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  std::vector<std::string> once = request.job.inputs;
  once.insert(once.end(), request.arguments.begin(), request.arguments.end());
  for (const std::string& input : once) {
    if (input != "-" && input != "@-") continue;
    return FailUsage(Status::Invalid("files and lists are read again and again\nfix: name a file in place of ", input),
                     request);
  }
  const Result<std::string> output = Bench(request);
  if (!output.ok()) return FailJob(output.status(), request);
  const Status status = WriteOutput(*output);
  return status.ok() ? kExitClean : Fail(status);
}

}  // namespace headrace::cli
