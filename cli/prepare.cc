#include "cli/prepare.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/signals.h"
#include "plan/inputs.h"
#include "sink/manifest_file.h"

namespace headrace::cli {
namespace {

bool IsDirectory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// A name that ends in .tsv, or in .tsv and the ending of a codec.
bool IsNamedTsv(std::string_view name) {
  if (IsRemote(name)) name = name.substr(0, name.find('?'));
  for (const std::string_view codec : {".gz", ".zst", ".bz2", ".lz4", ".xz"}) {
    if (name.ends_with(codec)) name.remove_suffix(codec.size());
  }
  return name.ends_with(".tsv");
}

// Whether every input is named .tsv. What directories and open globs stand for is asked of the planner.
bool AllNamedTsv(const Job& job) {
  if (std::all_of(job.inputs.begin(), job.inputs.end(), IsNamedTsv)) return true;
  const auto is_another = [](const std::string& input) {  // whatever it holds
    return input == "-" || (IsHttp(SchemeOf(input)) && !IsNamedTsv(input));
  };
  if (std::any_of(job.inputs.begin(), job.inputs.end(), is_another)) return false;
  const auto files = ResolveInputs(job.inputs, job.options, /*kept=*/nullptr, StopOnSignal());
  return files.ok() &&
         std::all_of(files->begin(), files->end(), [](const InputFacts& file) { return IsNamedTsv(file.path); });
}

// The same line finds the columns the first time, and takes them from the lock file afterwards.
Status PrepareLock(const Request& request) {
  for (const std::string_view flag : {"--schema", "--columns"}) {
    if (!request.Given(flag)) continue;
    return Status::Invalid("--lock has no effect where the columns are declared\nfix: leave it out, or ", flag);
  }
  if (!request.lock_path.ends_with(".toml")) {
    return Status::Invalid("--lock: '", request.lock_path, "' does not end in .toml\nfix: name it so");
  }
  if (request.locked && request.job.options.schema.columns.empty()) {
    return Status::Invalid("--lock: '", request.lock_path,
                           "' declares no columns\nfix: remove it, so that it is made again");
  }
  return Status::OK();
}

// Columns are matched with headers where both are declared, as a lock file will.
Status CheckMatching(const Request& request) {
  const Options& options = request.job.options;
  const bool has_header =
      options.dialect.header || std::any_of(options.file_dialects.begin(), options.file_dialects.end(),
                                            [](const auto& file) { return file.dialect.header; });
  for (const std::string_view flag : {"--missing-columns", "--extra-columns"}) {
    if (!request.Given(flag) || (request.Given("--lock") && !request.locked)) continue;
    if (options.schema.columns.empty()) {
      return Status::Invalid(flag, " has no effect where no columns are declared: all headers must be alike\n",
                             "fix: declare them with --columns or --schema, or leave it out");
    }
    if (has_header) continue;
    return Status::Invalid(flag, " has no effect without a header: columns are matched by position\n",
                           "fix: add --header, or leave it out");
  }
  return Status::OK();
}

// Where no columns are declared, the dialect is found too, but for what is said of it.
Status PrepareDiscovery(Request* request) {
  Options& options = request->job.options;
  options.declared = request->schema_dialect;
  constexpr std::pair<std::string_view, const char*> kFlags[] = {
      {"--delimiter", "delimiter"}, {"--quote", "quote"},         {"--comment", "comment"},
      {"--escape", "escape"},       {"--nulls", "nulls"},         {"--header", "header"},
      {"--no-header", "header"},    {"--skip-rows", "skip_rows"}, {"--decimal", "decimal"},
      {"--thousands", "thousands"}};
  for (const auto& [flag, key] : kFlags) {
    if (request->Given(flag)) options.declared.emplace_back(key);
  }
  ARROW_RETURN_NOT_OK(CheckMatching(*request));
  if (request->Given("--lock")) return PrepareLock(*request);
  for (const std::string_view flag : {"--infer", "--dtypes"}) {
    if (!request->Given(flag) || options.schema.columns.empty()) continue;
    return Status::Invalid(flag, " has no effect where the columns are declared\nfix: leave it out");
  }
  return Status::OK();
}

Status PrepareDelimiter(Request* request) {
  const auto& keys = request->schema_dialect;
  const bool declared = request->Given("--delimiter") || std::find(keys.begin(), keys.end(), "delimiter") != keys.end();
  if (request->job.options.schema.columns.empty()) return Status::OK();
  if (!declared && AllNamedTsv(request->job)) request->job.options.dialect.delimiter = "\t";
  return Status::OK();
}

Status CheckSample(const Request& request) {
  if (!request.Given("--sample-seed") || request.Given("--sample")) return Status::OK();
  return Status::Invalid("--sample-seed has no effect without --sample: all records are kept\n",
                         "fix: add --sample P%, or leave it out");
}

Status PrepareFaults(Request* request) {
  Options& options = request->job.options;
  const bool rejects = request->Given("--rejects");
  if (rejects && !request->Given("--on-error")) options.on_error = OnError::kQuarantine;
  if (!rejects && options.on_error == OnError::kQuarantine) {
    return Status::Invalid("--on-error quarantine needs a file for what it sets aside\n",
                           "fix: add --rejects FILE, or use --on-error skip");
  }
  if (rejects && options.on_error == OnError::kSkip) {
    return Status::Invalid("--on-error skip writes no rejects\nfix: use --on-error quarantine, or leave out --rejects");
  }
  // Under `fail` only a damaged file can be a reject.
  const bool none = options.on_error == OnError::kFail && options.on_file_error == OnFileError::kFail;
  for (const std::string_view flag : {"--rejects", "--max-rejects"}) {
    if (none && request->Given(flag)) {
      return Status::Invalid(flag, " has no effect with --on-error fail\nfix: use --on-error quarantine, null or skip");
    }
  }
  return Status::OK();
}

Status PrepareCodec(Request* request) {
  Options& options = request->job.options;
  const bool ipc = options.output_kind == OutputKind::kIpcFile || options.output_kind == OutputKind::kIpcStream;
  if (!request->Given("--compression")) {
    if (ipc) options.codec = Codec::kNone;
    return Status::OK();
  }
  if (ipc && (options.codec == Codec::kSnappy || options.codec == Codec::kGzip)) {
    return Status::Invalid("Arrow IPC does not know this codec\nfix: use --compression zstd, lz4 or none");
  }
  return Status::OK();
}

Status PrepareStream(const Request& request) {
  for (const std::string_view flag : {"--manifest", "--verify"}) {
    if (!request.Given(flag)) continue;
    return Status::Invalid(flag, " has no effect on standard output\nfix: leave it out, or name a file");
  }
  if (request.command->id != kIngest) return Status::OK();
  if (request.telling.json) {
    return Status::Invalid("--json and -o - both want standard output\nfix: use --report FILE.json");
  }
  if (IsTerminal(STDOUT_FILENO)) {
    return Status::Invalid("standard output is a terminal, and an Arrow stream is not for reading\n",
                           "fix: pipe it into a program, or redirect it to a file");
  }
  return Status::OK();
}

Status PrepareOutput(Request* request) {
  Options& options = request->job.options;
  ARROW_ASSIGN_OR_RAISE(options.output_kind, OutputForm(request->output, !options.partition_by.empty()));
  options.output_path = request->output;
  for (const std::string_view flag : {"--rows-per-file", "--bytes-per-file"}) {
    if (!request->Given(flag) || options.output_kind == OutputKind::kParquetHive) continue;
    if (options.output_kind != OutputKind::kParquetPerFile && options.output_kind != OutputKind::kParquetParts) {
      return Status::Invalid(flag, " needs a directory: '", request->output, "'\nfix: end it with a slash: -o dir/");
    }
    options.output_kind = OutputKind::kParquetParts;
  }
  const bool stream = options.output_kind == OutputKind::kIpcStream;
  if (request->Given("--parquet-compat") && (stream || options.output_kind == OutputKind::kIpcFile)) {
    return Status::Invalid("--parquet-compat has no effect on Arrow IPC\nfix: leave it out");
  }
  if (stream) ARROW_RETURN_NOT_OK(PrepareStream(*request));
  return PrepareCodec(request);
}

// --overwrite where nothing can be replaced.
Status CheckOverwrite(const Request& request) {
  const OutputKind kind = request.job.options.output_kind;
  const bool writes = (kind != OutputKind::kNone && kind != OutputKind::kIpcStream) || request.Given("--rejects");
  if (writes || !request.Given("--overwrite") || request.command->id == kExplain) return Status::OK();
  return Status::Invalid("--overwrite has no effect: no file is written\nfix: leave it out");
}

// Sizes that depend on the command or on other flags.
void PrepareSizes(Request* request) {
  constexpr int64_t kScannedUnitBytes = 4 << 20;  // values that are only looked at had better stay in the caches
  if (request->command->id == kScan && !request->Given("--unit-bytes")) {
    request->job.options.unit_bytes = kScannedUnitBytes;
  }
  if (request->chunk_name == "whole") request->job.config.chunk_bytes.value = request->job.options.unit_bytes;
}

// The report replaces what it finds: only what is named as a report may be there.
Status CheckReport(const Request& request) {
  const std::string& report = request.telling.report_path;
  if (!request.Given("--report") || report.ends_with(".json")) return Status::OK();
  return Status::Invalid("--report: '", report,
                         "' does not end in .json\nfix: name it so: an existing file is replaced");
}

Status CheckMetrics(const Request& request) {
  const std::string& path = request.telling.metrics_path;
  if (request.Given("--metrics") && !path.ends_with(".jsonl")) {
    return Status::Invalid("--metrics: '", path,
                           "' does not end in .jsonl\nfix: name it so: an existing file is replaced");
  }
  const auto looks = {"--metrics", "--metrics-listen", "--report", "--verbose", "--json", "--progress"};
  if (request.Given("--metrics-interval") &&
      std::none_of(looks.begin(), looks.end(), [&](const char* flag) { return request.Given(flag); })) {
    return Status::Invalid("--metrics-interval has no effect: nothing is told at an interval\n",
                           "fix: add --metrics FILE.jsonl, or leave it out");
  }
  if (request.Given("--metrics-listen") && request.telling.metrics_listen.empty()) {
    return Status::Invalid("--metrics-listen needs an address\nfix: use HOST:PORT, as in 127.0.0.1:9400");
  }
  return Status::OK();
}

// A file of the job that is no input.
struct OwnFile {
  std::string what, path;
  bool written = true;
};

std::vector<OwnFile> OwnFiles(const Request& request) {
  const Options& options = request.job.options;
  std::vector<OwnFile> files = {{"--metrics", request.telling.metrics_path},
                                {"--rejects", options.rejects_path},
                                {"--report", request.telling.report_path},
                                {"--lock", request.lock_path},
                                {"--schema", request.schema_path, false}};
  for (const std::string& input : request.arguments) {
    if (input.starts_with('@') && input != "@-") files.push_back({"the list", input.substr(1), false});
  }
  if (!request.output.empty() && request.output != "-") {
    files.push_back({"the output's manifest", ManifestPath(request.output)});
    if (!request.output.ends_with('/')) files.push_back({"the output", request.output});
  }
  std::erase_if(files, [](const OwnFile& file) { return file.path.empty(); });
  return files;
}

// No two of them may be one, nor may one lie in an output that is a folder, which is written anew as a whole.
Status CheckOwnFiles(const Request& request) {
  const std::vector<OwnFile> files = OwnFiles(request);
  for (size_t i = 0; i < files.size(); i++) {
    if (request.output.ends_with('/') && LiesIn(files[i].path, request.output)) {
      return Status::Invalid(files[i].what, ": '", files[i].path, "' lies in the output '", request.output,
                             "', a folder that is written anew as a whole\nfix: choose another place");
    }
    for (size_t k = i + 1; k < files.size(); k++) {
      if (!(files[i].written || files[k].written) || CanonicalPath(files[i].path) != CanonicalPath(files[k].path))
        continue;
      return Status::Invalid(files[i].what, " and ", files[k].what, " name the same file, '", files[i].path,
                             "'\nfix: choose another name");
    }
  }
  return Status::OK();
}

// No input may be a file of the job's own.
Status CheckNoInput(const Request& request, std::string_view flag, const std::string& path) {
  std::error_code error;
  if (!request.Given(flag) || !std::filesystem::exists(path, error)) return Status::OK();
  std::vector<std::string> inputs = request.job.inputs;
  std::erase_if(inputs, IsRemote);
  if (inputs.empty()) return Status::OK();
  const auto files = ResolveInputs(inputs, request.job.options, /*kept=*/nullptr, StopOnSignal());
  if (!files.ok()) return Status::OK();  // told by the run
  for (const InputFacts& file : *files) {
    if (!std::filesystem::equivalent(file.file_path(), path, error)) continue;
    return Status::Invalid(flag, ": '", path, "' is one of the inputs\nfix: choose another name");
  }
  return Status::OK();
}

}  // namespace

Result<OutputKind> OutputForm(const std::string& output, bool partitioned) {
  constexpr const char* kForms =
      "\nfix: use x.parquet, x.arrow, dir/ (one file an input), dir/ with --partition-by, or - (a stream)";
  const bool directory = output.size() > 1 && output.ends_with('/');
  if (partitioned && !directory) {
    return Status::Invalid("--partition-by needs a directory: '", output, "'\nfix: end it with a slash: -o dir/");
  }
  if (partitioned) return OutputKind::kParquetHive;
  if (directory) return OutputKind::kParquetPerFile;
  if (output == "-") return OutputKind::kIpcStream;
  const size_t name_bytes = output.size() - (output.rfind('/') + 1);  // npos + 1 = 0: no slash
  const auto named = [&](std::string_view ending) { return name_bytes > ending.size() && output.ends_with(ending); };
  if (named(".parquet")) return OutputKind::kParquet;
  if (named(".arrow") || named(".feather")) return OutputKind::kIpcFile;
  if (IsDirectory(output)) {
    return Status::Invalid("'", output, "' is a directory\nfix: end it with a slash for one file an input: -o ", output,
                           "/");
  }
  return Status::Invalid("the form of the output is not clear from its name: '", output, "'", kForms);
}

Status PrepareJob(Request* request) {
  ARROW_ASSIGN_OR_RAISE(auto inputs, ExpandLists(request->arguments, StopOnSignal()));
  for (auto& [input, place] : inputs) {
    request->job.inputs.push_back(std::move(input));
    request->places.push_back(std::move(place));
  }
  ARROW_RETURN_NOT_OK(PrepareDiscovery(request));
  ARROW_RETURN_NOT_OK(CheckSample(*request));
  ARROW_RETURN_NOT_OK(PrepareFaults(request));
  PrepareSizes(request);
  if (request->command->id == kIngest && !request->Given("--output")) {
    return Status::Invalid("there is no output\nfix: add -o FILE.parquet (other forms: headrace ingest --help)");
  }
  if (request->Given("--output")) ARROW_RETURN_NOT_OK(PrepareOutput(request));
  ARROW_RETURN_NOT_OK(CheckOverwrite(*request));
  ARROW_RETURN_NOT_OK(CheckOwnFiles(*request));
  ARROW_RETURN_NOT_OK(CheckReport(*request));
  ARROW_RETURN_NOT_OK(CheckNoInput(*request, "--report", request->telling.report_path));
  ARROW_RETURN_NOT_OK(CheckMetrics(*request));
  ARROW_RETURN_NOT_OK(CheckNoInput(*request, "--metrics", request->telling.metrics_path));
  // Metrics are there before the inputs are looked at.
  ARROW_RETURN_NOT_OK(RefuseAmongInputs(request->job.inputs, /*files=*/{}, request->telling.metrics_path,
                                        "metrics file", request->job.options.recursive));
  ARROW_RETURN_NOT_OK(CheckNoInput(*request, "--lock", request->lock_path));
  if (!request->job.inputs.empty()) ARROW_RETURN_NOT_OK(PrepareDelimiter(request));
  return Status::OK();
}

}  // namespace headrace::cli
